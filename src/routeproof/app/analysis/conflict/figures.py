"""Dose and response as a figure: what a venue pays, against the orders it gets beyond what quality would give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


OFFSETS = {"above": -10, "below": 12, "far_above": -22, "far_below": 24}
"""Pixels from a venue's point to its name; neighbours take turns, so that they stay readable."""


def dose_figure(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A Vega-Lite specification; venues are named in black, intervals are rules, so that it reads in grey."""
    kept = ("venue", "net_payment_cents_per_hundred_shares", "response", "lower", "upper", "orders")
    x = {
        "field": "net_payment_cents_per_hundred_shares",
        "type": "quantitative",
        "title": "net payment to the router, cents per 100 shares",
        "scale": {"padding": 24},
    }
    y = {
        "field": "response",
        "type": "quantitative",
        "title": "orders over those that quality alone would give",
    }
    return {
        "width": "container",
        "height": 280,
        "data": {"values": _named([{name: row[name] for name in kept} for row in rows if row[kept[1]] is not None])},
        "layer": [
            {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"y": {"datum": 1}}},
            {"mark": {"type": "rule"}, "encoding": {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}}},
            {"mark": {"type": "point", "filled": True}, "encoding": {"x": x, "y": y}},
            *(
                {
                    "mark": {"type": "text", "dy": dy, "fontSize": 11},
                    "encoding": {"x": x, "y": y, "text": {"field": side}},
                }
                for side, dy in OFFSETS.items()
            ),
        ],
    }


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows from left to right with their venue at one of `OFFSETS` in turns."""
    order = sorted(rows, key=lambda row: (row["net_payment_cents_per_hundred_shares"], row["response"] or 0.0))
    for place, row in enumerate(order):
        row |= {**dict.fromkeys(OFFSETS, ""), tuple(OFFSETS)[place % len(OFFSETS)]: row["venue"]}
    return order
