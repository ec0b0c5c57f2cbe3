"""Order versions against a stretch of quotes, all of a day's or part after part; the compiled `measure_versions`.

A part holds the quotes from the one in force strictly before the earliest instant that is still open. What happens
before `upto`, the instant of its last quote, can be told from it; the rest waits for the next part, and the last part
tells everything.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.tables.kernels import inner, kernel
from routeproof.tables.lookup.asof import block_extremes, count_before, first_reaching_row
from routeproof.vocab.absent import NULL

Int64s = npt.NDArray[np.int64]
Int8s = npt.NDArray[np.int8]

CLOCK_AT, ENDS_AT, QUANTITY, LIMIT, STOP, TRIGGERED_AT = range(6)
"""Rows of the terms, in the order of `day_flow.TERM_NUMBERS`."""

(
    CLOCK_BID, CLOCK_ASK, CLOCK_BID_SIZE, CLOCK_ASK_SIZE, WAITED, CLOCK_START, RECEIPT_BID, RECEIPT_ASK, PRICE_CLASS,
    FACTS,
) = range(10)  # fmt: skip
"""Rows of the facts, and their number: the quote at the clock's start (0 = no price, -1 = no size), the instant until
which the version waited to become executable (`NULL` = it did not), when its clock starts (`NULL` = never), the quote
at receipt, and the class by price."""

UNCLASSIFIED, MARKETABLE, MIDPOINT, NON_MARKETABLE = range(4)
PLAIN, BY_LIMIT, BY_STOP = range(3)
"""What a version waits for: nothing, the market to reach its limit if it is non-marketable, or its stop."""

FRESH, WAITING, FOUND, DONE = range(4)
"""States of a version: receipt not seen yet, not executable yet, executable at a known instant, all told."""

END = np.iinfo(np.int64).max


@inner
def _price_class(limit: int, bid: int, ask: int, is_buy: bool) -> int:
    """Class by price alone, as `order_class.price_class` has it."""
    if limit == NULL:
        return UNCLASSIFIED
    far = ask if is_buy else bid
    if far > 0 and (limit >= far if is_buy else limit <= far):
        return MARKETABLE
    middle = 2 * limit >= bid + ask if is_buy else 2 * limit <= bid + ask
    return MIDPOINT if bid > 0 and ask > 0 and middle else NON_MARKETABLE


@inner
def _later(instant: int, bound: int) -> int:
    """The later of an instant and a bound, either may be null; -1 = no such instant."""
    return max(instant, bound, -1)  # null is below every instant


@inner
def _earlier(instant: int, bound: int) -> int:
    """The earlier of the two likewise."""
    lower = min(instant, bound)
    return max(instant, bound, -1) if lower == NULL else lower


@inner
def _moved(instant: int, shift_ns: int) -> int:
    """An instant of the firm's clock as the market has it; the session's own hours are not moved."""
    return instant if instant == NULL else instant + shift_ns


@inner
def _keep_quote(
    row: int, bids: Int64s, asks: Int64s, bid_sizes: Int64s, ask_sizes: Int64s, version: int, facts: Int64s
) -> None:
    """The quote of a row, -1 = none, as the one at the start of the version's clock."""
    with_sizes = row >= 0 and bid_sizes.size > 0
    facts[CLOCK_BID, version] = bids[row] if row >= 0 else 0
    facts[CLOCK_ASK, version] = asks[row] if row >= 0 else 0
    facts[CLOCK_BID_SIZE, version] = bid_sizes[row] if with_sizes else -1
    facts[CLOCK_ASK_SIZE, version] = ask_sizes[row] if with_sizes else -1


