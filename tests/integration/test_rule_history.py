"""A day's history is measured once, says the same as each day's own run, and vendors' figures find their orders."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from routeproof.app.context import open_context
from routeproof.app.facts.history import LookBack
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.take_delivery import take_delivery
from routeproof.app.monitoring.run_day import gather
from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.delivery import write_delivery

if TYPE_CHECKING:
    from pathlib import Path

SMALL = LabConfig(
    seed=5,
    last=date(2026, 7, 6),
    orders_per_day=150,
    quotes_per_day=6_000,
    providers=(Provider("P1"), Provider("P2", planted=(Planted("selective_reporting", 0.1),))),
)
DAYS = [session.day for session in SMALL.all_sessions]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sessions of two providers, the second of which leaves a tenth of its fills out of its report."""
    folder = tmp_path_factory.mktemp("history")
    write_delivery(SMALL, folder / "delivery")
    init_workspace(folder / "workspace")
    with open_context(folder / "workspace") as context:
        take_delivery(context, folder / "delivery")
    return folder / "workspace"


def test_history_is_what_each_day_said_itself(workspace: Path) -> None:
    """Streams of a day are the same as its own facts and as the history of a later day; they are measured once."""
    told: list[str] = []
    with open_context(workspace) as context:
        manifest = context.lake.manifest().id
        first = gather(context, DAYS[2], manifest, LookBack(5), told.append).need("history")
        again = gather(context, DAYS[2], manifest, LookBack(5), told.append).need("history")
        short = gather(context, DAYS[2], manifest, LookBack(1), told.append).need("history")
        own = gather(context, DAYS[1], manifest).need("history")
    assert told == [f"measuring {day} as history" for day in DAYS[:2]]
    assert first["day"].unique().sort().to_list() == DAYS
    assert first.equals(again)
    assert short["day"].unique().sort().to_list() == DAYS[1:]
    assert own.equals(first.filter(pl.col("day") == DAYS[1]))
    assert own.height > 0


def test_reports_find_their_orders(workspace: Path) -> None:
    """Every row of a report is one of ours; not named are refused orders and those of which P2 hides all fills.

    Only P2 states too little.
    """
    with open_context(workspace) as context:
        vendor = gather(context, DAYS[0], context.lake.manifest().id).need("vendor")
    assert vendor["known"].all()
    hidden = vendor.filter(~pl.col("reported") & ~pl.col("refused"))
    assert hidden["provider"].unique().to_list() == ["P2"]
    assert (hidden["own_filled"] > 0).all()
    settled = vendor.filter("reported", ~pl.col("amended"))
    less = settled.filter(pl.col("vendor_filled") < pl.col("own_filled"))
    assert set(less["provider"]) <= {"P2"}
    assert settled.filter(pl.col("vendor_filled") > pl.col("own_filled")).is_empty()
    equal = settled.filter((pl.col("vendor_filled") == pl.col("own_filled")) & (pl.col("own_filled") > 0))
    assert equal.filter((pl.col("vendor_price") - pl.col("own_price")).abs() > 1_000).is_empty()  # six decimals
