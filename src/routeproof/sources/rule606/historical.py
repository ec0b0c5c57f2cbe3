"""Quarterly reports before 2020, which had no schema: a delimited file and a TOML map of its columns.

The map:

    [columns]                 # canonical = column of the file; `payment` may be left out
    reporter = "Broker"
    month = "Date"            # YYYYMM, any month of the quarter
    section = "Exchange"      # listing market
    order_type = "OrderType"
    venue = "RoutingVenue"
    orders_share = "Pct"
    payment = "Rebate"        # kept as filed; its unit is not known
    [units]
    orders_share = "fraction" # or "percent"
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from routeproof.sources.streams import BROKEN, open_stream
from routeproof.vocab.errors import DataRejectedError, MapError
from routeproof.vocab.fixed import SCALE_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORMAT = "606-historical"
REQUIRED = ("reporter", "month", "section", "order_type", "venue", "orders_share")
OPTIONAL = ("payment",)
UNITS = {"fraction": 2, "percent": 0}
"""Power of ten by which a number of the file is multiplied to be percent."""
MOST_PERCENT = 100
MOST_CHARACTERS = 200
MOST_BYTES = 128 << 20
_MONTH = re.compile(r"(19|20)([0-9]{2})-?(0[1-9]|1[0-2])")
_STEP = Decimal(1).scaleb(-SCALE_DIGITS)


@dataclass(frozen=True, slots=True)
class HistoricalMap:
    """Column of the file by canonical name, and the power of ten that makes its shares percent."""

    columns: Mapping[str, str]
    power: int


@dataclass(slots=True)
class HistoricalRows:
    """What a file gave.

    Attributes:
        rows: data records, whatever became of them.
        taken: reporter, quarter, section, order type, venue, percent of orders at 1e-9, payment as filed, record.
        rejected: record and code.
        corrections: record, column, code, text in the file, text that counts.
    """

    rows: int = 0
    taken: list[tuple[str, str, str, str, str, int, str, int]] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    corrections: list[tuple[int, str, str, str, str]] = field(default_factory=list)


def load_historical_map(path: Path) -> HistoricalMap:
    """The map in a TOML file.

    Raises:
        MapError: if it is none.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"expected a readable TOML map, found: {error}"
        raise MapError(message, where=str(path)) from error
    columns, units = found.get("columns", {}), found.get("units", {})
    unit = units.get("orders_share") if isinstance(units, dict) else None
    known = {*REQUIRED, *OPTIONAL}
    if not isinstance(columns, dict) or not set(REQUIRED) <= set(columns) <= known or unit not in UNITS:
        message = (
            f"expected [columns] with {', '.join(REQUIRED)} and perhaps {', '.join(OPTIONAL)}, and "
            f"[units] orders_share = {' or '.join(UNITS)}"
        )
        raise MapError(message, where=str(path))
    return HistoricalMap({name: str(column) for name, column in columns.items()}, UNITS[str(unit)])


def read_historical(path: Path, file_map: HistoricalMap) -> HistoricalRows:
    """The rows of a file, each taken or rejected with a code.

    `not_a_number`, `impossible_share` (below 0 or above 100 %), `not_a_month`, `short_row`, `duplicate_key`. A share of
    more decimals than are kept is rounded, and noted as a correction.

    Raises:
        MapError: if the file lacks a column of the map.
        DataRejectedError: if it is cut off, or no UTF-8 text.
    """
    result = HistoricalRows()
    seen: set[tuple[str, ...]] = set()
    try:
        with open_stream(path) as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            message = f"expected at most {MOST_BYTES:,} bytes, found more: split the file"
            raise DataRejectedError(message, where=path.name)
        text = content.decode("utf-8-sig")
    except (*BROKEN, UnicodeDecodeError) as error:
        message = f"expected a whole file of UTF-8 text, found: {error or type(error).__name__}"
        raise DataRejectedError(message, where=path.name) from error
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        places = _places(next(reader, []), file_map)
        for number, fields in enumerate(_filled(reader), start=1):
            result.rows += 1
            code = _take(result, number, fields, places, file_map, seen)
            if code:
                result.rejected.append((number, code))
    except csv.Error as error:
        message = f"expected delimited text, found: {error}"
        raise DataRejectedError(message, where=path.name) from error
    return result


def _filled(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    return (fields for fields in reader if fields)


def _places(head: list[str], file_map: HistoricalMap) -> dict[str, int]:
    names = [name.strip() for name in head]
    lacking = [column for column in file_map.columns.values() if column not in names]
    if lacking:
        message = f"expected the columns {', '.join(file_map.columns.values())}, found none named {', '.join(lacking)}"
        raise MapError(message, where="--map")
    return {name: names.index(column) for name, column in file_map.columns.items()}


def _take(
    result: HistoricalRows,
    number: int,
    fields: list[str],
    places: Mapping[str, int],
    file_map: HistoricalMap,
    seen: set[tuple[str, ...]],
) -> str:
    """Take a record, or say by which code it is rejected."""
    if len(fields) <= max(places.values()):
        return "short_row"
    told = {name: fields[place].strip() for name, place in places.items()}
    month = _MONTH.fullmatch(told["month"])
    if month is None:
        return "not_a_month"
    percent = _percent(told["orders_share"], file_map.power)
    if percent is None:
        return "not_a_number"
    kept = percent.quantize(_STEP, rounding=ROUND_HALF_EVEN)
    if not 0 <= kept <= MOST_PERCENT:
        return "impossible_share"
    quarter = f"{month[1]}{month[2]}Q{(int(month[3]) + 2) // 3}"
    key = (told["reporter"], quarter, told["section"], told["order_type"], told["venue"])
    if key in seen:
        return "duplicate_key"
    seen.add(key)
    if kept != percent:
        change = (told["orders_share"], f"{kept.normalize():f}")
        result.corrections.append((number, file_map.columns["orders_share"], "rounded", *change))
    result.taken.append((*key, int(kept.scaleb(SCALE_DIGITS)), told.get("payment", ""), number))
    return ""


def _percent(text: str, power: int) -> Decimal | None:
    try:
        found = Decimal(text) if len(text) <= MOST_CHARACTERS else None
    except InvalidOperation:
        return None
    if found is None or not found.is_finite() or found.adjusted() > SCALE_DIGITS:
        return None
    return found.scaleb(power)
