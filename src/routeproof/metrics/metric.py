"""What a metric is: a name, a formula, a unit, a direction, a source, and how it averages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from routeproof.metrics.terms import Column, Given, Term
from routeproof.vocab.fixed import SCALE

Frame = Literal["executions", "orders", "routes"]
Better = Literal["higher", "lower", "nearer_zero", "none"]
QUANTITY = Column("quantity")


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over rows, divided once by `divisor`; null where every row was null.

    Attributes:
        term: summed.
        divisor: takes fixed point back to units.
        whole: the total is a count: an undivided integer, and 0 where there are no rows.
        counted: the total counts shares: 0, not null, also where every row was null.
        none_is_zero: 0 where there are no rows; null, as ever, where there are some and every one was null.
    """

    term: Term
    divisor: int = 1
    whole: bool = False
    counted: bool = False
    none_is_zero: bool = False


@dataclass(frozen=True, slots=True)
class Quotient:
    """One sum over another, one division last; null where the lower sum is 0.

    The value is (sum of `numerator` x `multiplier`) / (sum of `denominator` x `divisor`).
    """

    numerator: Term
    denominator: Term
    multiplier: int = 1
    divisor: int = 1


@dataclass(frozen=True, slots=True)
class Quantile:
    """Nearest-rank quantile over rows, unweighted: the value at rank ceil(percent / 100 x n).

    Attributes:
        column: durations in nanoseconds; null rows are left out.
        percent: 1 to 100.
        divisor: takes nanoseconds to the unit.
    """

    column: str
    percent: int
    divisor: int


@dataclass(frozen=True, slots=True)
class Concentration:
    """Herfindahl-Hirschman index: the sum over `column` of (its share of `weight`) squared, 0 to 1."""

    column: str
    weight: str


Averaging = Total | Quotient | Quantile | Concentration


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the catalog.

    Attributes:
        name: stable name in JSON, units last.
        label: what people read.
        formula: in the notation of the methodology (s side sign, P price, q shares, M midpoint, B bid, A ask).
        unit: `usd_per_share`, `bps`, `ms`, `shares`, `ratio`, …
        better: which direction is good for the customer.
        averaging: how rows become one number.
        reason: why it is null when it is.
        source: paragraph or text that defines it.
        frame: which measured rows it reads.
        version: raised whenever a past figure would change.
    """

    name: str
    label: str
    formula: str
    unit: str
    better: Better
    averaging: Averaging
    reason: str
    source: str
    frame: Frame = "executions"
    version: int = 1


def share_weighted(term: Term, *, divisor: int = SCALE, multiplier: int = 1) -> Quotient:
    """Mean of a per-share term over executions, weighted by shares, over the rows where the term is known.

    Args:
        term: per-share value; fixed point unless `divisor` says otherwise.
        divisor: takes the term to its unit.
        multiplier: the same, upward.
    """
    return Quotient(term * QUANTITY, Given(term, QUANTITY), multiplier=multiplier, divisor=divisor)
