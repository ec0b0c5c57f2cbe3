"""Whether inducements pull the choice of venue, quality being equal: the conditional logit of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.app.analysis.conflict.study import CENTS, PER_HUNDRED_SHARES
from routeproof.evidence.choice.logit import Choices, Fit, ScoreTest, chances, fit, score_test
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.analysis.conflict.study import Inducements, Study, Week
    from routeproof.evidence.partials import Floats, Ints
    from routeproof.policy.analysis.conflicts import ConflictsPolicy

KINDS = ("payment", "tie", "arrangement")
QUALITY = ("cost", "fill", "shown")
FEATURES = (*KINDS, *QUALITY)
UNITS = {
    "payment": "log odds per cent per 100 shares",
    "tie": "log odds",
    "arrangement": "log odds",
    "cost": "log odds per cent per share",
    "fill": "log odds per share of the order filled",
    "shown": "log odds",
}


@dataclass(frozen=True, slots=True, eq=False)
class Pull:
    """A fitted study.

    Attributes:
        choices: of the judged weeks, with the features that differ between venues.
        names: of those features, in their order.
        venue: (r,) number of each row's venue.
        cash: (r,) what it pays, the whole fee counted, cents per 100 shares.
        fit: with all features.
        tests: of each inducement among the features.
        without: (r,) chances of a model of quality alone.
        left_out: orders whose venue was not within reach.
    """

    choices: Choices
    names: tuple[str, ...]
    venue: Ints
    cash: Floats
    fit: Fit
    tests: dict[str, ScoreTest]
    without: Floats
    left_out: int


def pull_of(study: Study, weeks: Sequence[Week], money: Inducements, policy: ConflictsPolicy) -> Pull | None:
    """Fit the judged weeks; `None` where no set offers a choice, or all are of one day."""
    features, group, count, day, venue, left_out = _rows(study, weeks, money)
    if not len(day):
        return None
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    mean = np.add.reduceat(features, begins, axis=0) / np.diff(begins, append=len(group))[:, None]
    varies = np.abs(features - mean[group]).max(axis=0) > np.finfo(np.float64).eps * 64
    kept = np.flatnonzero(varies)
    names = tuple(FEATURES[place] for place in kept)
    if not kept.size or len(np.unique(day)) < 2:  # noqa: PLR2004 one day tells no chance
        return None
    choices = Choices(features[:, kept], group, count, day)
    ridge = np.full(len(kept), policy.ridge)
    try:
        fitted = fit(choices, ridge)
        tests = {name: score_test(choices, names.index(name), ridge) for name in KINDS if name in names}
    except UsageError:
        return None
    plain = np.array([place for place, name in enumerate(names) if name in QUALITY], dtype=np.intp)
    reduced = choices.only(plain)
    without = chances(reduced, fit(reduced, ridge[plain]).coefficient if plain.size else np.zeros(0))
    cash = features[:, FEATURES.index("payment")]
    return Pull(choices, names, venue, cash, fitted, tests, without, left_out)


def _rows(study: Study, weeks: Sequence[Week], money: Inducements) -> tuple[Floats, Ints, Floats, Ints, Ints, int]:
    """Features, set, count, day of each set and venue of each row; orders left out."""
    sets: dict[tuple[int, int, str], tuple[float, dict[int, int]]] = {}
    for day, cell, shown, venue, n, half in study.sets.iter_rows():
        sets.setdefault((day, cell, shown), (half, {}))[1][venue] = n
    week_of = {int(day): week for week in weeks for day in week.days}
    features, group, count, venues = [], [], [], []
    days: list[int] = []
    left_out = 0
    for (day, cell, shown), (half, chosen) in sets.items():
        if day not in week_of:
            continue
        week = week_of[day]
        within = np.flatnonzero(week.reachable[cell])
        counted = np.array([chosen.get(int(one), 0) for one in within], dtype=np.float64)
        left_out += sum(chosen.values()) - int(counted.sum())
        if len(within) < 2 or not counted.any():  # noqa: PLR2004 one venue is no choice
            continue
        is_shown = np.array([float(study.venues[one] == shown) for one in within])
        features.append(
            np.column_stack(
                (
                    money.cash[day, within] * PER_HUNDRED_SHARES,
                    money.tie[day, within],
                    money.arrangement[day, within],
                    week.predicted.ratio[cell, within] * half * CENTS,
                    week.predicted.fill[cell, within],
                    is_shown,
                )
            )
        )
        group.append(np.full(len(within), len(days)))
        count.append(counted)
        days.append(study.days[day].toordinal())
        venues.append(within)
    if not days:
        nothing = np.zeros(0, dtype=np.int64)
        return np.zeros((0, len(FEATURES))), nothing, np.zeros(0), nothing, nothing, left_out
    return (
        np.concatenate(features),
        np.concatenate(group).astype(np.int64),
        np.concatenate(count),
        np.array(days, dtype=np.int64),
        np.concatenate(venues).astype(np.int64),
        left_out,
    )
