"""What is simulated, as values: period, market events, providers and the faults planted in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from routeproof.lab.sessions import Session, sessions, sessions_before


@dataclass(frozen=True)
class Planted:
    """One cheat at one grade; `from_on` is the first day it is active (null: always)."""

    cheat: str
    grade: float
    from_on: date | None = None


@dataclass(frozen=True)
class Provider:
    """One third-party router as the firm sees it.

    Attributes:
        comp_id: its FIX CompID and provider id.
        decision_us: median time from receiving an order to sending its first child.
        clock_drift_ms: largest distance of its clock from true time; the offset wanders between days.
        outage_on: the day on which it refuses every order from 14:05 to 14:25 New York (null: none).
    """

    comp_id: str
    decision_us: int = 800
    clock_drift_ms: float = 20.0
    outage_on: date | None = None
    planted: tuple[Planted, ...] = ()


@dataclass(frozen=True)
class LabConfig:
    """One run. Equal values give equal bytes.

    Attributes:
        prior_sessions: sessions before `first`, at `prior_flow` of the usual flow and quotes: own history.
        orders_per_day: parent orders per provider and day, at least.
        quotes_per_day: NBBO quotes of all symbols per day, about.
        stress_on, halt_on: days of stressed markets; the day on which one symbol is halted.
        broken_delivery_on: the day whose log arrives truncated and is delivered again, corrected.
        late_delivery_on: the day whose last messages arrive in a second, late file.
        venue_quotes: also write every venue's own quotes, seven rows for each best quote.
    """

    seed: int = 7
    first: date = date(2026, 7, 1)
    last: date = date(2026, 9, 30)
    prior_sessions: int = 0
    prior_flow: float = 0.5
    orders_per_day: int = 1010
    quotes_per_day: int = 156_000
    providers: tuple[Provider, ...] = (Provider("P1"), Provider("P2"))
    firm: str = "FIRM"
    stress_on: tuple[date, ...] = ()
    halt_on: date | None = None
    halt_symbol: str = "KESTR"
    broken_delivery_on: date | None = None
    late_delivery_on: date | None = None
    venue_quotes: bool = False
    prior: tuple[Session, ...] = field(init=False)
    quarter: tuple[Session, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prior", sessions_before(self.first, self.prior_sessions))
        object.__setattr__(self, "quarter", sessions(self.first, self.last))

    @property
    def all_sessions(self) -> tuple[Session, ...]:
        """Prior sessions and those of the period, oldest first."""
        return self.prior + self.quarter
