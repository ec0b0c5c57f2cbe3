"""Whether a server can do its work: the record takes entries, its head is as it was left, the lake can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.stores.read_only import read_only_reason
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from routeproof.app.context import Context


def readiness(context: Context) -> dict[str, str]:
    """`ok`, or what is wrong, by what was looked at: records, ledger, lake."""
    return {"records": _records(context), "ledger": _ledger(context), "lake": _lake(context)}


def _records(context: Context) -> str:
    try:
        context.records.size()
    except RouteproofError as error:
        return error.message
    return "ok"


def _ledger(context: Context) -> str:
    return read_only_reason(context.workspace.root) or "ok"


def _lake(context: Context) -> str:
    return "ok" if context.workspace.lake_folder.is_dir() else "no lake folder"
