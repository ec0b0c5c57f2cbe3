"""The report as one HTML file: styles and charts inline, no script, nothing fetched from anywhere."""

from __future__ import annotations

from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from routeproof.renderers.charts import inline_svg
from routeproof.renderers.plain import plain_document
from routeproof.reports.document import Document


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("routeproof.renderers", "templates"),
        autoescape=True,
        undefined=_Blank,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class _Blank(StrictUndefined):
    """An absent part of a cell or block is empty; a misspelt name at the top level still fails."""

    def __bool__(self) -> bool:
        return False


def _drawn(tree: Any) -> Any:
    """The document with each figure's SVG; the converter's output is the only markup let through unescaped."""
    for section in tree["sections"]:
        for block in section["blocks"]:
            if block["type"] == "Figure":
                block["svg"] = Markup(inline_svg(block["spec"], block["id"], block["alt"]))  # noqa: S704
    return tree


def render_html(document: Document) -> bytes:
    """UTF-8 HTML; the same document gives the same bytes."""
    css = resources.files("routeproof.renderers").joinpath("templates/pack.css").read_text("utf-8")
    page = _environment().get_template("pack.html.j2")
    text = page.render(doc=_drawn(plain_document(document)), css=Markup(css))  # noqa: S704
    return (text.rstrip("\n") + "\n").encode()
