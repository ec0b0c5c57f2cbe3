"""Certification scripts: those that come with the program, and files of the firm's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.lab.certification.script import script_of
from routeproof.lab.certification.shipped import load_shipped_scripts
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.lab.certification.script import Script


def load_scripts(named: Sequence[str]) -> tuple[Script, ...]:
    """Scripts by id or by file; all that are shipped where none is named.

    Raises:
        UsageError: there is neither a shipped script nor a file of that name, it is no script, or it is there twice.
    """
    shipped = load_shipped_scripts()
    scripts = tuple(_load(name, shipped.get(name)) for name in named) if named else tuple(shipped.values())
    ids = [script.id for script in scripts]
    if twice := [name for name in dict.fromkeys(ids) if ids.count(name) > 1]:
        message = f"expected each script once, found {', '.join(twice)} more often"
        raise UsageError(message, where="--script")
    return scripts


def _load(name: str, shipped: Script | None) -> Script:
    if shipped is not None:
        return shipped
    path = Path(name)
    try:
        return script_of(path.read_bytes(), name)
    except OSError as error:
        known = ", ".join(load_shipped_scripts())
        message = f"expected a file, or a shipped script ({known}), found: {error.strerror}"
        raise UsageError(message, where=name) from error


def scripts_listed() -> dict[str, Any]:
    """`{"scripts": [...], "total"}`: what is shipped, with the hash that policy and passes speak of."""
    scripts = [
        {
            "script": script.id,
            "version": script.version,
            "dated_on": script.dated_on.isoformat(),
            "title": script.title,
            "purpose": script.purpose,
            "order_types": list(script.order_types),
            "steps": [{"step": step.id, "title": step.title} for step in script.steps],
            "instruments": sorted(script.instruments),
            "citation": script.citation,
            "sha256": script.sha256,
        }
        for script in load_shipped_scripts().values()
    ]
    return {"scripts": scripts, "total": len(scripts)}
