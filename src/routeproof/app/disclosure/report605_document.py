"""The Rule 605 report for people, as HTML or PDF beside the file."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof import __version__
from routeproof.app.intake.quality import completeness
from routeproof.metrics.rule605.covered import REASONS
from routeproof.metrics.rule605.detailed import APPLIES, FIELDS
from routeproof.metrics.rule605.figures import Figures
from routeproof.metrics.rule605.summary import COLUMNS
from routeproof.renderers.html import render_html
from routeproof.renderers.pdf import render_pdf
from routeproof.reports.catalog.rule605_report import Rule605Inputs, rule605_report
from routeproof.reports.rule605.files import added_up
from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.disclosure.report_605 import Made605

Plain = dict[str, Any]
BY_TYPE = {
    "Order type": None, "Covered orders": 0, "Covered shares": 2, "Executed shares": 2, "Quoted $": 4, "Effective $": 4,
    "E/Q": 3, "Improved shares": 2, "At the quote": 2, "Outside": 2, "Average ms": 1,
}  # fmt: skip
"""Columns of the table for people, and how many decimals they are read with; the file has six."""
OF_SUMMARY = {
    "S&P 500": None, "Size": None, "Type": None, "Avg shares": 1, "Avg notional $": 2, "Avg mid": 4,
    "At quote or better": 4, "Improved": 4, "PI / mid": 6, "Effective / mid": 6, "Quoted / mid": 6, "E/Q": 4,
    "Realized 15 s / mid": 6, "Realized 1 min / mid": 6, "Avg ms": 1,
}  # fmt: skip
"""The same for the summary, whose rows are the file's own."""
SHARE_DECIMALS = 2
KEYS_LEFT_OUT = 3
"""Columns of the summary that are the same in every row: participant, reporter, month."""


def write_documents(made: Made605, context: Context | None, *, html: Path | None, pdf: Path | None) -> None:
    """Write the report for people where a path is given; from a workspace it ties to the lake's completeness."""
    if html is None and pdf is None:
        return
    document = rule605_report(_inputs(made, context))
    if html is not None:
        write_whole(html, render_html(document))
    if pdf is not None:
        write_whole(pdf, render_pdf(document))


def _inputs(made: Made605, context: Context | None) -> Rule605Inputs:
    first = made.asked.month
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return Rule605Inputs(
        kind=made.asked.kind,
        reporter=(made.asked.reporter, made.asked.participant),
        month=f"{first:%Y-%m}",
        figures=_by_type(made) if made.asked.kind == "detailed" else _of_summary(made),
        accounted=[
            {"reason": reason, "meaning": REASONS.get(reason, ""), **counts}
            for reason, counts in made.sums.reasons.items()
        ],
        ties=[*_ties(made), *(_ties_to_lake(made, context, first, last) if context is not None else ())],
        fields=_fields(made),
        readings=[
            {
                "subject": subject,
                "value": entry.value,
                "citation": entry.citation,
                "grade": entry.grade,
                "effective_from": entry.effective_from.isoformat(),
            }
            for subject, entry in made.reporting.entries.items()
        ],
        notes=made.notes,
        files=made.files,
        origin=made.origin,
        dated_on=last,
        version=__version__,
        digest=made.files[0]["sha256"],
    )


def _fields(made: Made605) -> list[Plain]:
    if made.asked.kind == "summary":
        return [
            {"field": name, "applies": "market and marketable limit", "subjects": list(subjects)}
            for name, subjects in COLUMNS.items()
        ]
    return [{"field": item.name, "applies": APPLIES[item.applies], "subjects": list(item.rests_on)} for item in FIELDS]


def _of_summary(made: Made605) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    return tuple(OF_SUMMARY), [_for_people(row[KEYS_LEFT_OUT:], OF_SUMMARY) for row in made.file.rows]


def _by_type(made: Made605) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    names = {made.reporting.order_type(name): name for name in made.reporting.value("order_types")}
    added = added_up(made.sums.rows, ("order_type",))
    place = {code: number for number, code in enumerate(names)}
    rows = added.sort(pl.col("order_type").replace_strict(place, return_dtype=pl.Int64))
    figures, spread = Figures(rows, made.sums.metrics), made.reporting.codes("spread_fields")
    spreads = [
        figures.mean("quoted_spread_usd_per_share"),
        figures.mean("effective_spread_usd_per_share"),
        figures.mean("e_over_q"),
        *(figures.total(name) for name in ("improved_shares", "at_quote_shares", "outside_shares")),
    ]
    codes = rows["order_type"].to_list()
    columns = [
        [f"{code} {names[code].replace('_', ' ')}" for code in codes],
        *(figures.total(name) for name in ("covered_orders", "covered_shares", "executed_shares")),
        *([text if code in spread else "" for text, code in zip(column, codes, strict=True)] for column in spreads),
        figures.mean("time_to_execution_ms_avg"),
    ]
    return tuple(BY_TYPE), [_for_people(row, BY_TYPE) for row in zip(*columns, strict=True)]


def _for_people(row: Sequence[str], columns: Mapping[str, int | None]) -> Sequence[str]:
    return [
        text if decimals is None else _read(text, decimals)
        for text, decimals in zip(row, columns.values(), strict=True)
    ]


def _read(text: str, decimals: int) -> str:
    """A number as people read it: thousands apart, no more decimals than tell something; empty stays empty."""
    if not text:
        return text
    shown = f"{Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,}"
    return shown.removesuffix("." + "0" * decimals) if decimals == SHARE_DECIMALS else shown


def _ties(made: Made605) -> Iterator[Plain]:
    """What the report must say of itself."""
    counted = sum(made.excluded.values()) + made.covered
    yield _tie("Covered and left out are all order versions", counted, made.orders_in, "")
    fills = sum(item["fills"] for item in made.sums.reasons.values())
    others = made.sums.stray_fills + made.sums.other_fills
    note = f"{made.sums.stray_fills} name no known order, {made.sums.other_fills} are of orders of other months"
    yield _tie("Fills of all orders, stray ones and those of other months", fills + others, made.sums.fills_seen, note)


def _ties_to_lake(made: Made605, context: Context, first: date, last: date) -> Iterator[Plain]:
    """What the report must say of the lake, and the lake's own completeness statement over the month."""
    lake = context.lake
    held = [item for item in lake.manifest().partitions.values() if first.isoformat() <= item.part <= last.isoformat()]
    orders = sum(item.rows for item in held if item.table == "parent_orders")
    seen = sum(item["orders"] for item in made.sums.reasons.values())
    note = "orders that outlive their day count in the month in which they become executable"
    yield _tie("Orders against parent orders of the lake", seen, orders, note)
    total: Plain = defaultdict(int)
    for day in sorted({item.part for item in held if item.table == "parent_orders"}):
        for name, rows in completeness(context, type(first).fromisoformat(day)).items():
            total[name] += rows
    taken, judged = total["accepted"] + total["rejected"], total["analysed"] + total["excluded"]
    yield _tie("Completeness of the lake: accepted and rejected are all rows received", taken, total["received"], "")
    yield _tie("Completeness of the lake: analysed and excluded are all rows accepted", judged, total["accepted"], "")


def _tie(what: str, here: int, there: int, note: str) -> Plain:
    return {"what": what, "here": here, "there": there, "agrees": here == there, "note": note}
