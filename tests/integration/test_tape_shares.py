"""The tape's shares by venue and symbol are kept with the prints that they are made from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

import routeproof as rp
from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest
from routeproof.app.intake.tape_shares import tape_shares

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.stores.lake import Lake

MAP = """
table = "trades"
[time.at]
unit = "iso"
zone = "America/New_York"
"""
HEAD = "symbol,at,price,quantity,venue,eligible\n"
# one print before the open and one at the close, one not eligible, one without a venue
MONDAY = """\
A,2026-11-23T09:29:59,10,1000,XNAS,true
A,2026-11-23T09:30:00,10,100,XNAS,true
A,2026-11-23T10:00:00,10,200.5,XNAS,true
A,2026-11-23T10:00:01,10,300,ARCX,true
A,2026-11-23T10:00:02,10,900,ARCX,false
B,2026-11-23T10:00:03,10,50,,true
A,2026-11-23T16:00:00,10,1000,ARCX,true
"""
TUESDAY = "A,2026-11-24T10:00:00,10,400,ARCX,true\n"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace."""
    init_workspace(tmp_path / "ws", firm_id="ACME")
    with open_context(tmp_path / "ws", clock=lambda: 1_783_000_000_000_000_000) as opened:
        yield opened


def take(context: Context, tmp_path: Path, name: str, lines: str) -> None:
    """Take a file of prints in."""
    (tmp_path / "map.toml").write_text(MAP, "utf-8")
    (tmp_path / name).write_text(HEAD + lines, "utf-8")
    ingest(context, "csv", [tmp_path / name], map_path=tmp_path / "map.toml")


def kept(context: Context) -> list[tuple[object, ...]]:
    """What the lake keeps, shares in whole and parts."""
    frame = context.lake.read("tape_shares").with_columns(pl.col("quantity") / 10**9)
    return frame.rows()


def test_shares_of_eligible_regular_prints_are_kept_by_day_symbol_and_venue(context: Context, tmp_path: Path) -> None:
    """Prints and shares; a later file adds to its own day."""
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    take(context, tmp_path, "monday.csv", MONDAY)
    assert kept(context) == [
        (monday, "A", "ARCX", 1, 300.0),
        (monday, "A", "XNAS", 2, 300.5),
        (monday, "B", None, 1, 50.0),
    ]
    take(context, tmp_path, "tuesday.csv", TUESDAY + "B,2026-11-23T11:00:00,10,7,ARCX,true\n")
    assert kept(context)[2:] == [
        (monday, "B", None, 1, 50.0),
        (monday, "B", "ARCX", 1, 7.0),
        (tuesday, "A", "ARCX", 1, 400.0),
    ]
    assert rp.Workspace(tmp_path / "ws").table("tape_shares", [tuesday]).height == 1


def test_the_same_prints_again_change_nothing(context: Context, tmp_path: Path) -> None:
    """No new partition, the same manifest."""
    take(context, tmp_path, "one.csv", MONDAY)
    before = context.lake.manifest().id
    take(context, tmp_path, "again.csv", MONDAY + "\n")
    assert context.lake.manifest().id == before


def test_they_are_what_measuring_the_tape_says(context: Context, tmp_path: Path) -> None:
    """The kept shares and `--population tape` speak of the same prints."""
    take(context, tmp_path, "monday.csv", MONDAY)
    rows = rp.Workspace(tmp_path / "ws").measure(["symbol", "venue"], population="tape").rows
    found = context.lake.read("tape_shares").select("symbol", "venue", "prints", pl.col("quantity") / 10**9)
    assert rows.select("symbol", "venue", "executions", "executed_shares").rows() == found.rows()


class OlderLake:
    """A lake whose prints came in before their shares were kept."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake

    def files(self, table: str, day: date, manifest: str) -> list[Path]:
        """Nothing kept."""
        return [] if table == "tape_shares" else self.lake.files(table, day, manifest)

    def read(self, *arguments: object, **named: object) -> pl.DataFrame:
        """As the lake."""
        return self.lake.read(*arguments, **named)  # type: ignore[arg-type]


def test_shares_of_days_that_were_taken_in_before_they_were_kept(context: Context, tmp_path: Path) -> None:
    """Where nothing is kept, the prints are read; either way the same."""
    take(context, tmp_path, "monday.csv", MONDAY)
    manifest, days = context.lake.manifest().id, [date(2026, 11, 22), date(2026, 11, 23)]
    from_prints = tape_shares(OlderLake(context.lake), manifest, days)  # type: ignore[arg-type]
    assert from_prints.height == 3
    assert from_prints.equals(tape_shares(context.lake, manifest, days))
