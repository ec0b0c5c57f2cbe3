"""The head: how long the record was after the last command, and its last leaf, in a small file beside it.

No proof, and no protection from whoever may delete it; it tells an older copy of the database, put in the place of
today's by mistake or by somebody in a hurry, also where no checkpoint was kept in between.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from routeproof.stores.files import publish

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.app.ledger.report import Report

HEAD = "ledger.head"


def write_head(context: Context) -> None:
    """Note size and last leaf; a disk that does not take it has taken the entries, which is what counts."""
    size = context.records.size()
    (leaf,) = context.records.leaves(size - 1, size)
    path = context.workspace.root / HEAD
    # Several programs append at once: each writes its own file first, and whoever is last stays.
    temporary = path.with_name(f"{HEAD}.{os.getpid()}.part")
    with contextlib.suppress(OSError):
        temporary.write_text(json.dumps({"size": size, "leaf": leaf.hex()}), encoding="utf-8")
        publish(temporary, path)


def read_head(context: Context) -> tuple[int, str] | None:
    """Size and last leaf as noted; none where nothing was noted or it cannot be read."""
    try:
        found: Any = json.loads((context.workspace.root / HEAD).read_bytes())
        return int(found["size"]), str(found["leaf"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check_head(head: tuple[int, str] | None, leaves: list[str], report: Report, database: str) -> None:
    """Note a record that is shorter than it was, or had another entry at its end."""
    if head is None or head[0] < 1:
        return
    size, leaf = head
    if len(leaves) < size:
        message = f"the record had {size} entries after the last command, and has {len(leaves)}"
        report.add("truncated", message, len(leaves), database)
    elif leaves[size - 1] != leaf:
        message = f"the record had another entry at {size - 1} after the last command"
        report.add("rewritten", message, size - 1, database)
