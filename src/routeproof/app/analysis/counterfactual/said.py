"""What the bounds are said to be: the answer, what is identified and what is not, options of a review, the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.evidence.answer import Answer, refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.analysis.counterfactual.sums import Sums
    from routeproof.app.analysis.ground import Ground
    from routeproof.policy.analysis.counterfactual import CounterfactualPolicy

METRIC = "counterfactual_saving_usd_per_share"
ESTIMAND = "what taking the displayed, reachable quotes would have saved on marketable routes, after fees and rebates"
UNIT, COUNTED = "usd", "routes"


def assumptions(policy: CounterfactualPolicy) -> tuple[str, ...]:
    """What has to be true for the bounds to hold; one sentence each."""
    hidden = (
        f"Hidden were at most {policy.inside_multiple} times the size at the best price, at the midpoint, and "
        f"{policy.hidden_multiple} times the displayed size behind it."
    )
    beyond = (
        f"What nobody displayed would have cost at most {policy.beyond_spreads} quoted spreads more than the deepest "
        "displayed price, within the limit."
    )
    return (
        f"A displayed share could be had {policy.latency_us:,} microseconds after the route was sent, at its price.",
        "Taking it would not have changed what other venues displayed.",
        hidden,
        beyond,
        "Fees and rebates are those of the fills, else of the venues' schedules; payment for order flow is no cost.",
    )


def answer_of(sums: Sums, policy: CounterfactualPolicy) -> Answer:
    """The interval of savings, or why there is none; there never is a point."""
    given = assumptions(policy)
    if sums.routes < policy.least_routes:
        reason = f"{sums.routes} filled marketable routes with a quote; at least {policy.least_routes} are needed"
        return refused(ESTIMAND, UNIT, reason, n=sums.routes, counted=COUNTED, assumptions=given)
    values = sums.plain()
    return Answer(
        estimand=ESTIMAND,
        unit=UNIT,
        n=sums.routes,
        counted=COUNTED,
        assumptions=given,
        lower=values["saved_lower_usd"],
        upper=values["saved_upper_usd"],
    )


def sentences(sums: Sums, providers: Sequence[str], access: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """`identified` and `not_identified`: what the record tells for sure, and what only the assumptions bound."""
    values = sums.plain()
    if not sums.routes:
        return {"identified": [], "not_identified": ["Anything: no marketable route was filled with a quote in force."]}
    known = [
        "What was paid: prices, shares, and fees as far as they are told.",
        "Prices and sizes that stood on the far side when each route arrived.",
        f"Of the shares, {_percent(values['displayed_share'])} were displayed to the router at known prices.",
    ]
    unknown = [
        "Hidden and midpoint size: the lower cost rests on the stated multiples alone.",
        "Whether a displayed quote would still have been there for this order: the rule makes it firm, fades break it.",
        "What a different route would have told the market about the rest of the order.",
        "Shares that went unfilled: only shares that traded are compared.",
    ]
    if values["own_quotes_share"] != 1.0:
        unknown.append(
            f"For {_percent(1.0 - (values['own_quotes_share'] or 0.0))} of the routes no "
            "venue's own quotes were delivered: only the best quote and its displayed size are known, which widens the "
            "bounds."
        )
    if values["unknown_fee_share"]:
        unknown.append(
            f"Fees of {_percent(values['unknown_fee_share'])} of the shares paid, which no fill and no schedule tells: "
            "they count as anything between plus and minus the cap of 17 CFR 242.610(c), which widens the bounds."
        )
    free = [name or "(unnamed)" for name in providers if name not in access]
    if free:
        unknown.append(
            f"Which venues {', '.join(free)} reaches: no list is on file, so every venue is taken to be reachable."
        )
    return {"identified": known, "not_identified": unknown}


def options(by_venue: Sequence[Mapping[str, Any]], ground: Ground) -> list[dict[str, Any]]:
    """Options of a decision "modify or justify", one per venue with bounds, with a typed reference to this result.

    Next quarter's look-back measures the same cell again (`app.desk.counterfactual_look`).
    """
    first, last = ground.days[0].isoformat(), ground.days[-1].isoformat()
    return [
        {
            "name": f"take displayed quotes in place of {row['venue']}",
            "estimate": {
                "kind": "counterfactual",
                "lower": row["saved_lower_usd_per_share"],
                "upper": row["saved_upper_usd_per_share"],
                "unit": "usd_per_share",
                "metric": METRIC,
                "where": {"provider": row["provider"], "venue": row["venue"]},
                "manifest": ground.source.manifest,
                "source": f"counterfactual bounds of {row['routes']} routes, {first} to {last}",
            },
        }
        for row in by_venue
        if row["reason"] is None
    ]


def figures(by_venue: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Vega-Lite: intervals of savings by venue and provider."""
    points = [
        {
            "route": f"{row['provider']} {row['venue']}".strip(),
            "lower": row["saved_lower_usd"],
            "upper": row["saved_upper_usd"],
            "tells": row["tells"].replace("_", " "),
        }
        for row in by_venue
        if row["reason"] is None
    ]
    if not points:
        return {}
    y = {"field": "route", "type": "nominal", "title": "provider and venue", "sort": None}
    x = {
        "field": "lower",
        "type": "quantitative",
        "title": "displayed alternative would have saved, US dollars (bounds)",
    }
    dash = {"field": "tells", "type": "nominal", "title": "paid against displayed"}
    return {
        "saving_by_venue": {
            "width": "container",
            "height": {"step": 22},
            "data": {"values": points},
            "layer": [
                {
                    "data": {"values": [{}]},
                    "mark": {"type": "rule", "strokeDash": [3, 3]},
                    "encoding": {"x": {"datum": 0}},
                },
                {
                    "mark": {"type": "rule", "strokeWidth": 3},
                    "encoding": {"y": y, "x": x, "x2": {"field": "upper"}, "strokeDash": dash},
                },
                {"mark": {"type": "tick", "thickness": 2}, "encoding": {"y": y, "x": x}},
                {"mark": {"type": "tick", "thickness": 2}, "encoding": {"y": y, "x": {**x, "field": "upper"}}},
            ],
        }
    }


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"
