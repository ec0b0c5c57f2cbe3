"""The table of distinct FIX messages: what the tokenizer gives, what the store keeps, what the fold reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.tags import FIELDS, Kind
from routeproof.tables.row_order import all_differ
from routeproof.tables.schema import Column, Table
from routeproof.tables.wide import gathered

if TYPE_CHECKING:
    import numpy.typing as npt

    from routeproof.tables.schema import Kind as ColumnKind

_KIND: dict[Kind, ColumnKind] = {
    Kind.TEXT: "text",
    Kind.WHOLE: "count",
    Kind.DECIMAL: "price",
    Kind.INSTANT: "instant",
    Kind.TOTAL: "money",
}

FIX_MESSAGES = Table(
    name="fix_messages",
    columns=(
        Column("message_id", "count", "hash of the content but for tags 8, 9, 10, 34, 43, 52, 97, 122"),
        Column("sent_at", "instant", "tag 122 if there, else 52: when the message was first sent", required=True),
        Column("trading_day", "day", "session day of sending"),
        *(Column(field.name, _KIND[field.kind], f"tag {field.tag}") for field in FIELDS),
    ),
    identity=("message_id", "trading_day", "msg_type", "sender", "target", "cl_ord_id", "exec_id"),
    order=("trading_day", "sent_at", "sender", "target", "seq"),
    day_of="sent_at",
    is_event=False,
)  # fmt: skip

_ROW, _RESENT = "__row", "__resent"
_BEFORE_ALL = -(1 << 63)
"""Stands for an absent instant or number: no message has it."""

_CANONICAL_ORDER = ("sent_at", "seq", "poss_dup", "message_id")
"""A copy (43=Y) that says something else than its original comes behind it, not where its hash happens to place it."""

LOOKED_AT = ("message_id", "sent_at", "seq", "poss_dup")
"""What tells the distinct messages and their order where no two have one hash."""

_COPIES_ORDER = ("sent_at", "seq", _RESENT, "message_id", "sender", "target", "poss_dup", "source_id", "source_row")

COPIES_LOOKED_AT = tuple(dict.fromkeys((*_CANONICAL_ORDER, *_COPIES_ORDER[4:], *FIX_MESSAGES.identity)))
"""The same where some have."""


def distinct_messages(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per distinct message, in canonical order: by time, sequence number, originals first, content.

    Of several copies (PossDup, PossResend, overlapping files) the earliest sent stays. The result is a function of
    the set of messages: row order and repetition of the input do not matter.
    """
    rows = distinct_rows(frame)
    return frame if np.array_equal(rows, np.arange(frame.height)) else gathered(frame, pl.Series(rows))


def distinct_rows(frame: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Row numbers of `distinct_messages`; needs only identity, order and provenance of the messages."""
    if all_differ(frame.get_column("message_id")):
        return rows_in_order(frame)
    resent = _is_copy(frame.get_column("poss_dup")).alias(_RESENT)
    copies = frame.select(*COPIES_LOOKED_AT, resent).with_row_index(_ROW).sort(_COPIES_ORDER, maintain_order=True)
    kept = copies.unique(FIX_MESSAGES.identity, keep="first", maintain_order=True).get_column(_ROW)
    return kept.cast(pl.Int64).to_numpy()


def rows_in_order(frame: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Row numbers in canonical order of messages of which no two are alike; needs `LOOKED_AT` of them."""
    return _in_order(*(frame.get_column(name) for name in _CANONICAL_ORDER))


def _is_copy(poss_dup: pl.Series) -> pl.Series:
    return (poss_dup.cast(pl.String) == "Y").fill_null(value=False)


def _in_order(sent_at: pl.Series, seq: pl.Series, poss_dup: pl.Series, message_id: pl.Series) -> npt.NDArray[np.int64]:
    """Row numbers by time; only rows of one instant are looked at further. Nulls come first."""
    times = sent_at.fill_null(_BEFORE_ALL).to_numpy()
    rows = np.argsort(times, kind="stable")
    ordered = times[rows]
    same = ordered[1:] == ordered[:-1]
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    if tied.size:
        some = rows[tied]
        numbers, content = seq.fill_null(_BEFORE_ALL).to_numpy()[some], message_id.to_numpy()[some]
        copied = _is_copy(poss_dup.gather(some)).to_numpy()
        rows[tied] = some[np.lexsort((content, copied, numbers, ordered[tied]))]
    return rows
