"""Progress on stderr: only where a person reads it."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Told = tuple[Callable[[str], None], Callable[[str, int], None]]


def tell_step(text: str) -> None:
    """A step of the work on stderr; nothing with `--json`, where stderr is for one error that a program reads."""
    if not click.get_current_context().params.get("as_json"):
        click.echo(f"  {text} …", err=True)


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
