"""Canonical rows of a piece of text, together with what never became a row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rows import BYTE, ROW
from routeproof.sources.source import ReadContext, SourceResult, rejects_frame, show

if TYPE_CHECKING:
    from routeproof.sources.text_frames import TextFrame


def with_refused(result: SourceResult, piece: TextFrame, context: ReadContext) -> SourceResult:
    """The result with the records that never became rows, and with the text of every refused row."""
    refused = [{**row, "file": context.file} for row in piece.refused]
    rejects = result.rejects.with_columns(pl.Series("raw", _texts(result.rejects, piece), dtype=pl.String))
    return SourceResult(
        tables=result.tables,
        rejects=pl.concat([rejects, rejects_frame(refused)]),
        received=result.received + len(refused),
        accepted=result.accepted,
        noise=result.noise + piece.noise,
        notes=result.notes,
    )


def without_refused(piece: TextFrame, reason: pl.Expr, detail: pl.Expr) -> TextFrame:
    """The piece without the rows that have a reason to be refused, which are rejects with that reason and detail."""
    told = piece.frame.select(pl.col(ROW).alias("row"), pl.col(BYTE).alias("byte"), reason=reason, detail=detail)
    wrong = told.get_column("reason").is_not_null()
    if not wrong.any():
        return piece
    bad = told.filter(wrong)
    refused = bad.with_columns(pl.Series("raw", _texts(bad, piece), dtype=pl.String)).to_dicts()
    return replace(piece, frame=piece.frame.filter(~wrong), refused=[*piece.refused, *refused])


def _texts(refused: pl.DataFrame, piece: TextFrame) -> list[str]:
    first = int(piece.piece.rows[0]) if len(piece.piece.rows) else 0
    return [show(piece.piece.record(row - first)) for row in refused.get_column("row")]
