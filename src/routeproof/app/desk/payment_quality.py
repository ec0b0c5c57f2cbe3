"""Payment against quality, venue by venue, out of the packs that reviews pinned: does who pays get worse fills?

The points are those of the pack's own chart of venues, so that nothing is measured to show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Row = dict[str, Any]

CHART = "venues-chart"
CENTS_PER_USD, HUNDRED = 100, 100
NO_PAYMENT = "no fee, rebate or payment is known"
NO_QUALITY = "no covered executions of orders that met the market"
KEPT = (
    "venue", "name", "share", "executions", "coverage", "price_improvement_usd_per_share", "lower", "upper",
    "e_over_q", "net_payment_usd",
)  # fmt: skip


def payment_quality(packs: Mapping[str, Sequence[Row]]) -> Row:
    """Points of some packs, and their chart.

    Args:
        packs: provider to sections of its pack, as `pack_sections` gives them.

    Returns:
        `points`: one per provider and venue, largest share first, with `net_payment_cents_per_hundred_shares` (positive
        = the router was paid, all fees, rebates and payments together) and `side` (`pays the router`, `charges it`);
        `left_out`: `provider, venue, reason` of venues without one of both; `chart`: Vega-Lite, null without points.
    """
    points, left_out = [], []
    for provider, sections in packs.items():
        for row in _rows(sections):
            reason = _reason(row)
            if reason:
                left_out.append({"provider": provider, "venue": row["venue"], "reason": reason})
            else:
                points.append(_point(row, provider))
    return {"points": points, "left_out": left_out, "chart": _chart(points) if points else None}


def _rows(sections: Sequence[Row]) -> Iterator[Row]:
    for section in sections:
        for block in section["blocks"]:
            if block.get("id") == CHART:
                yield from block["spec"]["data"]["values"]


def _reason(row: Mapping[str, Any]) -> str:
    if row.get("net_payment_usd") is None or not row.get("executed_shares"):
        return NO_PAYMENT
    return NO_QUALITY if row.get("price_improvement_usd_per_share") is None else ""


def _point(row: Mapping[str, Any], provider: str) -> Row:
    paid = row["net_payment_usd"] * CENTS_PER_USD / (row["executed_shares"] / HUNDRED)
    where = [f"provider={provider}", f"venue={row['venue']}"]
    return {
        "provider": provider,
        **{name: row.get(name) for name in KEPT},
        "net_payment_cents_per_hundred_shares": paid,
        "side": "pays the router" if row["net_payment_usd"] > 0 else "charges it",
        "href": f"/explore?{urlencode({'by': 'symbol', 'where': where}, doseq=True)}",
    }


def _chart(points: Sequence[Row]) -> Row:
    several = len({point["provider"] for point in points}) > 1
    x = {
        "field": "net_payment_cents_per_hundred_shares",
        "type": "quantitative",
        "title": "net payment to the router, cents per 100 shares",
    }
    y = {
        "field": "price_improvement_usd_per_share",
        "type": "quantitative",
        "title": "price improvement, $ a share (95% interval)",
        "axis": {"format": ".4f"},
    }
    size = {
        "field": "share",
        "type": "quantitative",
        "title": "share of shares",
        "legend": {"format": ".0%", "tickCount": 3},
        "scale": {"range": [30, 700]},
    }
    colour = {"field": "provider" if several else "side", "type": "nominal", "title": "provider" if several else None}
    whisker = {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}}
    point = {"x": x, "y": y, "size": size, "color": colour}
    point |= {"shape": {"field": "side", "type": "nominal", "title": None}} if several else {}
    above, below = ({"x": x, "y": y, "text": {"field": name}} for name in ("above", "below"))
    word = {"type": "text", "fontSize": 11}
    return {
        "width": "container",
        "height": 300,
        "data": {"values": _named(points)},
        "layer": [
            {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"x": {"datum": 0}}},
            {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"y": {"datum": 0}}},
            {"mark": {"type": "rule", "opacity": 0.6}, "encoding": whisker},
            {"mark": {"type": "point", "filled": True, "opacity": 0.85, "cursor": "pointer"}, "encoding": point},
            {"mark": {**word, "dy": -14}, "encoding": above},
            {"mark": {**word, "dy": 16}, "encoding": below},
        ],
    }


def _named(points: Sequence[Row]) -> list[Row]:
    """Points with their venue's name above or below in turns, from left to right, so that neighbours stay readable."""
    order = sorted(points, key=lambda point: point["net_payment_cents_per_hundred_shares"])
    drawn = [{name: item for name, item in point.items() if name != "name"} for point in order]
    for place, point in enumerate(drawn):
        point |= {"above": "", "below": "", ("above", "below")[place % 2]: point["venue"]}
    return drawn
