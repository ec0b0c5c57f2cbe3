"""An order's lot is that of the round lot in force on its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import routeproof as rp
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest

if TYPE_CHECKING:
    from pathlib import Path

# A trades in lots of 40 from 24 November; B's lot of 10 is known from the 24th on only
INSTRUMENTS = "symbol,valid_from,round_lot\nA,2026-11-02,100\nA,2026-11-24,40\nB,2026-11-24,10\n"
ORDERS = """\
order_id,symbol,side,received_at,quantity
a1,A,buy,2026-11-23T15:00:00Z,40
a2,A,buy,2026-11-24T15:00:00Z,40
b1,B,buy,2026-11-23T15:00:00Z,10
b2,B,buy,2026-11-24T15:00:00Z,9
"""


def test_round_lots_are_dated(tmp_path: Path) -> None:
    """40 shares of A are odd before its lot became 40, and round from then on; without a declared lot it is 100."""
    init_workspace(tmp_path / "ws")
    with open_context(tmp_path / "ws") as context:
        for name, content in (("instruments", INSTRUMENTS), ("parent_orders", ORDERS)):
            (tmp_path / f"{name}.csv").write_text(content, "utf-8")
            time = '[time.received_at]\nunit = "iso"\n' if name == "parent_orders" else ""
            (tmp_path / f"{name}.toml").write_text(f'table = "{name}"\n{time}', "utf-8")
            ingest(context, "csv", [tmp_path / f"{name}.csv"], map_path=tmp_path / f"{name}.toml")
    rows = rp.Workspace(tmp_path / "ws").measure(["symbol", "day", "lot"], metrics=["orders"]).rows
    found = {(symbol, day.day): lot for symbol, day, lot, _ in rows.rows()}
    assert found == {("A", 23): "odd", ("A", 24): "round", ("B", 23): "odd", ("B", 24): "odd"}
