"""Measured executions of some symbols as coded rows, only what a question needs; what `measure_day` gives, fast.

Look-ups and their results are compiled passes (`version_kernel`, `fill_kernel`) instead of wide frames. `measure_day`
is the reference: the tests hold every column here equal to its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.measured.coded_rows import CodedRows, Int64s, Words
from routeproof.tables.measured.day_flow import FILL_NUMBERS, FILL_WORDS
from routeproof.tables.measured.fill_kernel import FIRST_HORIZON, measure_fills
from routeproof.tables.measured.fused_versions import OF_VERSION, SESSIONS, FusedVersions, session_codes, stretches_of
from routeproof.tables.measured.rows import calendar_dimensions
from routeproof.tables.measured.version_kernel import CLOCK_AT, CLOCK_START
from routeproof.vocab.absent import NULL
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.switches import Switches

REFERENCES = ("mid2", "quoted", "far_touch", "contra_size", "mid2_receipt", "mid2_execution")
"""Looked-up numbers beside the horizons, in the order of the kernel's output."""

HORIZONS = {f"mid2_{name}": distance for name, distance in HORIZONS_NS.items()}
COMPUTED = ("sign", "covered", "net_fee", "time_to_execution_ns")
CALENDAR = ("day", "month", "quarter", "time_of_day")
NUMBERS = (*FILL_NUMBERS, *REFERENCES, *HORIZONS, *COMPUTED)
WORDS = ("symbol", "side", *FILL_WORDS, *OF_VERSION, "session", *CALENDAR)
COLUMNS = frozenset((*NUMBERS, *WORDS))
"""Columns of the execution frame that are made here; a question that needs others takes `measure_day`."""

BENCHMARKS = ("receipt", "execution")
WITH_SIZES = frozenset(("contra_size", "beyond_displayed"))
"""Columns that displayed sizes are read for."""

_HALF_HOUR_NS = 30 * 60 * 10**9


def fill_columns(needed: frozenset[str]) -> frozenset[str]:
    """Columns of executions to read for a question, beside those that link them."""
    fees = {"fee", "rebate"} if "net_fee" in needed else set()
    own = {"provider_id"} if "provider" in needed else set()
    return (needed | fees | own) & {*FILL_NUMBERS, *FILL_WORDS}


def fused_executions(fills: CodedRows, versions: FusedVersions, book: QuoteBook, needed: frozenset[str]) -> CodedRows:
    """The needed columns of the measured executions, in the order of the fills.

    Args:
        fills: `DayFlow` fills of these symbols, `version_row` counted from the first of the versions.
        versions: theirs, told to the end; benchmark `receipt` or `execution`.
        book: quotes from the one in force at the first fill to the last horizon of the last.
        needed: out of `COLUMNS`.
    """
    hours, switches = versions.hours, versions.switches
    row = fills.number("version_row")
    side = _own_or(fills.words["side"], versions.terms.words["side"].gathered(row))
    sign = _signs(side)
    horizons = {name: distance for name, distance in HORIZONS.items() if name in needed}
    others = [name for name in (*FILL_NUMBERS, *COMPUTED) if name in needed]
    names = (*REFERENCES, *horizons, *others)
    numbers = np.empty((len(names), fills.height), dtype=np.int64)
    measure_fills(
        stretches_of(fills.words["symbol"], book),
        book.at, book.bid, book.ask, book.bid_size, book.ask_size,
        fills.number("executed_at"), sign, row,
        versions.facts,
        np.array(list(horizons.values()), dtype=np.int64),
        np.iinfo(np.int64).max if hours is None else hours[1],
        switches.shift_ns,
        np.array(_flags(switches), dtype=np.int64),
        numbers[: FIRST_HORIZON + len(horizons)],
    )  # fmt: skip
    for place, name in enumerate(names):
        if name in FILL_NUMBERS:
            numbers[place] = fills.number(name)
        elif name in COMPUTED:
            numbers[place] = _computed(name, fills, versions, sign, numbers[0])
    words = {name: _word(name, fills, versions) for name in WORDS[2:-4] if name in needed}
    words |= {name: item for name, item in (("symbol", fills.words["symbol"]), ("side", side)) if name in needed}
    words |= _calendar(versions.day, fills.number("executed_at"), needed)
    return CodedRows(names, numbers, words)


