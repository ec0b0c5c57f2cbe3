"""P8, live: however a day's messages arrive, the findings are those of the model, and those of a run over the day."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from live_streams import ASK, BID, Stream, outside, stream, wire
from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.app.monitoring.run_day import run_day
from routeproof.app.watch.engine import Engine
from routeproof.app.watch.quotes import LiveQuotes

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 7, 1)
STREAMS = 40
LATER_NS = 3 * 3600 * 10**9
MIDNIGHT_MS = int(datetime(2026, 7, 1, 14, tzinfo=UTC).timestamp() * 1000)


def workspace(root: Path) -> Path:
    """A workspace with the day's one quote."""
    init_workspace(root)
    csv, table = root.parent / f"{root.name}.csv", root.parent / "quotes.toml"
    csv.write_text(f"symbol,at,bid,ask\nKESTR,2026-07-01T13:00:00Z,{BID / 100},{ASK / 100}\n")
    table.write_text(
        'table = "quotes"\n[columns]\nsymbol = "symbol"\nat = "at"\nbid = "bid"\nask = "ask"\n'
        '[constants]\nkind = "nbbo"\n[time.at]\nunit = "iso"\n'
    )
    with open_context(root) as context:
        ingest(context, "csv", [csv], map_path=table)
    return root


def found_in(context: Context) -> dict[str, dict[str, Any]]:
    """Findings that stand, by id, without when and from which copy they were recorded, and without their case."""
    items = list_findings(context.records, FindingFilter(day=DAY))["findings"]
    return {
        item["id"]: {k: v for k, v in item.items() if k not in {"recorded_at", "source_row", "case"}} for item in items
    }


def as_model(found: dict[str, dict[str, Any]], names: dict[str, str]) -> list[tuple[str, str, int]]:
    """Findings of `outside_nbbo` as the model writes them."""
    return sorted(
        (names[item["order_id"]], f"{item['observed']:.2f}", int(item["at"]) // 10**6 - MIDNIGHT_MS)
        for item in found.values()
        if item["rule"] == "outside_nbbo"
    )


def judge_live(root: Path, messages: list[bytes], chance: random.Random) -> dict[str, dict[str, Any]]:
    """Findings of a watch to which the messages came in random batches, long after the last one."""
    now = [1_800_000_000_000_000_000]
    with open_context(root, clock=lambda: now[0]) as context:
        engine = Engine(context, LiveQuotes(context.lake), {})
        rest = list(messages)
        while rest:
            many = chance.choice([1, 7, 60, 400])
            engine.take("P", rest[:many])
            engine.go_on()
            rest = rest[many:]
            now[0] += chance.choice([10**6, 10**9])
        now[0] += LATER_NS
        engine.go_on()
        engine.judge_windows()
        return found_in(context)


def judge_day(root: Path, messages: list[bytes]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Findings of a run over the day, and the ClOrdID of each order."""
    log = root.parent / "day.log"
    log.write_bytes(b"\n".join(messages) + b"\n")
    with open_context(root) as context:
        ingest(context, "fix-log", [log], provider_id="P")
        run_day(context, DAY)
        sent = context.lake.read("fix_messages").filter(pl.col("msg_type") == "D").select("cl_ord_id", "sent_at")
        orders = context.lake.read("parent_orders").select("order_id", "received_at")
        joined = orders.join(sent, left_on="received_at", right_on="sent_at")
        return found_in(context), dict(joined.select("order_id", "cl_ord_id").iter_rows())


@examples(2, more_by_night=125)
@given(seed=st.integers(0, 2**32 - 1))
def test_arrival_changes_nothing(seed: int, tmp_path_factory: Any) -> None:  # noqa: ANN401  # pytest's own
    """Streams shuffled, repeated and cut at random: the model, the run over the day and the watch agree.

    Forty of them twice a commit, ten thousand by night.
    """
    chance = random.Random(seed)  # noqa: S311  # reproducible, not secret
    folder = tmp_path_factory.mktemp("live")
    streams: list[Stream] = [stream(f"C{number}", chance) for number in range(STREAMS)]
    messages = wire(streams, chance)
    by_day, names = judge_day(workspace(folder / "day"), messages)
    chance.shuffle(messages)
    live = judge_live(workspace(folder / "live"), messages, chance)
    assert live == by_day
    assert as_model(live, names) == outside(streams)
