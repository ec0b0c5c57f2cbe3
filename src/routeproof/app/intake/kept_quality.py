"""The quality report of a manifest, kept: what was looked at once is not looked at again until data comes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context


def kept_quality(context: Context) -> dict[str, Any] | None:
    """The report of the newest manifest; null if nobody has asked for it yet."""
    path = _path(context)
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def quality_now(context: Context) -> dict[str, Any]:
    """The same, computed if need be; it reads quotes and fills of all days, so it takes a while."""
    from routeproof.app.intake.quality import quality  # noqa: PLC0415  # slow to import

    found = kept_quality(context)
    if found is None:
        found = json.loads(json.dumps(quality(context), default=str))
        _path(context).parent.mkdir(parents=True, exist_ok=True)
        write_whole(_path(context), json.dumps(found).encode())
    return found


def _path(context: Context) -> Path:
    return context.workspace.root / "cache" / "quality" / f"{context.lake.manifest().id}.json"
