"""The effect so far, day by day, as Vega-Lite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from routeproof.evidence.experiment.sequence import Sequence


def sequence_figure(told: Sequence, unit: str) -> dict[str, Any]:
    """Mean and interval after each day; days that say nothing yet are left out."""
    values = [
        {"day": str(np.datetime64(day, "D")), "mean": mean, "lower": low, "upper": high}
        for day, mean, low, high in zip(told.day, told.mean, told.lower, told.upper, strict=True)
        if low is not None
    ]
    y = {"type": "quantitative", "title": f"treatment less control, {unit.replace('_', ' ')}"}
    return {
        "width": "container",
        "height": 220,
        "data": {"values": values},
        "encoding": {
            "x": {"field": "day", "type": "ordinal", "title": "trading day", "axis": {"labelOverlap": "greedy"}}
        },
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.25},
                "encoding": {"y": {"field": "lower", **y}, "y2": {"field": "upper"}},
            },
            {"mark": "line", "encoding": {"y": {"field": "mean", **y}}},
            {"mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"y": {"datum": 0}}},
        ],
    }
