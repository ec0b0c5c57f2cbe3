"""Effects by what the events were, each family of them controlled as one, and what each tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.analysis.leakage.day import OUTCOMES
from routeproof.app.analysis.leakage.events import ALONE as ALONE_ROUTED
from routeproof.app.analysis.leakage.events import ARRIVAL, ELSEWHERE, OWN_TAKING
from routeproof.evidence.leak.effect import DaySums, Effect, apart, effect
from routeproof.evidence.leak.outcomes import MILLION
from routeproof.evidence.multiple import benjamini_yekutieli

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.evidence.interval import Interval
    from routeproof.policy.analysis.leakage import LeakagePolicy
    from routeproof.policy.thresholds import EvidenceStandards

Row = dict[str, Any]
UNITS = {"move": "bps", "size": "share"}
QUESTION, NOTHING, BEFORE, ALONE, SMALL = (
    "question", "nothing found", "moved before", "no other venue to compare with", "below what is material",
)  # fmt: skip
OWN = ["provider", "phase", "venue"]
CUTS: dict[str, list[str]] = {
    "by_venue": OWN,
    "by_rank": [*OWN, "rank"],
    "by_intent": [*OWN, "intent"],
    "by_size": [*OWN, "size"],
    "by_company": [*OWN, "company"],
    "blocks": OWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """What effects are judged by: of the analysis, and of all evidence."""

    policy: LeakagePolicy
    evidence: EvidenceStandards

    def material(self, outcome: str) -> float:
        """The least lower bound that puts a question, in the outcome's unit."""
        return self.policy.material_bps if outcome == "move" else self.policy.material_share


def population(sums: pl.DataFrame, cut: str) -> pl.DataFrame:
    """The events that a table is over.

    Blocks alone in `blocks`, never else; own taking in `by_size` alone; routes of orders that went to several venues at
    once in `by_company`, and between a route and what followed elsewhere: of them nobody can say which venue told.
    """
    is_block = pl.col("block") == "block"
    if cut == "blocks":
        return sums.filter(is_block)
    plain = sums.filter(~is_block)
    if cut != "by_size":
        plain = plain.filter(pl.col("size") != OWN_TAKING)
    if cut == "by_company":
        return plain
    return plain.filter((pl.col("company") == ALONE_ROUTED) | (pl.col("phase") == ELSEWHERE))


def table(sums: pl.DataFrame, cut: str, standards: Standards) -> list[Row]:
    """One row per cell and outcome of a cut, false discoveries controlled for each provider and phase."""
    kept, keys = population(sums, cut), CUTS[cut]
    found: list[Row] = []
    for outcome in OUTCOMES:
        cells = dict(sorted(kept.group_by(keys), key=lambda item: str(item[0])))
        for key, frame in cells.items():
            named = dict(zip(keys, key, strict=True))
            found.append(
                {**named, "outcome": outcome, "unit": UNITS[outcome], **_cell(frame, kept, named, outcome, standards)}
            )
    return _told(found, cut, standards)


def total_of(sums: pl.DataFrame, outcome: str, standards: Standards) -> Effect:
    """The effect over all rows of day sums."""
    return effect(_by_day(sums, f"{outcome}_"), MILLION, standards.evidence)


def whole_of(sums: pl.DataFrame, outcome: str, standards: Standards) -> Effect:
    """The same, refused by what a cell is refused by: too few events, or too few of them with a control."""
    found = total_of(sums, outcome, standards)
    reason = found.reason or _too_few(sums, int(sums["events"].sum()), outcome, standards)
    return found if reason is None else Effect(estimate=None, found=None, n=found.n, days=found.days, reason=reason)