@inner
def _receive(
    stretch: Int64s,
    at: Int64s,
    bids: Int64s,
    asks: Int64s,
    bid_sizes: Int64s,
    ask_sizes: Int64s,
    terms: Int64s,
    waits: Int8s,
    is_buy: Int8s,
    inclusive: bool,
    shift_ns: int,
    upto: int,
    states: Int8s,
    facts: Int64s,
) -> bool:
    """Look up receipts; whether any version waits."""
    first, after, low, high = stretch
    cursor, tied, previous = low, low, low * 0 - 1
    waiting = False
    for version in range(first, after):
        if states[version] != FRESH:
            waiting = waiting or states[version] != DONE
            continue
        clock_at = terms[CLOCK_AT, version]
        instant = clock_at + shift_ns if clock_at != NULL else -1
        if instant >= upto:
            continue
        if instant < previous:
            cursor, tied = low, low
        previous = instant
        row, touch = -1, -1
        if instant >= 0:
            cursor = count_before(at, cursor, high, instant, False)
            row = cursor - 1 if cursor > low else -1
            touch = row
            if inclusive:
                tied = count_before(at, tied, high, instant, True)
                touch = tied - 1 if tied > low else -1
        bid, ask = (bids[row], asks[row]) if row >= 0 else (0, 0)
        by_price = _price_class(terms[LIMIT, version], bid, ask, is_buy[version] == 1)
        facts[PRICE_CLASS, version] = by_price
        facts[RECEIPT_BID, version] = bids[touch] if touch >= 0 else 0
        facts[RECEIPT_ASK, version] = asks[touch] if touch >= 0 else 0
        _keep_quote(touch, bids, asks, bid_sizes, ask_sizes, version, facts)
        facts[WAITED, version] = NULL
        facts[CLOCK_START, version] = clock_at
        if waits[version] == BY_STOP or (waits[version] == BY_LIMIT and by_price == NON_MARKETABLE):
            facts[CLOCK_START, version] = NULL
            states[version] = WAITING
            waiting = True
        else:
            states[version] = DONE
    return waiting


@inner
def _hit(
    stretch: Int64s, at: Int64s, prices: Int64s, extremes: Int64s, begin: int, end: int, limit: int, at_or_below: bool
) -> int:
    """First row, from the quote in force strictly before `begin`, before `end`, whose price reaches the limit."""
    _, _, low, high = stretch
    first = max(count_before(at, low, high, begin, False) - 1, low)
    after = count_before(at, low, high, end, False)
    row: int = first_reaching_row(prices, extremes, first, after, limit, at_or_below)
    return row


@inner
def _executable(
    version: int,
    stretch: Int64s,
    at: Int64s,
    bids: Int64s,
    asks: Int64s,
    lowest: Int64s,
    highest: Int64s,
    terms: Int64s,
    by_stop: bool,
    is_buy: bool,
    hours: Int64s,
    shift_ns: int,
    upto: int,
    facts: Int64s,
) -> int:
    """Look for the first quote that makes a waiting version executable; the version's next state."""
    begin = _later(_moved(terms[CLOCK_AT, version], shift_ns), hours[0])
    end = _earlier(_moved(terms[ENDS_AT, version], shift_ns), hours[1])
    limit = terms[STOP, version] if by_stop else terms[LIMIT, version]
    limit = 0 if limit == NULL else limit
    at_or_below = is_buy != by_stop
    lookable = begin >= 0 and end >= begin
    found = NULL
    if lookable and begin < upto:
        prices, held = (bids, lowest) if at_or_below else (asks, highest)
        row = _hit(stretch, at, prices, held, begin, min(end, upto), limit, at_or_below)
        if row >= 0:
            found = max(at[row], begin) - shift_ns
    told = found != NULL or not lookable or end <= upto or upto == END
    triggered = terms[TRIGGERED_AT, version] if by_stop and hours[0] != NULL else NULL
    in_force = triggered >= 0 and begin <= triggered + shift_ns and triggered + shift_ns < end
    if in_force and (told or triggered + shift_ns < upto):
        found = triggered if found == NULL else min(found, triggered)
        told = True
    if not told:
        return WAITING
    facts[CLOCK_START, version] = found
    if found != NULL and terms[CLOCK_AT, version] != NULL and found > terms[CLOCK_AT, version]:
        facts[WAITED, version] = found
    return FOUND


