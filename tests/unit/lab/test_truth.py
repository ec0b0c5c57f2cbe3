"""What the simulation says it did is what it did."""

import polars as pl

from routeproof.lab.simulate import LabDay, ProviderFiles


def per_provider(day: LabDay) -> tuple[ProviderFiles, ...]:
    """The day's providers."""
    return day.providers


def test_no_order_is_filled_beyond_its_quantity(honest_day: LabDay) -> None:
    """No order is filled beyond its quantity."""
    for files in per_provider(honest_day):
        assert (files.states.orders["filled"] <= files.states.orders["quantity"]).all()


def test_refused_orders_have_no_routes(honest_day: LabDay) -> None:
    """Refused orders have no routes."""
    for files in per_provider(honest_day):
        refused = files.states.orders.filter(pl.col("refused").is_not_null())["order"]
        assert not files.states.routes["order"].is_in(refused.implode()).any()


def test_executions_respect_the_limit_in_force(honest_day: LabDay) -> None:
    """Executions respect the limit in force."""
    for files in per_provider(honest_day):
        routes = files.states.routes.select("route", "limit")
        priced = files.states.executions.join(routes, on="route").filter(pl.col("limit").is_not_null())
        assert (priced["price"] * priced["sign"] <= priced["limit"] * priced["sign"]).all()


def test_executions_follow_their_route_and_stay_inside_the_day(honest_day: LabDay) -> None:
    """After the venue had the child; regular orders before the close or in the closing auction's second."""
    session = honest_day.session
    for files in per_provider(honest_day):
        assert (files.states.executions["executed_at"] > files.states.executions["arrived_at"]).all()
        kinds = files.states.orders.select("order", "kind")
        regular = files.states.executions.join(kinds, on="order").filter(pl.col("kind") != "outside_hours")
        assert regular["executed_at"].is_between(session.open_at, session.close_at + 1_000_000_000).all()


def test_the_log_shows_every_true_execution_once_per_session(honest_day: LabDay) -> None:
    """The log shows every true execution once per session."""
    for files in per_provider(honest_day):
        fills = [line for line in files.log if "\x01150=F\x01" in line and "\x0143=Y\x01" not in line]
        assert len(fills) == 2 * (files.states.executions.height + files.truth.carried.height)


def test_honest_flow_carries_no_fault(honest_day: LabDay) -> None:
    """Honest flow carries no fault."""
    for files in per_provider(honest_day):
        assert (files.states.routes["planted"] == "").all()
        assert (files.states.executions["planted"] == "").all()


def test_the_tape_holds_the_firms_whole_share_executions(honest_day: LabDay) -> None:
    """Every execution of a whole share or more, auctions and busts aside, stands on the tape at its time and price."""
    prints = set(honest_day.tape.select("symbol", "at", "price").iter_rows())
    for files in per_provider(honest_day):
        shown = files.states.executions.filter(
            (pl.col("liquidity") != "auction") & (pl.col("later") != "busted") & (pl.col("quantity") >= 10**9)
        )
        assert set(shown.select("symbol", "executed_at", "price").iter_rows()) <= prints
