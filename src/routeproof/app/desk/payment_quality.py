"""Payment against quality, venue by venue, out of the packs that reviews pinned: does who pays get worse fills?

The points are those of the pack's own chart of venues, so that nothing is measured to show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from routeproof.app.desk.pack_sections import pack_sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.app.context import Context

    Row = dict[str, Any]

CHART = "venues-chart"
CENTS_PER_USD, HUNDRED = 100, 100
NO_PAYMENT = "no fee, rebate or payment is known"
NO_QUALITY = "no covered executions of orders that met the market"
KEPT = (
    "venue", "name", "share", "executions", "coverage", "price_improvement_usd_per_share", "lower", "upper",
    "e_over_q", "net_payment_usd",
)  # fmt: skip


def payment_quality(context: Context, packs: Sequence[Mapping[str, str]]) -> Row:
    """Points of some packs, and their chart.

    Args:
        context: the workspace.
        packs: as `pinned_packs` lists them.

    Returns:
        `points`: one per provider and venue, largest share first, with `net_payment_cents_per_hundred_shares` (positive
        = the router was paid, all fees, rebates and payments together) and `side` (`pays the router`, `charges it`);
        `left_out`: `provider, venue, reason` of venues without one of both; `chart`: Vega-Lite, null without points.
    """
    points, left_out = [], []
    for pack in packs:
        for row in _rows(context, pack["review"]):
            reason = _reason(row)
            if reason:
                left_out.append({"provider": pack["provider"], "venue": row["venue"], "reason": reason})
            else:
                points.append(_point(row, pack))
    return {"points": points, "left_out": left_out, "chart": _chart(points) if points else None}


def _rows(context: Context, review: str) -> Iterator[Row]:
    for section in pack_sections(context, review, ("venues",)):
        for block in section["blocks"]:
            if block.get("id") == CHART:
                yield from block["spec"]["data"]["values"]


def _reason(row: Mapping[str, Any]) -> str:
    if row.get("net_payment_usd") is None or not row.get("executed_shares"):
        return NO_PAYMENT
    return NO_QUALITY if row.get("price_improvement_usd_per_share") is None else ""


def _point(row: Mapping[str, Any], pack: Mapping[str, str]) -> Row:
    paid = row["net_payment_usd"] * CENTS_PER_USD / (row["executed_shares"] / HUNDRED)
    where = [f"provider={pack['provider']}", f"venue={row['venue']}"]
    return {
        "provider": pack["provider"],
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
    text = {"x": x, "y": y, "text": {"field": "venue"}}
    return {
        "width": "container",
        "height": 300,
        "data": {"values": [{name: item for name, item in row.items() if name != "name"} for row in points]},
        "layer": [
            {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"x": {"datum": 0}}},
            {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"y": {"datum": 0}}},
            {"mark": {"type": "rule", "opacity": 0.6}, "encoding": whisker},
            {"mark": {"type": "point", "filled": True, "opacity": 0.85, "cursor": "pointer"}, "encoding": point},
            {"mark": {"type": "text", "align": "left", "dx": 9, "dy": -7, "fontSize": 11}, "encoding": text},
        ],
    }
