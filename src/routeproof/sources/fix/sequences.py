"""Which sequence numbers of each session were seen: ranges, since a lake of distinct messages no longer tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.schema import Column, Table
from routeproof.tables.wide import is_constant, kept
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Longs = npt.NDArray[np.int64]

FIX_SEQUENCES = Table(
    name="fix_sequences",
    columns=(
        Column("sender", "text", "tag 49"),
        Column("target", "text", "tag 56"),
        Column("from_seq", "count", "first number, tag 34", required=True),
        Column("to_seq", "count", "last number; all between were seen", required=True),
        Column("from_at", "instant", "when the first was first sent (tag 122, else 52)", required=True),
        Column("to_at", "instant", "when the last was first sent; of a reset: when it was sent (tag 52)"),
        Column("resent", "flag", "resent messages (43=Y)", default=False),
        Column("is_reset", "flag", "a SequenceReset (35=4): some numbers after it will not come", default=False),
        Column("trading_day", "day", "session day of first sending"),
    ),
    identity=(
        "trading_day", "sender", "target", "from_seq", "to_seq", "from_at", "to_at", "resent", "is_reset",
    ),
    order=("trading_day", "sender", "target", "from_at", "from_seq", "to_seq", "to_at", "resent", "is_reset"),
    day_of="from_at",
    is_event=False,
)  # fmt: skip

APART_NS = 60 * NS_PER_S
"""Messages further apart in time are not one range: between them a session may have begun anew."""

_SESSION = ("trading_day", "sender", "target", "resent", "is_reset", "source_id", "firm_id")


def sequence_ranges(messages: pl.DataFrame) -> pl.DataFrame:
    """Ranges of sequence numbers among the messages of a piece of a log.

    Args:
        messages: `FIX_MESSAGES` rows in any order, not yet distinct.

    Returns:
        `FIX_SEQUENCES` rows. A range follows a session in time and is cut where a number is missing, where the session
        starts again with 1, and at a minute of silence; so ranges of different pieces may be told in other cuts, while
        their union is that of the messages. Messages without a number or an instant are left out.
    """
    is_reset = (pl.col("msg_type") == "4").fill_null(value=False)
    numbered = kept(messages, pl.col("seq").is_not_null() & pl.col("trading_day").is_not_null()).select(
        "trading_day", "sender", "target", "seq", "sent_at", "source_id", "firm_id", "source_row",
        (pl.col("poss_dup") == "Y").fill_null(value=False).alias("resent"),
        is_reset.alias("is_reset"),
        pl.when(is_reset).then(pl.coalesce("sending_at", "sent_at")).otherwise("sent_at").alias("end"),
    )  # fmt: skip
    if numbered.is_empty():
        return FIX_SEQUENCES.empty()
    told = (_sessions(numbered), *(numbered.get_column(name).to_numpy() for name in ("sent_at", "seq", "end")))
    rows = _in_order(told)
    differs = np.any([np.diff(values[rows]) != 0 for values in told], axis=0)
    rows = rows[np.append(True, differs)]  # of copies the first in the file
    session, sent_at, seq, end = (values[rows] for values in told)
    follows = (np.diff(session) == 0) & (np.diff(seq) == 1) & (seq[1:] != 1) & (np.diff(sent_at) <= APART_NS)
    follows &= ~numbered.get_column("is_reset").to_numpy()[rows[1:]]
    starts = np.flatnonzero(np.append(True, ~follows))
    ends = np.append(starts[1:], rows.size) - 1
    ranges = numbered.select(*_SESSION, "source_row")[pl.Series(rows[starts])].with_columns(
        pl.Series("from_seq", seq[starts]),
        pl.Series("to_seq", seq[ends]),
        pl.Series("from_at", sent_at[starts]),
        pl.Series("to_at", end[ends]),
    )
    return FIX_SEQUENCES.conform(ranges)


def _sessions(messages: pl.DataFrame) -> Longs:
    """(n,) number of each row's session, in the order of what makes a session; null is the least."""
    number = np.zeros(messages.height, dtype=np.int64)
    for column in messages.select(_SESSION).iter_columns():
        if is_constant(column):
            continue
        is_text = column.dtype == pl.String
        words = column.cast(pl.Enum(column.unique().drop_nulls().sort())) if is_text else column
        codes = words.to_physical().cast(pl.Int64)
        known = (codes - codes.min() + 1).fill_null(0).to_numpy()
        number = number * (int(known.max()) + 1) + known
    return number


def _in_order(keys: Sequence[Longs]) -> Longs:
    """Row numbers by the keys, rows alike in file order; most logs tell each session in order."""
    rows = np.argsort(keys[0], kind="stable")
    after = np.zeros(rows.size - 1, dtype=bool)
    for values in reversed(keys):
        change = np.diff(values[rows])
        after = (change < 0) | ((change == 0) & after)
    return np.lexsort(keys[::-1]) if after.any() else rows
