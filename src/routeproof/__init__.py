"""Independent best-execution oversight of a third-party smart order router."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routeproof.app.measuring.measure_frames import measure
    from routeproof.app.public_workspace import Workspace
    from routeproof.sources.catalog.fix_log import read_fix_log

__version__ = "0.1.0"

__all__ = ["Workspace", "measure", "read_fix_log"]

_HOMES = {
    "measure": "routeproof.app.measuring.measure_frames",
    "read_fix_log": "routeproof.sources.catalog.fix_log",
    "Workspace": "routeproof.app.public_workspace",
}


def __getattr__(name: str) -> object:
    """Public names load what they need on first use, so that `import routeproof` stays instant."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'routeproof' has no attribute {name!r}"
    raise AttributeError(message)
