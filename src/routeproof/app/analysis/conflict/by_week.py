"""The pull of an inducement judged by leaving whole weeks out, with the quality predicted anew without them.

Quality is predicted from few orders where they rest: what a prediction errs by stays for weeks, so that days do not
tell how far off the pull may be. A jackknife over weeks (Efron and Stein 1981, The Annals of Statistics 9(3)) goes
through prediction and choice together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.app.analysis.conflict.pull import KINDS, pull_of
from routeproof.app.analysis.conflict.study import Inducements, judged_weeks, week_numbers
from routeproof.evidence.quantiles import settle, two_sided_p

if TYPE_CHECKING:
    from routeproof.app.analysis.conflict.pull import Pull
    from routeproof.app.analysis.conflict.study import Study
    from routeproof.evidence.partials import Ints
    from routeproof.policy.analysis.conflicts import ConflictsPolicy

PARTS = ("n", "cost", "base", "executed", "ordered", "largest")
LEAST_WEEKS = 3


def pull_p_by_week(study: Study, pull: Pull, money: Inducements, policy: ConflictsPolicy) -> dict[str, float]:
    """One-sided chance of as large a pull without one, of each inducement of a fitted study; 1 with too few weeks."""
    numbers = week_numbers(study)
    kinds = [kind for kind in KINDS if kind in pull.names]
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in np.unique(numbers):
        kept = np.flatnonzero(numbers != number)
        without = _of_days(study, kept)
        fewer = Inducements(*(getattr(money, name)[kept] for name in Inducements.__slots__))
        weeks = tuple(judged_weeks(without, policy))
        part = pull_of(without, weeks, fewer, policy) if weeks else None
        if part is None or any(kind not in part.names for kind in kinds):
            continue
        for kind in kinds:
            found[kind].append(float(part.fit.coefficient[part.names.index(kind)]))
    whole = {kind: float(pull.fit.coefficient[pull.names.index(kind)]) for kind in kinds}
    return {kind: _above(whole[kind], parts) for kind, parts in found.items()}


def _of_days(study: Study, kept: Ints) -> Study:
    """The study of some of its days, by their places, ascending."""
    places = pl.DataFrame({"day": kept, "place": np.arange(len(kept))}, schema={"day": pl.Int64, "place": pl.Int64})
    sets = study.sets.join(places, on="day", maintain_order="left").with_columns(day=pl.col("place"))
    return replace(
        study,
        days=tuple(study.days[place] for place in kept),
        sets=sets.select(study.sets.columns),
        **{name: getattr(study, name)[kept] for name in PARTS},
    )


def _above(whole: float, parts: list[float]) -> float:
    count = len(parts)
    spread = np.array(parts) - (np.mean(parts) if count else 0.0)
    error = float(np.sqrt((count - 1) / count * (spread**2).sum())) if count >= LEAST_WEEKS else 0.0
    if not error:
        return 1.0
    half = two_sided_p(whole / error, count - 1.0) / 2.0
    return settle(half if whole > 0 else 1.0 - half)
