"""Place what others publish under Rule 605 on one table, by any dimension; the firm's own flow may stand beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.disclosure.public_605 import parts_of
from routeproof.metrics.rule605.peer_filed import filed_rows
from routeproof.metrics.rule605.peer_sums import DIMENSIONS, added_up, contradicts, figures
from routeproof.tables.rule605.summary import SUMMARY
from routeproof.tables.rule605.sums import KEYS, LAYOUTS, SUMMARY_HAS_NO_WEIGHTS, additive
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition

_MONTH = re.compile(r"^(\d{4})-?(0[1-9]|1[0-2])$")
_WHERE = re.compile(r"^([a-z0-9_]+)=(.*)$", re.DOTALL)
NOT_IN = {
    "legacy": ("lot_size",),
    "detailed": (),
    "summary": ("symbol", "lot_size"),
}
"""Dimensions that a layout does not have: null in every row."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of public rows.

    Attributes:
        by: dimensions of the table.
        first: first month, YYYYMM; empty = any.
        last: last month, YYYYMM; empty = any.
        layout: `legacy`, `detailed` or `summary`; empty = the only one that is there.
        where: dimension -> allowed values, as files write them.
        manifest: of own flow; the newest if none. Public rows are always the newest, as they do not change a manifest.
    """

    by: tuple[str, ...]
    first: str = ""
    last: str = ""
    layout: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    manifest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark605:
    """The table.

    Attributes:
        layout: of its rows; empty where nothing is there.
        by: dimensions.
        rows: dimensions and figures, by name; null where no row states it.
        notes: what a reader must know, in sentences.
        parts: reporter and month -> content of the public rows that were read.
    """

    layout: str
    by: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    parts: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> Row:
        """`{"rows", "notes"}`."""
        return {"rows": list(self.rows), "notes": list(self.notes)}


def asked(
    by: str,
    *,
    first: str | None = None,
    last: str | None = None,
    layout: str | None = None,
    where: Sequence[str] = (),
) -> Asked:
    """What is asked, checked.

    Args:
        by: dimensions, comma separated.
        first: YYYY-MM.
        last: YYYY-MM.
        layout: one of the three, or none.
        where: `DIM=VALUE[,VALUE]`, all of which must hold.

    Raises:
        UsageError: an unknown dimension or layout, a month that is none, a range that ends before it begins.
    """
    names = tuple(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    for name in names:
        _known(name, "--by")
    begin, end = month_code(first, "--from"), month_code(last, "--to")
    if begin and end and begin > end:
        message = f"expected a first month that is not after the last, found {first} and {last}"
        raise UsageError(message, where="--from")
    if layout and layout not in LAYOUTS:
        message = f"expected one of {', '.join(LAYOUTS)}, found {layout!r}"
        raise UsageError(message, where="--layout")
    chosen: dict[str, tuple[str, ...]] = {}
    for text in where:
        name, values = _condition(text)
        chosen[name] = tuple(item for item in chosen[name] if item in values) if name in chosen else values
    return Asked(by=names, first=begin, last=end, layout=layout or "", where=chosen)


def _known(name: str, option: str) -> None:
    if name not in DIMENSIONS:
        message = f"expected dimensions out of {', '.join(DIMENSIONS)}, found {name!r}"
        raise UsageError(message, where=option)


def _condition(text: str) -> tuple[str, tuple[str, ...]]:
    found = _WHERE.match(text)
    if found is None:
        message = f"expected DIM=VALUE such as order_type=MXXNN, found {text!r}"
        raise UsageError(message, where="--where")
    name, values = found[1], tuple(item.strip() for item in found[2].split(","))
    _known(name, "--where")
    return name, tuple(month_code(item, "--where") for item in values) if name == "month" else values


def month_code(text: str | None, option: str) -> str:
    """A month as files write it, YYYYMM; empty without one.

    Raises:
        UsageError: it is no month.
    """
    if not text:
        return ""
    found = _MONTH.match(text)
    if found is None:
        message = f"expected a month such as 2026-08, found {text!r}"
        raise UsageError(message, where=option)
    return found[1] + found[2]


def months_of(period: str | None, first: str | None, last: str | None) -> tuple[str | None, str | None]:
    """First and last month, YYYY-MM, of a quarter, or as they are given.

    Raises:
        UsageError: the period is no quarter, or months are given beside it.
    """
    if period is None:
        return first, last
    if first or last:
        message = "expected --period, or --from and --to, found both"
        raise UsageError(message, where="--period")
    begin, end = quarter_days(period.upper())
    return f"{begin:%Y-%m}", f"{end:%Y-%m}"


def said_month(code: str) -> str:
    """A month for people: YYYY-MM."""
    return f"{code[:4]}-{code[4:]}"


def benchmark_605(lake: Lake, question: Asked) -> Benchmark605:
    """Public rows added up.

    Raises:
        UsageError: rows of several layouts are there and none is named.
    """
    held = parts_by_layout(lake, question)
    layout = question.layout or only_layout(held)
    parts = held.get(layout, [])
    rows = table_of(lake, layout, parts, question) if parts else []
    notes = notes_of(layout, question, rows) if rows else [nothing_there(lake, question)]
    contents = {item.part: item.content for item in parts}
    return Benchmark605(layout=layout, by=question.by, rows=tuple(rows), notes=tuple(notes), parts=contents)


def table_of(lake: Lake, layout: str, parts: Sequence[Partition], question: Asked) -> list[Row]:
    """Rows of the table, in order of their dimensions."""
    if layout == "summary":
        found = filed_rows(_chosen(_scanned(lake, parts), question.where, SUMMARY.columns()), question.by)
    else:
        sums = added_up(terms_of(lake, layout, parts, question.where), question.by)
        found = [row_of(item, question.by, layout) for item in sums.iter_rows(named=True)]
    return [with_month(row) for row in found]


def row_of(sums: Row, by: Sequence[str], layout: str) -> Row:
    """Dimensions and figures of a row of sums."""
    return {name: sums[name] for name in by} | figures(sums, layout)


def with_month(row: Row) -> Row:
    """The row with its month as people write it."""
    return row | {"month": said_month(row["month"])} if row.get("month") else row


def parts_by_layout(lake: Lake, question: Asked) -> dict[str, list[Partition]]:
    """Layout -> parts of the asked months and reporters; layouts of which there are none are left out."""
    found = {}
    for layout in LAYOUTS:
        parts = [item for item in parts_of(lake, layout) if _is_asked(item, question)]
        if parts:
            found[layout] = parts
    return found


def _is_asked(part: Partition, question: Asked) -> bool:
    reporter, _, month = part.part.rpartition("-")
    where = question.where
    return (
        (not question.first or month >= question.first)
        and (not question.last or month <= question.last)
        and ("month" not in where or month in where["month"])
        and ("reporter" not in where or reporter in where["reporter"])
    )


def only_layout(held: Mapping[str, Sequence[Partition]]) -> str:
    """The one layout that is there; empty if none is.

    Raises:
        UsageError: there are several, which have other clocks, classes and sizes.
    """
    if len(held) > 1:
        said = "; ".join(
            f"{layout} ({_span([item.part.rpartition('-')[2] for item in parts])}, {len(parts)} reports)"
            for layout, parts in held.items()
        )
        message = (
            f"expected --layout, since rows of {len(held)} layouts are there and their clocks, classes and sizes "
            f"differ: {said}; name one, or narrow --from and --to"
        )
        raise UsageError(message, where="--layout")
    return next(iter(held), "")


def _span(months: Sequence[str]) -> str:
    first, last = said_month(min(months)), said_month(max(months))
    return first if first == last else f"{first} to {last}"


def terms_of(lake: Lake, layout: str, parts: Sequence[Partition], where: Mapping[str, tuple[str, ...]]) -> pl.LazyFrame:
    """Additive rows of some parts that meet all conditions."""
    terms = with_membership(lake, additive(LAYOUTS[layout], _scanned(lake, parts)))
    return _chosen(terms, where, KEYS)


def with_membership(lake: Lake, terms: pl.LazyFrame) -> pl.LazyFrame:
    """Additive rows with `sp500`, Y or N, as the lake's instruments last say of their symbol; null where none does."""
    said = lake.read("instruments").filter(pl.col("sp500").is_not_null()).sort("symbol", "valid_from")
    last = said.unique("symbol", keep="last", maintain_order=True).select("symbol", "sp500").rows()
    members = {symbol: "Y" if flag else "N" for symbol, flag in last}
    found = pl.col("symbol").replace_strict(members, default=None, return_dtype=pl.String()) if members else None
    return terms if found is None else terms.with_columns(found.alias("sp500"))


