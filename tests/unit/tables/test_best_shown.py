"""Who showed the best price when a route was sent."""

import polars as pl

from routeproof.tables.lookup.best_shown import QUOTE_COLUMNS, best_shown

QUOTES = pl.DataFrame(
    [
        ("A", 20, 2, "ARCX", "XNYS"),  # of one instant, the last in sequence counts
        ("A", 20, 1, "XNAS", "XNAS"),
        ("A", 10, 0, "IEXG", "MEMX"),
        ("A", 30, 3, None, "BATS"),
        ("B", 10, 0, "EDGX", "EDGX"),
    ],
    schema=QUOTE_COLUMNS,
    orient="row",
)


def shown(*routes: tuple[str, str, str, int]) -> dict[str, str]:
    """Venues by route, for routes of a symbol, a side and an instant."""
    frame = pl.DataFrame(routes, schema=["route_id", "symbol", "side", "sent_at"], orient="row")
    return dict(best_shown(frame, QUOTES).iter_rows())


def test_a_buy_meets_the_offer_and_a_sell_the_bid_in_force_before_it() -> None:
    """A quote of the very instant came too late to be seen; other symbols are other markets."""
    routes = [("b", "A", "buy", 21), ("s", "A", "sell", 21), ("early", "A", "buy", 20), ("other", "B", "sell", 99)]
    assert shown(*routes) == {"b": "XNYS", "s": "ARCX", "early": "MEMX", "other": "EDGX"}


def test_nothing_is_said_without_a_quote_or_its_venue() -> None:
    """Before the first quote, of an unknown symbol, where nobody showed that side."""
    assert shown(("first", "A", "buy", 10), ("unknown", "C", "buy", 99), ("unnamed", "A", "sell", 31)) == {}
