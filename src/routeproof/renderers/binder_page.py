"""The binder's first page: one HTML file that says what was decided, by whom, on what, and how to check it."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

STYLES = ("pack.css", "binder.css")


def render_binder(view: Mapping[str, Any]) -> bytes:
    """UTF-8 HTML without script, nothing fetched from anywhere; the same view gives the same bytes.

    Args:
        view: quarter, firm, day, people's names, objects by kind as their `show` gives them, their documents,
            procedures, policy, duties, data and ledger.
    """
    folder = resources.files("routeproof.renderers").joinpath("templates")
    css = "\n".join(folder.joinpath(name).read_text("utf-8") for name in STYLES)
    text = _environment().get_template("binder.html.j2").render(view=view, css=Markup(css))  # noqa: S704  # our own
    return (text.rstrip("\n") + "\n").encode()


@cache  # it keeps its templates compiled
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("routeproof.renderers", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = _words
    return environment


def _words(value: object) -> str:
    """A value as people read it: lists with commas, tables as `name value`, nothing as a hyphen."""
    if value in (None, "", [], {}, ()):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        said = {name: item for name, item in value.items() if item not in (None, "", [])}
        return "; ".join(f"{name.replace('_', ' ')} {_words(item)}" for name, item in said.items())
    if isinstance(value, list | tuple):
        return ", ".join(_words(item) for item in value)
    return json.dumps(value)
