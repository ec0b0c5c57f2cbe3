"""Quarters that are over and wait for their review: how far each is, and what comes next."""

from __future__ import annotations

from dataclasses import asdict
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.data_missing import quarters_of_flow
from routeproof.app.desk.look_back import review_id
from routeproof.app.desk.preparing.work_ahead import progress_of
from routeproof.app.objects.governed import ids_of, objects_of
from routeproof.app.review.card.shown import scorecard_shown
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.review.noun import REVIEW
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context

ADOPTED = frozenset({"adopted", "edited"})


def quarters_to_review(context: Context) -> list[dict[str, Any]]:
    """Those of `unreviewed`.

    Returns:
        `quarter`, `provider` and its `name`; `packed_on`: day of the last pack, null without one; `rows`: analyses of
        its scorecard, `adopted`: how many of them people have adopted; `progress`: see `Progress`, null while nobody is
        at it.
    """
    names = {item.id: item.name for item in objects_of(context.records, PROVIDER)}
    return [
        {
            "quarter": quarter,
            "provider": provider,
            "name": names.get(provider, ""),
            **_pack(context, quarter, provider),
            "progress": asdict(progress) if (progress := progress_of(context, quarter, provider)) else None,
        }
        for quarter, provider in unreviewed(context)
    ]


def flow_of(context: Context, quarter: str, provider: str) -> tuple[str, str]:
    """The two as they are written, where rows of that provider and quarter were accepted.

    Raises:
        UsageError: none were, or it is no quarter.
    """
    quarter_days(quarter)
    flow = quarters_of_flow(context)
    if quarter.upper() not in flow.get(provider, ()):
        known = ", ".join(f"{name} {one}" for name in sorted(flow) for one in sorted(flow[name])) or "none"
        message = f"expected a provider and a quarter with order flow ({known}), found {provider!r} {quarter!r}"
        raise UsageError(message, where="quarter")
    return quarter.upper(), provider


def unreviewed(context: Context) -> list[tuple[str, str]]:
    """Quarter and provider of the same: the last quarter of each provider that is over, if nobody has reviewed it."""
    known = set(ids_of(context.records, REVIEW))
    found = []
    for provider, quarters in sorted(quarters_of_flow(context).items()):
        over = [quarter for quarter in quarters if quarter_days(quarter)[1] < context.business_day]
        if over and review_id(max(over), provider) not in known:
            found.append((max(over), provider))
    return sorted(found, key=itemgetter(0), reverse=True)


def adopted_of(card: Mapping[str, Any]) -> tuple[int, int]:
    """How many analyses of a scorecard people have adopted, and of how many."""
    rows = card["rows"]
    return sum(row["adopted_since"] is not None or row["analysis_status"] in ADOPTED for row in rows), len(rows)


def _pack(context: Context, quarter: str, provider: str) -> dict[str, Any]:
    card = scorecard_shown(context, quarter, provider)
    adopted, rows = adopted_of(card) if card else (0, 0)
    return {"packed_on": card["dated_on"] if card else None, "adopted": adopted, "rows": rows}
