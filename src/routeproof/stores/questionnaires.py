"""Reads the questionnaires that are shipped."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from routeproof.policy.questionnaire import Questionnaire, parse_questionnaire

QUESTIONNAIRES = ("firm/questionnaire_sor.toml",)
"""Every version ever shipped: earlier rounds were answered to earlier ones."""


@cache
def load_questionnaires() -> tuple[Questionnaire, ...]:
    """All shipped versions."""
    return tuple(parse_questionnaire(tomllib.loads(_text(name))) for name in QUESTIONNAIRES)


def _text(name: str) -> str:
    return resources.files("routeproof.policy").joinpath(name).read_text(encoding="utf-8")
