"""The scorecard of a built pack as the record keeps it: what the pack prints, other benchmarks, the weeks behind.

Pages read it from here, so that nobody measures a quarter again to look at it. Scorecards against the other benchmarks
that were at hand are not printed in the pack; they rest on the same measured rows.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from routeproof.app.review.benchmark import TAPE, choose_benchmark
from routeproof.app.review.evidence_cells import Selection
from routeproof.app.review.scores import PLANS, overall_score
from routeproof.renderers.plain import plain
from routeproof.reports.scorecard import scorecard_surface

if TYPE_CHECKING:
    from routeproof.app.review.assemble import Review
    from routeproof.evidence.partials import Partials
    from routeproof.reports.document import Document

KEPT_SCORECARD = "scorecard.json"
"""Name of the evidence."""
EPOCH = date(1970, 1, 1)
DAYS_A_WEEK = 7
MONDAY_BEFORE_EPOCH = 3
"""1 January 1970 was a Thursday."""


def kept_scorecard(review: Review, document: Document) -> bytes:
    """JSON: `digest`, `meta`, `scorecard`, `securities` as in `pack.json`; `others` and `weeks`.

    `others`: benchmark as `--against` names it, to `{"name", "scorecard"}`. `weeks`: scorecard row and column to
    `[monday, value]` pairs, ascending.
    """
    kept = {
        "digest": document.digest,
        "dated_on": document.dated_on.isoformat(),
        "meta": plain(document.meta),
        "scorecard": plain(document.extra["scorecard"]),
        "securities": plain(document.extra["securities"]),
        "others": _others(review),
        "weeks": _weeks(review),
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _others(review: Review) -> dict[str, Any]:
    cells, prior, own = review.quarter.cells, review.prior, review.benchmark
    if own.is_tape or own.provider == TAPE or own.declared:
        return {}
    known = [name for name in cells.providers() if name not in {review.provider, ""}]
    known += ["prior"] if prior is not None and review.provider in prior.providers() else []
    found = {}
    for against in known:
        benchmark = choose_benchmark(cells, prior, review.provider, {}, against)
        if benchmark.name == own.name:
            continue
        score = overall_score(review.judge, cells, review.provider, replace(benchmark, declared=own.declared))
        found[against] = {"name": benchmark.name, "scorecard": plain(scorecard_surface(score))}
    return found


def _weeks(review: Review) -> dict[str, dict[str, list[list[Any]]]]:
    cells = review.quarter.cells
    return {
        plan.id: {
            column: weekly(cells.partials(plan.metric, Selection(provider=review.provider, groups=(group,))))
            for column, group in (("market", plan.market), ("limit", plan.limit))
            if group
        }
        for plan in PLANS
    }


def weekly(partials: Partials) -> list[list[Any]]:
    """A figure week by week: `[monday, value]`, ascending; a week without weight is left out."""
    week = (partials.day + MONDAY_BEFORE_EPOCH) // DAYS_A_WEEK
    found: list[list[Any]] = []
    for number in np.unique(week):
        part = partials.only(week == number)
        monday = EPOCH + timedelta(days=int(number) * DAYS_A_WEEK - MONDAY_BEFORE_EPOCH)
        found.append([monday.isoformat(), part.value])
    return found
