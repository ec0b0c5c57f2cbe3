"""`routeproof ingest rule606`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import entitled_context
from routeproof.cli.printing import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from routeproof.app.disclosure.taken_606 import Taken
    from routeproof.cli.acting import Acts

EXIT_REJECTED = 3
SHOWN = 20
"""Documents and corrections that people are shown."""


def take_606(acts: Acts, paths: Sequence[Path], map_path: Path | None) -> int:
    """Take the files in and say what became of them; the exit code."""
    from routeproof.app.disclosure.ingest_606 import ingest_606  # noqa: PLC0415

    with entitled_context(acts, "data.ingest") as context:
        taken = ingest_606(context, paths, map_path=map_path)
    if acts.as_json:
        print_json(taken.as_json())
    else:
        _talk(taken)
    return 0 if taken.is_whole else EXIT_REJECTED


def _talk(taken: Taken) -> None:
    told = taken.as_json()
    click.echo(f"{told['format'] or 'no known format'}: {taken.rows:,} rows, {taken.accepted:,} accepted")
    for item in taken.documents[:SHOWN]:
        click.echo(f"  {item['file']}: {item['code']}: {item['message']}", err=True)
    for line in taken.corrections[:SHOWN]:
        click.echo(
            f"  row {line['row']}, {line['column']}: {line['code']}, {line['from']} taken as {line['to']}", err=True
        )
    more = max(len(taken.corrections) - SHOWN, 0) + max(len(taken.documents) - SHOWN, 0)
    if more:
        click.echo(f"  and {more:,} more; --json has them all", err=True)
    if taken.rejected and not taken.documents:
        click.echo(f"  {len(taken.rejected):,} rows rejected; --json says which", err=True)
