"""A legacy or detailed report against its layout: header, codes, numbers, sums, key, what may stand in which row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rule605.blocks import record_blocks
from routeproof.sources.rule605.check import Check, all_remarks, number, run_checks
from routeproof.sources.rule605.contradictions import above, contradiction_checks, says_part
from routeproof.sources.rule605.header import header_problems
from routeproof.sources.rule605.keys import MONTH, key_checks
from routeproof.sources.rule605.problems import (
    COMPONENT_SUM,
    DUPLICATE_KEY,
    FIELDS,
    MIXED_FILE,
    NOT_EMPTY,
    NOTE,
    PROBLEM,
    ROW,
    SHORT_ROW,
    Remark,
    remark,
)
from routeproof.sources.rule605.records import records_of
from routeproof.sources.rule605.summary_schema import LEAST, REQUIRED
from routeproof.sources.rule605.sums import sum_checks
from routeproof.sources.side_by_side import side_by_side
from routeproof.tables.rule605.layout import TOTAL_DIGITS
from routeproof.tables.rule605.legacy import OF_TRADED_AT_ONCE, RESTING_TYPES
from routeproof.tables.rule605.remarks import REJECTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from routeproof.policy.disclosure605 import Disclosure605
    from routeproof.sources.rule605.blocks import Block
    from routeproof.sources.rule605.check import Row
    from routeproof.sources.rule605.records import Records
    from routeproof.sources.rule605.sniff import Sniffed
    from routeproof.tables.rule605.layout import Layout

UNCONFIRMED = "unconfirmed"
THOUSANDTH = 1_000
"""Stored averages have nine decimals, filed ones six."""
ALWAYS = ("covered_orders", "covered_shares")
NEVER_NEGATIVE = (
    *("improved_usd_per_share", "outside_usd_per_share", "best_improved_usd_per_share", "best_outside_usd_per_share"),
    *("improved_s", "at_quote_s", "outside_s", "improved_ms", "at_quote_ms", "outside_ms", "filled_ms"),
    "midpoint_usd_per_share",
)


def validate_rows(path: Path, sniffed: Sniffed, policy: Disclosure605) -> tuple[int, list[Remark]]:
    """Data records, and everything in which the file breaks its layout, in file order.

    Raises:
        DamagedFileError: where a packed file breaks off.
    """

    def judged(block: Block) -> _Judged:
        records = records_of(block, sniffed)
        keys = records.rows.select(ROW, pl.struct(sniffed.layout.key).hash().alias("key"))
        whose = records.rows.group_by("reporter", "month").agg(pl.col(ROW).min(), pl.len().alias("rows"))
        return _Judged(records.count, _problems(records, sniffed, policy), keys, whose)

    parts = list(side_by_side(judged, record_blocks(path, sniffed)))
    found = [*header_problems(sniffed), *(item for part in parts for item in part.found)]
    found += _doubled([part.keys for part in parts])
    found += _mixed([part.whose for part in parts])
    return sum(part.count for part in parts), sorted(found, key=lambda item: int(str(item[ROW])))


@dataclass(frozen=True, slots=True)
class _Judged:
    """A block: records, what is wrong, `ROW, key`, and `reporter, month` with their first `ROW` and `rows`."""

    count: int
    found: list[Remark]
    keys: pl.DataFrame
    whose: pl.DataFrame


def _problems(records: Records, sniffed: Sniffed, policy: Disclosure605) -> list[Remark]:
    layout = sniffed.layout
    unread = {item[ROW] for item in records.remarks if item["kind"] == REJECTED}
    keyed = run_checks(records.rows, key_checks(sniffed, records.rows, policy), layout)
    rows = keyed.rows.filter(~pl.col(ROW).is_in(list(unread))) if unread else keyed.rows
    types = policy.order_types[layout.name].values[-1].value
    sums = sum_checks(sniffed, rows, types)
    noted = [check for check in sums if _is_note(check, layout)]
    checks = [check for check in sums if not _is_note(check, layout)]
    checks += [*contradiction_checks(sniffed), *_statement_checks(sniffed, policy)]
    unreadable = {(item[ROW], item["field"]) for item in records.remarks}
    stated = [item for item in all_remarks(rows, checks, layout) if (item[ROW], item["field"]) not in unreadable]
    found = [*records.remarks, *keyed.remarks, *stated]
    notes = all_remarks(rows, [*noted, *_note_checks(layout, policy)], layout)
    return [*({**item, "kind": PROBLEM} for item in found), *({**item, "kind": NOTE} for item in notes)]


def _is_note(check: Check, layout: Layout) -> bool:
    return layout.name == "detailed" and check.outcome == "mark"


def _statement_checks(sniffed: Sniffed, policy: Disclosure605) -> list[Check]:
    """What must be stated, what must not, what cannot be negative; a whole record, though an intake takes less."""
    layout = sniffed.layout
    found = [_missing(layout, name, pl.lit(value=True)) for name in ALWAYS]
    found += [
        Check(LEAST, name, "mark", pl.col(name) < 0, _says(layout, name, "0 or more"))
        for name in NEVER_NEGATIVE
        if name in layout.columns()
    ]
    if layout.name == "legacy":
        names = layout.columns()
        rests = pl.col("order_type").is_in(RESTING_TYPES)
        is_executed = (pl.col("executed_shares").fill_null(0) + pl.col("executed_away_shares").fill_null(0)) > 0
        found += [_missing(layout, name, pl.lit(value=True)) for name in names[8:16]]
        found += [_missing(layout, "realized_spread_usd_per_share_300s", is_executed), _of_size(layout, policy)]
        found += [_missing(layout, name, ~rests & is_executed) for name in OF_TRADED_AT_ONCE]
        found += [
            Check(NOT_EMPTY, name, "mark", rests & pl.col(name).is_not_null(), _says(layout, name, "nothing"))
            for name in OF_TRADED_AT_ONCE
        ]
    else:
        width = len(sniffed.columns)
        says = lambda row: f"expected {width} fields, found {row[FIELDS]}"  # noqa: E731
        found += [
            _missing(layout, "lot_size", pl.lit(value=True)),
            Check(SHORT_ROW, "", "mark", pl.col(FIELDS) < width, says),
        ]
    return found


def _of_size(layout: Layout, policy: Disclosure605) -> Check:
    """Whether so many orders of a size code can have so many shares."""
    bounds = policy.legacy_order_shares.values[-1].value
    each = [{code: pair[end] for code, pair in bounds.items()} for end in (0, 1)]
    orders = pl.col("covered_orders").cast(pl.Int128) * 10**TOTAL_DIGITS
    least, most = (
        pl.col("order_size").replace_strict(table, default=None, return_dtype=pl.Int64) * orders for table in each
    )
    fires = (pl.col("covered_orders") > 0) & ~pl.col("covered_shares").is_between(least, most)
    return Check(COMPONENT_SUM, "covered_shares", "mark", fires, partial(_says_size, layout=layout, bounds=bounds))


def _says_size(row: Row, *, layout: Layout, bounds: Mapping[str, tuple[int, int]]) -> str:
    least, most = (row["covered_orders"] * shares for shares in bounds[row["order_size"]])
    return (
        f"expected {least} to {most} shares of {row['covered_orders']} orders of size {row['order_size']} in "
        f"{layout.named('covered_shares')}, found {number(row, 'covered_shares', layout)}"
    )


def _note_checks(layout: Layout, policy: Disclosure605) -> list[Check]:
    """What rests on readings that are not confirmed: fields of orders that rested, words of lot sizes.

    Shares that fall short of their whole are noted beside them: no field of the amended report says what became of an
    order that was neither cancelled nor executed.
    """
    if layout.name != "detailed":
        return []
    resting = policy.resting_fields.values[-1].value
    states = pl.col("order_type").is_in(resting.order_types)
    columns = {item.official: item.column for item in layout.fields}
    found = [
        Check(
            UNCONFIRMED,
            columns[name],
            "mark",
            ~states & pl.col(columns[name]).is_not_null(),
            _says(layout, columns[name], "nothing for this order type (a reading that is not confirmed)"),
        )
        for name in resting.fields
    ]
    known = policy.lot_sizes.values[-1].value
    words = f"{', '.join(known)}, the only words that were seen in filings"
    fires = ~pl.col("lot_size").is_in(known)
    return [
        *found,
        Check(UNCONFIRMED, "lot_size", "mark", fires, _says(layout, "lot_size", words)),
        *_likely(layout, policy),
    ]


def _likely(layout: Layout, policy: Disclosure605) -> list[Check]:
    """What is right by readings that are not confirmed: the price basis of a notional, the size benchmark, decimals."""
    benchmark, covered = "size_benchmark_shares", ("covered_shares",)
    says = partial(says_part, layout=layout, part=benchmark, whole=covered)
    bounds = sorted(int(code) for code in policy.order_sizes["detailed"].values[-1].value)
    size = pl.col("order_size").cast(pl.Int64, strict=False)
    each = pl.col("covered_usd").cast(pl.Float64) / pl.col("covered_orders") / 10**TOTAL_DIGITS
    above_it = size.replace_strict(dict(pairwise(bounds)), default=None, return_dtype=pl.Int64)
    outside = (pl.col("covered_orders") > 0) & ((each < size) | (each >= above_it))
    words = "dollars that orders of its size code make up"
    return [
        Check(UNCONFIRMED, benchmark, "mark", above(benchmark, covered), says),
        Check(UNCONFIRMED, "covered_usd", "mark", outside, _says(layout, "covered_usd", words)),
        *(
            Check(
                UNCONFIRMED, name, "mark", pl.col(name) % THOUSANDTH != 0, _says(layout, name, "six decimals at most")
            )
            for name in layout.columns("average")
        ),
    ]


def _missing(layout: Layout, name: str, where: pl.Expr) -> Check:
    return Check(REQUIRED, name, "mark", where & pl.col(name).is_null(), _says(layout, name, "a value"))


def _says(layout: Layout, name: str, words: str) -> Callable[[Row], str]:
    return lambda row: f"expected {words} in {layout.named(name)}, found {number(row, name, layout)}"


def _mixed(parts: list[pl.DataFrame]) -> list[Remark]:
    """A file is one reporter's of one month: whichever most rows are of, the others are told once each."""
    if not parts:
        return []
    named = pl.concat(parts).drop_nulls().filter(pl.col("month").str.contains(MONTH))
    every = named.group_by("reporter", "month").agg(pl.col(ROW).min(), pl.col("rows").sum())
    every = every.sort("rows", ROW, descending=[True, False])
    whose = " in ".join(every.select("reporter", "month").row(0)) if every.height else ""
    return [
        remark(
            row,
            PROBLEM,
            MIXED_FILE,
            "",
            f"expected rows of {whose} alone, found {count} of {reporter} in {month}, the first of them here",
        )
        for reporter, month, row, count in every[1:].iter_rows()
    ]


def _doubled(keys: list[pl.DataFrame]) -> list[Remark]:
    if not keys:
        return []
    every = pl.concat(keys)
    first = pl.col(ROW).min().over("key").alias("first")
    again = every.filter(pl.col("key").is_duplicated()).with_columns(first).filter(pl.col(ROW) > pl.col("first"))
    return [
        remark(row, PROBLEM, DUPLICATE_KEY, "", f"expected one row for each key, found the key of row {earlier} again")
        for row, earlier in again.select(ROW, "first").iter_rows()
    ]
