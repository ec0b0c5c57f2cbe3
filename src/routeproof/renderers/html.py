"""The report as one HTML file: styles and charts inline, no script, nothing fetched from anywhere."""

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from routeproof.renderers.charts import inline_svg
from routeproof.renderers.plain import plain_document
from routeproof.reports.document import Document


@cache  # it keeps its templates compiled
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("routeproof.renderers", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _drawn(document: Document) -> dict[str, Any]:
    """The document with each figure's SVG; the converter's output is the only markup let through unescaped."""
    tree: dict[str, Any] = plain_document(document)
    for section in tree["sections"]:
        for block in section["blocks"]:
            if block["type"] == "Figure":
                block["svg"] = Markup(inline_svg(block["spec"], block["id"], block["alt"]))  # noqa: S704
    return tree


def render_html(document: Document) -> bytes:
    """UTF-8 HTML; the same document gives the same bytes."""
    css = resources.files("routeproof.renderers").joinpath("templates/pack.css").read_text("utf-8")
    page = _environment().get_template("pack.html.j2")
    text = page.render(doc=_drawn(document), css=Markup(css))  # noqa: S704
    return (text.rstrip("\n") + "\n").encode()
