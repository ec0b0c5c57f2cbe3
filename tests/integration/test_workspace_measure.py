"""What the lake answers is what the same rows in memory answer, whichever way the lake takes to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

import routeproof as rp
from oracle.random_flow import FIXED, Dice, frame, random_flow, random_market, with_own_providers
from program import call
from routeproof.app.context import open_context
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.measure_frames import grouping_of
from routeproof.app.measuring.measure_range import Range, measure_range
from routeproof.app.shipped_rules import rules_of
from routeproof.stores.quote_reader import CHUNK_ROWS
from routeproof.tables.switches import Switches
from routeproof.vocab.fixed import to_decimal

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

TABLES = {
    "quotes": "quotes",
    "trades": "trades",
    "parent_orders": "orders",
    "order_versions": "versions",
    "routes": "routes",
    "executions": "executions",
}
SPREADS = ("executions", "covered_shares", "e_over_q", "price_improvement_usd_per_share", "markout_bps_1s", "hhi_venue")


def run(*arguments: str) -> None:
    """A command that must succeed."""
    done = call(*arguments)
    assert done.returncode == 0, done.stderr


def decimals(frame_of_integers: pl.DataFrame) -> pl.DataFrame:
    """The frame with its scaled integers as decimal text, as a file would have them."""
    text = {
        name: [None if value is None else f"{to_decimal(value):f}" for value in frame_of_integers[name]]
        for name in frame_of_integers.columns
        if name in FIXED
    }
    return frame_of_integers.with_columns(**{name: pl.Series(values, dtype=pl.String) for name, values in text.items()})


@pytest.fixture(scope="module", params=["day", "gtc"])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, pl.DataFrame]]:
    """A workspace that took random flow in as CSV, and the same frames; with and without long-lived orders."""
    dice = Dice(91)
    market, flow = random_market(dice), with_own_providers(dice, random_flow(dice))
    if request.param == "day":
        for event in flow["versions"]:
            event["time_in_force"] = "day" if event["time_in_force"] == "gtc" else event["time_in_force"]
    rows = flow | {"quotes": market.quotes, "trades": market.trades}
    frames = {table: frame(rows[name]) for table, name in TABLES.items()}
    folder = tmp_path_factory.mktemp(request.param)
    run("init", str(folder / "ws"))
    for table, content in frames.items():
        decimals(content).write_csv(folder / f"{table}.csv")
        instants = "".join(f'[time.{name}]\nunit = "ns"\n' for name in content.columns if name.endswith("at"))
        (folder / f"{table}.toml").write_text(f'table = "{table}"\n{instants}', "utf-8")
        file, file_map = str(folder / f"{table}.csv"), str(folder / f"{table}.toml")
        run("ingest", "csv", file, "--map", file_map, "-w", str(folder / "ws"))
    return folder / "ws", frames


@pytest.mark.parametrize("by", [(), ("order_class", "side"), ("venue",), ("provider",)])
@pytest.mark.parametrize("switches", [{}, {"benchmark": "execution", "locked": "include", "tie": "inclusive"}])
@pytest.mark.parametrize("metrics", [(), SPREADS], ids=["all", "spreads"])
def test_the_lake_answers_as_memory_does(
    both: tuple[Path, dict[str, pl.DataFrame]],
    by: tuple[str, ...],
    switches: dict[str, str],
    metrics: tuple[str, ...],
) -> None:
    """The same bits, from files or from frames, for all figures or for few."""
    workspace, frames = both
    memory = rp.measure(
        frames["executions"],
        frames["quotes"],
        frames["parent_orders"],
        by=by,
        metrics=metrics,
        trades=frames["trades"],
        routes=frames["routes"],
        order_versions=frames["order_versions"],
        **switches,
    )
    lake = rp.Workspace(workspace).measure(by, metrics=metrics, **switches).rows
    assert lake.columns == memory.columns
    for name in memory.columns:
        assert lake[name].equals(memory[name], null_equal=True), name


@pytest.mark.parametrize("chunk_rows", [1, 40])
@pytest.mark.parametrize("metrics", [(), SPREADS], ids=["all", "spreads"])
def test_a_day_in_small_pieces_says_the_same(
    both: tuple[Path, dict[str, pl.DataFrame]], metrics: tuple[str, ...], chunk_rows: int
) -> None:
    """Whole days symbol by symbol, and fills with each symbol's quotes read in parts, as against all at once."""
    workspace, _ = both
    grouping = grouping_of(("order_class", "side"), metrics)
    with open_context(workspace) as context:
        manifest = context.lake.manifest().id
        rules = rules_of(context.lake, manifest)
        small, large = (LakeSource(context.lake, manifest, chunk_rows=rows) for rows in (chunk_rows, CHUNK_ROWS))
        asked = Range(large.days(), grouping)
        found, expected = (measure_range(source, asked, rules, Switches()) for source in (small, large))
    assert found.equals(expected)