def _scanned(lake: Lake, parts: Sequence[Partition]) -> pl.LazyFrame:
    return pl.concat([lake.scan_partition(item) for item in parts])


def _chosen(rows: pl.LazyFrame, where: Mapping[str, tuple[str, ...]], has: Collection[str]) -> pl.LazyFrame:
    """Rows that meet all conditions; none meets one about a dimension that the layout does not have."""
    for name, values in where.items():
        rows = rows.filter(pl.col(name).is_in(values) if name in has else pl.lit(value=False))
    return rows


def notes_of(layout: str, question: Asked, rows: Sequence[Row]) -> list[str]:
    """What a reader must know of a table of public rows."""
    notes = []
    absent = [name for name in (*question.by, *question.where) if name in NOT_IN[layout]]
    if absent:
        notes.append(f"{layout.capitalize()} reports do not state {', '.join(dict.fromkeys(absent))}.")
    if layout != "summary" and "sp500" in (*question.by, *question.where):
        notes.append("Membership of the S&P 500 is what this workspace's instruments last say; null where they do not.")
    if layout == "legacy":
        notes.append(
            "Legacy reports state no quoted spread: E/Q is null. They leave out orders of fewer than 100 and of 10,000 "
            "shares and more, and state times in tenths of seconds: they are not comparable with amended reports."
        )
    doubted = sum(1 for row in rows if contradicts(row))
    if doubted:
        notes.append(
            f"{doubted} of {len(rows)} rows: amounts outside the quote contradict the effective spread (the quoted "
            "spread would be negative), so that they are no averages a share: do not use their net improvement."
        )
    if layout == "summary":
        several = sum(1 for row in rows if row["rows"] > 1)
        notes.append(f"{SUMMARY_HAS_NO_WEIGHTS[0].upper()}{SUMMARY_HAS_NO_WEIGHTS[1:]}.")
        if several:
            notes.append(f"{several} of {len(rows)} rows stand for several filed rows: name more dimensions.")
    return notes


def nothing_there(lake: Lake, question: Asked) -> str:
    """Why a table is empty."""
    wide = Asked(by=question.by)
    held = parts_by_layout(lake, wide)
    if not held:
        return "There are no public Rule 605 rows: take files in with `routeproof ingest rule605`."
    said = "; ".join(
        f"{layout} {_span([item.part.rpartition('-')[2] for item in parts])}" for layout, parts in held.items()
    )
    return f"No public rows meet the question; there are: {said}."
