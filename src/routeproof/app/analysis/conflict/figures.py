"""Dose and response as a figure: what a venue pays, against the orders it gets beyond what quality would give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def dose_figure(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A Vega-Lite specification; venues are named in black, intervals are rules, so that it reads in grey."""
    kept = ("venue", "net_payment_cents_per_hundred_shares", "response", "lower", "upper", "orders")
    x = {
        "field": "net_payment_cents_per_hundred_shares",
        "type": "quantitative",
        "title": "net payment to the router, cents per 100 shares",
    }
    y = {
        "field": "response",
        "type": "quantitative",
        "title": "orders, as a multiple of what predicted quality alone would give",
    }
    return {
        "width": "container",
        "height": 280,
        "data": {"values": [{name: row[name] for name in kept} for row in rows]},
        "layer": [
            {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"y": {"datum": 1}}},
            {"mark": {"type": "rule"}, "encoding": {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}}},
            {"mark": {"type": "point", "filled": True, "color": "#1a1a1a"}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "text", "dy": -9, "fontSize": 11},
                "encoding": {"x": x, "y": y, "text": {"field": "venue"}},
            },
        ],
    }