def _cell(frame: pl.DataFrame, kept: pl.DataFrame, named: Mapping[str, str], outcome: str, standards: Standards) -> Row:
    events, matched = int(frame["events"].sum()), int(frame[f"{outcome}_count"].sum())
    base: Row = {"events": events, "matched": matched, "days": 0, "reason": _too_few(frame, events, outcome, standards)}
    nothing = dict.fromkeys(("estimate", "lower", "upper", "p", "detectable", "placebo", "others", "above_others"))
    if base["reason"] is not None:
        return {**base, **nothing}
    main = total_of(frame, outcome, standards)
    if main.found is None:
        return {**base, **nothing, "days": main.days, "reason": main.reason}
    placebo = effect(_by_day(frame, f"{outcome}_placebo_"), MILLION, standards.evidence)
    others = _others(kept, named, outcome, standards)
    above = None if others is None else apart(main, others, standards.evidence)
    return {
        **base,
        "days": main.days,
        "estimate": main.estimate,
        "lower": main.found.lower,
        "upper": main.found.upper,
        "p": main.found.p_value,
        "detectable": main.found.detectable,
        "placebo": _bounds(placebo.estimate, placebo.found),
        "others": None if others is None else _bounds(others.estimate, others.found),
        "above_others": None if above is None else {"lower": above.lower, "upper": above.upper},
    }


def _too_few(frame: pl.DataFrame, events: int, outcome: str, standards: Standards) -> str | None:
    policy = standards.policy
    if events < policy.least_events:
        return f"{events} events; at least {policy.least_events} are needed"
    share = int(frame["matched"].sum()) / events
    if share < policy.least_matched:
        return f"{share:.0%} of the events have a control; at least {policy.least_matched:.0%} must"
    told = int(frame[f"{outcome}_count"].sum())
    if told < policy.least_events:
        return f"of {events} events {told} can be told; at least {policy.least_events} are needed"
    return None


def _others(kept: pl.DataFrame, named: Mapping[str, str], outcome: str, standards: Standards) -> Effect | None:
    """The effect of the provider's same events at all other venues; null for arrivals, which have none."""
    if named["phase"] == ARRIVAL:
        return None
    same = [pl.col(name) == value for name, value in named.items() if name != "venue"]
    rest = kept.filter(*same, pl.col("venue") != named["venue"])
    found = total_of(rest, outcome, standards) if rest.height else None
    return None if found is None or found.found is None or found.n < standards.policy.least_events else found


def _by_day(frame: pl.DataFrame, prefix: str) -> DaySums:
    largest = "largest" if not prefix.endswith("placebo_") else None
    outcome = prefix.split("_", maxsplit=1)[0]
    days = (
        frame.group_by("day")
        .agg(
            pl.col(f"{prefix}total").sum(),
            pl.col(f"{prefix}count").sum(),
            pl.col(f"{outcome}_{largest or 'largest'}").max().alias("largest"),
        )
        .sort("day")
    )
    return DaySums(
        day=days["day"].to_physical().cast(pl.Int64).to_numpy(),
        total=days[f"{prefix}total"].to_numpy(),
        count=days[f"{prefix}count"].to_numpy(),
        largest=np.minimum(days["largest"].to_numpy(), days[f"{prefix}count"].to_numpy()),
    )


def _told(rows: Sequence[Row], cut: str, standards: Standards) -> list[Row]:
    told: dict[int, Row] = {}
    for name in sorted({(row["provider"], row["phase"]) for row in rows}):
        judged = [row for row in rows if row["reason"] is None and (row["provider"], row["phase"]) == name]
        rate = standards.evidence.false_discovery_rate
        family = benjamini_yekutieli(f"leakage {cut} {name}", [row["p"] for row in judged], rate)
        for row, adjusted, found in zip(judged, family.adjusted, family.discovered, strict=True):
            tells = _tells(row, discovered=bool(found), standards=standards)
            told[id(row)] = {"adjusted_p": float(adjusted), "tells": tells}
    return [{**row, **told.get(id(row), {"adjusted_p": None, "tells": None})} for row in rows]


def _tells(row: Row, *, discovered: bool, standards: Standards) -> str:
    material = standards.material(row["outcome"])
    if not discovered or row["estimate"] <= 0.0:
        return NOTHING
    if row["lower"] <= material:
        return SMALL
    placebo = row["placebo"]
    if (
        placebo is not None
        and (placebo["lower"] > 0.0 or placebo["upper"] < 0.0)
        and abs(placebo["estimate"]) > material
    ):
        return BEFORE
    if row["phase"] != ARRIVAL:
        if row["above_others"] is None:
            return ALONE
        if row["above_others"]["lower"] <= 0.0:
            return NOTHING
    return QUESTION


def _bounds(estimate: float | None, found: Interval | None) -> Row | None:
    return None if found is None else {"estimate": estimate, "lower": found.lower, "upper": found.upper}
