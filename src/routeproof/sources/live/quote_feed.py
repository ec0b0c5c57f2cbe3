"""Sessions of market data: what they bring, as lines of a file of quotes."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof.sources.fix.market_data import KINDS, MarketData, QuoteRow
from routeproof.sources.fix.utc_timestamp import instant_of
from routeproof.sources.live.administrative import ADMINISTRATIVE
from routeproof.sources.live.framing import message_of, text_of
from routeproof.sources.live.in_order import NUMBERS_ANEW, InOrder
from routeproof.vocab.times import market_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

QUOTE_MAP = Path(__file__).with_suffix(".toml")
"""The map that such a file is read by."""

HEAD = (",".join(QuoteRow._fields) + "\n").encode()
"""Its first line."""


class QuoteFeed:
    """All sessions of market data of a watch.

    Args:
        sessions: their names.
        numbers: of sessions, the number at which they begin; of others it is that of the first message.
        say: told once of each other type of message that a session brings.

    Attributes:
        day: latest day of the market on which something was sent; null before the first. No book rests on what came
            before it.
    """

    def __init__(self, sessions: Iterable[str], numbers: Mapping[str, int], say: Callable[[str], None]) -> None:
        self._sessions = {name: (InOrder(numbers.get(name, 0)), MarketData()) for name in sessions}
        self.day: date | None = None
        self._say = say
        self._told: set[tuple[str, str]] = set()

    def __contains__(self, session: str) -> bool:
        return session in self._sessions

    @property
    def numbers(self) -> dict[str, int]:
        """The number that each session is at."""
        return {name: order.next for name, (order, _) in self._sessions.items()}

    def take(self, session: str, messages: Iterable[bytes]) -> bytes:
        """Lines for what a session received, in the order of receipt; administrative messages among it."""
        order, market = self._sessions[session]
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        for received in messages:
            day = _day_at(text_of(received, 52)[: len("20260701-14")])
            self.day = max(filter(None, (day, self.day)), default=None)
            for raw in order.take(received):
                kind = text_of(raw, 35)
                if raw == NUMBERS_ANEW:
                    market.begin_anew()
                elif kind in KINDS:
                    writer.writerows(market.take(raw))
                elif kind not in ADMINISTRATIVE and (session, kind) not in self._told:
                    self._told.add((session, kind))
                    self._say(f"{session}: 35={kind} is no market data: passed over here, kept in the journal")
        return lines.getvalue().encode()


def request_of(symbols: Sequence[str], request: int) -> bytes:
    """A MarketDataRequest (35=V): the best bid and offer of symbols as they are, and then what changes of them.

    Args:
        symbols: at least one.
        request: makes its MDReqID another than that of every request before.
    """
    asked = ["35=V", f"262={request}", "263=1", "264=1", "265=1", "267=2", "269=0", "269=1", f"146={len(symbols)}"]
    return message_of(b"8=FIX.4.4", [field.encode() for field in (*asked, *(f"55={symbol}" for symbol in symbols))])


@lru_cache(maxsize=64)
def _day_at(hour: str) -> date | None:
    """Day of the market at an hour of UTC; null if it is none."""
    at = instant_of(f"{hour}:00:00")
    return None if at is None else market_day(at)
