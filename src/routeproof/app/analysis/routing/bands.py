"""Orders from venue to venue as bands (a Sankey diagram), laid out here and drawn with areas and bars."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.analysis.routing.lists import APART
from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, Any]
PLACES = 3
NO_FURTHER = "no further venue"
GAP = 0.02
LEAST_SHARE = 0.002
"""Of all orders: a thinner band is no more than a hair and is left out of the drawing; its venues keep their height."""
NAMED_SHARE = 0.015
WIDTH, BEND = 0.03, 0.35
TITLES = ("first venue", "second venue", "third venue")

Ends = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class _Block:
    """A venue at a place: orders that reach it, and where it begins from the top, in orders."""

    orders: int
    top: float


def steps_of(lists: pl.DataFrame) -> Counter[Ends]:
    """Orders by place (0 first), venue there, and the next one or `NO_FURTHER`; a venue counts once in an order.

    Args:
        lists: `lists.lists_of`, of one provider.
    """
    counted: Counter[Ends] = Counter()
    tried = lists.group_by("tried").agg(pl.col("n").sum()).sort("tried")
    for text, n in tried.iter_rows():
        names = [*str(text).split(APART), NO_FURTHER]
        for place in range(min(len(names) - 1, PLACES)):
            counted[place, names[place], names[place + 1]] += n
    return counted


def band_figure(lists: pl.DataFrame) -> Row:
    """The first three venues of a provider's orders; the width of a band is its orders, so that it reads in grey."""
    steps = steps_of(lists)
    blocks = _blocks(steps)
    whole = sum(block.orders for (place, _), block in blocks.items() if place == 0)
    if not whole:
        return {}
    last = max(place for place, _ in blocks)
    values = [*_bands(steps, blocks, whole), *_named(blocks, whole)]
    titles = ", ".join(f"'{title}'" for title in TITLES)
    x = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [-WIDTH, last + 0.45], "nice": False},
        "axis": {
            "values": list(range(last + 1)), "labelExpr": f"[{titles}][datum.value]", "grid": False, "domain": False,
            "ticks": False, "orient": "top",
        },
    }  # fmt: skip
    y = {
        "type": "quantitative",
        "title": "orders, as height",
        "scale": {"reverse": True, "nice": False, "zero": True},
        "axis": {"labels": False, "grid": False, "domain": False, "ticks": False},
    }
    ends = {"y": {"field": "low", **y}, "y2": {"field": "high"}}
    return {
        "width": "container",
        "height": 340,
        "data": {"values": values},
        "layer": [
            {
                "transform": [{"filter": "datum.kind == 'band'"}],
                "mark": {"type": "area", "interpolate": "monotone", "opacity": 0.3},
                "encoding": {"x": {"field": "x", **x}, **ends, "detail": {"field": "name"}},
            },
            {
                "transform": [{"filter": "datum.kind == 'venue'"}],
                "mark": {"type": "rect"},
                "encoding": {"x": {"field": "x", **x}, "x2": {"field": "x2"}, **ends},
            },
            {
                "transform": [{"filter": "datum.kind == 'venue'"}],
                "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 4, "fontSize": 11},
                "encoding": {
                    "x": {"field": "x2", **x},
                    "y": {"field": "middle", **y},
                    "text": {"field": "label", "type": "nominal"},
                },
            },
        ],
    }


def _blocks(steps: Mapping[Ends, int]) -> dict[tuple[int, str], _Block]:
    """Where each venue stands at each place, most orders at the top, those that went no further below."""
    reached: Counter[tuple[int, str]] = Counter()
    for (place, venue, then), n in steps.items():
        if place == 0:
            reached[0, venue] += n
        if place + 1 < PLACES:
            reached[place + 1, then] += n
    whole = sum(n for (place, _), n in reached.items() if place == 0)
    found: dict[tuple[int, str], _Block] = {}
    for place in range(PLACES):
        here = [(name, n) for (at, name), n in reached.items() if at == place]
        top = 0.0
        for name, n in sorted(here, key=lambda one: (one[0] == NO_FURTHER, -one[1], one[0])):
            found[place, name] = _Block(n, top)
            top += n + GAP * whole
    return found


def _bands(steps: Mapping[Ends, int], blocks: Mapping[tuple[int, str], _Block], whole: int) -> Iterable[Row]:
    """Four points a band; bands leave and meet a venue in the order in which the venues at the other end stand."""
    drawn = {key: n for key, n in steps.items() if key[0] + 1 < PLACES}
    leaving, meeting = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    begins: dict[Ends, tuple[float, float]] = {}
    order = sorted(drawn, key=lambda key: (key[0], blocks[key[0], key[1]].top, blocks[key[0] + 1, key[2]].top))
    for place, venue, then in order:
        begins[place, venue, then] = (
            blocks[place, venue].top + leaving[place, venue],
            blocks[place + 1, then].top + meeting[place + 1, then],
        )
        leaving[place, venue] += drawn[place, venue, then]
        meeting[place + 1, then] += drawn[place, venue, then]
    for (place, venue, then), (left, right) in begins.items():
        n = drawn[place, venue, then]
        if n < LEAST_SHARE * whole:
            continue
        name = f"{venue} to {then}, place {place + 1}"
        for x, top in ((WIDTH, left), (BEND, left), (1.0 - BEND, right), (1.0, right)):
            yield {"kind": "band", "name": name, "orders": n, "x": settle(place + x), "x2": None, "label": "",
                   "low": settle(top), "high": settle(top + n), "middle": None}  # fmt: skip


def _named(blocks: Mapping[tuple[int, str], _Block], whole: int) -> Iterable[Row]:
    for (place, name), block in blocks.items():
        share = block.orders / whole
        low, high = block.top, block.top + block.orders
        yield {
            "kind": "venue", "name": f"{name}, place {place + 1}", "orders": block.orders, "x": settle(float(place)),
            "x2": settle(place + WIDTH), "label": f"{name} {share:.0%}" if share >= NAMED_SHARE else "",
            "low": settle(low), "high": settle(high), "middle": settle((low + high) / 2.0),
        }  # fmt: skip
