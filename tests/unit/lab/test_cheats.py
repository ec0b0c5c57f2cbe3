"""Each fault does what its grade says, to nobody but the provider that has it."""

import math

import numpy as np
import polars as pl
import pytest

from routeproof.lab.cheats import BY_NAME, CHEATS
from routeproof.lab.simulate import LabDay
from routeproof.lab.universe import CODES, LIT


def sigma(share: float, count: int) -> float:
    """Standard deviation of a binomial share."""
    return math.sqrt(share * (1 - share) / count)


def takes(day: LabDay) -> pl.DataFrame:
    """P2's taking routes whose venue the router chooses."""
    files = day.providers[1]
    directed = files.states.orders.filter(pl.col("directed").is_not_null())["order"]
    routes = files.states.routes
    return routes.filter((pl.col("style") == "take") & ~pl.col("order").is_in(directed.implode()))


def test_each_cheat_has_three_rising_grades() -> None:
    """The grades are those that detection power is published for."""
    assert {cheat.name: cheat.grades for cheat in CHEATS} == {
        "slow_walk": (5, 25, 100),
        "payment_chasing": (0.02, 0.10, 0.30),
        "disimprovement": (0.02, 0.1, 0.5),
        "fade": (0.05, 0.15, 0.40),
        "selective_reporting": (0.005, 0.02, 0.10),
        "backfilled_times": (0.01, 0.05, 0.20),
        "undisclosed_venue": (0.001, 0.01, 0.05),
        "logic_change": (0.05, 0.15, 0.40),
        "payers_only": (0.05, 0.20, 1.0),
        "rebate_ordered": (0.10, 0.30, 0.80),
        "affiliate_first": (0.05, 0.20, 0.60),
        "ioi_first": (0.05, 0.20, 0.60),
    }


@pytest.mark.parametrize("name", [cheat.name for cheat in CHEATS])
def test_the_honest_provider_is_untouched(name: str, cheating_days: dict[str, LabDay], honest_day: LabDay) -> None:
    """P1's log is the same bytes whether or not P2 cheats."""
    assert cheating_days[name].providers[0].log == honest_day.providers[0].log


def test_slow_walk_holds_every_child_back(cheating_days: dict[str, LabDay], honest_day: LabDay) -> None:
    """Decision to first child: 100 ms more than the same order honestly routed."""
    slow, fair = (
        day.providers[1]
        .states.routes.filter(pl.col("style") == "take", pl.col("child") == 1)
        .select("order", "sent_at")
        for day in (cheating_days["slow_walk"], honest_day)
    )
    both = slow.join(fair, on="order", suffix="_fair")
    assert (both["sent_at"] - both["sent_at_fair"]).unique().to_list() == [100_000_000]


@pytest.mark.parametrize(("name", "venue"), [("payment_chasing", "GLNW"), ("undisclosed_venue", "ZQUV")])
def test_the_drawn_share_goes_to_the_chosen_venue(name: str, venue: str, cheating_days: dict[str, LabDay]) -> None:
    """The drawn share goes to the chosen venue."""
    routes = takes(cheating_days[name])
    share = (routes["venue"] == CODES.index(venue)).mean()
    grade = BY_NAME[name].grades[2]
    orders = routes["order"].n_unique()
    assert share == pytest.approx(grade, abs=4 * sigma(grade, orders))


def test_nobody_else_uses_the_payer_or_the_hidden_venue(honest_day: LabDay) -> None:
    """Nobody else uses the payer or the hidden venue."""
    for files in honest_day.providers:
        assert not files.states.routes["mic"].is_in(["GLNW", "ZQUV"]).any()


def test_the_hidden_venue_is_missing_from_the_drop_copy_but_stands_on_the_fills(
    cheating_days: dict[str, LabDay],
) -> None:
    """The hidden venue is missing from the drop copy but stands on the fills."""
    log = cheating_days["undisclosed_venue"].providers[1].log
    assert not any("\x0156=ZQUV\x01" in line or "\x0149=ZQUV\x01" in line for line in log)
    assert any("\x0130=ZQUV\x01" in line for line in log)


