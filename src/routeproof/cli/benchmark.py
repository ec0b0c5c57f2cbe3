"""`routeproof benchmark`."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.benchmark_605 import rule_605
from routeproof.cli.options import workspace_option
from routeproof.cli.printing import print_json, print_table
from routeproof.vocab.sheet_text import inert_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DECIMALS = 6
LAYOUTS = ("table", "csv", "json")


@click.group()
def benchmark() -> None:
    """Public disclosures of others as a measure: what they execute like, and where they send their orders."""


benchmark.add_command(rule_605)


@benchmark.command("606")
@click.option("--quarter", required=True, help="Calendar quarter, such as 2026Q3.")
@click.option("--by", "dimensions", default="section,venue", show_default=True, help="Dimensions, with commas.")
@click.option("--where", "conditions", multiple=True, metavar="DIM=VALUE", help="Only this value; may be repeated.")
@click.option(
    "--look-through", is_flag=True, help="A routing broker's own venues in its place, by its 606(b)(3) reports."
)
@click.option("--format", "layout", type=click.Choice(LAYOUTS), default="table", show_default=True)
@workspace_option
def rule606(
    workspace: Path, quarter: str, dimensions: str, conditions: tuple[str, ...], layout: str, *, look_through: bool
) -> None:
    """Venue mix of public 606(a)(1) reports: share of orders by venue, and what was paid for a hundred shares.

    Dimensions: reporter, filing, quarter, month, section (sp500, other_stocks, options), order_type, venue, mic, mpid,
    via. Without order_type the shares are those of all orders.

    Example: routeproof benchmark 606 --quarter 2026Q3 --by reporter,venue,section --format csv
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.disclosure.benchmark_606 import benchmark_606  # noqa: PLC0415

    by = [name.strip() for name in dimensions.split(",") if name.strip()]
    with open_context(workspace) as context:
        found = benchmark_606(context, quarter, by, parsed_conditions(conditions), look_through=look_through)
    write_rows(found, layout)


def parsed_conditions(conditions: Sequence[str]) -> dict[str, str]:
    """Value by dimension of `DIM=VALUE` texts."""
    found = {}
    for text in conditions:
        name, given, value = text.partition("=")
        if not given or not name.strip():
            message = f"expected --where DIM=VALUE, found {text!r}"
            raise click.UsageError(message)
        found[name.strip()] = value
    return found


def write_rows(found: dict[str, Any], layout: str) -> None:
    """Rows on stdout as a table, CSV or JSON; notes on stderr where they are not in the document."""
    rows: list[dict[str, Any]] = found["rows"]
    if layout == "json":
        print_json(found)
        return
    columns = list(rows[0]) if rows else []
    if layout == "csv":
        writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {name: inert_text(value) if isinstance(value, str) else value for name, value in row.items()}
            for row in rows
        )
    elif rows:
        print_table(columns, [{name: _shown(row[name]) for name in columns} for row in rows])
    for note in found["notes"]:
        click.echo(f"note: {note}", err=True)


def _shown(value: object) -> object:
    """Figures as they are read; names of others without what a terminal would obey."""
    if isinstance(value, str):
        return "".join(character if character.isprintable() else "?" for character in value)
    return round(value, DECIMALS) if isinstance(value, float) else value
