"""The detailed and the summary file: canonical order of rows, CRLF, header row; the same sums give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.rule605 import detailed, summary
from routeproof.metrics.rule605.additive import KEYS
from routeproof.metrics.rule605.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from routeproof.metrics.metric import Metric
    from routeproof.policy.report605 import Reporting605

LINE_END = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header605:
    """What every row begins with.

    Attributes:
        participant: code of the designated participant.
        reporter: reporter identification code.
        month: YYYYMM.
    """

    participant: str
    reporter: str
    month: str


@dataclass(frozen=True, slots=True)
class File605:
    """A file in the making: its name, its rows without the header, its bytes."""

    name: str
    rows: list[list[str]]
    content: bytes


def detailed_file(
    header: Header605, sums: pl.DataFrame, metrics: Mapping[str, Metric], reporting: Reporting605
) -> File605:
    """The report under 605(a)(1): one row per symbol, lot flag, order size and order type, in that order.

    Args:
        header: first fields.
        sums: `KEYS` and one column per sum.
        metrics: what the sums are of.
        reporting: readings in force.
    """
    keys = ("symbol", "lot_flag", "order_size", "order_type")
    place = {code: number for number, code in enumerate(reporting.value("order_types").values())}
    in_order = pl.col("order_type").replace_strict(place, return_dtype=pl.Int64)
    rows = added_up(sums, keys).sort("symbol", "lot_flag", "order_size", in_order)
    columns = detailed.detailed_columns(Figures(rows, metrics), rows["order_type"].to_list(), reporting)
    name = reporting.value("file_names")["detailed"].format(reporter=header.reporter, month=header.month)
    return _file(name, detailed.HEADER, "|", _rows(header, rows.select(keys), columns))


def summary_file(
    header: Header605,
    sums: pl.DataFrame,
    metrics: Mapping[str, Metric],
    reporting: Reporting605,
    members: Mapping[str, bool],
) -> File605:
    """The report under 605(a)(2): one row per index membership, order size and order type, in that order.

    Args:
        header: first columns.
        sums: `KEYS` and one column per sum.
        metrics: what the sums are of.
        reporting: readings in force.
        members: symbol -> member of the S&P 500 on the first day of the month, for every symbol of the sums.
    """
    keys = ("sp500", "order_size", "summary_type")
    flags = {symbol: "Y" if is_member else "N" for symbol, is_member in members.items()}
    typed = sums.with_columns(
        summary.summary_type(reporting).alias("summary_type"),
        pl.col("symbol").replace_strict(flags, return_dtype=pl.String).alias("sp500"),
    ).filter(pl.col("summary_type").is_not_null())
    rows = added_up(summary.with_total_below(typed), keys).sort(keys)
    columns = summary.summary_columns(Figures(rows, metrics))
    name = reporting.value("file_names")["summary"].format(reporter=header.reporter, month=header.month)
    return _file(name, summary.HEADER, ",", _rows(header, rows.select(keys), columns))


def added_up(sums: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The sums by fewer keys; exact, in 128 bits."""
    others = [name for name in sums.columns if name not in {*KEYS, *keys}]
    return sums.group_by(keys).agg(pl.col(others).cast(pl.Int128).sum())


def _rows(header: Header605, keys: pl.DataFrame, columns: Sequence[Sequence[str]]) -> list[list[str]]:
    start = [header.participant, header.reporter, header.month]
    return [
        [*start, *(str(cell) for cell in key), *cells] for key, *cells in zip(keys.iter_rows(), *columns, strict=True)
    ]


def _file(name: str, header: Sequence[str], separator: str, rows: list[list[str]]) -> File605:
    lines: Iterable[str] = (separator.join(header), *(separator.join(row) for row in rows))
    return File605(name, rows, "".join(line + LINE_END for line in lines).encode("ascii", "replace"))
