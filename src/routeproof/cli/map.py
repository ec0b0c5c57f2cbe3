"""`routeproof map`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json

EXIT_REJECTED = 3


@click.command("map")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--table", required=True, help="Canonical table that the file is to be: quotes, executions, …")
@click.option("--map", "map_path", type=click.Path(path_type=Path), help="Try this map instead of guessing one.")
@click.option("--out", "out_path", type=click.Path(path_type=Path), help="Write the map here; otherwise to stdout.")
@workspace_option
@json_option
def map_command(
    path: Path, table: str, map_path: Path | None, out_path: Path | None, workspace: Path, *, as_json: bool
) -> int:
    """Guess the map of a delimited file, and say what its first rows become under it. Nothing is taken in.

    Look at the guess before you use it: names and values only suggest what a column is. Exit code 3: the map does not
    fit, or rows of the sample were refused.

    Example: routeproof map fills.csv --table executions --out fills.toml
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.intake.map_assistant import assisted  # noqa: PLC0415
    from routeproof.sources.map_file import load_map  # noqa: PLC0415

    document = load_map(map_path).sections if map_path else None
    with open_context(workspace) as context:
        found = assisted(context, path, table, document)
    if out_path is not None:
        out_path.write_text(found["map_text"], encoding="utf-8")
    if as_json:
        print_json(found)
    else:
        if out_path is None:
            click.echo(found["map_text"], nl=False)
        _talk(found)
    return 0 if found["problem"] is None and not found["rejected"] else EXIT_REJECTED


def _talk(found: dict[str, Any]) -> None:
    if found["problem"]:
        click.echo(f"does not fit yet: {found['problem']['message']}", err=True)
        return
    click.echo(f"first rows: received {found['received']:,} · accepted {found['accepted']:,}", err=True)
    for reason, count in found["rejected"].items():
        click.echo(f"  rejected {count:,}: {reason}", err=True)
    sys.stdout.flush()
