"""The certification scripts that come with the package, parsed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from routeproof.lab.certification.script import script_of
from routeproof.stores.shipped_certification import shipped_script_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.lab.certification.script import Script


@cache
def load_shipped_scripts() -> Mapping[str, Script]:
    """Return every shipped script by id, in the order in which they are listed."""
    return {name: script_of(content, f"{name}.toml") for name, content in shipped_script_bytes().items()}
