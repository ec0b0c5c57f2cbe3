"""A leaking venue moves the market after what is sent there; without leaks the market is the same object."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from routeproof.lab.cheats.leaking_venue import CHEAT, LEAKS_AT
from routeproof.lab.config import Planted
from routeproof.lab.leaks import with_leaks
from routeproof.lab.market import venue_quotes
from routeproof.lab.simulate import LabDay, simulate_day
from routeproof.lab.universe import TICK
from unit.lab.conftest import small_config

WORD = "leaking_venue"


@pytest.fixture(scope="module")
def leaking_day() -> LabDay:
    """P2's exchange leaks two taking children in five."""
    config = small_config(Planted(WORD, CHEAT.grades[2]))
    return simulate_day(config, config.quarter[0])


def test_without_leaks_nothing_changes(honest_day: LabDay) -> None:
    """An honest market is the very object that it was."""
    nothing = pl.DataFrame(schema={"symbol": pl.Int64, "sign": pl.Int64, "at": pl.Int64})
    assert with_leaks(honest_day.market, [nothing]) is honest_day.market
    assert with_leaks(honest_day.market, []) is honest_day.market


def test_the_drawn_share_of_one_venue_leaks(leaking_day: LabDay) -> None:
    """About the grade's share of taking children at the venue is marked, nothing elsewhere."""
    routes = leaking_day.providers[1].truth.routes
    marked = routes.filter(pl.col("planted") == WORD)
    there = routes.filter((pl.col("venue") == LEAKS_AT) & (pl.col("style") == "take"))
    assert set(marked["venue"]) == {LEAKS_AT}
    assert marked.height / there.height == pytest.approx(CHEAT.grades[2], abs=0.2)


def test_one_quote_more_per_leak_and_all_others_as_they_were(leaking_day: LabDay, honest_day: LabDay) -> None:
    """The quotes of the honest day stand unchanged; between them the far side is a tick away, with a round lot."""
    quotes, honest = leaking_day.market.quotes, honest_day.market.quotes
    marked = leaking_day.providers[1].truth.routes.filter(pl.col("planted") == WORD)
    added = np.flatnonzero(~np.isin(quotes.at, honest.at))
    assert 0 < len(added) <= marked.height
    kept = np.setdiff1d(np.arange(len(quotes.at)), added)
    for name in ("at", "bid", "ask", "bid_size", "ask_size"):
        assert (getattr(quotes, name)[kept] == getattr(honest, name)).all()
    wider = (quotes.ask - quotes.bid)[added] - (quotes.ask - quotes.bid)[added - 1]
    assert (wider == TICK).mean() > 0.8  # two legs at the venue may leak at once
    assert ((quotes.ask_size == 100) | (quotes.bid_size == 100))[added].all()


def test_venues_behind_the_best_show_what_they_showed(leaking_day: LabDay, honest_day: LabDay) -> None:
    """Sizes of the other venues do not change because rows were added."""
    keys = ["symbol", "at", "venue"]
    both = venue_quotes(leaking_day.market).join(venue_quotes(honest_day.market), on=keys, suffix="_honest")
    assert both.height > 0
    assert (both["ask_size"] == both["ask_size_honest"]).all()
    assert leaking_day.providers[0].truth.orders.equals(honest_day.providers[0].truth.orders)
