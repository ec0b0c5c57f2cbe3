"""What the data can bear: completeness, links, quote health, and how much the clocks matter."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from routeproof.reports.document import Block, Callout, Cell, Column, Paragraph, Row, Section, Table, missing, words
from routeproof.reports.numbers import MINUS, fine
from routeproof.reports.pack.frames import Field, empty_section, number, table_of
from routeproof.reports.pack.inputs import PackInputs, QualityTotals

TITLE = "Data quality and completeness"
REASON_WORDS = {"no_instant": "no reference moment (order unknown, or not executable by then)"}
"""Reasons that their code does not explain."""
LONGEST_WEEKEND_DAYS = 4
SHOWN_GAPS = 6

DAY_FIELDS = (
    Field(name="day", title="Day"),
    Field(name="source", title="Source", weight=1.6),
    Field(name="received", title="Received", kind="count", unit="rows"),
    Field(name="accepted", title="Accepted", kind="count", unit="rows"),
    Field(name="rejected", title="Rejected", kind="count", unit="rows"),
)
LINK_FIELDS = (
    Field(name="method", title="Link method", weight=2.0),
    Field(name="count", title="Links", kind="count", unit="n"),
    Field(name="share", title="Share", kind="share"),
)
HEALTH_FIELDS = (
    Field(name="symbol", title="Security"),
    Field(name="crossed", title="Crossed", kind="share"),
    Field(name="locked", title="Locked", kind="share"),
    Field(name="one_sided", title="One-sided", kind="share"),
    Field(name="stale", title="Stale", kind="share"),
)


def _part(label: str, count: int, of: int, *, strong: bool = False) -> Row:
    share = number(count / of if of else None, "share", reason="nothing was received")
    return Row(id=label, cells=(words(label), number(count, "count"), share), strong=strong)


def _parts(reasons: Mapping[str, int], of: int) -> list[Row]:
    said = {reason: REASON_WORDS.get(reason, reason.replace("_", " ")) for reason in reasons}
    return [_part(f"    {said[reason]}", count, of) for reason, count in sorted(reasons.items())]


def balance_table(totals: QualityTotals) -> Table:
    """Both balances; a sum that does not close is printed as an unexplained line, never hidden."""
    lost = totals.received - totals.accepted - sum(totals.rejected.values())
    unexplained = totals.measured - totals.analysed - sum(totals.excluded.values())
    rows = [
        _part("Input rows received", totals.received, totals.received, strong=True),
        _part("  accepted", totals.accepted, totals.received),
        _part("  rejected", sum(totals.rejected.values()), totals.received),
        *_parts(totals.rejected, totals.received),
        _part("  unexplained", lost, totals.received),
        _part("Executions", totals.measured, totals.measured, strong=True),
        _part("  analysed", totals.analysed, totals.measured),
        _part("  excluded", sum(totals.excluded.values()), totals.measured),
        *_parts(totals.excluded, totals.measured),
        _part("  unexplained", unexplained, totals.measured),
    ]
    columns = (
        Column(id="line", title="Completeness", weight=2.4),
        Column(id="count", title="Count", unit="n", align="right"),
        Column(id="share", title="Share", align="right"),
    )
    return Table(
        id="completeness",
        columns=columns,
        rows=tuple(rows),
        caption="Received = accepted + rejected by reason; executions = analysed + excluded by reason",
        compact=True,
    )


def sessions_said(missing: Sequence[date], sessions: int) -> str:
    """Which sessions of the period have no execution of the provider: the first and last of each gap."""
    if not missing:
        return f"Executions of the provider were measured on each of the {sessions} sessions of the period."
    gaps: list[list[date]] = []
    for day in missing:
        if gaps and (day - gaps[-1][-1]).days <= LONGEST_WEEKEND_DAYS:
            gaps[-1].append(day)
        else:
            gaps.append([day])
    said = [f"{gap[0]} to {gap[-1]} ({len(gap)})" if len(gap) > 1 else str(gap[0]) for gap in gaps]
    more = f" and {len(said) - SHOWN_GAPS} more" if len(said) > SHOWN_GAPS else ""
    return (
        f"{len(missing)} of the {sessions} sessions of the period have no execution of the provider: "
        f"{', '.join(said[:SHOWN_GAPS])}{more}."
    )


def quality_section(inputs: PackInputs) -> Section:
    """Completeness first, then links, quotes and days."""
    if inputs.quality is None:
        return empty_section(inputs, "quality", TITLE)
    said = sessions_said(inputs.quality.missing, inputs.quality.sessions)
    blocks: list[Block] = [balance_table(inputs.quality), Paragraph(text=said)]
    if not inputs.links.is_empty():
        title = "Link coverage by method, of all providers"
        blocks.append(table_of("links", inputs.links, LINK_FIELDS, title, compact=True))
    if not inputs.quote_health.is_empty():
        blocks.append(table_of("quote-health", inputs.quote_health, HEALTH_FIELDS, "Quotes by security", compact=True))
    if not inputs.quality_days.is_empty():
        note = "Every day and source is in the spreadsheet and the JSON."
        bad = _worst_days(inputs.quality_days)
        title = "Days and sources with the most rejects"
        if bad.is_empty():
            blocks.append(Paragraph(text=f"No input row of the period was rejected. {note}"))
        else:
            blocks.append(table_of("quality-worst-days", bad, DAY_FIELDS, title, note, compact=True))
        every = inputs.quality_days.sort("day", "source")
        blocks.append(table_of("quality-days", every, DAY_FIELDS, "Every day and source", data_only=True))
    return Section(id="quality", title=TITLE, blocks=tuple(blocks), page_break=True)


def _worst_days(days: pl.DataFrame, shown: int = 12) -> pl.DataFrame:
    some = days.filter(pl.col("rejected") > 0)
    return some.sort("rejected", "day", "source", descending=[True, False, False]).head(shown)


def clock_table(frame: pl.DataFrame) -> Table:
    """Each metric as measured and with the firm's clock moved either way, one column per shift."""
    shifts = sorted(set(frame["shift_ms"].to_list()), key=lambda shift: (shift != 0, shift))
    by_place = {(row["metric"], row["shift_ms"]): row for row in frame.iter_rows(named=True)}
    columns = [Column(id="metric", title="Metric", weight=2.2)]
    for shift in shifts:
        title = f"Clock {shift:+g} ms".replace("-", MINUS) if shift else "As measured"
        columns.append(Column(id=f"shift{shift:+g}", title=title, align="right", weight=1.4))
    rows = [
        Row(id=metric, cells=(words(metric), *(_clocked(by_place.get((metric, shift))) for shift in shifts)))
        for metric in dict.fromkeys(frame["metric"].to_list())
    ]
    return Table(
        id="clock",
        columns=tuple(columns),
        rows=tuple(rows),
        caption="What the figures would be if the firm's clock had run early or late",
        note="Market and marketable-or-better limit orders; brackets hold 95% intervals.",
        compact=True,
        together=True,
    )


def _clocked(row: dict[str, Any] | None) -> Cell:
    """Five decimals: what a moved clock changes is often smaller than a hundredth of a cent."""
    if row is None or row["value"] is None:
        return missing("not measured")
    low, high = row.get("lower"), row.get("upper")
    between = "" if low is None or high is None else f"[{fine(low)},\N{NO-BREAK SPACE}{fine(high)}]"
    return Cell(value=row["value"], text=fine(row["value"]), lower=low, upper=high, note=between)


def clock_section(inputs: PackInputs) -> Section:
    """How far the figures depend on the clocks, and which verdicts flip."""
    title = "Clock sensitivity"
    if inputs.clock_shifts.is_empty():
        return empty_section(inputs, "clock", title)
    blocks: list[Block] = [clock_table(inputs.clock_shifts)]
    if inputs.clock_flips:
        text = "Within the declared clock uncertainty these verdicts change: " + "; ".join(inputs.clock_flips) + "."
        blocks.insert(0, Callout(tone="warning", title="Clock-sensitive verdicts", text=text))
    else:
        blocks.insert(0, Paragraph(text="No verdict changes within the shifts shown.", style="lead"))
    return Section(id="clock", title=title, blocks=tuple(blocks))
