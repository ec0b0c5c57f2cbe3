"""Verdicts of the scorecards on record under another margin: the intervals stay, the words may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.review.card.shown import kept_cards, packs_on_record
from routeproof.evidence.verdict import AMONG_MANY, word_of
from routeproof.metrics.registry import BY_NAME
from routeproof.reports.document import VERDICT_WORDS
from routeproof.reports.numbers import interval, with_unit
from routeproof.reports.score import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.app.context import Context
    from routeproof.reports.score import ScoreRowId

    Row = dict[str, Any]

COLUMNS = ("market", "limit")


def effect_of_margin(context: Context, metric: str, margin: float) -> Row:
    """Every verdict on a metric of the last packs on record, as it stands and as it would.

    Returns:
        `kind` is `margins`; `metric, margin`; `verdicts`: `quarter, provider, security` (empty: all together)`, row,
        column, difference, interval, before, after, changes`, those that change first. A verdict withdrawn among many
        tests, or without an interval, stays: its margin does not decide it.
    """
    found = [
        verdict
        for pack in packs_on_record(context)
        for card in kept_cards(context, pack["quarter"], pack["provider"])[-1:]
        for verdict in _of_card(card, metric, margin, pack)
    ]
    return {
        "kind": "margins",
        "metric": metric,
        "margin": margin,
        "verdicts": sorted(found, key=lambda verdict: not verdict["changes"]),
        "changes": sum(verdict["changes"] for verdict in found),
    }


def _of_card(card: Mapping[str, Any], metric: str, margin: float, pack: Mapping[str, str]) -> Iterator[Row]:
    for security, surface in [("", card["scorecard"]), *((one["security"], one) for one in card["securities"])]:
        for row in surface["rows"]:
            for column in COLUMNS:
                cell = row["cells"][column]
                if cell.get("metric") == metric and cell.get("comparison"):
                    named = {**pack, "security": security, "row": kind_of(row["id"]).title, "column": column}
                    yield {**named, **_verdict(cell, row["id"], metric, margin)}


def _verdict(cell: Mapping[str, Any], row: ScoreRowId, metric: str, margin: float) -> Row:
    kind, before, compared = kind_of(row).kind, str(cell["verdict"]), cell["comparison"]
    difference, ends = compared.get("difference"), (compared.get("lower"), compared.get("upper"))
    after = before
    if difference is not None and None not in ends and compared.get("reason") != AMONG_MANY:
        after = word_of(difference, (float(ends[0]), float(ends[1])), margin, BY_NAME[metric].better)[0]
    return {
        "difference": "" if difference is None else with_unit(difference, kind),
        "interval": interval(*ends, kind),
        "before": VERDICT_WORDS.get(before, before),
        "after": VERDICT_WORDS.get(after, after),
        "changes": before != after,
    }
