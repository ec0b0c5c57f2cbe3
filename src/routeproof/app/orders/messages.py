"""FIX messages of an order as they came, byte for byte out of the raw store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.streams import LogStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.orders.rows import OrderRows

MOST = 400
LONGEST = 16_384
"""Messages that are shown, and bytes of one."""
LARGEST_LOG = 512 << 20
"""Bytes of a log that is read for its lines; of a larger one the place is told."""
_BLOCK = 1 << 22
_WHERE = ("source_id", "source_row")
_KEYS = ("sender", "target", "cl_ord_id", "orig_cl_ord_id", "provider_order_id")
TYPES = {
    "D": "new order",
    "G": "replace request",
    "F": "cancel request",
    "8": "execution report",
    "9": "cancel reject",
    "AB": "new multileg order",
    "AC": "multileg replace request",
    "Q": "don't know trade",
}
EXECUTION_TYPES = {
    "0": "acknowledged",
    "1": "partial fill",
    "2": "fill",
    "3": "done for day",
    "4": "cancelled",
    "5": "replaced",
    "6": "pending cancel",
    "8": "rejected",
    "A": "pending new",
    "C": "expired",
    "D": "restated",
    "E": "pending replace",
    "F": "trade",
    "G": "trade correct",
    "H": "trade cancel",
    "I": "order status",
}
_SHOWN = ("sent_at", "msg_type", "exec_type", "ord_status", "seq", "trading_day")


def messages_of(context: Context, manifest: str, order: OrderRows) -> dict[str, Any]:
    """`{"messages", "total"}`, by time.

    A message has `source` (`ID:ROW`), `at`, `from`, `to`, `type` and `kind` (in words); `raw_lines` has its bytes.
    """
    lake = context.lake
    days = [day for day in order.days if day in lake.days(FIX_MESSAGES.name, manifest)]
    if not days or not order.symbol:
        return {"messages": [], "total": 0}
    held = lake.scan(FIX_MESSAGES.name, days, [*_WHERE, *_KEYS, *_SHOWN, "symbol"], manifest=manifest)
    own = _own(held.collect(), order).sort("sent_at", "sender", "seq")
    return {"messages": [_message(row) for row in own.head(MOST).iter_rows(named=True)], "total": own.height}


def _message(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": f"{row['source_id']}:{row['source_row']}",
        "at": row["sent_at"],
        "from": str(row["sender"]),
        "to": str(row["target"]),
        "type": str(row["msg_type"]),
        "kind": _kind(str(row["msg_type"]), row["exec_type"]),
        "client_order_id": row["cl_ord_id"],
    }


def _kind(message: str, execution: str | None) -> str:
    """What a message is, in words; its number where we have none."""
    if message == "8" and execution in EXECUTION_TYPES:
        return EXECUTION_TYPES[execution]
    return TYPES.get(message, f"35={message}")


def _own(messages: pl.DataFrame, order: OrderRows) -> pl.DataFrame:
    """Messages that the order's rows were made of, and all others of their sessions with the same ClOrdID."""
    made = pl.concat([table.select(_WHERE) for table in order.tables.values() if table.height]).unique()
    seeds = messages.join(made, on=_WHERE, how="semi", nulls_equal=False)
    session = _session()
    named = pl.concat(
        [seeds.select(session, pl.col(name).cast(pl.String).alias("name")) for name in ("cl_ord_id", "orig_cl_ord_id")]
    )
    known = named.drop_nulls().unique()
    keyed = messages.with_columns(session)
    found = [
        keyed.with_columns(pl.col(column).cast(pl.String).alias("name")).join(known, on=["session", "name"], how="semi")
        for column in ("cl_ord_id", "orig_cl_ord_id")
    ]
    every = pl.concat([*(part.drop("name") for part in found), seeds.with_columns(session)])
    return every.unique(_WHERE, keep="first", maintain_order=True)


def _session() -> pl.Expr:
    """Both directions of a session under one name."""
    parties = pl.concat_list(pl.col("sender").cast(pl.String), pl.col("target").cast(pl.String))
    return parties.list.sort().list.join("|").alias("session")


def raw_lines(context: Context, places: Iterable[str]) -> dict[str, str]:
    """`ID:ROW` to the message as it came, out of the raw store; those that are not to be had are left out."""
    rows: dict[str, set[int]] = {}
    for place in places:
        source, row = place.split(":")
        rows.setdefault(source, set()).add(int(row))
    found: dict[str, str] = {}
    for source, wanted in rows.items():
        path = _raw_file(context.raw.root, source)
        if path is not None and path.stat().st_size <= LARGEST_LOG:
            found |= {f"{source}:{row}": text for row, text in _lines(path, sorted(wanted))}
    return found


def _raw_file(root: Path, source: str) -> Path | None:
    """A source is named by the beginning of its hash."""
    if not source.isalnum():
        return None
    return next(iter(sorted((root / source[:2]).glob(f"{source}*"))), None)


def _lines(path: Path, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Lines by number, from 1; ascending, each once. A line that has no message in it stands as it is."""
    wanted, number, rest = list(rows), 1, b""
    with path.open("rb") as file:
        stream, block = LogStream(file), bytearray(_BLOCK)
        while wanted and (size := stream.fill(memoryview(block))):
            held = rest + bytes(block[:size])
            ends = np.flatnonzero(np.frombuffer(held, dtype=np.uint8) == ord("\n"))
            while wanted and wanted[0] - number < ends.size:
                place = wanted.pop(0)
                start = int(ends[place - number - 1]) + 1 if place > number else 0
                yield place, _text(held[start : int(ends[place - number])])
            rest = held[int(ends[-1]) + 1 :] if ends.size else held
            number += ends.size
    if wanted and wanted[0] == number and rest:
        yield number, _text(rest)


def _text(line: bytes) -> str:
    """The message in a line, from `8=FIX` on; what stands before it is the logger's own."""
    start = line.find(b"8=FIX")
    return line[max(start, 0) :][:LONGEST].rstrip(b"\r").decode("utf-8", "backslashreplace")
