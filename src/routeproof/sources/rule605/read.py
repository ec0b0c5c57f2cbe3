"""A file of a Rule 605 report as rows that may be believed, and what was found on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rule605.blocks import record_blocks
from routeproof.sources.rule605.check import Checked, run_checks
from routeproof.sources.rule605.contradictions import contradiction_checks
from routeproof.sources.rule605.keys import key_checks
from routeproof.sources.rule605.plausible import plausibility_checks, without_percent_points
from routeproof.sources.rule605.problems import FIELDS, ROW, SHORT_ROW, Remark, remark
from routeproof.sources.rule605.records import records_of
from routeproof.sources.rule605.resting import without_resting_statistics
from routeproof.sources.rule605.sums import sum_checks
from routeproof.sources.side_by_side import side_by_side
from routeproof.tables.rule605.remarks import CORRECTED, REJECTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.policy.disclosure605 import Disclosure605
    from routeproof.sources.rule605.blocks import Block
    from routeproof.sources.rule605.sniff import Sniffed


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of a file.

    Attributes:
        rows: accepted rows: `source_row` and the layout's columns; values set aside are null.
        remarks: rows rejected, values corrected or set aside.
        received: data records, rejected ones included.
    """

    rows: pl.DataFrame
    remarks: list[Remark]
    received: int


def read_file(path: Path, sniffed: Sniffed, policy: Disclosure605) -> Iterator[Batch]:
    """Batches of a file in order, judged by the policy given; memory stays within a batch for each core.

    Whether a key occurs twice is not told here: that takes all rows.

    Raises:
        DamagedFileError: where a packed file breaks off.
    """
    return side_by_side(lambda block: judged(block, sniffed, policy), record_blocks(path, sniffed))


def judged(block: Block, sniffed: Sniffed, policy: Disclosure605) -> Batch:
    """One block read and checked."""
    records = records_of(block, sniffed)
    layout = sniffed.layout
    lost = [int(str(item[ROW])) for item in records.remarks if item["kind"] == REJECTED]
    first_reasons = list({item[ROW]: item for item in reversed(records.remarks) if item["kind"] == REJECTED}.values())
    keyed = run_checks(records.rows, key_checks(sniffed, records.rows, policy), layout)
    unkeyed = {item[ROW] for item in keyed.remarks if item["kind"] == REJECTED}
    rows = keyed.rows.filter(~pl.col(ROW).is_in(lost)) if lost else keyed.rows
    remarks = keyed.remarks + [item for item in first_reasons if item[ROW] not in unkeyed]
    remarks += [item for item in records.remarks if item["kind"] != REJECTED]
    if sniffed.is_rolled_up:
        rows = rows.with_columns(pl.format("{}-listed", "symbol").alias("symbol"))
    resting = without_resting_statistics(rows) if layout.name == "legacy" else Checked(rows, [])
    rows, found = without_percent_points(resting.rows, layout, policy.plausibility.values[-1].value)
    types = policy.order_types[layout.name].values[-1].value
    checks = [
        *sum_checks(sniffed, rows, types),
        *contradiction_checks(sniffed),
        *plausibility_checks(layout, policy.plausibility.values[-1].value),
    ]
    checked = run_checks(rows, checks, layout)
    remarks += resting.remarks + found + checked.remarks + _short(checked.rows, sniffed)
    gone = {item[ROW] for item in remarks if item["kind"] == REJECTED}
    kept = [item for item in remarks if item["kind"] == REJECTED or item[ROW] not in gone]
    return Batch(checked.rows.drop(FIELDS), sorted(kept, key=lambda item: int(str(item[ROW]))), records.count)


def _short(rows: pl.DataFrame, sniffed: Sniffed) -> list[Remark]:
    """Records that end early and lack nothing that they must have: what is absent is no data."""
    width = len(sniffed.columns)
    return [
        remark(
            row,
            CORRECTED,
            SHORT_ROW,
            sniffed.columns[fields] or "",
            f"expected {width} fields, found {fields}: what is absent is taken as no data",
            stated=str(fields),
            became=str(width),
        )
        for row, fields in rows.filter(pl.col(FIELDS) < width).select(ROW, FIELDS).iter_rows()
    ]
