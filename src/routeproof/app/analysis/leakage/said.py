"""What the effects are said to be: answers, questions to a provider, the caution, the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.analysis.leakage.cells import NOTHING, QUESTION
from routeproof.evidence.answer import Answer, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.evidence.leak.effect import Effect
    from routeproof.policy.analysis.leakage import LeakagePolicy

CAUTION = "This is evidence for a question to the provider, never proof of one cause."
ESTIMAND = (
    "how much further the far side moves against the order after a route than at matched instants, mean of a route"
)
UNIT, COUNTED = "bps", "routes"
AFTER = {
    "arrival": "between arrival and first route",
    "route": "after routes to {venue}",
    "elsewhere": "between routes to {venue} and routes or fills elsewhere",
    "fill": "after fills at {venue}",
}


def assumptions(policy: LeakagePolicy) -> tuple[str, ...]:
    """What has to be true for an effect to mean leakage; one sentence each."""
    alike = (
        "Without a leak the far side would have gone on as at the matched instants of the same symbol, spread, recent "
        f"move of {policy.recent_s} s, signed imbalance, and time within {policy.within_min} minutes."
    )
    return (
        alike,
        "What the customer knew moves quotes after routes to all venues alike: a venue stands out against the others.",
        "Own taking of displayed size is no leak: routes that may have moved the quote themselves are shown apart.",
        CAUTION,
    )


def answer_of(found: Effect | None, policy: LeakagePolicy) -> Answer:
    """An effect as an answer."""
    given = assumptions(policy)
    if found is None or found.found is None:
        reason = "no routes to venues in these days" if found is None else found.reason or "nothing was measured"
        return refused(ESTIMAND, UNIT, reason, n=found.n if found else 0, counted=COUNTED, assumptions=given)
    return Answer(
        estimand=ESTIMAND,
        unit=UNIT,
        n=found.n,
        counted=COUNTED,
        assumptions=given,
        estimate=found.estimate,
        lower=found.found.lower,
        upper=found.found.upper,
        detectable=found.found.detectable,
    )


def questions(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """What to ask a provider, from venues and blocks that stand out: `provider, venue, phase, outcome, text`."""
    return [
        {
            **{name: row[name] for name in ("provider", "venue", "phase", "outcome")},
            "blocks": cut == "blocks",
            "text": " ".join(_asked(row, blocks=cut == "blocks")),
        }
        for cut in ("by_venue", "blocks")
        for row in tables[cut]
        if row["tells"] == QUESTION
    ]


def _asked(row: Mapping[str, Any], *, blocks: bool) -> Iterator[str]:
    where = AFTER[row["phase"]].format(venue=row["venue"]) + (" of block orders" if blocks else "")
    said = [_number(row["outcome"], row[name]) for name in ("estimate", "lower", "upper")]
    what = "the far side moved {} ({} to {}) further against the order than at matched instants, over {:,} events."
    if row["outcome"] == "size":
        what = "{} ({} to {}) more of the displayed size was withdrawn than at matched instants, over {:,} events."
    yield f"{where[:1].upper()}{where[1:]} {what.format(*said, row['matched'])}"
    if row["others"] is not None:
        yield f"At the other venues it was {_number(row['outcome'], row['others']['estimate'])}."
    yield "Who learns of these orders, from whom, and when?"
    yield CAUTION


def sentences(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Whether anything is asked, of how many effects that could be judged."""
    judged = [row for cut in ("by_venue", "blocks") for row in tables[cut] if row["tells"] is not None]
    asked = sum(row["tells"] == QUESTION for row in judged)
    if not judged:
        return ["Nothing could be judged: see the reasons."]
    said = f"{len(judged):,} effects of venues, stretches of time and blocks were judged"
    return [f"{said}; {asked} of them put a question." if asked else f"{said}: no question to put."]


def _number(outcome: str, value: float) -> str:
    return f"{value:.3f} bps" if outcome == "move" else f"{value:.1%}"


MOVE_TITLE = "adverse move after a route beyond controls, bps (line: 95 % interval; tick: found 8 times in 10)"


def figures(by_venue: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Vega-Lite: adverse moves after routes by venue, with intervals and what would have been found."""
    points = [
        {
            "venue": f"{row['provider']} {row['venue']}",
            **{name: row[name] for name in ("estimate", "lower", "upper", "detectable")},
            "tells": "question" if row["tells"] == QUESTION else NOTHING,
        }
        for row in by_venue
        if row["phase"] == "route" and row["outcome"] == "move" and row["reason"] is None
    ]
    if not points:
        return {}
    y = {"field": "venue", "type": "nominal", "title": "provider and venue", "sort": None}
    x = {"field": "estimate", "type": "quantitative", "title": MOVE_TITLE}
    shape = {"field": "tells", "type": "nominal", "title": None}
    rule: dict[str, Any] = {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [3, 3]}}
    return {
        "move_by_venue": {
            "width": "container",
            "height": {"step": 22},
            "data": {"values": points},
            "layer": [
                {**rule, "encoding": {"x": {"datum": 0}}},
                {
                    "mark": {"type": "rule"},
                    "encoding": {"y": y, "x": {**x, "field": "lower"}, "x2": {"field": "upper"}},
                },
                {"mark": {"type": "point", "filled": True, "size": 60}, "encoding": {"y": y, "x": x, "shape": shape}},
                {"mark": {"type": "tick", "opacity": 0.6}, "encoding": {"y": y, "x": {**x, "field": "detectable"}}},
            ],
        }
    }
