"""Thousands of random rows, measured by us and by SQL in DuckDB, agree to 1e-9 in every grouping and convention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

import routeproof as rp
from oracle.lookup import Conventions
from oracle.sql_figures import OF_ANY, OF_ORDERS, OF_OWN, OF_ROUTES, OUTCOMES, VWAP, concentration, figures
from oracle.sql_flow import Flow
from oracle.sql_lookups import load, look_up_own, look_up_tape

if TYPE_CHECKING:
    from pathlib import Path

Found = dict[tuple[Any, ...], dict[str, Any]]

GROUPINGS = ((), ("symbol", "day"), ("order_class",), ("side", "tif"), ("venue",), ("provider", "hop"))
OF_FILLS_ONLY = {"venue", "hop"}
CONVENTIONS = (
    Conventions(),
    Conventions(tie="inclusive", locked="include", shift_ns=50_000_000),
    Conventions(benchmark="execution", after_close="final_quote"),
    Conventions(benchmark="route", locked="include", shift_ns=-150_000_000),
    Conventions(benchmark="venue", tie="inclusive"),
)


def opened(flow: Flow, folder: Path) -> duckdb.DuckDBPyConnection:
    """A database that holds the flow."""
    for name, frame in flow.frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    connection = duckdb.connect()
    load(connection, folder, list(flow.frames))
    return connection


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame as it is handed to us: the day is for us to find out."""
    return frame.drop("day")


def versions(orders: pl.DataFrame) -> pl.DataFrame:
    """Each order's opening event and, if it was cancelled, its cancel."""
    terms = ["order_id", "order_type", "limit_price", "stop_price", "time_in_force"]
    new = orders.select(*terms, "quantity", pl.col("received_at").alias("effective_at"), event=pl.lit("new"))
    cancel = orders.filter(pl.col("cancelled_at").is_not_null()).select(
        *terms,
        pl.col("cancelled_quantity").alias("quantity"),
        pl.col("cancelled_at").alias("effective_at"),
        "requested_by",
        event=pl.lit("cancel"),
    )
    return pl.concat([new, cancel], how="diagonal")


def assert_same(ours: pl.DataFrame, expected: Found, by: tuple[str, ...]) -> None:
    """Each expected figure is found in its group, null for null."""
    rows = {tuple(str(cell) if name == "day" else cell for name, cell in zip(by, row, strict=False)): row
            for row in ours.rows()}  # fmt: skip
    assert len(expected) > (1 if by else 0)
    assert set(rows) >= set(expected)
    for key, values in expected.items():
        row = dict(zip(ours.columns, rows[key], strict=True))
        for name, value in values.items():
            if value is None:
                assert row[name] is None, (key, name, row[name])
            else:
                assert row[name] is not None, (key, name, value)
                assert row[name] == pytest.approx(float(value), rel=1e-9, abs=1e-9), (key, name)


def joined(*parts: Found) -> Found:
    """The figures of each group together."""
    together: Found = {}
    for part in parts:
        for key, values in part.items():
            together.setdefault(key, {}).update(values)
    return together


@pytest.mark.parametrize("how", CONVENTIONS, ids=lambda how: f"{how.benchmark}-{how.tie}-{how.locked}-{how.shift_ns}")
def test_own_flow_is_what_duckdb_says(how: Conventions, tmp_path: Path) -> None:
    """Classes, executability, four benchmark points, five horizons, times, costs, fill rates and routes."""
    flow = Flow(seed=CONVENTIONS.index(how) + 1)
    connection = opened(flow, tmp_path)
    look_up_own(connection, how)
    connection.execute(VWAP.replace("$shift", str(how.shift_ns)))
    connection.execute(OUTCOMES)
    given = {name: plain(frame) for name, frame in flow.frames.items() if name != "hours"}
    for by in GROUPINGS:
        leaf = OF_ROUTES if "hop" in by else {n: text.replace("counted", "is_leaf") for n, text in OF_ROUTES.items()}
        routes = {n: text.replace("counted", "true") for n, text in leaf.items()}
        parts = [figures(connection, "priced", OF_ANY | OF_OWN, by), concentration(connection, "priced", by)]
        if not OF_FILLS_ONLY & set(by):
            parts.append(figures(connection, "ordered", OF_ORDERS, by))
        if "tif" not in by:
            parts.append(figures(connection, "routed", routes, by))
        ours = rp.measure(
            given["executions"], given["quotes"], given["orders"], by=by, trades=given["trades"],
            routes=given["routes"], order_versions=versions(flow.frames["orders"]), benchmark=how.benchmark,
            tie=how.tie, locked=how.locked, after_close=how.after_close, shift_ns=how.shift_ns,
        )  # fmt: skip
        assert_same(ours, joined(*parts), by)


FEW = (*OF_ANY, "fees_usd", "net_cost_bps", "time_to_execution_ms_avg", "time_to_execution_ms_p95")
"""Figures of fills alone, which are measured in one compiled pass."""


@pytest.mark.parametrize("how", [how for how in CONVENTIONS if how.benchmark in {"receipt", "execution"}])
def test_fills_alone_are_what_duckdb_says(how: Conventions, tmp_path: Path) -> None:
    """The way that streams, for the questions that may take it."""
    flow = Flow(seed=50 + CONVENTIONS.index(how))
    connection = opened(flow, tmp_path)
    look_up_own(connection, how)
    wanted = {name: text for name, text in (OF_ANY | OF_OWN).items() if name in FEW}
    for by in ((), ("symbol", "day"), ("order_class", "side"), ("venue",)):
        ours = rp.measure(
            plain(flow.frames["executions"]), plain(flow.frames["quotes"]), plain(flow.frames["orders"]), by=by,
            order_versions=versions(flow.frames["orders"]), metrics=FEW, benchmark=how.benchmark, tie=how.tie,
            locked=how.locked, after_close=how.after_close, shift_ns=how.shift_ns,
        )  # fmt: skip
        assert_same(ours, figures(connection, "measured", wanted, by), by)


@pytest.mark.parametrize(
    "how",
    [
        Conventions(benchmark="execution"),
        Conventions(benchmark="execution", tie="inclusive", locked="include"),
        Conventions(benchmark="execution", after_close="final_quote"),
    ],
    ids=lambda how: f"{how.tie}-{how.locked}-{how.after_close}",
)
def test_tape_is_what_duckdb_says(how: Conventions, tmp_path: Path) -> None:
    """Regular hours of three days, quote rule, tick test over all eligible prints, unsigned prints."""
    flow = Flow(seed=30, orders=1)
    connection = opened(flow, tmp_path)
    look_up_tape(connection, how)
    for by in ((), ("symbol", "day"), ("venue",)):
        expected = joined(
            figures(connection, "tape_measured", OF_ANY, by), concentration(connection, "tape_measured", by)
        )
        ours = rp.measure(
            None, plain(flow.frames["quotes"]), trades=plain(flow.frames["trades"]), by=by, population="tape",
            tie=how.tie, locked=how.locked, after_close=how.after_close,
        )  # fmt: skip
        assert_same(ours, expected, by)
