"""Which sequence numbers of each session were seen: ranges, since a lake of distinct messages no longer tells."""

from __future__ import annotations

import polars as pl

from routeproof.tables.schema import Column, Table
from routeproof.vocab.times import NS_PER_S

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
    numbered = messages.filter(pl.col("seq").is_not_null() & pl.col("trading_day").is_not_null()).select(
        "trading_day", "sender", "target", "seq", "sent_at", "source_id", "firm_id", "source_row",
        (pl.col("poss_dup") == "Y").fill_null(value=False).alias("resent"),
        (pl.col("msg_type") == "4").fill_null(value=False).alias("is_reset"),
        pl.when(pl.col("msg_type") == "4").then(pl.coalesce("sending_at", "sent_at")).otherwise("sent_at").alias("end"),
    )  # fmt: skip
    sessions = numbered.select(_SESSION).unique().sort(_SESSION).with_row_index("session")  # few: numbers sort faster
    told = ("session", "sent_at", "seq", "end")
    placed = numbered.join(sessions, on=_SESSION, nulls_equal=True).sort(told, maintain_order=True)
    ordered = placed.filter(~pl.all_horizontal(_as_above(name) for name in told))
    same = _as_above("session")
    follows = (pl.col("seq") == pl.col("seq").shift() + 1) & (pl.col("seq") != 1) & ~pl.col("is_reset")
    near = pl.col("sent_at") - pl.col("sent_at").shift() <= APART_NS
    begins = ~(same & follows & near).fill_null(value=False)
    ranges = ordered.group_by(begins.cum_sum().alias("run"), maintain_order=True).agg(
        *(pl.col(name).first() for name in (*_SESSION, "source_row")),
        pl.col("seq").first().alias("from_seq"),
        pl.col("seq").last().alias("to_seq"),
        pl.col("sent_at").first().alias("from_at"),
        pl.col("end").last().alias("to_at"),
    )
    return FIX_SEQUENCES.conform(ranges)


def _as_above(name: str) -> pl.Expr:
    """Whether a row has the value of the row above; the first has none above."""
    above = pl.int_range(pl.len()) > 0
    return above & pl.col(name).eq_missing(pl.col(name).shift())
