"""`routeproof backup` and `routeproof restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json

if TYPE_CHECKING:
    from routeproof.app.backup import Backup


@click.command()
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="New folder.")
@click.option("--with-data", is_flag=True, help="Also the lake's files and the raw bytes.")
@workspace_option
@json_option
def backup(folder: Path, workspace: Path, *, with_data: bool, as_json: bool) -> None:
    """Copy the record while work goes on: ledger, evidence, checkpoints, what the lake consists of.

    Private keys are not copied: keep them by other means, apart from the record.

    Example: routeproof backup --to /mnt/backup/2026-10-01 -w bestex
    """
    from routeproof.app.backup import back_up  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        _say(back_up(context, folder, with_data=with_data), f"backed up to {folder}", as_json=as_json)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--into", "root", required=True, type=click.Path(path_type=Path, file_okay=False), help="New workspace.")
@click.option("--records", default="", help="postgresql://… that is to hold the records, in place of a file.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write what was restored to a file.")
@json_option
def restore(folder: Path, root: Path, records: str, report: Path | None, *, as_json: bool) -> None:
    """Make a workspace from the backup in FOLDER, and verify it.

    Of a drill the workspace that lives on knows nothing by itself: what --report writes closes its duty there, with
    `routeproof duty close restore_drill:2026Q4 --evidence FILE`.

    Example: routeproof restore /mnt/backup/2026-10-01 --into bestex-restored --report drill.json
    """
    from routeproof.app.restore import restore as run  # noqa: PLC0415

    _say(
        run(folder, root, records, report),
        f"restored into {root}; put the private keys into {root}/keys",
        as_json=as_json,
    )


def _say(made: Backup, done: str, *, as_json: bool) -> None:
    if as_json:
        told = {"entries": made.entries, "root": made.root, "files": len(made.files), "with_data": made.with_data}
        print_json(told)
    else:
        click.echo(
            f"{made.entries:,} entries with root {made.root[:16]}… and {len(made.files):,} files {done}.", err=True
        )
