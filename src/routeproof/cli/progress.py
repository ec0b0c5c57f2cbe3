"""Progress on stderr: only where a person watches."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Told = tuple[Callable[[str], None], Callable[[str, int], None]]


@contextlib.contextmanager
def ingest_progress(files: int) -> Iterator[Told]:
    """A bar over files and a count of rows.

    Yields two functions: one is told the name of each file that is done, the other `read` or `merged` and how many rows
    have been since the last time.
    """
    if not sys.stderr.isatty():
        yield (lambda _: None), (lambda *_: None)
        return
    from rich.console import Console  # noqa: PLC0415  # heavy; only where somebody watches
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        reading = bar.add_task("reading", total=files)
        counting = bar.add_task("rows", total=None)
        rows: dict[str, int] = {}

        def on_done(name: str) -> None:
            bar.update(reading, advance=1, description=name)

        def on_rows(step: str, count: int) -> None:
            rows[step] = rows.get(step, 0) + count
            bar.update(counting, description=f"{rows[step]:,} rows {step}")

        yield on_done, on_rows
