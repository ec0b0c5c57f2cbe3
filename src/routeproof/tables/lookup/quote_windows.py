"""One symbol's quotes read part by part, each window with what of the earlier parts is still needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routeproof.tables.lookup.asof import count_before
from routeproof.tables.lookup.quote_book import QuoteBook, book_in
from routeproof.tables.measured.version_kernel import END

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def windows(
    symbol: str, parts: Iterable[QuoteBook], still_from: Callable[[int], int]
) -> Iterator[tuple[QuoteBook, int]]:
    """The quotes as overlapping windows in order.

    Args:
        symbol: whose quotes they are.
        parts: consecutive quotes of the day; a part may be overwritten once the next is asked for.
        still_from: given the instant before which everything can be told, when the window was worked on: the instant
            from which quotes are still needed, at most that one.

    Yields:
        Quotes, and the instant before which everything can be told from them; the last time `END`. A window begins at
        the latest with the quote in force strictly before the instant from which quotes are still needed.
    """
    held = _cut(None, symbol, 0)
    for part in parts:
        if not part.at.size:
            continue
        window = _joined(held, part, symbol)
        upto = int(window.at[-1])
        yield window, upto
        first = count_before(window.at, 0, window.at.size, min(still_from(upto), upto), False) - 1
        held = _cut(window, symbol, max(first, 0))
    yield held, END


_ARRAYS = ("at", "bid", "ask", "bid_size", "ask_size")


def _joined(held: QuoteBook, part: QuoteBook, symbol: str) -> QuoteBook:
    arrays = [np.concatenate([getattr(held, name), getattr(part, name)]) for name in _ARRAYS]
    return book_in(arrays, {symbol: (0, arrays[0].size)})


def _cut(window: QuoteBook | None, symbol: str, first: int) -> QuoteBook:
    """The window from a row on."""
    nothing = np.empty(0, dtype=np.int64)
    arrays = [nothing if window is None else getattr(window, name)[first:] for name in _ARRAYS]
    return book_in(arrays, {symbol: (0, arrays[0].size)})
