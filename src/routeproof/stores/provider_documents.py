"""Reads what is shipped about providers: questionnaires, and the template of an SLA schedule."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from routeproof.policy.questionnaire import Questionnaire, parse_questionnaire

QUESTIONNAIRES = ("firm/questionnaire_sor.toml",)
"""Every version ever shipped: earlier rounds were answered to earlier ones."""


@cache
def load_questionnaires() -> tuple[Questionnaire, ...]:
    """All shipped versions."""
    return tuple(parse_questionnaire(tomllib.loads(_text(name))) for name in QUESTIONNAIRES)


@cache
def load_sla_template() -> dict[str, Any]:
    """The shipped template of an SLA schedule, parsed; in force for nobody."""
    return tomllib.loads(sla_template_text())


def sla_template_text() -> str:
    """The same as it is written, comments included."""
    return _text("firm/sla_template.toml")


def _text(name: str) -> str:
    return resources.files("routeproof.policy").joinpath(name).read_text(encoding="utf-8")
