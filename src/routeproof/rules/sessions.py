"""FIX sessions and their epochs: from one start with sequence number 1 to the next."""

from __future__ import annotations

import polars as pl

SESSION = ("sender", "target")


def named_sessions(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with a party that was not stated as an empty name."""
    return frame.with_columns(pl.col(SESSION).fill_null(""))


def epoch_starts(sequences: pl.DataFrame) -> pl.DataFrame:
    """`sender, target, start_at, epoch`: when each session began with number 1, numbered from 1 on in time.

    Args:
        sequences: `Facts.sequences`, of which resent messages begin nothing.
    """
    first = sequences.filter((pl.col("from_seq") == 1) & ~pl.col("resent"))
    return (
        named_sessions(first)
        .select(*SESSION, pl.col("from_at").alias("start_at"))
        .unique()
        .sort("start_at", *SESSION)
        .with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + 1).over(SESSION).alias("epoch"))
    )


def in_epochs(frame: pl.DataFrame, starts: pl.DataFrame, at: str) -> pl.DataFrame:
    """Rows with `epoch` (0 before the first start that was seen) and its `start_at`.

    Args:
        frame: with `sender, target` and an instant.
        starts: of `epoch_starts`.
        at: name of the instant, UTC ns; not null.
    """
    return (
        named_sessions(frame)
        .sort(at)
        .join_asof(
            starts,
            left_on=at,
            right_on="start_at",
            by=list(SESSION),
            strategy="backward",
            coalesce=False,
            check_sortedness=False,
        )
        .with_columns(pl.col("epoch").fill_null(0))
    )
