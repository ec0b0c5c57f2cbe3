"""Reads the certification scripts that come with the package."""

from __future__ import annotations

from functools import cache
from importlib import resources

PACKAGE = "routeproof.policy"
SCRIPTS = (
    "market",
    "limit",
    "ioc-fok",
    "stop",
    "iso",
    "cancel-replace",
    "rejects",
    "halts",
    "odd-lots",
    "large-blocks",
    "short-sale",
    "time-in-force",
)
"""In the order in which they are listed and run."""


@cache
def shipped_script_bytes() -> dict[str, bytes]:
    """Return the scripts' files by id: their hashes are what policy and passes speak of."""
    folder = resources.files(PACKAGE).joinpath("certification")
    return {name: folder.joinpath(f"{name}.toml").read_bytes() for name in SCRIPTS}
