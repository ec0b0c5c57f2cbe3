"""Reads the templates of procedures and the catalog of controls that come with the package."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from routeproof.policy.procedures import Control, controls_of
from routeproof.vocab.errors import UsageError

PACKAGE = "routeproof.policy"
TEMPLATES = ("sor-supervision", "committee-charter", "sla-schedule", "letters")


@dataclass(frozen=True, slots=True)
class Template:
    """A procedure to start from: Markdown, and the controls of each sentence."""

    name: str
    title: str
    text: str
    bindings: dict[str, list[str]]


@cache
def load_template(name: str) -> Template:
    """Return a shipped template.

    Raises:
        UsageError: if there is none of that name.
    """
    if name not in TEMPLATES:
        message = f"expected a template ({', '.join(TEMPLATES)}), found {name!r}"
        raise UsageError(message, where="--template")
    beside = tomllib.loads(_text(f"{name}.toml"))
    return Template(name, beside["title"], _text(f"{name}.md"), beside["bindings"])


@cache
def load_controls() -> dict[str, Control]:
    """Return the catalog of controls by id; duties are controls beside it."""
    return controls_of(tomllib.loads(_text("controls.toml")))


def _text(name: str) -> str:
    return resources.files(PACKAGE).joinpath("procedures").joinpath(name).read_text(encoding="utf-8")
