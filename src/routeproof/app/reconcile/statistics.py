"""A provider's figures recomputed from raw by the definition that it claims, with difference and interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.evidence.compare import estimate_mean
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import settle
from routeproof.metrics.daily_sums import daily_sums
from routeproof.metrics.measure import Grouping, collect, finish_all, merge
from routeproof.metrics.metric import Quotient
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from routeproof.app.reconcile.definitions import Claim
    from routeproof.metrics.measure import Partials as Sums
    from routeproof.policy.reconcile import ReconcilePolicy
    from routeproof.policy.thresholds import EvidenceStandards
    from routeproof.tables.measured.day import MeasuredDay

_ALONE = Grouping(())


@dataclass(slots=True)
class Recomputed:
    """One claim, as measured days pass.

    Attributes:
        claim: what was stated.
        provider: whose rows count.
    """

    claim: Claim
    provider: str
    _daily: list[pl.DataFrame] = field(default_factory=list)
    _sums: list[Sums] = field(default_factory=list)
    _n: int = 0
    _reason: str = ""

    def see(self, day: MeasuredDay) -> None:
        """Take in the rows of one measured day that the claim speaks of."""
        metric = BY_NAME[self.claim.metric]
        rows: pl.DataFrame = getattr(day, metric.frame)
        if not rows.width or self._reason:
            return
        within = pl.col("trading_day").is_between(self.claim.first, self.claim.last)
        chosen = rows.filter(pl.col("provider") == self.provider, within)
        for item in self.claim.filters:
            if item.column not in rows.columns:
                self._reason = f"its population speaks of {item.column!r}, which {metric.frame} do not have"
                return
            try:
                chosen = chosen.filter(item.expression(rows.schema[item.column]))
            except UsageError as error:
                self._reason = f"its population is not known: {error}"
                return
        if isinstance(metric.averaging, Quotient):
            self._daily.append(daily_sums(chosen, metric, ["trading_day"]))
        else:
            self._n += chosen.height
            self._sums.append(collect(chosen, Grouping((), (metric,)), metric.frame))

    def row(self, standards: EvidenceStandards, policy: ReconcilePolicy) -> dict[str, Any]:
        """The figure as stated and as recomputed, in the metric's unit; nulls with a reason."""
        claim = self.claim
        value, lower, upper, n, why = None, None, None, 0, claim.reason or self._reason
        if not why:
            value, lower, upper, n, why = self._measured(standards)
        return stated_row(claim, value, (lower, upper), n, why, policy)

    def _measured(self, standards: EvidenceStandards) -> tuple[float | None, float | None, float | None, int, str]:
        metric = BY_NAME[self.claim.metric]
        if not isinstance(metric.averaging, Quotient):
            value = self._total()
            why = f"a {type(metric.averaging).__name__.lower()} carries no interval"
            return value, None, None, self._n, why if value is not None else metric.reason or "nothing was measured"
        if not self._daily:
            return None, None, None, 0, "nothing was measured"
        rows = pl.concat(self._daily)
        found = estimate_mean(
            Partials.of(
                day=rows["trading_day"].cast(pl.Int32).to_numpy(),
                numerator=rows["numerator"].to_numpy(),
                denominator=rows["denominator"].to_numpy(),
                largest=rows["largest"].to_numpy(),
            ),
            standards,
        )
        ends = (found.interval.lower, found.interval.upper) if found.interval else (None, None)
        return found.value, *ends, int(rows["n"].sum()), found.reason or ""

    def _total(self) -> float | None:
        metric = BY_NAME[self.claim.metric]
        if not self._sums:
            return None
        grouping = Grouping((), (metric,))
        finished = finish_all({metric.frame: merge(self._sums, ())}, grouping)
        value = finished[metric.name][0] if finished.height else None
        return None if value is None else float(value)


def stated_row(
    claim: Claim,
    value: float | None,
    ends: tuple[float | None, float | None],
    n: int,
    why: str,
    policy: ReconcilePolicy,
) -> dict[str, Any]:
    """One row of the comparison; `difference` = stated minus recomputed, `differs` = beyond tolerance."""
    stated, (lower, upper) = float(claim.stated), ends
    known = BY_NAME.get(claim.metric)
    tolerance = policy.of_unit(known.unit) if known else None
    apart = None if value is None else settle(stated - value)
    beyond = None
    if apart is not None and tolerance is not None:
        beyond = abs(apart) > float(tolerance) * (1 + 1e-9)
    return {
        "metric": claim.metric,
        "stated": stated,
        "recomputed": value,
        "lower": lower,
        "upper": upper,
        "n": n,
        "unit": known.unit if known else claim.row["unit"] or "",
        "difference": apart,
        "difference_lower": None if upper is None else settle(stated - upper),
        "difference_upper": None if lower is None else settle(stated - lower),
        "tolerance": None if tolerance is None else float(tolerance),
        "differs": beyond,
        "stated_n": claim.row["n"],
        "period": claim.row["period"],
        "from": claim.first.isoformat(),
        "to": claim.last.isoformat(),
        "definition": claim.row["definition"] or "",
        "population": claim.row["population"] or "",
        "by": claim.row["by"],
        "level": claim.row["level"],
        "reason": why,
        "notes": list(claim.notes),
        "source_id": claim.row.get("source_id"),
        "source_row": claim.row.get("source_row"),
    }
