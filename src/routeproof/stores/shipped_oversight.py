"""Reads the policy of reviews and remediation that comes with the package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from routeproof.policy.oversight import OversightPolicy, oversight_policy

DOCUMENTS = ("regulation/review_factors.toml", "firm/remediation.toml")


@cache
def load_shipped_oversight() -> OversightPolicy:
    """Return the shipped policy, each value dated, cited and graded."""
    folder = resources.files("routeproof.policy")
    return oversight_policy(tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")) for name in DOCUMENTS)
