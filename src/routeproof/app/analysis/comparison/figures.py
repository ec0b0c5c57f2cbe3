"""Figures of a comparison as Vega-Lite: the two answers beside the raw one, overlap, balance. Readable in grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.analysis.comparison.features import level_place
from routeproof.evidence.adjust.overlap import balance, propensity_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.evidence.adjust.flow import Flow
    from routeproof.evidence.adjust.side_by_side import SideBySide

SIDES = {"domain": ["subject", "benchmark"]}


def interval_figure(rows: Sequence[dict[str, Any]], unit: str) -> dict[str, Any]:
    """One line per reading of the difference with its interval; a refused one has none."""
    values = [row for row in rows if row["estimate"] is not None]
    x = {"type": "quantitative", "title": f"subject minus benchmark, {unit}"}
    return {
        "width": "container",
        "height": {"step": 26},
        "data": {"values": values},
        "encoding": {"y": {"field": "reading", "type": "nominal", "title": None, "sort": None}},
        "layer": [
            {
                "mark": {"type": "rule", "strokeDash": [3, 3]},
                "encoding": {"x": {"datum": 0}, "y": {"value": 0}, "y2": {"value": "height"}},
            },
            {"mark": {"type": "rule"}, "encoding": {"x": {"field": "lower", **x}, "x2": {"field": "upper"}}},
            {"mark": {"type": "point", "filled": True}, "encoding": {"x": {"field": "estimate", **x}}},
        ],
    }


def overlap_figure(flow: Flow, found: SideBySide, greatest: float) -> dict[str, Any] | None:
    """Each side's weight by how surely an order like it is the subject's; beyond the line nothing is compared."""
    if found.fitted is None:
        return None
    bins = propensity_shares(flow, found.fitted)
    ends = [row | {"from": row["to"]} for row in bins if row["to"] == 1.0]  # or the last step would not be drawn
    return {
        "width": "container",
        "height": 180,
        "data": {"values": [*bins, *ends]},
        "layer": [
            {
                "mark": {"type": "line", "interpolate": "step-after"},
                "encoding": {
                    "x": {"field": "from", "type": "quantitative", "title": "propensity of being the subject's"},
                    "y": {
                        "field": "share",
                        "type": "quantitative",
                        "title": "share of the side's volume",
                        "axis": {"format": "%"},
                    },
                    "color": {"field": "side", "type": "nominal", "title": None, "scale": SIDES},
                    "strokeDash": {"field": "side", "type": "nominal", "title": None, "scale": SIDES},
                },
            },
            {"mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"x": {"datum": greatest}}},
        ],
    }


def balance_rows(flow: Flow, found: SideBySide) -> list[dict[str, Any]]:
    """Every level's share on both sides and the standardised differences before and after."""
    if found.cells.found is None:
        return []
    dimensions = list(flow.levels)
    rows = [
        {
            name: getattr(one, name)
            for name in ("dimension", "level", "subject", "benchmark", "weighted", "before", "after")
        }
        for one in balance(flow, found.cells.found.odds, found.cells.found.kept)
    ]
    return sorted(rows, key=lambda row: (dimensions.index(row["dimension"]), level_place(row["level"])))


def balance_figure(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Standardised differences of every level, before and after like is compared with like."""
    values = [
        {"level": f"{row['dimension']}: {row['level']}".replace("_", " "), "when": when, "difference": row[key]}
        for row in rows
        for when, key in (("as they are", "before"), ("like with like", "after"))
    ]
    return {
        "width": "container",
        "height": {"step": 14},
        "data": {"values": values},
        "mark": {"type": "point", "filled": True},
        "encoding": {
            "y": {"field": "level", "type": "nominal", "title": None, "sort": None, "axis": {"labelLimit": 240}},
            "x": {"field": "difference", "type": "quantitative", "title": "standardised difference of shares"},
            "shape": {"field": "when", "type": "nominal", "title": None, "sort": None},
            "color": {"field": "when", "type": "nominal", "title": None, "sort": None},
        },
    }
