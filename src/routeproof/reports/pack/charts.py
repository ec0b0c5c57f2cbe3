"""Parts of Vega-Lite specifications that several sections share; data travels inside the specification."""

from typing import Final

import polars as pl
import polars.selectors as cs

Spec = dict[str, object]

INK: Final = "#1a1a1a"
ACCENT: Final = "#1f4e79"
WARN: Final = "#9c3d1b"
SOFT: Final = "#9aa5b1"
PAPER: Final = "#ffffff"
WIDTH: Final = 560
SHADES: Final = [INK, ACCENT, WARN, SOFT]
DASHES: Final = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
SHAPES: Final = ["circle", "square", "triangle-up", "diamond"]


def values(frame: pl.DataFrame) -> Spec:
    """The frame's rows as inline data; what is not a number is null."""
    return {"values": frame.with_columns(cs.float().fill_nan(None)).to_dicts()}


def field(name: str, kind: str, title: str | None = None, **more: object) -> Spec:
    """An encoding channel; an absent title prints none."""
    return {"field": name, "type": kind, "title": title, **more}


def quantitative(name: str, title: str, form: str = "", *, zero: bool = True, **axis: object) -> Spec:
    """A number axis with few ticks."""
    return field(name, "quantitative", title, axis={"format": form, "tickCount": 5, **axis}, scale={"zero": zero})


def names_axis(name: str, order: list[str], room: int) -> Spec:
    """A column of names in this order, with room for so many pixels of text."""
    return field(
        name, "nominal", sort=order, axis={"labelLimit": room, "labelPadding": 5, "ticks": False, "domain": False}
    )


def chart(*layers: Spec, data: Spec | None = None, width: int = WIDTH, height: int = 150) -> Spec:
    """Layers over one data set."""
    spec: Spec = {"width": width, "height": height, "layer": list(layers)}
    return spec | ({"data": data} if data else {})


NO_INTERVAL: Final = "!isValid(datum.lower)"
"""Test of a row that carries no interval: an expression of Vega."""
POINT: Final[Spec] = {"type": "point", "size": 40, "strokeWidth": 1.3, "opacity": 1}


def dot_fill(colour: Spec) -> Spec:
    """The fill of a point in this colour: hollow without an interval, so that it never looks the most precise."""
    return {"condition": {"test": NO_INTERVAL, "value": PAPER}, **colour}


def hollow(frame: pl.DataFrame, value: str) -> str:
    """What a caption says of hollow points, where there are any among the rows that have the value."""
    if frame.filter(pl.col(value).is_not_null() & pl.col("lower").is_null()).is_empty():
        return ""
    return (
        " Hollow points carry no interval, because too few days or a single order stand behind them: trust them least."
    )


def whisker(y: Spec) -> Spec:
    """The 95 % interval from `lower` to `upper` as a thin horizontal line."""
    return {
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
        "encoding": {"x": {"field": "lower", "type": "quantitative"}, "x2": {"field": "upper"}, "y": y},
    }


def zero_line(channel: str = "x") -> Spec:
    """A thin line at zero."""
    return {
        "mark": {"type": "rule", "color": SOFT, "strokeWidth": 0.8},
        "encoding": {channel: {"datum": 0, "type": "quantitative"}},
    }
