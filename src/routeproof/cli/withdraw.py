"""`routeproof withdraw`."""

from __future__ import annotations

import click

from routeproof.cli.acting import Acts, entitled_context, recording
from routeproof.cli.printing import print_json


@click.command()
@click.argument("file")
@click.option("--reason", required=True, help="Why the file is no evidence; it stands beside its rows.")
@recording
def withdraw(file: str, reason: str, acts: Acts) -> int:
    """Take a FILE of quotes or trades out of every figure, such as one that its vendor replaced.

    FILE is its name, or the first digits of its SHA-256. Its rows become rejects with the reason, its bytes stay, and
    what was measured from it is measured again. Taking the file in again takes it back. The firm's own flow cannot be
    withdrawn.

    Example: routeproof withdraw nbbo-2026-07-01.csv --reason "prices in cents, vendor sent another file" --as ann
    """
    from routeproof.app.intake.evidence.withdraw import withdraw as take_out  # noqa: PLC0415

    with entitled_context(acts, "data.ingest") as context:
        done = take_out(context, file, reason)
    if acts.as_json:
        print_json(done)
    else:
        click.echo(f"{done['file']}: {done['rows']:,} rows of {done['table']} withdrawn · {str(done['manifest'])[:16]}")
    return 0
