"""`routeproof binder`."""

from __future__ import annotations

from pathlib import Path

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json, print_step


@click.command("binder")
@click.argument("quarter")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Zip to write.")
@workspace_option
@json_option
def binder(*, quarter: str, out: Path, workspace: Path, as_json: bool) -> None:
    """Write the binder of QUARTER: reviews, minutes, votes, remediation, procedures, data, record, and its verifier.

    Example: routeproof binder 2026Q3 --out 2026Q3.zip
    """
    from routeproof.app.binder.build import build_binder  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        made = build_binder(context, quarter.upper(), out, print_step)
    if as_json:
        said = {"path": str(made.path), "sha256": made.sha256, "files": made.files, "size": made.size}
        print_json({**said, "root": made.root})
        return
    click.echo(f"{made.path}: {made.files} files, SHA-256 {made.sha256}")
    click.echo(f"Check it with: python -I verify.py {made.path.name}   (verify.py is in it)")
