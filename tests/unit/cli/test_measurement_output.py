"""What an output says of how it was made."""

import json
from pathlib import Path

import polars as pl
import pytest

from routeproof.app.measuring.measure import Measurement
from routeproof.cli.measurement_output import unusual, write
from routeproof.tables.switches import Switches

SWITCHES = Switches(tie="inclusive", locked="include", stale_after_ns=5_000_000_000).stamped()


def measurement() -> Measurement:
    """Two venues."""
    meta = {
        "by": ["venue"], "metrics": [], "where": [], "from": "2026-07-01", "to": "2026-07-01", "days": 1,
        "switches": SWITCHES, "manifest": "ab" * 32, "child_routes": True, "notes": [],
    }  # fmt: skip
    return Measurement(meta, pl.DataFrame({"venue": ["XNAS", "ARCX"], "executions": [1, 2]}))


def test_switches_that_are_not_as_usual_are_named() -> None:
    """All of them, none of the others."""
    assert unusual(SWITCHES) == ["tie inclusive", "locked include", "stale after ns 5000000000"]
    assert unusual(Switches().stamped()) == []


def test_a_table_goes_to_the_file_that_was_asked_for(tmp_path: Path) -> None:
    """Not to the screen."""
    write(measurement(), "table", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text() == "venue  executions\nXNAS            1\nARCX            2\n"


def test_a_table_says_why_a_figure_has_no_value_in_any_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Below it, by the reason; a figure that one row has needs none."""
    result = measurement()
    nowhere = pl.lit(None, dtype=pl.Float64)
    rows = result.rows.with_columns(
        nowhere.alias("price_improvement_usd_per_share"),
        nowhere.alias("quoted_spread_usd_per_share"),
        pl.when(pl.col("venue") == "XNAS").then(0.5).alias("e_over_q"),
    )
    write(Measurement(result.meta, rows), "table", None)
    (said,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("no value")]
    assert said == "no value: price_improvement_usd_per_share, quoted_spread_usd_per_share: no covered executions"


def test_a_parquet_file_carries_its_switches(tmp_path: Path) -> None:
    """As metadata of the file, beside the rows."""
    write(measurement(), "parquet", tmp_path / "out.parquet")
    assert json.loads(pl.read_parquet_metadata(tmp_path / "out.parquet")["routeproof"])["switches"] == SWITCHES
    assert pl.read_parquet(tmp_path / "out.parquet").height == 2
