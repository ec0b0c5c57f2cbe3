"""A FIX log as typed messages, piece by piece; memory is bounded by a chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import polars as pl

from routeproof.sources.fix import scanner
from routeproof.sources.fix.checks import reason_of
from routeproof.sources.fix.columns import Words, frame_of
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.streams import LogStream
from routeproof.sources.fix.tags import FIELDS, data_table, hash_table, tag_table
from routeproof.sources.source import rejects_frame, show
from routeproof.tables.session_clock import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

CHUNK = 1 << 25
ROWS = 1 << 16
_MOST_REJECTS = 1 << 12

REASONS = {
    scanner.TRUNCATED: "truncated_message",
    scanner.BAD_FIELD: "malformed_field",
    scanner.BAD_LENGTH: "wrong_body_length",
    scanner.BAD_CHECKSUM: "wrong_checksum",
    scanner.TOO_LONG: "message_too_long",
    scanner.REPEATED: "repeated_tag",
    scanner.NO_LENGTH: "no_body_length",
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
        Pieces of at most 65,536 messages. Damage of the file itself is a reject `truncated_file` or `damaged_file` after what could be read.
    """
    stream = LogStream(file)
    log = _Log(name, source_id, firm_id)
    buf = np.full(chunk + scanner.PAD, 10, dtype=np.uint8)
    filled, final = 0, False
    while not final:
        filled += stream.fill(memoryview(buf)[filled:chunk])  # type: ignore[arg-type]
        final = filled < chunk
        buf[filled : filled + scanner.PAD] = 10
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
        self._tables = (tag_table(), data_table(), hash_table())
        self._words = Words()
        self._spans = np.zeros((ROWS, len(FIELDS)), dtype=np.uint64)
        self._hashes = np.zeros(ROWS, dtype=np.uint64)
        self._fees = np.zeros(ROWS, dtype=np.int64)
        self._places = np.zeros((ROWS, 3), dtype=np.int64)
        self._rejects = np.zeros((_MOST_REJECTS, 5), dtype=np.int64)

    def pieces(self, buf: npt.NDArray[np.uint8], filled: int, *, final: bool) -> Iterator[Piece]:
        """Everything that is whole in the buffer."""
        state = self.state
        state[scanner.POSITION] = 0
        while True:
            noise_before = int(state[scanner.NOISE])
            scanner.scan(buf, filled, final, *self._tables, state, self._spans, self._hashes, self._fees,
                         self._places, self._rejects)  # fmt: skip
            rows, refused = int(state[scanner.ROWS]), int(state[scanner.REJECTS])
            noise = int(state[scanner.NOISE]) - noise_before
            if rows or refused or noise:
                yield self._piece(buf, rows, refused, noise)
            if rows < ROWS and refused < _MOST_REJECTS:
                return

    def _piece(self, buf: npt.NDArray[np.uint8], rows: int, refused: int, noise: int) -> Piece:
        frame, bad = frame_of(buf, self._spans, self._fees, rows, self._words)
        places = self._places[:rows]
        frame = frame.with_columns(
            message_id=pl.Series(self._hashes[:rows].view(np.int64).copy()),
            sent_at=pl.coalesce("orig_sending_at", "sending_at", "transact_at"),
            source_row=pl.Series(places[:, 0].copy()),
            source_id=pl.lit(self.source_id),
            firm_id=pl.lit(self.firm_id),
            bad=pl.Series(bad),
        ).with_columns(day_of(pl.col("sent_at")).alias("trading_day"), reason_of().alias("reason"))
        wrong = frame.select("reason", "bad").with_row_index().filter(pl.col("reason").is_not_null()).rows()
        rejects = [self._reject(buf, *places[row], reason, f"tag {tag}" if tag else "") for row, reason, tag in wrong]
        rejects += [
            self._reject(buf, line, at, length, REASONS[int(outcome)], _detail(int(outcome), int(detail)))
            for line, at, length, outcome, detail in self._rejects[:refused]
        ]
        rejects.sort(key=lambda reject: reject["byte"])
        messages = FIX_MESSAGES.conform(frame.filter(pl.col("reason").is_null()))
        return Piece(messages, rejects_frame(rejects), rows + refused, rows - len(wrong), noise)

    def _reject(
        self, buf: npt.NDArray[np.uint8], line: int, at: int, length: int, reason: str, detail: str
    ) -> dict[str, object]:
        raw = show(buf[at : at + min(int(length), 1000)].tobytes())
        return {
            "file": self.name,
            "row": int(line),
            "byte": self.begin + int(at),
            "reason": reason,
            "detail": detail,
            "raw": raw,
        }


def _detail(outcome: int, detail: int) -> str:
    if outcome == scanner.BAD_LENGTH:
        return f"expected the declared body length, found {detail} bytes"
    if outcome == scanner.BAD_CHECKSUM:
        return f"expected the stated checksum, computed {detail:03d}"
    return f"at tag {detail}" if detail else ""
