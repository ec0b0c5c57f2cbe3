"""Reads what is shipped about providers: questionnaires and the policy of their files."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from routeproof.policy.providers import ProviderPolicy, provider_policy
from routeproof.policy.questionnaire import Questionnaire, parse_questionnaire

QUESTIONNAIRES = ("firm/questionnaire_sor.toml",)
"""Every version ever shipped: earlier rounds were answered to earlier ones."""


@cache
def load_questionnaires() -> tuple[Questionnaire, ...]:
    """All shipped versions."""
    return tuple(parse_questionnaire(tomllib.loads(_text(name))) for name in QUESTIONNAIRES)


@cache
def load_provider_policy() -> ProviderPolicy:
    """How often files are renewed, when a venue is material."""
    return provider_policy(tomllib.loads(_text("firm/providers.toml")))


def _text(name: str) -> str:
    return resources.files("routeproof.policy").joinpath(name).read_text(encoding="utf-8")
