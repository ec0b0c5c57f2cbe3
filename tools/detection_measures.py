"""What a detection table counts: which rules speak of a fault, how often and how soon, and what honesty costs."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from routeproof.lab.cheats import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detection_world import Found

SPEAKS_OF: dict[str, tuple[str, ...]] = {
    "logic_change": ("dearer_venue", "routing_share_drift", "unannounced_logic_change", "configuration_differs"),
    "payment_chasing": (
        "payer_concentration", "payment_up_quality_down", "routing_share_drift", "internalisation_share",
    ),
    "undisclosed_venue": ("unexpected_venue",),
    "slow_walk": ("slow_onward_route",),
    "fade": ("fade", "low_fill_rate"),
    "disimprovement": ("price_disimprovement", "outside_nbbo", "trade_through", "poor_fill"),
    "selective_reporting": ("vendor_file_incomplete", "vendor_figure_differs"),
    "backfilled_times": ("slow_report", "regular_timestamps", "clock_skew"),
}  # fmt: skip
"""Fault to the rules whose sentence is about it; a finding of another rule is no detection."""
INCIDENTS = frozenset({"provider_outage", "reject_burst", "cancel_burst", "nothing_received", "sequence_gap"})
"""Rules that tell of something that did happen in a hard quarter: no false alarm, but a case all the same."""
PER_ORDERS = 100_000
Z_95 = 1.959964


def intensities(cheat: str) -> tuple[tuple[str, float], ...]:
    """The grades of a fault and, between them, their geometric means, mildest first."""
    mild, middle, gross = BY_NAME[cheat].grades
    between = [round((low * high) ** 0.5, 4) for low, high in ((mild, middle), (middle, gross))]
    return (
        ("mild", mild), ("between", between[0]), ("middle", middle), ("between", between[1]), ("gross", gross),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One fault at one intensity.

    Attributes:
        cheat, grade, intensity: of the fault.
        providers: that had it.
        delays: sessions until each provider that was found was, 1 = the first on which it acted.
        by_rule: rule to providers found by it, and their median delay.
    """

    cheat: str
    grade: str
    intensity: float
    providers: int
    delays: tuple[int, ...]
    by_rule: dict[str, tuple[int, float]]


def cells(worlds: Sequence[Found]) -> list[Cell]:
    """Every fault at every intensity that the worlds hold, in the order of the catalog."""
    found: dict[tuple[str, float], list[dict[str, int]]] = {}
    for world in worlds:
        for provider, days in world.rules.items():
            fault = world.fault_of(provider)
            if fault is not None:
                delays = first_days(days, SPEAKS_OF[fault.cheat])
                found.setdefault((fault.cheat, fault.grade), []).append(delays)
    return [
        _cell(cheat, grade, intensity, found[cheat, intensity])
        for cheat in SPEAKS_OF
        for grade, intensity in intensities(cheat)
        if (cheat, intensity) in found
    ]


def first_days(days: dict[int, frozenset[str]], rules: Iterable[str]) -> dict[str, int]:
    """Rule to the first session with an actionable finding of it."""
    return {rule: min(hit) for rule in rules if (hit := [day for day, named in days.items() if rule in named])}


def _cell(cheat: str, grade: str, intensity: float, providers: list[dict[str, int]]) -> Cell:
    rules = {
        rule: [delays[rule] for delays in providers if rule in delays]
        for rule in SPEAKS_OF[cheat]
    }  # fmt: skip
    return Cell(
        cheat=cheat,
        grade=grade,
        intensity=intensity,
        providers=len(providers),
        delays=tuple(min(delays.values()) for delays in providers if delays),
        by_rule={rule: (len(days), median(days)) for rule, days in rules.items() if days},
    )


def rate_of(some: Iterable[Cell], grade: str) -> tuple[int, int]:
    """Providers found, and providers, of all faults at one grade."""
    graded = [cell for cell in some if cell.grade == grade]
    return sum(len(cell.delays) for cell in graded), sum(cell.providers for cell in graded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Honesty:
    """What was said of providers without a fault.

    Attributes:
        orders: their parent orders.
        incidents: cases that tell of what did happen, such as an outage.
        false: other cases, by their rules.
    """

    orders: int
    incidents: int
    false: dict[tuple[str, ...], int]

    @property
    def cases(self) -> int:
        """All actionable cases."""
        return self.incidents + sum(self.false.values())


def honesty(worlds: Iterable[Found]) -> Honesty:
    """Cases of honest providers of all worlds, and those that name no provider."""
    orders = incidents = 0
    false: dict[tuple[str, ...], int] = {}
    for world in worlds:
        for provider, cases in world.cases.items():
            if provider and world.fault_of(provider) is not None:
                continue
            orders += world.orders.get(provider, 0)
            for rules in cases:
                if set(rules) <= INCIDENTS:
                    incidents += 1
                else:
                    false[rules] = false.get(rules, 0) + 1
    return Honesty(orders=orders, incidents=incidents, false=false)


def wilson(hits: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's interval of a share (Wilson 1927), two-sided."""
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - reach), min(1.0, middle + reach)
