"""Reads what the package ships about public disclosures; the only place that does."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib import resources

from routeproof.policy.disclosure605 import Disclosure605, disclosure605

PACKAGE = "routeproof.policy"
RULE605 = "regulation/rule605.toml"


@cache
def load_disclosure605() -> Disclosure605:
    """Return codes and limits that files of Rule 605 reports are checked by, dated, cited and graded."""
    return disclosure605(tomllib.loads(_text()))


@cache
def disclosure605_id() -> str:
    """Name of what is shipped: `605-` and the first 12 hex digits of its hash. Files are read again when it changes."""
    return f"605-{hashlib.sha256(_text().encode()).hexdigest()[:12]}"


def _text() -> str:
    return resources.files(PACKAGE).joinpath(RULE605).read_text(encoding="utf-8")
