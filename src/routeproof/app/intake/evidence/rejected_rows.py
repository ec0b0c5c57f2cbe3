"""The rows that were refused, with the place of each in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.intake.lake_merge import REJECTS
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from routeproof.app.context import Context

PLACE = ("file", "row", "byte", "reason", "detail")


def rejected_rows(context: Context, file: str | None, limit: int) -> dict[str, Any]:
    """Rejects in force by file and row: those of a file that was read again, or withdrawn, are the last that it gave.

    Args:
        context: the workspace.
        file: name of one file as it was given, without its folder; all files if omitted.
        limit: rows listed at most.

    Returns:
        `total`: how many there are; `rows`: the first of them, each with `file`, `row` (from 1; the head of a text
        file counts), `byte` (offset of its begin; null where the format has none), `reason` (a stable word), `detail`.

    Raises:
        UsageError: no file of that name was taken in with rejects; the message names those that were.
    """
    if not context.lake.files(REJECTS):
        return {"total": 0, "rows": []}
    held = context.lake.scan(REJECTS, columns=PLACE)
    if file is not None:
        names = held.select(pl.col("file").unique().sort()).collect()["file"].to_list()
        if file not in names:
            message = f"expected a file with rejected rows, found {file!r}; there are: {', '.join(names[:limit])}"
            raise UsageError(message, where="--file")
        held = held.filter(pl.col("file") == file)
    first = held.sort(PLACE, nulls_last=True).head(limit)
    counted, rows = pl.collect_all([held.select(pl.len()), first])
    return {"total": counted.item(), "rows": rows.to_dicts()}
