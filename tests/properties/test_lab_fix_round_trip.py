"""What the simulator wrote as FIX is what the FIX source reads: the truth files are the expected answer."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.delivery import write_delivery
from routeproof.sources.catalog.fix_log import read_fix_log

CONFIG = LabConfig(
    seed=5,
    first=date(2026, 7, 1),
    last=date(2026, 7, 8),
    orders_per_day=250,
    quotes_per_day=9_000,
    providers=(Provider("P1"), Provider("P2", planted=(Planted("undisclosed_venue", 0.05), Planted("fade", 0.15)))),
    broken_delivery_on=date(2026, 7, 2),
    late_delivery_on=date(2026, 7, 6),
)
COLUMNS = ("executed_at", "price", "quantity")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five sessions of two providers, with a truncated and a late log."""
    out = tmp_path_factory.mktemp("round_trip")
    write_delivery(CONFIG, out)
    return out


def read(out: Path, provider: str) -> dict[str, pl.DataFrame]:
    """Canonical frames of one provider's logs, in the order a user's shell would list them."""
    logs = sorted((out / "fix" / provider).glob("*.log"))
    return read_fix_log(logs, map=str(out / "maps" / f"fix-{provider}.toml"))


def truth(out: Path, kind: str, provider: str) -> pl.DataFrame:
    """All days of one kind of truth."""
    return pl.read_parquet(out / "truth" / kind / f"{provider}-*.parquet")


@pytest.mark.parametrize("provider", ["P1", "P2"])
def test_every_order_and_execution_is_read_once(delivered: Path, provider: str) -> None:
    """Orders at their receipt, executions at their time, price, shares; those of good-till-cancelled orders as well."""
    frames, orders = read(delivered, provider), truth(delivered, "orders", provider)
    said = truth(delivered, "executions", provider).filter(pl.col("later") != "corrected")
    carried = truth(delivered, "carried", provider)
    assert sorted(frames["parent_orders"]["received_at"]) == sorted(orders["received_at"])
    wanted = sorted(
        [(at // 1000 * 1000, price, shares) for at, price, shares in said.select(*COLUMNS).iter_rows()]
        + list(carried.select(*COLUMNS).iter_rows())
    )
    seen = frames["executions"].filter(pl.col("status") != "corrected")
    assert sorted(seen.select(*COLUMNS).iter_rows()) == wanted


@pytest.mark.parametrize("provider", ["P1", "P2"])
def test_busts_and_corrections_are_as_planted(delivered: Path, provider: str) -> None:
    """Counts by status equal the truth's."""
    status = read(delivered, provider)["executions"]["status"].to_list()
    later = truth(delivered, "executions", provider)["later"].to_list()
    assert (status.count("busted"), status.count("corrected")) == (later.count("busted"), later.count("corrected"))


def test_every_child_and_fill_finds_its_parent(delivered: Path) -> None:
    """Nothing stays unlinked or ambiguous, although clocks differ by 20 ms and ClOrdIDs repeat every day."""
    links = read(delivered, "P1")["links"]
    assert set(links["method"].unique()) <= {"exact", "declared"}


def test_fills_at_an_undisclosed_venue_have_no_venue_side_sighting(delivered: Path) -> None:
    """The firm's session alone tells of them; every other fill is seen twice."""
    frames = read(delivered, "P2")
    hidden = frames["executions"].filter(pl.col("venue") == "ZQUV")
    assert hidden.height > 0
    assert hidden["sightings"].to_list() == [1] * hidden.height
    others = frames["executions"].filter(pl.col("venue") != "ZQUV")
    assert others["sightings"].to_list() == [2] * others.height


def test_late_and_corrected_files_change_nothing(delivered: Path, tmp_path: Path) -> None:
    """The same run delivered without mishaps gives the same executions."""
    write_delivery(replace(CONFIG, broken_delivery_on=None, late_delivery_on=None), tmp_path)
    columns = ["execution_id", "executed_at", "price", "quantity", "status", "sightings"]
    ours, clean = (read(out, "P1")["executions"].select(columns).sort("execution_id") for out in (delivered, tmp_path))
    assert ours.equals(clean)
    assert json.loads((tmp_path / "truth" / "summary.json").read_text())["providers"]["P1"]["executions"] > 0
