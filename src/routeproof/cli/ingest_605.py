"""`routeproof ingest rule605`: what was taken in, what was rejected, corrected and set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, entitled_context
from routeproof.cli.printing import print_json, sentence_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from routeproof.app.disclosure.ingest_605 import Ingest605

EXIT_REJECTED = 3
SHOWN = 20
"""Remarks, and new parts, that people are shown; `--json` and the lake have all."""


def take_605(acts: Acts, paths: Sequence[Path]) -> int:
    """Take public Rule 605 reports in and print what became of them; 3 if a row was rejected."""
    from routeproof.app.disclosure.ingest_605 import ingest_605  # noqa: PLC0415
    from routeproof.cli.progress import ingest_progress  # noqa: PLC0415

    with entitled_context(acts, "data.ingest") as context, ingest_progress(len(paths)) as (on_done, _):
        report = ingest_605(context, paths, on_done)
    if acts.as_json:
        print_json(report.as_json())
    else:
        _talk(report)
    return 0 if report.is_whole else EXIT_REJECTED


def _talk(report: Ingest605) -> None:
    formats = ", ".join(dict.fromkeys(report.formats))
    click.echo(f"{formats}: received {report.rows:,} · accepted {report.accepted:,} · manifest {report.manifest[:16]}")
    for name in report.changed[:SHOWN]:
        click.echo(f"  new: {name}")
    if len(report.changed) > SHOWN:
        click.echo(f"  … and {len(report.changed) - SHOWN:,} more parts")
    for given, frame in report.remarks:
        for kind, code, rows in frame.group_by("kind", "code", maintain_order=True).len().iter_rows():
            click.echo(f"  {given.raw.name}: {kind} {rows:,}: {code}")
    for item in report.failed:
        click.echo(f"  {item.file}/{item.member}: {item.code}: {item.message}", err=True)
    listed = [
        {"file": given.raw.name, "row": row["source_row"], "kind": row["kind"], "what": row["message"]}
        for given, frame in report.remarks
        for row in frame.head(SHOWN).iter_rows(named=True)
    ][:SHOWN]
    if listed:
        for line in sentence_lines(("file", "row", "kind", "what"), listed):
            click.echo(line)
    total = sum(frame.height for _, frame in report.remarks)
    if total > len(listed):
        click.echo(f"… and {total - len(listed):,} more: --json, or table rule605_remarks of the lake")
