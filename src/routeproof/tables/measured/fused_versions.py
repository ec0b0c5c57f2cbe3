"""Order versions measured for the streamed pass: the compiled look-ups, and the words that fills are grouped by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.measured import version_kernel as kernel
from routeproof.tables.measured.coded_rows import CodedRows, Int64s, Words, coded
from routeproof.tables.measured.day_flow import runs_of
from routeproof.tables.measured.order_class import order_class
from routeproof.tables.measured.order_size import DEFAULT_ROUND_LOT, bucket_codes, scheme_of
from routeproof.vocab.absent import NULL
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.measured.day import DayRules
    from routeproof.tables.measured.day_flow import DayFlow
    from routeproof.tables.switches import Switches

OF_VERSION = ("provider", "order_type", "order_class", "lot", "size_bucket", "tif", "beyond_displayed")
PRICE_CLASSES = ("unclassified", "marketable_limit", "midpoint_or_better", "non_marketable")
SESSIONS = ("pre_market", "regular", "post_market", "closed")
_REGULAR_OR_AFTER = 2


class FusedVersions:
    """Versions of some symbols, told part by part of the day's quotes.

    Attributes:
        day: the trading day.
        hours: its regular hours, `None` on a day without session.
        switches: how the market is looked up.
        terms: as `DayFlow` has them.
        facts: (`version_kernel.FACTS`, versions), complete once the last quotes were seen.
    """

    def __init__(self, flow: DayFlow, rows: tuple[int, int], rules: DayRules, switches: Switches) -> None:
        self._flow, self._rules = flow, rules
        self.day, self.hours, self.switches = flow.day, rules.hours(flow.day), switches
        terms = flow.terms.slice(*rows)
        self.terms = CodedRows(terms.names, np.ascontiguousarray(terms.numbers), terms.words)
        self.facts: Int64s = np.empty((kernel.FACTS, self.terms.height), dtype=np.int64)
        self._states = np.full(self.terms.height, kernel.FRESH, dtype=np.int8)
        static = flow.kinds["static_class"]
        by_kind = np.where(static == "limit", kernel.BY_LIMIT, np.where(static == "stop", kernel.BY_STOP, kernel.PLAIN))
        self._waits = by_kind.astype(np.int8)[self.terms.words["kind"].codes]
        side = self.terms.words["side"]
        self._is_buy = (side.values == "buy").fill_null(value=False).to_numpy().astype(np.int8)[side.codes]

    def see(self, book: QuoteBook, upto: int = kernel.END) -> None:
        """Take in quotes that tell everything before an instant; without one, all that there are."""
        hours = (NULL, NULL) if self.hours is None else self.hours
        kernel.measure_versions_of(
            stretches_of(self.terms.words["symbol"], book),
            book.at, book.bid, book.ask, book.bid_size, book.ask_size,
            self.terms.numbers, self._waits, self._is_buy,
            np.array(hours, dtype=np.int64),
            self.switches.tie == "inclusive",
            self.switches.shift_ns,
            upto, self._states, self.facts,
        )  # fmt: skip

    def still_from(self, upto: int) -> int:
        """The instant from which quotes are still needed when everything before `upto` was told."""
        earliest: int = kernel.earliest_open(self.terms.numbers, self._states, self.switches.shift_ns, upto)
        return earliest

    def words(self, name: str) -> Words:
        """One of `OF_VERSION` by version."""
        made = {
            "order_class": self._order_class,
            "lot": self._lot,
            "size_bucket": self._size_bucket,
            "beyond_displayed": self._beyond_displayed,
        }
        return made[name]() if name in made else self.terms.words[name]

    def _order_class(self) -> Words:
        """By a table of what `order_class` says of every kind, price class, session and executability."""
        kinds = self._flow.kinds.with_row_index("kind")
        prices, sessions, known = _axis("price", PRICE_CLASSES), _axis("session", SESSIONS), _axis("known", (0, 1))
        cases = kinds.join(prices, how="cross").join(sessions, how="cross").join(known, how="cross")
        classes = cases.select(
            "time_in_force", "held", "directed", "session",
            pl.when(pl.col("static_class") == "limit").then("price").otherwise("static_class").alias("terms_class"),
            pl.when(pl.col("known") == 1).then("known").alias("executable_at"),
            pl.when("multileg_id").then(pl.lit("")).alias("multileg_id"),
        ).select(order_class().alias("order_class"))  # fmt: skip
        table = coded(classes["order_class"])
        place = self.terms.words["kind"].codes.astype(np.int64) * len(PRICE_CLASSES) + self.facts[kernel.PRICE_CLASS]
        place = place * len(SESSIONS) + session_codes(self.terms.number("clock_at"), self.hours)
        place = place * 2 + (self.facts[kernel.CLOCK_START] != NULL)
        return Words(table.codes[place], table.values)

    def _lot(self) -> Words:
        quantity = self.terms.number("quantity")
        codes = (quantity >= SCALE).astype(np.int32) + (quantity >= np.maximum(self._round_lots(), SCALE))
        codes[quantity == NULL] = 3
        return Words(codes, _texts(("fractional", "odd", "round")))

    def _round_lots(self) -> Int64s:
        """(versions,) shares in fixed point."""
        given = self._rules.round_lots_on(self.day)
        symbols = self.terms.words["symbol"]
        of_symbol = {} if given is None else dict(given.iter_rows())
        lots = [of_symbol.get(symbol) for symbol in symbols.values.to_list()]
        known = np.array([DEFAULT_ROUND_LOT if lot is None else lot for lot in lots], dtype=np.int64)
        return known[symbols.codes]

    def _size_bucket(self) -> Words:
        scheme = scheme_of(self._rules.size_schemes, self.day)
        if scheme is None:
            return Words(np.zeros(self.terms.height, dtype=np.int32), _texts(()))
        far = np.where(self._is_buy, self.facts[kernel.RECEIPT_ASK], self.facts[kernel.RECEIPT_BID])
        limit = self.terms.number("limit_price")
        price = np.where(limit == NULL, np.where(far == 0, NULL, far), limit)
        return Words(bucket_codes(scheme, self.terms.number("quantity"), price), _texts(scheme.labels()))

    def _beyond_displayed(self) -> Words:
        contra = np.where(self._is_buy, self.facts[kernel.CLOCK_ASK_SIZE], self.facts[kernel.CLOCK_BID_SIZE])
        codes = (self.terms.number("quantity") > contra).astype(np.int32)
        codes[contra == -1] = 2
        return Words(codes, _texts(("within", "beyond")))


def _texts(values: Sequence[str]) -> pl.Series:
    return pl.Series([*values, None], dtype=pl.String)


def _axis(name: str, values: Sequence[str | int]) -> pl.DataFrame:
    return pl.DataFrame({name: list(values)})


def session_codes(instants: Int64s, hours: tuple[int, int] | None) -> Int64s:
    """(n,) place in `SESSIONS` of each instant, as `session_clock.session_name` names it."""
    if hours is None:
        return np.full(instants.size, len(SESSIONS) - 1, dtype=np.int64)
    codes = (instants >= hours[0]).astype(np.int64) + (instants >= hours[1])
    codes[instants == NULL] = _REGULAR_OR_AFTER
    return codes


def stretches_of(symbols: Words, book: QuoteBook) -> Int64s:
    """(symbols, 4) first row, row after the last, first quote, quote after the last."""
    rows = [(*rows, *book.ranges.get(symbol, (0, 0))) for symbol, rows in runs_of(symbols).items()]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)
