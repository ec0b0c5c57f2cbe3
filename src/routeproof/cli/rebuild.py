"""`routeproof rebuild`."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003  # click's callbacks are typed by it

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json
from routeproof.vocab.errors import LedgerBrokenError

LONGEST_LINE = 240


@click.command()
@click.option("--check", is_flag=True, help="Only compare; change nothing.")
@workspace_option
@json_option
def rebuild(workspace: Path, *, check: bool, as_json: bool) -> int:
    """Replay the ledger and compare what is shown with it; without --check, put what differs right.

    Example: routeproof rebuild --check
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.ledger.rebuild import rebuild_projections  # noqa: PLC0415

    with open_context(workspace) as context:
        found = rebuild_projections(context, change=not check)
    ok = not found.differences
    if as_json:
        print_json({"ok": ok, "projections": found.projections, "differences": found.differences})
    else:
        click.echo(
            "What is shown equals the replay." if ok else f"{len(found.differences)} rows differ from the replay."
        )
        for difference in found.differences:
            told = json.dumps(difference, ensure_ascii=False)
            click.echo(f"  {told if len(told) <= LONGEST_LINE else told[:LONGEST_LINE] + '… (--json has all)'}")
    return 0 if ok or not check else LedgerBrokenError.exit_code
