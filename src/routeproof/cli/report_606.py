"""`routeproof report 606a1`, `606b1`, `606b3`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, entitled_context, recording
from routeproof.cli.options import day_option
from routeproof.cli.printing import print_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.disclosure.made import Made

BUILD = "report.build"
_path = click.Path(path_type=Path, dir_okay=False)


def _files(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where the report goes, and the pages for people beside it."""
    for option in (
        click.option("--pdf", type=_path, help="Write the pages for people as PDF."),
        click.option("--html", type=_path, help="Write the pages for people as HTML."),
        click.option("--bd", default="", help="Broker or dealer as the file names it; the firm if omitted."),
        click.option("--out", type=_path, required=True, help="XML file to write."),
    ):
        command = option(command)
    return command


@click.command("606a1")
@click.option("--quarter", required=True, help="Quarter, such as 2026Q3.")
@click.option("--material-aspects", "aspects", type=_path, help='TOML with a text for each venue: XNAS = "…".')
@click.option(
    "--unknown-sp500",
    type=click.Choice(["refuse", "other"]),
    default="other",
    show_default=True,
    help="Stocks of which the instruments do not say whether they were in the S&P 500 on the quarter's first day.",
)
@_files
@recording
def report_606a1(
    acts: Acts,
    quarter: str,
    aspects: Path | None,
    unknown_sp500: str,
    out: Path,
    bd: str,
    html: Path | None,
    pdf: Path | None,
) -> None:
    """Make the quarterly public report on order routing, 17 CFR 242.606(a)(1).

    Material aspects are drafted from the conflicts register; a person edits them and gives them back with
    --material-aspects. The report is put on record as built; another person signs it.

    Example: routeproof report 606a1 --quarter 2026Q3 --out 606a1_2026Q3.xml --html 606a1_2026Q3.html
    """
    from routeproof.app.disclosure.report606.public_report import Asked606a1, make_606a1  # noqa: PLC0415
    from routeproof.cli.documents import read_text  # noqa: PLC0415

    asked = Asked606a1(
        quarter=quarter,
        bd=bd,
        aspects=read_text(aspects) if aspects is not None else "",
        other_if_unknown=unknown_sp500 == "other",
    )
    _make(acts, lambda context: make_606a1(context, asked), out, html, pdf)


def _of_customer(command: Callable[..., Any]) -> Callable[..., Any]:
    """Whose report, until when."""
    for option in (
        click.option("--customer-name", default="", help="Name that the report is made out to; the token if omitted."),
        day_option("--to", words="Last day; the report reaches back six months.", required=True),
        click.option("--customer", required=True, help="Account token of the parent orders."),
    ):
        command = option(command)
    return command


@click.command("606b1")
@_of_customer
@_files
@recording
def report_606b1(
    acts: Acts, customer: str, to: date, customer_name: str, out: Path, bd: str, html: Path | None, pdf: Path | None
) -> None:
    """Make a customer's routing report, 17 CFR 242.606(b)(1): held orders, options, and exempt not-held orders.

    Example: routeproof report 606b1 --customer A17 --to 2026-09-30 --out A17_606b1.xml
    """
    from routeproof.app.disclosure.report606.customer_reports import Asked606b, make_606b1  # noqa: PLC0415

    asked = Asked606b(customer=customer, to=to, name=customer_name, bd=bd)
    _make(acts, lambda context: make_606b1(context, asked), out, html, pdf)


@click.command("606b3")
@_of_customer
@click.option("--voluntary", is_flag=True, help="Make it though a de minimis level says that none is owed.")
@_files
@recording
def report_606b3(
    acts: Acts,
    customer: str,
    to: date,
    customer_name: str,
    out: Path,
    bd: str,
    html: Path | None,
    pdf: Path | None,
    *,
    voluntary: bool,
) -> None:
    """Make a customer's handling report, 17 CFR 242.606(b)(3): not-held orders in NMS stocks.

    Where the firm or the customer is below its de minimis level, no report is owed: exit code 5, code de_minimis,
    with the figures.

    Example: routeproof report 606b3 --customer A17 --to 2026-09-30 --out A17_606b3.xml --pdf A17_606b3.pdf
    """
    from routeproof.app.disclosure.report606.customer_reports import Asked606b, make_606b3  # noqa: PLC0415

    asked = Asked606b(customer=customer, to=to, name=customer_name, bd=bd, voluntary=voluntary)
    _make(acts, lambda context: make_606b3(context, asked), out, html, pdf)


def _make(acts: Acts, maker: Callable[[Context], Made], out: Path, html: Path | None, pdf: Path | None) -> None:
    from routeproof.app.disclosure.records.write import write_report  # noqa: PLC0415

    def told(text: str) -> None:
        if not acts.as_json:
            click.echo(text, err=True)

    with entitled_context(acts, "report.build") as context:
        found = write_report(context, maker(context), out, html, pdf, told)
    print_found(found, _lines, as_json=acts.as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['path']}  sha256 {found['sha256']}"
    kept = found["orders_in"] - sum(found["excluded"].values())
    yield f"{found['orders_in']:,} orders looked at, {kept:,} in the report"
    for reason, number in found["excluded"].items():
        yield f"  left out, {reason.replace('_', ' ')}: {number:,}"
    for text in found["warnings"]:
        yield f"warning: {text}"
