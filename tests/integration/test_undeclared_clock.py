"""A fill that a clock within the tolerance of Rule 4590 explains is nobody's fault, until the clock is declared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from program import call

if TYPE_CHECKING:
    from pathlib import Path

# The ask goes from 10.02 to 10.05 at 10:00:01.000; New York is four hours behind UTC.
QUOTES = """symbol,at,bid,ask
A,2026-07-01T14:00:00.000Z,10.00,10.02
A,2026-07-01T14:00:01.000Z,10.03,10.05
A,2026-07-01T14:00:09.000Z,10.03,10.05
"""
FILLS = """execution_id,order_id,symbol,side,executed_at,price,quantity
early,o1,A,buy,2026-07-01T14:00:00.{ms:03d}Z,10.05,100
"""
ORDERS = """order_id,symbol,side,received_at,order_type,quantity,time_in_force
o1,A,buy,2026-07-01T14:00:00.500Z,market,100,day
"""
CLOCK = "\n[clock.P]\nuncertainty_ns = 5_000_000\nbasis = 'stated by P'\n"


@pytest.mark.parametrize(
    ("ms", "clock", "fired"),
    [(970, "", False), (960, "", False), (940, "", True), (970, CLOCK, True), (996, CLOCK, False)],
)
def test_a_fill_shortly_before_its_quote(tmp_path: Path, ms: int, clock: str, *, fired: bool) -> None:
    """40 ms early may be the clock, 60 ms may not; with 5 ms declared, 30 ms may not either, and 4 ms may."""
    workspace = tmp_path / "w"
    texts = {"quotes": QUOTES, "executions": FILLS.format(ms=ms), "parent_orders": ORDERS}
    assert call("init", str(workspace)).returncode == 0
    for table, text in texts.items():
        (tmp_path / f"{table}.csv").write_text(text)
        columns = "\n".join(f'{name} = "{name}"' for name in text.partition("\n")[0].split(","))
        at = next(name for name in text.partition("\n")[0].split(",") if name == "at" or name.endswith("_at"))
        map_file = tmp_path / f"{table}.toml"
        map_file.write_text(f'table = "{table}"\n[columns]\n{columns}\n[time.{at}]\nunit = "iso"\n{clock}')
        words = ["ingest", "csv", str(tmp_path / f"{table}.csv"), "--map", str(map_file), "--provider", "P"]
        done = call(*words, "--workspace", str(workspace))
        assert done.returncode == 0, done.stderr
    done = call("exceptions", "run", "--day", "2026-07-01", "--json", "--workspace", str(workspace))
    rules = {item["rule"] for item in json.loads(done.stdout)["findings"]}
    assert ("outside_nbbo" in rules) is fired, done.stdout
