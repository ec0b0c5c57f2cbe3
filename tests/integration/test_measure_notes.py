"""What a measurement says of data that the lake does not have, by the name of what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from program import call

if TYPE_CHECKING:
    from pathlib import Path

EXECUTIONS = (
    "execution_id,order_id,symbol,side,order_type,order_quantity,received_at,executed_at,price,quantity\n"
    "e1,o1,IBM,buy,market,100,2026-07-01T14:00:00Z,2026-07-01T14:00:01Z,10.02,100\n"
)
QUOTES = "symbol,at,bid,ask\nIBM,2026-07-01T13:30:00Z,10.00,10.02\n"


def take(folder: Path, table: str, content: str, *instants: str) -> None:
    """Take a file of one table in."""
    (folder / f"{table}.csv").write_text(content, encoding="utf-8")
    times = "".join(f'[time.{name}]\nunit = "iso"\n' for name in instants)
    (folder / f"{table}.toml").write_text(f'table = "{table}"\n{times}', encoding="utf-8")
    done = call("ingest", "csv", f"{table}.csv", "--map", f"{table}.toml", "-w", "ws", folder=folder)
    assert done.returncode == 0, done.stderr


def said(folder: Path, *options: str) -> str:
    """What `measure` says beside its figures."""
    done = call("measure", "-w", "ws", *options, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """No flow at all; then flow, but no prints and no child routes."""
    call("init", "ws", folder=tmp_path)
    assert "it has no parent orders or executions or routes: ingest some first" in said(tmp_path)
    take(tmp_path, "executions", EXECUTIONS, "received_at", "executed_at")
    take(tmp_path, "quotes", QUOTES, "at")
    assert "it has no trades: ingest some first" in said(tmp_path, "--population", "tape")
    assert "it has 2026-07-01 to 2026-07-01" in said(tmp_path, "--from", "2026-07-02")
    at_venue = said(tmp_path, "--benchmark", "venue")
    assert "expected child routes, which tell when a venue got an order, found none" in at_venue
    assert "price_improvement_usd_per_share, " in next(
        line for line in at_venue.splitlines() if line.endswith(": no covered executions")
    )
    assert "child routes" not in said(tmp_path)
