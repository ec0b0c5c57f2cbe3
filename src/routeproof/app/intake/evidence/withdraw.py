"""Withdrawing a file of quotes or trades that turned out to be wrong, such as one that its vendor replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.intake.evidence.contradicted import MARKET
from routeproof.app.intake.ingest import refuse_taken
from routeproof.stores.commits import source_outcomes
from routeproof.tables.intake.plausibility import WITHDRAWN
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.stores.commits import SourceOutcome

LEAST_ID = 8


def withdraw(context: Context, named: str, reason: str) -> dict[str, object]:
    """Refuse a file that was taken in: its rows become rejects, its bytes stay, and it can be taken in again.

    Args:
        context: stores and actor, who is named with the reason.
        named: name of the file, or the first hex digits of its SHA-256, eight or more.
        reason: why it is no evidence.

    Returns:
        `file, sha256, table, rows` (refused now), `manifest`.

    Raises:
        UsageError: for no such file, several, one that is refused already, or one of the firm's own flow.
    """
    if not reason.strip():
        message = "expected why the file is no evidence"
        raise UsageError(message, where="--reason")
    item = _only(context, named)
    outcome = item.outcome
    if outcome["table"] not in MARKET:
        message = (
            f"expected a file of {' or '.join(MARKET)}, found one of {outcome['table']}: own flow is corrected by what "
            "comes after it, or read again under another map, never withdrawn"
        )
        raise UsageError(message, where=named)
    if outcome["refused"]:
        message = f"expected a file that is evidence, found one that is refused: {outcome['refused']}"
        raise UsageError(message, where=named)
    before = context.lake.manifest()
    refuse_taken(context, item, WITHDRAWN, f"{context.actor.name}: {reason.strip()}")
    after = context.lake.manifest()
    gone = sum(part.rows for part in before.partitions.values() if part.table == outcome["table"])
    left = sum(part.rows for part in after.partitions.values() if part.table == outcome["table"])
    return {
        "file": outcome["file"],
        "sha256": outcome["sha256"],
        "table": outcome["table"],
        "rows": gone - left,
        "manifest": after.id,
    }


def _only(context: Context, named: str) -> SourceOutcome:
    latest = {(item.source_id, item.outcome["table"]): item for item in source_outcomes(context.records)}
    found = [item for item in latest.values() if item.outcome["file"] == named or _starts(item, named)]
    if len(found) == 1:
        return found[0]
    if not found:
        message = f"expected a file that was taken in, by its name or the start of its SHA-256, found {named!r}"
        raise UsageError(message, where="FILE")
    told = ", ".join(f"{str(item.outcome['sha256'])[:16]} ({item.outcome['table']})" for item in found)
    message = f"expected one file, found {len(found)} called {named!r}: name it by its SHA-256: {told}"
    raise UsageError(message, where="FILE")


def _starts(item: SourceOutcome, named: str) -> bool:
    return len(named) >= LEAST_ID and str(item.outcome["sha256"]).startswith(named)