def measured(workspace: Path, *arguments: str) -> CompletedProcess[str]:
    """`routeproof measure`, whatever comes of it."""
    return call("measure", *arguments, "-w", str(workspace))


def test_a_mistyped_value_is_told(both: tuple[Path, dict[str, pl.DataFrame]]) -> None:
    """A provider that no order has is an error; a symbol that no row has gives no rows and a note of what is there."""
    workspace, frames = both
    wrong = measured(workspace, "--provider", "nobody")
    assert wrong.returncode == 2
    assert "found none named 'nobody'" in wrong.stderr
    assert all(name in wrong.stderr for name in frames["parent_orders"]["provider_id"].unique() if name)
    empty = measured(workspace, "--where", "symbol=NOSUCH", "--by", "symbol", "--json")
    assert empty.returncode == 0
    answer = json.loads(empty.stdout)
    assert answer["rows"] == []
    (note,) = answer["meta"]["notes"]
    assert "found none named 'NOSUCH'" in note
    assert all(name in note for name in frames["parent_orders"]["symbol"].unique())
    assert f"note: {note}" in empty.stderr
    late = measured(workspace, "--from", "2031-01-01", "--json")
    assert late.returncode == 0
    assert json.loads(late.stdout)["meta"]["notes"][0].startswith("expected days of the lake between --from and --to")
    assert measured(workspace, "--by", "symbol").stderr.count("note:") == 0


def test_nothing_stays_of_a_file_that_was_altered(both: tuple[Path, dict[str, pl.DataFrame]]) -> None:
    """Fills at 50 cents more in the lake's file, then the file as it was: told is what was told at first."""
    root, _ = both

    def told() -> object:
        done = call("measure", "-w", str(root), "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["rows"]

    with open_context(root) as context:
        paths = context.lake.files("executions")
    before = told()
    for path in paths:
        good = path.read_bytes()
        pl.read_parquet(path).with_columns(pl.col("price") + 500_000_000).write_parquet(path)
        assert told() != before
        path.write_bytes(good)
    assert told() == before


@pytest.mark.parametrize("population", ["own", "tape"])
def test_a_question_that_needs_no_column_is_answered_alike_twice(
    both: tuple[Path, dict[str, pl.DataFrame]], population: str
) -> None:
    """Counts of executions alone, measured and then read from what was kept."""
    workspace, _ = both
    asked = ("--population", population, "--metrics", "executions", "--json")
    first, again = (json.loads(measured(workspace, *asked).stdout)["rows"] for _ in range(2))
    assert first[0]["executions"] > 0
    assert again == first


def test_prints_have_no_side_however_often_that_is_asked(both: tuple[Path, dict[str, pl.DataFrame]]) -> None:
    """An error the first time and, of rows that were kept meanwhile, the second time."""
    workspace, _ = both
    asked = ("--population", "tape", "--by", "side", "--metrics", "executions")
    assert [measured(workspace, *asked).returncode for _ in range(2)] == [2, 2]
