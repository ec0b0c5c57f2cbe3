"""`routeproof quality`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_found, print_json, sentence_lines
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PLAIN_WIDTH = 160
"""Columns of the tables where stdout is a file or a pipe."""


@click.command()
@click.option("--rejects", is_flag=True, help="List the rejected rows instead: file, row, byte, reason, detail.")
@click.option("--file", help="With --rejects: only of this file, by its name without folder.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="With --rejects: so many rows."
)
@workspace_option
@json_option
def quality(workspace: Path, file: str | None, limit: int, *, rejects: bool, as_json: bool) -> None:
    """What came in, what was refused and why, what was left out of analysis, what quotes and clocks are worth.

    Example: routeproof quality --rejects --file quotes.csv
    """
    from routeproof.app.context import open_context  # noqa: PLC0415

    if rejects:
        _list_rejects(workspace, file, limit, as_json=as_json)
        return
    if file is not None:
        message = "expected --rejects beside --file, found --file alone"
        raise UsageError(message, where="--file")
    from routeproof.app.intake.quality import quality as look  # noqa: PLC0415

    with open_context(workspace) as context:
        report = look(context)
    if as_json:
        print_json(report)
    else:
        _show(report)


def _list_rejects(workspace: Path, file: str | None, limit: int, *, as_json: bool) -> None:
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.intake.evidence.rejected_rows import PLACE, rejected_rows  # noqa: PLC0415

    with open_context(workspace) as context:
        found = rejected_rows(context, file, limit)

    def lines(found: dict[str, Any]) -> Iterator[str]:
        rows, total = found["rows"], found["total"]
        if not rows:
            yield "No rejected rows."
            return
        yield from sentence_lines(PLACE, rows)
        if total > len(rows):
            yield f"… and {total - len(rows):,} more of {total:,}: --limit {total}"

    print_found(found, lines, as_json=as_json)


def _show(report: dict[str, Any]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    for title, columns, rows in _tables(report):
        table = Table(title=title, title_justify="left", show_edge=False)
        for place, column in enumerate(columns):
            numbers = any(_is_number(row[place]) for row in rows)
            table.add_column(column, justify="right" if numbers else "left")
        for row in rows:
            table.add_row(*(_cell(value) for value in row))
        console.print(table)
        console.print()
    if not report["days"]:
        click.echo("Nothing has been taken in yet.")
    for row in report["days"]:
        for file, reason in row["refused"].items():
            click.echo(f"Not whole or no evidence: {file}: {reason}")
    for table, days in report["gaps"].items():
        if days:
            console.print(f"No {table} on {', '.join(days)}")


def _tables(report: dict[str, Any]) -> list[tuple[str, list[str], list[list[object]]]]:
    names = ["day", "source", "table", "received", "accepted", "rejected", "noise", "analysed", "excluded"]
    misfits = [
        {"day": row["day"], "source": row["source"], "reason": reason, "records": records}
        for row in report["days"]
        for reason, records in row["misfits"].items()
    ]
    shown = [
        ("Received = accepted + rejected; accepted = analysed + excluded", names, report["days"]),
        ("What did not fit in FIX logs", ["day", "source", "reason", "records"], misfits),
        (
            "Canonical rows = analysed + excluded",
            ["day", "table", "rows", "analysed", "excluded"],
            report["tables"],
        ),
        (
            "Quotes; crossed, locked, one-sided and stale as shares of them",
            ["day", "quotes", "crossed", "locked", "one_sided", "stale", "empty", "gaps", "out_of_order"],
            [_with_shares(row) for row in report["quotes"]],
        ),
        (
            "Clocks",
            ["day", "executions", "executed_before_received", "reported_before_executed", "whole_seconds", "rounded"],
            report["clocks"],
        ),
        ("Links", ["day", "method", "records"], report["links"]),
    ]
    return [
        (title, columns, [[row[name] for name in columns] for row in rows]) for title, columns, rows in shown if rows
    ]


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int | float) or str(value).endswith("%"))


def _with_shares(row: dict[str, Any]) -> dict[str, Any]:
    """A day's quotes with shares in place of the counts that have one."""
    from routeproof.reports.numbers import printed  # noqa: PLC0415

    shares = {name.removesuffix("_share"): value for name, value in row.items() if name.endswith("_share")}
    return row | {name: printed(value, "share") for name, value in shares.items()}


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{count:,} {reason}" for reason, count in value.items()) or "0"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value if value is not None else "unknown")
