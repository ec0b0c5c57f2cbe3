"""Why a simulated provider refuses an order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from routeproof.lab.certification.words import EXEC_INSTRUCTIONS, ORD_TYPE
from routeproof.sources.fix.utc_timestamp import instant_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from routeproof.lab.certification.script import Instrument

LARGEST_ORDER, FARTHEST_SHARE = 1_000_000, Decimal("0.5")
SHORT = frozenset({"5", "6"})
NEEDS_LIMIT = frozenset({ORD_TYPE["limit"], ORD_TYPE["stop_limit"]})
NEEDS_STOP = frozenset({ORD_TYPE["stop"], ORD_TYPE["stop_limit"]})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order is refused: OrdRejReason (103) and a text."""

    code: str
    text: str


def refusal_of(
    fields: Mapping[int, str], instruments: Mapping[str, Instrument], faults: Collection[str], now: int
) -> Refusal | None:
    """The first reason to refuse a new order at `now`, UTC ns; null if there is none."""
    instrument = instrument_of(fields, instruments)
    quantity, limit, stop = (number_in(fields.get(tag)) for tag in (38, 44, 99))
    expiry = instant_of(fields.get(126, ""))
    halted = instrument is not None and instrument is instruments.get("halted") and "trades_halted" not in faults
    reasons = (
        (instrument is None, Refusal("1", "unknown symbol")),
        (halted, Refusal("2", "the symbol is halted")),
        (quantity is None or quantity <= 0, Refusal("13", "incorrect quantity")),
        (quantity is not None and quantity > LARGEST_ORDER, Refusal("3", "order exceeds limit")),
        (limit is None and (fields.get(40) in NEEDS_LIMIT or is_iso(fields)), Refusal("99", "a limit is required")),
        (stop is None and fields.get(40) in NEEDS_STOP, Refusal("99", "a stop price is required")),
        (_is_off(instrument, limit), Refusal("99", "the price is erroneous, or between ticks")),
        (expiry is not None and expiry <= now, Refusal("99", "the expiry time has passed")),
        (fields.get(54) in SHORT and fields.get(114) == "Y", Refusal("99", "no shares were located")),
        (_is_restricted(fields, limit, instruments, faults), Refusal("99", "short-sale price restriction")),
    )
    return next((refusal for holds, refusal in reasons if holds), None)


def instrument_of(fields: Mapping[int, str], instruments: Mapping[str, Instrument]) -> Instrument | None:
    """The instrument of a message; null if it names none that is known."""
    symbol = fields.get(55)
    found = (item for name, item in instruments.items() if item.symbol == symbol and name != "unknown")
    return next(found, None)


def is_iso(fields: Mapping[int, str]) -> bool:
    """Whether an order is an intermarket sweep."""
    return EXEC_INSTRUCTIONS["iso"] in fields.get(18, "").split()


def number_in(text: str | None) -> Decimal | None:
    """A field's number; null where the field is absent or empty."""
    return Decimal(text) if text else None


def _is_restricted(
    fields: Mapping[int, str], limit: Decimal | None, instruments: Mapping[str, Instrument], faults: Collection[str]
) -> bool:
    """Whether an order is a short sale at the bid under the price restriction (17 CFR 242.201)."""
    instrument = instrument_of(fields, instruments)
    if instrument is None or instrument is not instruments.get("restricted") or fields.get(54) != "5":
        return False
    return "trades_restricted" not in faults and (limit is None or limit < instrument.reference_price)


def _is_off(instrument: Instrument | None, price: Decimal | None) -> bool:
    """Whether a price is not positive, between ticks, or far from the reference."""
    if instrument is None or price is None:
        return False
    far = abs(price - instrument.reference_price) > FARTHEST_SHARE * instrument.reference_price
    return price <= 0 or bool(price % instrument.tick) or far
