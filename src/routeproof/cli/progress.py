"""Progress on stderr: only where a person watches."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def file_progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar over files; the yielded function is told the name of each file that is done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415  # heavy; only where somebody watches
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=total)

        def on_done(name: str) -> None:
            bar.update(task, advance=1, description=name)

        yield on_done
