"""`routeproof benchmark 605`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json, print_step, print_table
from routeproof.vocab.sheet_text import inert_text

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS = ("table", "csv", "json")
TABLE = (
    "side", "kind", "used", "liquidity_share", "shares", "fill_rate_shares", "coverage", "e_over_q",
    "e_over_q_adjusted", "weight_matched", "own_e_over_q_matched", "effective_spread_usd_per_share",
    "effective_spread_of_midpoint", "price_improvement_usd_per_share", "price_improvement_of_midpoint", "time_ms",
)  # fmt: skip
"""What a table shows of what is there; the other formats carry every figure."""
SHORT = {
    "fill_rate_shares": "fill",
    "e_over_q": "E/Q",
    "e_over_q_adjusted": "E/Q our mix",
    "weight_matched": "matched",
    "own_e_over_q_matched": "own E/Q there",
    "effective_spread_usd_per_share": "effective $",
    "effective_spread_of_midpoint": "effective/mid",
    "price_improvement_usd_per_share": "PI $",
    "price_improvement_of_midpoint": "PI/mid",
    "liquidity_share": "of liquidity",
    "time_ms": "ms",
}
DECIMALS = 5


@click.command("605")
@click.option("--by", default="reporter", show_default=True, help="Dimensions, comma separated.")
@click.option("--from", "first", help="First month of data, YYYY-MM.")
@click.option("--to", "last", help="Last month of data, YYYY-MM.")
@click.option("--period", help="A quarter such as 2026Q3 instead of --from and --to.")
@click.option("--layout", type=click.Choice(["legacy", "detailed", "summary"]), help="Needed where several are there.")
@click.option("--where", multiple=True, metavar="DIM=VALUE", help="Only these values, comma separated; repeat for and.")
@click.option("--provider", help="The firm's own flow through this provider beside them, and them in its mix.")
@click.option(
    "--match", type=click.Choice(["symbol", "group"]), default="symbol", show_default=True,
    help="Cells that are matched: each symbol, or members of the S&P 500 and others.",
)  # fmt: skip
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="A page with charts.")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="The same as PDF.")
@click.option("--format", "layout_out", type=click.Choice(FORMATS), default="table", show_default=True)
@workspace_option
@json_option
def rule_605(
    *,
    by: str,
    first: str | None,
    last: str | None,
    period: str | None,
    layout: str | None,
    where: tuple[str, ...],
    provider: str | None,
    match: Literal["symbol", "group"],
    html: Path | None,
    pdf: Path | None,
    layout_out: str,
    workspace: Path,
    as_json: bool,
) -> None:
    """Execution quality that others publish, by reporter, month, symbol, order type and size.

    Dimensions: reporter, participant, month, symbol, order_type, order_size, lot_size (codes as in the files), and
    sp500, which summary reports state and instruments say of the others. Averages are weighted by executed shares of
    the rows that state them.

    Example: routeproof benchmark 605 --from 2026-08 --to 2026-09 --by reporter,order_type --format csv
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.peers import benchmark_605 as use  # noqa: PLC0415
    from routeproof.app.peers.beside_605 import Beside, benchmark_beside  # noqa: PLC0415
    from routeproof.app.peers.page_605 import write_documents  # noqa: PLC0415

    begin, end = use.months_of(period, first, last)
    question = use.asked(by, first=begin, last=end, layout=layout, where=where)
    as_json = as_json or layout_out == "json"
    with open_context(workspace) as context:
        if provider:
            if not as_json:
                print_step(f"measuring the own flow of {provider}")
            found = benchmark_beside(context, question, Beside(provider=provider, match=match))
        else:
            found = use.benchmark_605(context.lake, question)
        write_documents(context, found, provider or "", html=html, pdf=pdf)
    if as_json:
        print_json(found.as_json())
        return
    _write(found.rows, found.by, layout_out)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)


def _write(rows: Sequence[dict[str, Any]], by: Sequence[str], layout: str) -> None:
    from routeproof.metrics.rule605.peer_sums import with_shares  # noqa: PLC0415

    if not rows:
        return
    columns = list(rows[0])
    if layout == "csv":
        writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: inert_text(v) if isinstance(v, str) else v for name, v in row.items()} for row in rows)
        return
    rows = [with_shares(row) for row in rows]
    columns.append("shares")
    names = [*by, *(name for name in TABLE if name in columns and any(row[name] is not None for row in rows))]
    shown = [{SHORT.get(name, name): _shown(row[name]) for name in names} for row in rows]
    print_table([SHORT.get(name, name) for name in names], shown)
    click.echo(f"{len(rows)} rows; --format csv|json carries every figure", err=True)


def _shown(value: object) -> object:
    """Figures as they are read; texts of others without what a terminal would obey."""
    if isinstance(value, str):
        return "".join(character if character.isprintable() else "?" for character in value)
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: None}[value]
    return f"{value:,.{DECIMALS}f}" if isinstance(value, float) else f"{value:,}"
