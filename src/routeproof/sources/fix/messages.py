"""The table of distinct FIX messages: what the tokenizer gives, what the store keeps, what the fold reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.sources.fix.tags import FIELDS, Kind
from routeproof.tables.schema import Column, Table

if TYPE_CHECKING:
    import polars as pl

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

_CANONICAL_ORDER = ("sent_at", "seq", "message_id")
_COPIES_ORDER = (*_CANONICAL_ORDER, "sender", "target", "poss_dup", "source_id", "source_row")


def distinct_messages(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per distinct message, in canonical order: by time, sequence number, content.

    Of several copies (PossDup, PossResend, overlapping files) the earliest sent stays. The result is a function of
    the set of
    messages: row order and repetition of the input do not matter.
    """
    if frame["message_id"].is_unique().all():
        return frame.sort(_CANONICAL_ORDER, maintain_order=True)
    return frame.sort(_COPIES_ORDER, maintain_order=True).unique(
        FIX_MESSAGES.identity, keep="first", maintain_order=True
    )