def _own_or(own: Words, of_order: Words) -> Words:
    """What the fill itself says, or else its order."""
    if (own.codes == own.missing).all():
        return of_order
    known = own.values.to_list()
    added = [value for value in of_order.values.to_list() if value not in known]
    values = [*known[:-1], *added, None]
    place = np.array([values.index(value) for value in of_order.values.to_list()], dtype=np.int32)
    codes = np.where(own.codes == own.missing, place[of_order.codes], own.codes)
    return Words(codes, pl.Series(values, dtype=pl.String))


def _signs(side: Words) -> Int64s:
    """(n,) +1 buy, -1 sell of any kind, 0 = unknown."""
    signs = [0 if value is None else 1 if value == "buy" else -1 for value in side.values.to_list()]
    by_fill: Int64s = np.array(signs, dtype=np.int64)[side.codes]
    return by_fill


def _word(name: str, fills: CodedRows, versions: FusedVersions) -> Words:
    if name == "session":
        codes = session_codes(fills.number("executed_at"), versions.hours).astype(np.int32)
        return Words(codes, pl.Series([*SESSIONS, None], dtype=pl.String))
    if name in FILL_WORDS:
        return fills.words[name]
    of_order = versions.words(name).gathered(fills.number("version_row"))
    return _own_or(fills.words["provider_id"], of_order) if name == "provider" else of_order


def _computed(name: str, fills: CodedRows, versions: FusedVersions, sign: Int64s, middle: Int64s) -> Int64s:
    if name == "sign":
        return np.where(sign == 0, NULL, sign)
    if name == "covered":
        covered: Int64s = (middle != NULL).astype(np.int64)
        return covered
    if name == "net_fee":
        fee, rebate = fills.number("fee"), fills.number("rebate")
        net = np.where(fee == NULL, 0, fee) - np.where(rebate == NULL, 0, rebate)
        return np.where((fee == NULL) & (rebate == NULL), NULL, net)
    row, executed = fills.number("version_row"), fills.number("executed_at")
    if not versions.terms.height:
        return np.full(row.size, NULL, dtype=np.int64)
    start, clock = versions.facts[CLOCK_START][row], versions.terms.numbers[CLOCK_AT][row]
    early = (start > clock) & (clock != NULL) & (start > executed)
    return np.where((row < 0) | (start == NULL) | early, NULL, executed - start)


def _calendar(day: date, instants: Int64s, needed: frozenset[str]) -> Mapping[str, Words]:
    """`CALENDAR` words: of the day, or of the half hours that occur; zones differ from UTC by whole half hours."""
    made: dict[str, Words] = {}
    for name in CALENDAR:
        if name not in needed:
            continue
        places = np.zeros(instants.size, dtype=np.int64)
        moments = np.zeros(1, dtype=np.int64)
        if name == "time_of_day":
            moments, places = np.unique(instants // _HALF_HOUR_NS, return_inverse=True)
        frame = pl.DataFrame({"at": moments * _HALF_HOUR_NS}).with_columns(pl.lit(day).alias("trading_day"))
        (expression,) = [item for item in calendar_dimensions("at") if item.meta.output_name() == name]
        values = frame.select(expression)[name]
        made[name] = Words(places.astype(np.int32), pl.concat([values, pl.Series([None], dtype=values.dtype)]))
    return made


def _flags(switches: Switches) -> list[bool]:
    return [
        switches.tie == "inclusive",
        switches.locked == "include",
        switches.after_close == "final_quote",
        switches.benchmark == "execution",
    ]
