"""Prints that bring their sale conditions are judged by the dated policy, whatever file they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import routeproof as rp
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest
from routeproof.app.intake.quality import quality
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from pathlib import Path

TIME = '[time.at]\nunit = "iso"\n'
HEAD = "symbol,at,price,quantity,conditions\n"
# regular, automatic, sweep and odd lot, none; then extended hours, derivatively priced, average price
LETTERS = ["@", "@E", "@F I", "", "@ T", "4", "W"]
# regular, sweep and odd lot, none; then average price, stock-option
BITS = ["1", "80000021", "", "100001", "40001"]


def lines(conditions: list[str]) -> str:
    """One print of 1, 2, 4 … shares per text, so that the sum tells which of them count."""
    rows = (f'A,2026-11-23T15:00:0{n}Z,10,{2**n},"{text}"\n' for n, text in enumerate(conditions))
    return HEAD + "".join(rows)


def taken(tmp_path: Path, conditions: list[str], map_text: str) -> pl.DataFrame:
    """The canonical prints of a file."""
    init_workspace(tmp_path / "ws")
    (tmp_path / "t.csv").write_text(lines(conditions), "utf-8")
    (tmp_path / "t.toml").write_text(map_text, "utf-8")
    with open_context(tmp_path / "ws") as context:
        ingest(context, "csv", [tmp_path / "t.csv"], map_path=tmp_path / "t.toml")
        assert quality(context)["tables"][0]["excluded"]["not_a_regular_print"] == 3 - (conditions is BITS)
        return context.lake.read("trades")


def test_letters_of_the_consolidated_tape_need_no_declaration(tmp_path: Path) -> None:
    """The first four prints: 1 + 2 + 4 + 8 shares."""
    trades = taken(tmp_path, LETTERS, f'table = "trades"\n{TIME}')
    assert trades["eligible"].to_list() == [True] * 4 + [False] * 3
    rows = rp.Workspace(tmp_path / "ws").measure(population="tape").rows
    assert rows["executed_shares"].to_list() == [15.0]


def test_bits_are_declared(tmp_path: Path) -> None:
    """`condition_policy` names whose conditions they are."""
    trades = taken(tmp_path, BITS, f'table = "trades"\ncondition_policy = "lean"\n{TIME}')
    assert trades["eligible"].to_list() == [True] * 3 + [False] * 2


def test_an_unknown_policy_is_refused(tmp_path: Path) -> None:
    """With the policies that there are."""
    with pytest.raises(MapError, match="taq"):
        taken(tmp_path, LETTERS, f'table = "trades"\ncondition_policy = "tac"\n{TIME}')


def test_frames_in_memory_are_judged_as_files_are() -> None:
    """Unless they say themselves which prints are eligible, or bring no conditions."""
    trades = pl.read_csv(lines(LETTERS).encode(), schema_overrides={"conditions": pl.String})
    trades = trades.with_columns(pl.col("quantity").cast(pl.Float64))
    quotes = pl.DataFrame({"symbol": ["A"], "at": ["2026-11-23T14:59:00Z"], "bid": ["9.99"], "ask": ["10.01"]})

    def shares(frame: pl.DataFrame) -> list[float]:
        return rp.measure(None, quotes, trades=frame, population="tape")["executed_shares"].to_list()

    assert shares(trades) == [15.0]
    assert shares(trades.with_columns(eligible=pl.lit(value=True))) == [127.0]
    assert shares(trades.drop("conditions")) == [127.0]
