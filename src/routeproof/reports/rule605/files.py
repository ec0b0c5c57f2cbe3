"""The detailed and the summary file: canonical order of rows, CRLF, header row; the same sums give the same bytes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.metrics.rule605 import detailed, summary
from routeproof.metrics.rule605.additive import KEYS
from routeproof.metrics.rule605.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from routeproof.metrics.metric import Metric
    from routeproof.policy.report605 import Reporting605

LINE_END = "\r\n"
Sums = dict[str, int]
Key = tuple[str, str, int, str, str]
"""Symbol, lot flag, order size, order type, immediate."""


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
    header: Header605, sums: Mapping[Key, Sums], metrics: Mapping[str, Metric], reporting: Reporting605
) -> File605:
    """The report under 605(a)(1): one row per symbol, lot flag, order size and order type, in that order."""
    grouped: dict[tuple[str, str, int, str], Sums] = defaultdict(dict)
    for (symbol, lot, size, code, _), row in sums.items():
        _add(grouped[symbol, lot, size, code], row)
    fields = detailed.applicable(reporting)
    order = {reporting.order_type(name): place for place, name in enumerate(reporting.value("order_types"))}
    start = [header.participant, header.reporter, header.month]
    rows = [
        [*start, symbol, lot, str(size), code, *detailed.detailed_cells(Figures(row, metrics), code, fields)]
        for (symbol, lot, size, code), row in sorted(
            grouped.items(), key=lambda item: (*item[0][:3], order[item[0][3]])
        )
    ]
    name = reporting.value("file_names")["detailed"].format(reporter=header.reporter, month=header.month)
    return File605(name, rows, _bytes(detailed.HEADER, rows, "|"))


def summary_file(
    header: Header605,
    sums: Mapping[Key, Sums],
    metrics: Mapping[str, Metric],
    reporting: Reporting605,
    members: Mapping[str, bool],
) -> File605:
    """The report under 605(a)(2): one row per index membership, order size and order type, in that order.

    Args:
        header: first columns.
        sums: by `Key`.
        metrics: what the sums are of.
        reporting: readings in force.
        members: symbol -> member of the S&P 500 on the first day of the month, for every symbol of the sums.
    """
    grouped: dict[tuple[str, int, str], Sums] = defaultdict(dict)
    for (symbol, _, bucket, code, immediate), row in sums.items():
        word = summary.summary_type(reporting, code, immediate)
        for size in summary.summary_sizes(bucket) if word else ():
            _add(grouped["Y" if members[symbol] else "N", size, str(word)], row)
    start = [header.participant, header.reporter, header.month]
    rows = [
        [*start, member, str(size), word, *summary.summary_cells(Figures(row, metrics))]
        for (member, size, word), row in sorted(grouped.items())
    ]
    name = reporting.value("file_names")["summary"].format(reporter=header.reporter, month=header.month)
    return File605(name, rows, _bytes(summary.HEADER, rows, ","))


def keyed(rows: Iterable[dict[str, object]]) -> dict[Key, Sums]:
    """Rows of sums by their key; what is null was not added."""
    found: dict[Key, Sums] = {}
    for row in rows:
        key: Key = tuple(row[name] for name in KEYS)  # type: ignore[assignment] # the frame's types
        found[key] = {name: int(str(value)) for name, value in row.items() if name not in KEYS and value is not None}
    return found


def _add(total: Sums, row: Mapping[str, int]) -> None:
    for name, value in row.items():
        total[name] = total.get(name, 0) + value


def _bytes(header: Sequence[str], rows: Iterable[Sequence[str]], separator: str) -> bytes:
    lines = [separator.join(header), *(separator.join(row) for row in rows)]
    return "".join(line + LINE_END for line in lines).encode("ascii", "replace")
