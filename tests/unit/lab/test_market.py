"""The simulated market could be a real one."""

from dataclasses import replace

import numpy as np
import polars as pl

from routeproof.lab.config import LabConfig
from routeproof.lab.market import market_day, opening_prices, venue_quotes
from routeproof.lab.simulate import LabDay
from routeproof.lab.universe import LIT, TICK


def test_the_best_quote_is_never_crossed_or_locked_and_stands_on_the_tick(honest_day: LabDay) -> None:
    """The best quote is never crossed or locked and stands on the tick."""
    quotes = honest_day.market.quotes
    assert (quotes.ask > quotes.bid).all()
    assert (quotes.bid > 0).all()
    assert (quotes.bid % TICK == 0).all()
    assert (quotes.ask % TICK == 0).all()


def test_quotes_lie_inside_the_session_in_order(honest_day: LabDay) -> None:
    """Quotes lie inside the session in order."""
    market = honest_day.market
    assert market.quotes.at.min() > market.session.open_at
    assert market.quotes.at.max() < market.session.close_at
    for first, last in zip(market.starts[:-1], market.starts[1:], strict=True):
        assert (np.diff(market.quotes.at[first:last]) >= 0).all()


def test_the_venue_named_best_is_among_those_at_the_touch(honest_day: LabDay) -> None:
    """The venue named best is among those at the touch."""
    quotes = honest_day.market.quotes
    assert ((quotes.bid_touch >> quotes.bid_venue) & 1 == 1).all()
    assert ((quotes.ask_touch >> quotes.ask_venue) & 1 == 1).all()


def test_a_quote_in_force_is_strictly_before(honest_day: LabDay) -> None:
    """At the instant of the third quote of a symbol the second one is in force, a nanosecond later the third."""
    market = honest_day.market
    third = market.starts[4] + 2
    symbol, at = np.array([4, 4]), market.quotes.at[third] + np.array([0, 1])
    assert market.before(symbol, at).tolist() == [third - 1, third]


def test_a_halt_withdraws_both_sides_until_trading_resumes(honest_config: LabConfig) -> None:
    """A halt withdraws both sides until trading resumes."""
    session = honest_config.quarter[0]
    config = replace(honest_config, halt_on=session.day, halt_symbol="KESTR")
    market = market_day(config, session, opening_prices(config)[session.day])
    ((symbol, start, end),) = market.halts
    rows = slice(market.starts[symbol], market.starts[symbol + 1])
    at, bid, ask = market.quotes.at[rows], market.quotes.bid[rows], market.quotes.ask[rows]
    halted = np.flatnonzero(bid == 0)
    assert at[halted].tolist() == [start]
    assert ask[halted].tolist() == [0]
    assert at[halted[0] + 1] >= end


def test_a_stressed_day_is_wider_and_busier(honest_config: LabConfig) -> None:
    """A stressed day is wider and busier."""
    session = honest_config.quarter[0]
    prices = opening_prices(honest_config)[session.day]
    calm = market_day(honest_config, session, prices)
    stressed = market_day(replace(honest_config, stress_on=(session.day,)), session, prices)
    assert len(stressed.key) > len(calm.key)
    spread = [float((m.quotes.ask - m.quotes.bid).mean()) for m in (calm, stressed)]
    assert spread[1] > 1.5 * spread[0]


def test_the_national_best_is_the_best_of_the_venues(honest_day: LabDay) -> None:
    """Highest bid and lowest offer over all venues equal the NBBO at every instant of a quote."""
    market = honest_day.market
    best = (
        venue_quotes(market)
        .with_row_index("row")
        .group_by(pl.col("row") // len(LIT), maintain_order=True)
        .agg(pl.col("bid").max(), pl.col("ask").min())
    )
    assert best["bid"].to_list() == market.quotes.bid.tolist()
    assert best["ask"].to_list() == market.quotes.ask.tolist()
