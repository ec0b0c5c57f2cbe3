"""From a Vega-Lite specification to SVG, with the one theme of all reports.

The font is Liberation Sans because the converter carries it: text is measured the same way on every machine.
"""

import json
import re
from collections.abc import Mapping
from functools import cache

import vl_convert as vlc

VL_VERSION = "6.4"
INK = "#1a1a1a"
RULE = "#b8bfc6"
FONT = "Liberation Sans"
GROWTH = 1.6
"""A chart grows to at most so many times its size: a narrow one does not fill the column of a page with large type."""
THEME: Mapping[str, object] = {
    "font": FONT,
    "background": None,
    "padding": {"left": 2, "top": 2, "right": 2, "bottom": 6},
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 9,
        "titleFontSize": 9.5,
        "titleFontWeight": "normal",
        "titleColor": INK,
        "labelColor": INK,
        "domainColor": RULE,
        "tickColor": RULE,
        "gridColor": "#e6e9ec",
        "gridWidth": 0.6,
        "tickSize": 3,
    },
    "axisY": {"domain": False, "ticks": False},
    "legend": {"labelFontSize": 9.5, "labelColor": INK, "symbolFillColor": INK, "labelLimit": 220},
    "header": {"labelFontSize": 9.5, "labelColor": INK, "labelPadding": 3},
    "title": {"color": INK},
}


@cache
def _svg(text: str) -> str:
    return str(vlc.vegalite_to_svg(json.loads(text), vl_version=VL_VERSION))


def svg_of(spec: Mapping[str, object]) -> str:
    """The chart as a standalone SVG document; the same specification gives the same bytes."""
    return _svg(json.dumps({**spec, "config": THEME}, allow_nan=False))


def width_px(svg: str) -> float:
    """How wide a chart is drawn."""
    return float(svg.split('width="', 1)[1].split('"', 1)[0])


def inline_svg(spec: Mapping[str, object], figure_id: str, alt: str) -> str:
    """The chart as an SVG element: scales with the column, up to `GROWTH`; unique ids; one image when read aloud."""
    svg = svg_of(spec)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg, count=2)
    svg = re.sub(r'id="([^"]+)"', rf'id="{figure_id}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{figure_id}-\1)", svg)
    svg = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{figure_id}-\1"', svg)
    svg = re.sub(r'\s(aria-[a-z]+|role)="[^"]*"', "", svg)
    svg = svg.replace(f"&quot;{FONT}&quot;", FONT).replace(
        f'font-family="{FONT}"', f'font-family="{FONT}, Arial, sans-serif"'
    )
    label = alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    widest = f"max-width:min(54rem,{GROWTH * width_px(svg):.0f}px)"
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" style="{widest}" ', 1)
