"""Terms of a service-level agreement as code: clauses, deliveries, and the exact arithmetic of credits."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from routeproof.governance.decider import Body

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

DELIVERY_METRICS = ("late_files", "missing_files", "incomplete_files")
CENT = Decimal("0.01")
MONTHS = {"month": 1, "quarter": 3}


class Covered(NamedTuple):
    """How many calendar days of a window (or quarter) an agreement covers, of how many it has."""

    days: int
    of: int

    @property
    def whole(self) -> bool:
        """Whether the agreement covers every day."""
        return self.days == self.of


class Consequence(Body):
    """What follows from a breach, once per window that is breached.

    Attributes:
        credit_usd: a fixed service credit.
        percent_of_fee: a credit in percent of the fee of the window.
        text: what else the agreement says.
    """

    credit_usd: Decimal | None = Field(default=None, ge=0)
    percent_of_fee: Decimal | None = Field(default=None, ge=0, le=100)
    text: str | None = None


class Clause(Body):
    """One promise that is measured.

    Attributes:
        id: name in the agreement.
        metric: of the catalog, or one of `DELIVERY_METRICS`.
        where: filters of its scope, as `measure --where` writes them.
        at_most, at_least: threshold; exactly one, and the threshold itself keeps the promise.
        window: each month of the quarter for itself, or the quarter as a whole.
        source: `own` measurement, or a figure that the `vendor` reports.
        least_n: rows below which nothing is judged.
        delivery: whose files a delivery metric counts.
        consequence: of a breach.
    """

    id: str = Field(min_length=1)
    title: str = ""
    metric: str
    where: tuple[str, ...] = ()
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    window: Literal["month", "quarter"] = "quarter"
    source: Literal["own", "vendor"] = "own"
    least_n: int = Field(default=1, ge=1)
    delivery: str | None = None
    consequence: Consequence = Consequence()

    @model_validator(mode="after")
    def _one_threshold(self) -> Self:
        if (self.at_most is None) == (self.at_least is None):
            message = f"clause {self.id}: expected at_most or at_least, one of them"
            raise ValueError(message)
        if (self.delivery is not None) != (self.metric in DELIVERY_METRICS):
            message = f"clause {self.id}: expected a delivery with {', '.join(DELIVERY_METRICS)}, and only there"
            raise ValueError(message)
        return self

    @property
    def threshold(self) -> Decimal:
        """The threshold, whichever side it is of."""
        found = self.at_most if self.at_most is not None else self.at_least
        assert found is not None  # noqa: S101  # the validator's promise
        return found

    def broken_by(self, observed: float) -> bool:
        """Whether a figure breaks the promise; it is compared with 12 significant digits, as doubles carry them."""
        value = Decimal(f"{observed:.12g}")
        return value > self.threshold if self.at_most is not None else value < self.threshold

    def credit(self, fee_usd_per_month: Decimal | None) -> Decimal | None:
        """Credit of one whole window that is breached, in exact USD; null where the fee it depends on is unknown."""
        fixed = self.consequence.credit_usd or Decimal(0)
        percent = self.consequence.percent_of_fee
        if percent is None:
            return fixed
        if fee_usd_per_month is None:
            return None
        return fixed + fee_usd_per_month * MONTHS[self.window] * percent / 100


class Delivery(Body):
    """Files that are expected by the trading calendar.

    Attributes:
        source: format that they are taken in by, as `ingest` names it.
        table: that their rows go to; any if omitted.
        every: a file for each session, or one for each month.
        due_sessions: sessions after the last day it speaks of, by the end of which it must have come.
        least_rows: accepted rows of that day (or month) below which it is incomplete.
        most_rejected: share of its rows, of 1, that may have been rejected.
    """

    id: str = Field(min_length=1)
    source: str
    table: str | None = None
    every: Literal["session", "month"] = "session"
    due_sessions: int = Field(default=1, ge=0)
    least_rows: int = Field(default=1, ge=1)
    most_rejected: Decimal = Field(default=Decimal("0.05"), ge=0, le=1)


class Terms(Body):
    """An agreement's terms from a day on.

    Attributes:
        provider: id of the provider.
        effective_from, ends_on: days of the agreement, both included.
        agreement: the signed document as a file.
        fee_usd_per_month: what credits in percent are percent of.
        cap_percent_of_fee: of a quarter's fee, above which credits of that quarter do not go.
        part_window: what is owed (fee, cap and credits) of a month or quarter that the agreement covers only in part:
            `in_full`, or `by_days`, its share of calendar days. Omitted where the agreement does not say: a credit of
            such a window is then not known.
        notes: what is not measured: notice periods, data and audit rights.
    """

    provider: str
    effective_from: date
    ends_on: date | None = None
    agreement: str | None = None
    fee_usd_per_month: Decimal | None = Field(default=None, ge=0)
    cap_percent_of_fee: Decimal | None = Field(default=None, ge=0, le=100)
    part_window: Literal["in_full", "by_days"] | None = None
    clause: tuple[Clause, ...] = Field(min_length=1)
    delivery: tuple[Delivery, ...] = ()
    notes: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("notes",)
    attached: ClassVar[tuple[str, ...]] = ("agreement",)

    @model_serializer(mode="wrap")
    def _without_what_is_not_agreed(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Terms were recorded before `part_window` was; what was shown of them stays as it was."""
        shown: dict[str, Any] = dump(self)
        return shown if self.part_window else {name: value for name, value in shown.items() if name != "part_window"}

    @model_validator(mode="after")
    def _names(self) -> Self:
        for kind, names in (("clause", [c.id for c in self.clause]), ("delivery", [d.id for d in self.delivery])):
            if len(set(names)) < len(names):
                message = f"expected each {kind} id once, found one twice"
                raise ValueError(message)
        unknown = {c.delivery for c in self.clause if c.delivery} - {d.id for d in self.delivery}
        if unknown:
            message = f"clauses name deliveries that the terms do not have: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        return self

    def owed(self, amount: Decimal | None, covered: Covered) -> Decimal | None:
        """What of an amount for a whole window is owed of a covered one, to the cent, halves up.

        Null where the amount is unknown, or the window is covered in part and the terms do not say what it owes.
        """
        if amount is None or (not covered.whole and self.part_window is None):
            return None
        if not covered.whole and self.part_window == "by_days":
            amount = amount * covered.days / covered.of
        return amount.quantize(CENT, ROUND_HALF_UP)


def capped(credits_usd: Iterable[Decimal], terms: Terms, covered: Covered) -> Decimal | None:
    """A quarter's credits together, no more than the cap allows; exact to the cent, null where the cap is unknown."""
    total = sum(credits_usd, Decimal(0))
    if not total or terms.cap_percent_of_fee is None or terms.fee_usd_per_month is None:
        return total
    whole = terms.fee_usd_per_month * MONTHS["quarter"] * terms.cap_percent_of_fee / 100
    cap = terms.owed(whole, covered)
    return None if cap is None else min(total, cap)
