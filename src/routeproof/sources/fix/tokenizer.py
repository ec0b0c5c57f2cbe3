"""A FIX log as typed messages, piece by piece; memory is bounded by a chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import polars as pl

from routeproof.sources.fix import scanner, values
from routeproof.sources.fix.checks import reason_of
from routeproof.sources.fix.columns import BLOCK, ROWS, Columns
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.streams import LogStream
from routeproof.sources.fix.tags import FIELDS, data_table, hash_table, plain_table, tag_table
from routeproof.sources.fix.values import PAD
from routeproof.sources.source import rejects_frame, show
from routeproof.tables.session_clock import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

CHUNK = 1 << 25
_SHOWN = 1000
_MOST_REJECTS = 1 << 12

REASONS = {
    values.TRUNCATED: "truncated_message",
    values.BAD_FIELD: "malformed_field",
    values.BAD_LENGTH: "wrong_body_length",
    values.BAD_CHECKSUM: "wrong_checksum",
    values.TOO_LONG: "message_too_long",
    values.REPEATED: "repeated_tag",
    values.NO_LENGTH: "no_body_length",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """What one stretch of a log held.

    Attributes:
        messages: `FIX_MESSAGES` rows, in file order, not yet distinct.
        rejects: `REJECT_SCHEMA` rows.
        received: messages seen = accepted + rejects.
        accepted: messages taken, those of the session layer included.
        noise: lines without a message.
    """

    messages: pl.DataFrame
    rejects: pl.DataFrame
    received: int
    accepted: int
    noise: int


def tokenize(
    file: BinaryIO, *, name: str, source_id: str = "", firm_id: str = "", chunk: int = CHUNK
) -> Iterator[Piece]:
    """Read a log to its end.

    Args:
        file: the bytes, plain, gzip or zstd.
        name: file name for rejects.
        source_id: provenance of the rows.
        firm_id: provenance of the rows.
        chunk: bytes held at a time; at least 4 MiB, so that the longest message fits twice.

    Yields:
        Pieces of at most 65,536 messages. Damage of the file itself is a reject `truncated_file` or `damaged_file`
        after what could be read.
    """
    stream = LogStream(file)
    log = _Log(name, source_id, firm_id)
    buf = np.full(chunk + PAD, 10, dtype=np.uint8)
    filled, final = 0, False
    while not final:
        filled += stream.fill(memoryview(buf)[filled:chunk])  # type: ignore[arg-type]
        final = filled < chunk
        buf[filled : filled + PAD] = 10
        yield from log.pieces(buf, filled, final=final)
        used = int(log.state[scanner.POSITION])
        buf[: filled - used] = buf[used:filled].copy()
        log.begin += used
        filled -= used
    if stream.damage:
        row = {"file": name, "row": int(log.state[scanner.LINE]), "byte": log.begin, "reason": stream.damage_reason}
        rejects = rejects_frame([{**row, "detail": stream.damage, "raw": ""}])
        yield Piece(FIX_MESSAGES.empty(), rejects, received=1, accepted=0, noise=0)


class _Log:
    """Scan state of one file."""

    def __init__(self, name: str, source_id: str, firm_id: str) -> None:
        self.name, self.source_id, self.firm_id = name, source_id, firm_id
        self.begin = 0
        self.state = np.zeros(scanner.STATE_SLOTS, dtype=np.int64)
        self.state[scanner.LINE] = 1
        self._tables = (tag_table(), data_table(), hash_table(), plain_table())
        self._columns = Columns()
        self._spans = np.zeros((BLOCK, len(FIELDS)), dtype=np.uint64)
        self._places = np.zeros((ROWS, 3), dtype=np.int64)
        self._refused = np.zeros((_MOST_REJECTS, 5), dtype=np.int64)
        self._rejects: list[dict[str, object]] = []
        self._noise = 0

    def pieces(self, buf: npt.NDArray[np.uint8], filled: int, *, final: bool) -> Iterator[Piece]:
        """Everything that is whole in the buffer."""
        state, columns = self.state, self._columns
        state[scanner.POSITION] = 0
        while True:
            first = columns.rows
            scanner.scan(
                buf, filled, final, *self._tables, state, self._spans, columns.hashes[first:], columns.fees[first:],
                self._places[first:], self._refused,
            )  # fmt: skip
            rows, refused = int(state[scanner.ROWS]), int(state[scanner.REJECTS])
            for line, at, length, outcome, detail in self._refused[:refused].tolist():
                self._refuse(buf, (line, at, length), REASONS[outcome], _detail(outcome, detail))
            if not columns.fits(self._spans, rows):
                kept = [array[first : first + rows].copy() for array in (columns.hashes, columns.fees, self._places)]
                yield self._piece(buf)
                for array, held in zip((columns.hashes, columns.fees, self._places), kept, strict=True):
                    array[:rows] = held
                columns.fits(self._spans, rows)
            columns.add(buf, self._spans, self._places[columns.rows : columns.rows + rows])
            done = rows < BLOCK and refused < _MOST_REJECTS
            if done or columns.rows + BLOCK > ROWS:
                yield self._piece(buf)
            if done:
                return

    def _piece(self, buf: npt.NDArray[np.uint8]) -> Piece:
        rows = self._columns.rows
        hashes = self._columns.hashes[:rows, 0].view(np.int64).copy()
        places = self._places[:rows]
        typed = self._columns.frame()
        sent_at = pl.coalesce("orig_sending_at", "sending_at", "transact_at")
        frame = (
            (FIX_MESSAGES.conform(typed) if rows else FIX_MESSAGES.empty())
            .with_columns(
                sent_at.alias("sent_at"),
                day_of(sent_at).alias("trading_day"),
                pl.Series("message_id", hashes),
                pl.Series("source_row", places[:, 0].copy()),
                pl.lit(self.source_id).alias("source_id"),
                pl.lit(self.firm_id).alias("firm_id"),
                typed["bad"],
            )
            .with_columns(reason_of().alias("reason"))
        )
        wrong = frame.select("reason", "bad").with_row_index().filter(pl.col("reason").is_not_null()).rows()
        for row, reason, tag in wrong:
            line, at, length = (int(part) for part in places[row])
            self._refuse(buf, (line, at, length), reason, f"tag {tag}" if tag else "")
        refused = sorted(self._rejects, key=lambda reject: int(str(reject["byte"])))
        noise = int(self.state[scanner.NOISE])
        piece = Piece(
            messages=frame.filter(pl.col("reason").is_null()).select(FIX_MESSAGES.names),
            rejects=rejects_frame(refused),
            received=rows - len(wrong) + len(refused),
            accepted=rows - len(wrong),
            noise=noise - self._noise,
        )
        self._noise, self._rejects = noise, []
        return piece

    def _refuse(
        self, buf: npt.NDArray[np.uint8], place: tuple[int, int, int], reason: str, detail: str
    ) -> None:  # fmt: skip
        line, at, length = place
        self._rejects.append(
            {
                "file": self.name,
                "row": line,
                "byte": self.begin + at,
                "reason": reason,
                "detail": detail,
                "raw": show(buf[at : at + min(length, _SHOWN)].tobytes()),
            }
        )


def _detail(outcome: int, detail: int) -> str:
    if outcome == values.BAD_LENGTH:
        return f"expected the declared body length, found {detail} bytes"
    if outcome == values.BAD_CHECKSUM:
        return f"expected the stated checksum, computed {detail:03d}"
    return f"at tag {detail}" if detail else ""
