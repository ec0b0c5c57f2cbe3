"""Kernels compiled beside the program, in a process of its own, while the program does what needs none of them.

The first use of a kernel compiles it and keeps the machine code on disk. Compiling holds the interpreter for much of
its time, so a thread would stop the others; a process only takes a core that is idle. Nothing waits for it: a kernel
that it has not come to yet is compiled where it is needed.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

NICE = 10
"""How far it stands back behind the program itself."""

_HEAD = "34={seq}|52=20260701-14:30:0{seq}.000|"
_FIRM = f"49=FIRM|56=ROUTER|{_HEAD}"
_ROUTER = f"49=ROUTER|56=FIRM|{_HEAD}"
_ORDER = "11=C1|55=AB|54=1|38=100|40=2|44=9.98|59=0|60=20260701-14:30:01|"
_FILL = "37=O1|11=C1|17=a name too long to be short|150=F|39=2|55=AB|54=1|38=100|32=100|31=9.98|151=0|14=100|6=9.98|"
_MESSAGES = (f"35=D|{_FIRM}{_ORDER}", f"35=8|{_ROUTER}{_FILL}60=20260701-14:30:02|30=XNAS|")
_QUOTES = {
    "symbol": ["AB", "AB"],
    "at": [1_782_915_000_000_000_000, 1_782_916_201_500_000_000],
    "bid": ["10.00", "9.97"],
    "ask": ["10.02", "9.99"],
}
"""From 14:10:00 and 14:30:01.5 on: the limit has to wait for the second one."""


@contextmanager
def compiling_ahead() -> Iterator[None]:
    """Compile beside what is done inside; left to itself on a machine of one core."""
    if (os.cpu_count() or 1) < 2:  # noqa: PLR2004
        yield
        return
    process = get_context("spawn").Process(target=_stand_back_and_exercise, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _stand_back_and_exercise() -> None:
    os.nice(NICE)
    exercise()


def exercise() -> pl.DataFrame:
    """Read two FIX messages, fold them, and measure their one fill, by the ways that all flow takes.

    Returns:
        All figures of the fill, in one row.
    """
    from routeproof.app.measuring.measure_frames import measure  # noqa: PLC0415  # these load the compiler
    from routeproof.sources.catalog.fix_log import read_fix_log  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "two-messages.log"
        path.write_bytes(example_log())
        tables = read_fix_log(path)
    return measure(
        tables["executions"],
        pl.DataFrame(_QUOTES),
        tables["parent_orders"],
        routes=tables["routes"],
        order_versions=tables["order_versions"],
    )


def example_log() -> bytes:
    """A FIX log of two messages: an order, and its one fill."""
    return b"".join(_wrapped(body.format(seq=seq)) for seq, body in enumerate(_MESSAGES, 1))


def _wrapped(body: str) -> bytes:
    """A message with its begin string, length and checksum."""
    content = body.replace("|", "\x01").encode()
    message = b"8=FIX.4.4\x019=%d\x01" % len(content) + content
    return message + b"10=%03d\x01\n" % (sum(message) % 256)
