"""The 605 report of a workspace, read in pieces, is the same as from memory, and ties to its lake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from disclosure_desk import disclosure_desk
from report605_flow import call, file_of, frames_of, source_of, sums_of, workspace_of
from routeproof.app.context import open_context
from routeproof.app.disclosure.report_605 import asked_605, flow_of_workspace, report_605
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.metrics.rule605.detailed import HEADER as DETAILED

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.disclosure.report605_sums import Sums605


LATER = {
    "quotes": """\
symbol,at,bid,ask
A,2026-09-01T13:31:00Z,10.00,10.04
A,2026-09-02T13:31:00Z,10.00,10.04
""",
    "parent_orders": """\
order_id,provider_id,symbol,side,received_at,quantity,order_type,limit_price,time_in_force
g1,P,A,buy,2026-09-01T14:00:00Z,100,limit,10.00,gtc
g2,Q,A,buy,2026-09-01T14:00:00Z,300,limit,10.00,gtc
""",
    "routes": """\
route_id,order_id,symbol,side,sent_at,quantity,time_in_force
r1,g1,A,buy,2026-09-01T14:00:01Z,100,gtc
r2,g2,A,buy,2026-09-01T14:00:01Z,300,gtc
""",
    "executions": """\
execution_id,order_id,route_id,symbol,side,executed_at,price,quantity,venue
e1,g1,r1,A,buy,2026-09-02T14:00:00Z,10.00,60,X
e2,,r1,A,buy,2026-09-02T14:00:00Z,10.00,40,X
e3,,r2,A,buy,2026-09-02T14:00:00Z,10.00,300,X
""",
}


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, pl.DataFrame]]:
    """A workspace that took random flow in, each file in two halves, and the same frames."""
    frames = frames_of(17)
    return workspace_of(tmp_path_factory.mktemp("taken-in"), frames), frames


def test_a_workspace_says_what_memory_says(taken_in: tuple[Path, dict[str, pl.DataFrame]]) -> None:
    """Files split in two and taken in, measured symbol by symbol or all at once, give the bytes of frames in memory."""
    workspace, frames = taken_in
    expected = sums_of(source_of(frames))
    assert expected.rows.height > 10
    assert set(expected.reasons) > {"", "not_held", "pegged"}
    with open_context(workspace) as context:
        manifest = context.lake.manifest().id
        for chunk_rows in (1, 1_000):
            found = sums_of(LakeSource(context.lake, manifest, chunk_rows=chunk_rows))
            assert_same(found, expected)


def assert_same(found: Sums605, expected: Sums605) -> None:
    """The same bytes, the same counts beside them."""
    assert file_of(found) == file_of(expected)
    assert (found.reasons, found.has_tape) == (expected.reasons, expected.has_tape)
    counts = [(sums.stray_fills, sums.other_fills, sums.fills_seen) for sums in (found, expected)]
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("provider", "orders", "shares"), [("", "2", "400"), ("P", "1", "100")])
def test_fills_of_a_later_day_have_their_order(tmp_path: Path, provider: str, orders: str, shares: str) -> None:
    """Good till cancelled, routed on the day before: 60 shares name the order of P, 40 and Q's 300 the route alone."""
    desk = disclosure_desk(tmp_path, LATER)
    with desk.context() as context:
        asked = asked_605("detailed", "FIRM", "T", "2026-09", tmp_path, provider=provider)
        made = report_605(asked, flow_of_workspace(context))
    (row,) = made.file.rows
    found = dict(zip(DETAILED, row, strict=True))
    names = ("CvrdOrderCnt", "CvrdOrderExctdAwayQty", "FilledOrderCnt", "FilledOrderWghtdAvgTime")
    assert [found[name] for name in names] == [orders, shares, orders, "86400000"]


@pytest.mark.night
def test_what_links_two_symbols_is_not_cut(tmp_path: Path) -> None:
    """Fills that say another symbol than their order, as whole or cut days: the order has them all the same."""
    frames = frames_of(23, orders=12)
    orders = frames["parent_orders"]
    other = {symbol: next(name for name in orders["symbol"].unique().sort() if name != symbol)
             for symbol in orders["symbol"].unique()}  # fmt: skip
    fills = frames["executions"]
    moved = (pl.col("order_id").is_not_null()) & (pl.int_range(pl.len()) % 3 == 0)
    swapped = pl.when(moved).then(pl.col("symbol").replace(other)).otherwise("symbol")
    frames["executions"] = fills.with_columns(swapped.alias("symbol"))
    expected = sums_of(source_of(frames))
    with open_context(workspace_of(tmp_path, frames)) as context:
        assert_same(sums_of(LakeSource(context.lake, context.lake.manifest().id, chunk_rows=1)), expected)


def test_the_page_ties_to_the_lake(taken_in: tuple[Path, dict[str, pl.DataFrame]], tmp_path: Path) -> None:
    """From a workspace, orders and the completeness statement are named and agree."""
    workspace, _ = taken_in
    given = ["--reporter", "FIRM", "--participant", "T", "--month", "2026-11", "--out", str(tmp_path)]
    done = call("report", "605", "detailed", *given, "--html", str(tmp_path / "r.html"), "-w", str(workspace))
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "r.html").read_text("utf-8")
    assert "Completeness of the lake" in text
    assert "✗ NO" not in text
    with open_context(workspace) as context:
        made = report_605(asked_605("summary", "FIRM", "T", "2026-11", tmp_path), flow_of_workspace(context))
    assert made.orders_in == made.covered + sum(made.excluded.values())
