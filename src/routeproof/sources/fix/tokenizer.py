"""A FIX log as typed messages, piece by piece; memory is bounded by a chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import polars as pl

from routeproof.sources.fix import scanner, values
from routeproof.sources.fix.checks import needs_table, reason_of
from routeproof.sources.fix.columns import Columns
from routeproof.sources.fix.days import session_days
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.streams import LogStream
from routeproof.sources.fix.tags import FIELDS, data_table, hash_table, plain_table, tag_table
from routeproof.sources.fix.values import PAD
from routeproof.sources.source import rejects_frame, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

CHUNK = 1 << 22
STEP = 1 << 21
"""Bytes read at a time: few enough to be in the processor's cache still when they are scanned."""

_PIECE_BYTES = 1 << 25
_PIECE_REJECTS = 1 << 16
_SHOWN = 1000
_MOST_REJECTS = 1 << 12
_MOST_ODD_TEXTS = 1 << 12
_FIRST_BAD = 2
_TAGS = [field.tag for field in FIELDS]

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
        Pieces of at most 65,536 messages and about as many rejects, from about 32 MiB at most. Damage of the file
        itself is a reject `truncated_file` or `damaged_file` after what could be read.
    """
    stream = LogStream(file)
    log = _Log(name, source_id, firm_id)
    buf = np.empty(chunk + PAD, dtype=np.uint8)  # what nothing is read into costs no memory
    view = memoryview(buf)  # type: ignore[arg-type]
    filled, final = 0, False
    while not final:
        wanted = min(filled + STEP, chunk)
        filled += stream.fill(view[filled:wanted])
        final = filled < wanted
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
        self.begin, self._piece_begin = 0, 0
        self.state = np.zeros(scanner.STATE_SLOTS, dtype=np.int64)
        self.state[scanner.LINE] = 1
        self._tables = scanner.Tables(tag_table(), data_table(), hash_table(), plain_table(), needs_table())
        self._columns = Columns()
        self._work = scanner.Work(
            rejects=np.zeros((_MOST_REJECTS, 5), dtype=np.int64),
            odd_texts=np.zeros((_MOST_ODD_TEXTS, 4), dtype=np.int64),
            span=np.zeros(len(FIELDS), dtype=np.uint64),
            content=np.zeros(2, dtype=np.uint64),
            fee=np.zeros(1, dtype=np.int64),
        )
        self._rejects: list[dict[str, object]] = []
        self._doubtful: dict[int, tuple[dict[str, object], int]] = {}
        self._noise = 0

    def pieces(self, buf: npt.NDArray[np.uint8], filled: int, *, final: bool) -> Iterator[Piece]:
        """What is whole in the buffer; messages wait for others until there are enough of them."""
        state = self.state
        state[scanner.POSITION] = 0
        why = scanner.ROWS_FULL
        while why != scanner.USED_UP:
            first = int(state[scanner.ROWS])
            why = scanner.scan(buf, filled, final, self._tables, self._columns.cells, self._work, state)
            self._take_notes(buf, first)
            if why == scanner.NO_ROOM:
                self._columns.make_room()
            long = self.begin + int(state[scanner.POSITION]) - self._piece_begin >= _PIECE_BYTES
            long = long or len(self._rejects) >= _PIECE_REJECTS
            if why == scanner.ROWS_FULL or long or (final and why == scanner.USED_UP):
                yield self._piece()

    def _take_notes(self, buf: npt.NDArray[np.uint8], first: int) -> None:
        """Keep what a scan found that its arrays and the buffer will not hold for long."""
        state, work, cells = self.state, self._work, self._columns.cells
        for line, at, length, outcome, detail in work.rejects[: state[scanner.REJECTS]].tolist():
            self._rejects.append(self._reject(buf, line, at, length) | _refusal(outcome, detail))
        for row, column, at, length in work.odd_texts[: state[scanner.ODD_TEXTS]].tolist():
            self._columns.write_decoded(row, column, buf[at : at + length].tobytes())
        doubts = cells.doubts[: state[scanner.ROWS]]
        for row in (np.flatnonzero(doubts[first:]) + first).tolist():
            at, length = divmod(int(cells.places[row]), 1 << 32)
            bad = _TAGS[doubts[row] - _FIRST_BAD] if doubts[row] >= _FIRST_BAD else 0
            self._doubtful[row] = (self._reject(buf, 0, at, length), bad)

    def _piece(self) -> Piece:
        """The messages and rejects since the last piece."""
        rows = int(self.state[scanner.ROWS])
        frame = self._columns.frame(rows)
        if "sent_at" not in frame.columns:
            frame = frame.with_columns(sent_at=pl.lit(None, pl.Int64))
        frame = frame.with_columns(
            session_days(frame["sent_at"]).alias("trading_day"),
            pl.lit(self.source_id).alias("source_id"),
            pl.lit(self.firm_id).alias("firm_id"),
        )
        messages = FIX_MESSAGES.conform(frame) if rows else FIX_MESSAGES.empty()
        wrong = self._refuse_doubtful(messages)
        if wrong:
            messages = messages.filter(~pl.int_range(rows, dtype=pl.Int64).is_in(wrong))
        refused = sorted(self._rejects, key=lambda reject: int(str(reject["byte"])))
        noise = int(self.state[scanner.NOISE])
        piece = Piece(
            messages=messages,
            rejects=rejects_frame(refused),
            received=messages.height + len(refused),
            accepted=messages.height,
            noise=noise - self._noise,
        )
        self._noise, self._rejects, self._doubtful = noise, [], {}
        self._piece_begin = self.begin + int(self.state[scanner.POSITION])
        self.state[scanner.ROWS] = 0
        return piece

    def _refuse_doubtful(self, messages: pl.DataFrame) -> list[int]:
        """Rows that must not be accepted; they become rejects."""
        if not self._doubtful:
            return []
        rows = list(self._doubtful)
        found = messages[rows].with_columns(bad=pl.Series([bad for _, bad in self._doubtful.values()]))
        wrong = []
        for row, line, reason in found.select(pl.Series(rows), "source_row", reason_of()).rows():
            if reason is not None:
                reject, bad = self._doubtful[row]
                detail = f"tag {bad}" if bad else ""
                self._rejects.append(reject | {"row": line, "reason": reason, "detail": detail})
                wrong.append(row)
        return wrong

    def _reject(self, buf: npt.NDArray[np.uint8], line: int, at: int, length: int) -> dict[str, object]:
        """A reject whose reason is still to be said."""
        raw = show(buf[at : at + min(length, _SHOWN)].tobytes())
        return {"file": self.name, "row": line, "byte": self.begin + at, "reason": "", "detail": "", "raw": raw}


def _refusal(outcome: int, detail: int) -> dict[str, object]:
    if outcome == values.BAD_LENGTH:
        said = f"expected the declared body length, found {detail} bytes"
    elif outcome == values.BAD_CHECKSUM:
        said = f"expected the stated checksum, computed {detail:03d}"
    else:
        said = f"at tag {detail}" if detail else ""
    return {"reason": REASONS[outcome], "detail": said}
