"""A reading child that waits for its file: it reads as a new one does, once, and never outlives its purpose."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from routeproof.sources.map_file import parse_map
from routeproof.sources.sandbox import Job, Limits, read_in_child
from routeproof.sources.source import ReadContext
from routeproof.sources.spare_child import SPARE, Spare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUOTES = "symbol,at,bid,ask\nABC,2026-07-01T13:30:00Z,10.00,10.02\nABC,now,10.01,10.05\n"
MAP = parse_map({"table": "quotes", "time": {"at": {"unit": "iso"}}})


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    SPARE.close()


def read(folder: Path, name: str, limits: Limits | None = None) -> tuple[int, int, list[str]]:
    """Rows received and accepted, and the reasons of those refused."""
    path = folder / f"{name}.csv"
    path.write_text(QUOTES, encoding="utf-8")
    jobs = [Job(path, ReadContext(path.name, "0" * 16, "F"))]
    pieces = read_in_child("csv", jobs, MAP, folder / name, limits=limits)[0]
    reasons = [reason for piece in pieces for reason in piece.rejects["reason"].to_list()]
    return sum(piece.received for piece in pieces), sum(piece.accepted for piece in pieces), reasons


def test_a_child_that_waited_reads_as_a_new_one_does(tmp_path: Path) -> None:
    """The same answer, and afterwards nobody waits any more: each file has a child of its own."""
    without = read(tmp_path, "without")
    SPARE.prepare()
    SPARE.prepare()
    assert read(tmp_path, "waited") == without == (2, 1, without[2])
    assert SPARE.sent_to(tmp_path) is None


def test_a_child_that_waited_takes_the_limits_of_its_file(tmp_path: Path) -> None:
    """With less memory than its parsers need it ends, and the file is refused."""
    SPARE.prepare()
    received, accepted, reasons = read(tmp_path, "narrow", Limits(memory_bytes=16 << 20, cpu_seconds=20))
    assert (received, accepted) == (1, 0)
    assert reasons[0] in {"reader_limit", "reader_crashed", "unreadable_file"}


def test_nobody_waits_for_ever() -> None:
    """A child that nobody needs ends after its time; one that is told no folder ends by itself."""
    spare = Spare(patience_s=0.05)
    spare.prepare()
    child = spare._waiting[0] if spare._waiting else None  # noqa: SLF001  # there is no other way to see it
    assert child is not None
    for _ in range(200):
        if child.poll() is not None:
            break
        time.sleep(0.02)
    assert child.poll() is not None
    left = Spare()
    left.prepare()
    child = left._waiting[0] if left._waiting else None  # noqa: SLF001
    assert child is not None
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(30) == 0
    left.close()
