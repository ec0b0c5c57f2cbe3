"""`routeproof ingest`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, entitled_context, recording
from routeproof.cli.printing import print_json

if TYPE_CHECKING:
    from routeproof.app.intake.ingest import IngestReport

EXIT_REJECTED = 3


@click.command()
@click.argument("source")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--map", "map_path", type=click.Path(path_type=Path), help="TOML map: table and columns of the files.")
@click.option("--provider", "provider_id", default="", help="Router provider that the files speak of.")
@recording
def ingest(source: str, paths: tuple[Path, ...], map_path: Path | None, provider_id: str, acts: Acts) -> int:
    """Take PATHS in through SOURCE; the bytes are kept first, then read, then split into rows and rejects.

    SOURCE is fix-log, csv, parquet, xlsx, lean or taq. Exit code 3: nothing was accepted, a file was refused, or more
    rows were rejected than policy allows. Public reports are a SOURCE too. rule605: legacy, detailed and summary
    files, told apart by their first record; exit code 3: a row was rejected. rule606: public and customer reports,
    archives of them, and with --map quarterly files of before 2020.

    Example: routeproof ingest fix-log sor-2026-07-*.log.gz --map parties.toml --provider ACME
    """
    if source == "rule605":
        from routeproof.cli.ingest_605 import take_605  # noqa: PLC0415

        return take_605(acts, paths)
    if source == "rule606":
        from routeproof.cli.ingest_606 import take_606  # noqa: PLC0415

        return take_606(acts, paths, map_path)
    from routeproof.app.intake.ingest import ingest as take_in  # noqa: PLC0415
    from routeproof.cli.progress import ingest_progress  # noqa: PLC0415

    with entitled_context(acts, "data.ingest") as context, ingest_progress(len(paths)) as (on_done, on_rows):
        report = take_in(
            context, source, paths, map_path=map_path, provider_id=provider_id, on_done=on_done, on_rows=on_rows
        )
    if acts.as_json:
        print_json(_plain(report))
    else:
        _talk(report)
    return 0 if report.is_taken else EXIT_REJECTED


def _plain(report: IngestReport) -> dict[str, object]:
    return {
        "received": report.received,
        "accepted": report.accepted,
        "rejected": report.rejected,
        "noise": report.noise,
        "already_known": report.already_known,
        "taken_before": report.taken_before,
        "refused": report.refused,
        "withdrawn": report.withdrawn,
        "reject_share_limit": report.reject_share_limit,
        "manifest": report.manifest,
    }


def _talk(report: IngestReport) -> None:
    click.echo(f"received {report.received:,} · accepted {report.accepted:,} · manifest {report.manifest[:16]}")
    for reason, count in report.rejected.items():
        click.echo(f"  rejected {count:,}: {reason}")
    for file, reason in report.refused.items():
        click.echo(f"  {file}: {reason}", err=True)
    for file, reason in report.withdrawn.items():
        click.echo(f"  no longer evidence: {file}: {reason}", err=True)
    if sum(report.rejected.values()) > report.reject_share_limit * report.received:
        click.echo(f"  above the {report.reject_share_limit:.1%} of rejects that policy allows (intake)", err=True)
    if report.already_known:
        click.echo(f"  {report.already_known:,} rows were already known", err=True)
    for file in report.taken_before:
        click.echo(f"  {file}: this file was taken in before; nothing changes", err=True)
    sys.stdout.flush()