@inner
def _settle(
    stretch: Int64s,
    at: Int64s,
    bids: Int64s,
    asks: Int64s,
    bid_sizes: Int64s,
    ask_sizes: Int64s,
    lowest: Int64s,
    highest: Int64s,
    terms: Int64s,
    waits: Int8s,
    is_buy: Int8s,
    hours: Int64s,
    inclusive: bool,
    shift_ns: int,
    upto: int,
    states: Int8s,
    facts: Int64s,
) -> None:
    """Tell of one symbol's waiting versions what can be told; the extremes are those of all blocks of quotes."""
    low, high = stretch[2], stretch[3]
    for version in range(stretch[0], stretch[1]):
        if states[version] == WAITING:
            by_stop, buys = waits[version] == BY_STOP, is_buy[version] == 1
            states[version] = _executable(
                version, stretch, at, bids, asks, lowest, highest, terms, by_stop, buys, hours, shift_ns, upto, facts
            )
        start = facts[CLOCK_START, version]
        if states[version] == FOUND and (start == NULL or start + shift_ns < upto):
            row = -1
            if start != NULL:
                cursor = count_before(at, low, high, start + shift_ns, inclusive)
                row = cursor - 1 if cursor > low else -1
            _keep_quote(row, bids, asks, bid_sizes, ask_sizes, version, facts)
            states[version] = DONE


@kernel
def measure_versions_of(
    stretches: Int64s,
    at: Int64s,
    bids: Int64s,
    asks: Int64s,
    bid_sizes: Int64s,
    ask_sizes: Int64s,
    terms: Int64s,
    waits: Int8s,
    is_buy: Int8s,
    hours: Int64s,
    inclusive: bool,
    shift_ns: int,
    upto: int,
    states: Int8s,
    facts: Int64s,
) -> None:
    """Tell what these quotes can tell about the versions.

    Args:
        stretches: (symbols, 4) first version, version after the last, first quote, quote after the last.
        at: (quotes,) UTC ns, ascending within a symbol.
        bids: (quotes,) fixed point, 0 = none.
        asks: (quotes,) fixed point, 0 = none.
        bid_sizes: (quotes,) -1 = unknown; or none at all if nobody asks for sizes.
        ask_sizes: likewise.
        terms: (6, versions) by `CLOCK_AT` to `TRIGGERED_AT`, `NULL` = null.
        waits: (versions,) `PLAIN`, `BY_LIMIT` or `BY_STOP`.
        is_buy: (versions,) 0/1.
        hours: begin and end of regular hours, `NULL` = no session.
        inclusive: look-ups other than the class take a quote of the very instant too.
        shift_ns: added to every instant of the flow, not to the hours.
        upto: instants before it can be told; `END` in the last part.
        states: (versions,) `FRESH` at first; kept from part to part.
        facts: (`FACTS`, versions) results; kept from part to part.
    """
    lowest, highest = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    prepared = False
    for stretch in stretches:
        waiting = _receive(
            stretch, at, bids, asks, bid_sizes, ask_sizes, terms, waits, is_buy, inclusive, shift_ns, upto,
            states, facts,
        )  # fmt: skip
        if waiting and not prepared:
            lowest, highest = block_extremes(bids, True), block_extremes(asks, False)
            prepared = True
        if waiting:
            _settle(
                stretch, at, bids, asks, bid_sizes, ask_sizes, lowest, highest, terms, waits, is_buy, hours,
                inclusive, shift_ns, upto, states, facts,
            )  # fmt: skip


@kernel
def earliest_open(terms: Int64s, states: Int8s, shift_ns: int, upto: int) -> int:
    """Earliest instant that versions still need quotes from; at most `upto`, where the search for a price goes on."""
    earliest = upto
    for version in range(states.size):
        if states[version] == FRESH:
            for name in (CLOCK_AT, TRIGGERED_AT):
                if terms[name, version] != NULL:
                    earliest = min(earliest, terms[name, version] + shift_ns)
    return earliest
