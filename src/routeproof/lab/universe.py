"""The invented securities and the venues they trade on; codes of real exchanges are their ISO 10383 MICs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routeproof.vocab.fixed import SCALE

TICK = SCALE // 100


@dataclass(frozen=True)
class Instrument:
    """One security: first price, usual spread in ticks, daily volatility, share of activity."""

    symbol: str
    price_usd: float
    spread_ticks: int
    daily_volatility: float
    activity: float
    listing: str


@dataclass(frozen=True)
class Venue:
    """One market centre.

    Attributes:
        kind: `lit`, `dark` or `wholesaler`.
        latency_us: one way from the provider.
        fee_usd: per share for taking; rebate_usd: per share for adding; payment_usd: per share paid to the firm.
        improvement: mean share of the spread given back on marketable orders (wholesalers only).
        declared: whether the provider names it among its venues.
    """

    mic: str
    name: str
    kind: str
    latency_us: int
    fee_usd: float = 0.0
    rebate_usd: float = 0.0
    payment_usd: float = 0.0
    improvement: float = 0.0
    declared: bool = True
    operator: str = ""


LIT: tuple[Venue, ...] = (  # in the declared ranking at equal price: lowest fee, then fastest
    Venue("IEXG", "Investors Exchange", "lit", 700, 0.0009, 0.0),
    Venue("MEMX", "MEMX", "lit", 220, 0.0026, 0.0020),
    Venue("XNAS", "Nasdaq", "lit", 180, 0.0028, 0.0021),
    Venue("EDGX", "Cboe EDGX", "lit", 210, 0.0029, 0.0022, operator="Cboe"),
    Venue("BATS", "Cboe BZX", "lit", 215, 0.0029, 0.0020, operator="Cboe"),
    Venue("ARCX", "NYSE Arca", "lit", 190, 0.0030, 0.0021, operator="NYSE"),
    Venue("XNYS", "New York Stock Exchange", "lit", 185, 0.0030, 0.0012, operator="NYSE"),
)
OFF_EXCHANGE: tuple[Venue, ...] = (
    Venue("NOCD", "Nocturne Midpoint Book", "dark", 350, 0.0010),
    Venue("HRBW", "Harbour Wholesale", "wholesaler", 1500, payment_usd=0.0004, improvement=0.26),
    Venue("PLTW", "Plateau Securities", "wholesaler", 1800, payment_usd=0.0003, improvement=0.24),
    Venue("GLNW", "Glen Execution", "wholesaler", 1600, payment_usd=0.0021, improvement=0.05),
    Venue("ZQUV", "Quiver Crossing", "dark", 900, declared=False),
)
VENUES = LIT + OFF_EXCHANGE
CODES: tuple[str, ...] = tuple(venue.mic for venue in VENUES)
INDEX = {mic: index for index, mic in enumerate(CODES)}
PAYER, HIDDEN, DARK, EXTENDED = INDEX["GLNW"], INDEX["ZQUV"], INDEX["NOCD"], INDEX["ARCX"]
WHOLESALERS = (INDEX["HRBW"], INDEX["PLTW"])
LATENCY_NS = np.array([venue.latency_us * 1000 for venue in VENUES], np.int64)
IS_LIT = np.array([venue.kind == "lit" for venue in VENUES])
IMPROVEMENT = np.array([venue.improvement for venue in VENUES])

_ROWS = (
    "ALDRN 182.4 2 .018 3.0 XNAS|BRAXO 41.2 1 .021 2.2 XNYS|CYNTH 96.7 1 .016 2.0 XNAS|DOVRE 312.5 5 .020 1.4 XNAS|"
    "ELMIR 27.9 1 .024 1.8 XNYS|FENWK 64.3 1 .015 1.5 XNYS|GORSE 148.8 3 .017 1.1 XNYS|HALDE 12.6 1 .032 1.6 XNAS|"
    "IBERO 233.1 4 .019 1.0 XNAS|JUNIP 8.4 1 .038 1.4 XNYS|KESTR 55.5 1 .018 1.2 XNYS|LOMAR 121.0 2 .022 1.0 XNAS|"
    "MERID 76.2 2 .016 0.9 XNYS|NAVAR 34.7 1 .026 1.0 XNAS|OSTEN 488.0 9 .021 0.7 XNAS|PELHM 19.3 1 .029 0.9 XNYS|"
    "QUORN 101.9 2 .017 0.8 XNYS|RIVEN 68.8 2 .023 0.7 XNAS|SABLE 143.4 4 .020 0.6 XNYS|TARNW 5.7 1 .045 0.9 XNAS|"
    "UMBRA 212.7 5 .024 0.6 XNAS|VALEN 47.1 2 .019 0.6 XNYS|WEXLR 84.6 3 .018 0.5 XNYS|XANTO 29.9 2 .030 0.5 XNAS|"
    "YARRO 359.2 8 .022 0.5 XNYS|ZEPHR 15.8 2 .034 0.5 XNAS|ACORN 112.3 4 .021 0.4 XNYS|BASIL 61.7 3 .025 0.4 XNAS|"
    "CALYX 277.6 9 .023 0.4 XNYS|DAMSN 38.5 3 .028 0.4 XNAS"
)


def instruments() -> tuple[Instrument, ...]:
    """The thirty securities, busiest first."""
    rows = (row.split() for row in _ROWS.split("|"))
    return tuple(Instrument(s, float(p), int(k), float(v), float(a), m) for s, p, k, v, a, m in rows)
