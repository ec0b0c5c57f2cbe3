"""Whatever the seed, the simulated world obeys the market's rules."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.lab.cheats import CHEATS
from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.simulate import simulate_day


@examples(6)
@given(seed=st.integers(0, 2**32), grades=st.lists(st.integers(-1, 2), min_size=len(CHEATS), max_size=len(CHEATS)))
def test_no_crossed_quote_no_overfill_no_fill_before_arrival(seed: int, grades: list[int]) -> None:
    """For any seed and any mixture of faults and grades."""
    planted = tuple(
        Planted(cheat.name, cheat.grades[grade]) for cheat, grade in zip(CHEATS, grades, strict=True) if grade >= 0
    )
    day = date(2026, 7, 1)
    providers = (Provider("P1", planted=planted),)
    config = LabConfig(
        seed=seed, first=day, last=day, orders_per_day=150, quotes_per_day=6_000, providers=providers, halt_on=day
    )
    lab_day = simulate_day(config, config.quarter[0])
    quotes = lab_day.market.quotes
    assert ((quotes.bid < quotes.ask) | (quotes.bid == 0)).all()
    states = lab_day.providers[0].states
    assert (states.orders["filled"] <= states.orders["quantity"]).all()
    assert (states.executions["executed_at"] > states.executions["arrived_at"]).all()
    assert (states.executions["price"] > 0).all()
    assert (states.executions["quantity"] > 0).all()