def test_fade_makes_displayed_quotes_vanish(cheating_days: dict[str, LabDay]) -> None:
    """Fade makes displayed quotes vanish."""
    files = cheating_days["fade"].providers[1]
    lit = files.truth.routes.filter((pl.col("style") == "take") & (pl.col("venue") < len(LIT)))
    first = lit.filter(pl.col("missed") | (pl.col("planted") == ""))
    share = (first["planted"] == "fade").sum() / (lit.height - lit["missed"].sum())  # a miss is tried once more
    assert share == pytest.approx(0.40, abs=4 * sigma(0.40, lit.height))


def test_disimprovement_costs_half_a_cent_on_a_tenth_of_the_orders(
    cheating_days: dict[str, LabDay], honest_day: LabDay
) -> None:
    """The same executions, dearer by 0.005 USD per share where planted and nowhere else."""
    columns = ["order", "route", "executed_at", "quantity"]
    bad, fair = (
        day.providers[1].states.executions.select(*columns, "price", "sign", "planted", "liquidity")
        for day in (cheating_days["disimprovement"], honest_day)
    )
    both = bad.join(fair, on=columns, suffix="_fair")
    assert both.height == bad.height
    worse = (both["price"] - both["price_fair"]) * both["sign"]
    assert worse.filter(both["planted"] == "disimprovement").unique().to_list() == [5_000_000]
    assert worse.filter(both["planted"] == "").unique().to_list() == [0]
    orders = both.filter(pl.col("liquidity") == "removed").group_by("order").agg((pl.col("planted") != "").any())
    share = orders["planted"].mean()
    assert 0.10 - 4 * sigma(0.10, orders.height) - 0.03 < share < 0.10 + 4 * sigma(0.10, orders.height)


def test_selective_reporting_drops_exactly_the_worst(cheating_days: dict[str, LabDay]) -> None:
    """A tenth of the executions, rounded up, each at least as dear as any that is reported; absent at the venues."""
    day = cheating_days["selective_reporting"]
    files, market = day.providers[1], day.market
    executions = files.states.executions
    dropped = executions.filter(~pl.col("reported"))
    assert dropped.height == math.ceil(0.10 * executions.height)
    row = market.before(executions["symbol"].to_numpy(), executions["executed_at"].to_numpy())
    middle = (market.quotes.bid[row] + market.quotes.ask[row]) / 2
    cost = executions["sign"].to_numpy() * (executions["price"].to_numpy() - middle) / middle
    reported = executions["reported"].to_numpy()
    assert cost[~reported].min() >= np.sort(cost[reported]).max() - 1e-9
    missing = set(dropped["venue_exec_id"])
    at_venues = {
        line.split("\x01880=")[1].split("\x01")[0]
        for line in files.log
        if "\x0156=P2\x01" in line and "\x0132=" in line
    }
    assert not missing & at_venues
    assert at_venues == set(executions.filter("reported")["venue_exec_id"])


def test_backfilled_times_are_early_stamps_told_late(cheating_days: dict[str, LabDay]) -> None:
    """Backfilled times are early stamps told late."""
    executions = cheating_days["backfilled_times"].providers[1].states.executions
    late = executions.filter(pl.col("planted") == "backfilled_times")
    assert late.height / executions.height == pytest.approx(0.20, abs=4 * sigma(0.20, executions.height))
    assert (late["stamped_at"] <= late["executed_at"]).all()
    assert ((late["told_at"] - late["executed_at"]) > 45_000_000_000).all()
    honest = executions.filter(pl.col("planted") == "")
    assert (honest["stamped_at"] == honest["executed_at"]).all()


def test_logic_change_sends_orders_to_the_last_of_the_ranking(
    cheating_days: dict[str, LabDay], honest_day: LabDay
) -> None:
    """Logic change sends orders to the last of the ranking."""
    changed, fair = takes(cheating_days["logic_change"]), takes(honest_day)
    last = CODES.index("XNYS")
    before = (fair["venue"] == last).mean()
    expected = 0.40 * (fair["quantity"] % 10**9 == 0).mean() * (1 - before) + before
    orders = changed["order"].n_unique()
    assert (changed["venue"] == last).mean() == pytest.approx(expected, abs=4 * sigma(0.4, orders))
