"""A watch over several days: what it goes back to, what it leaves to the lake, and what it lets go of."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from live_streams import framed
from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.app.monitoring.run_day import run_day
from routeproof.app.objects.findings import RECORDED
from routeproof.app.watch.beside.lake_writer import LakeWriter, Portion, pause_s
from routeproof.app.watch.catch_up import hold_lake
from routeproof.app.watch.engine import Engine
from routeproof.app.watch.quotes import LiveQuotes
from routeproof.app.watch.status import StatusTeller, read_status, was_killed, write_status
from routeproof.ledger.entry import read_entry
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST, SECOND, THIRD = date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)
FOURTH, FIFTH = date(2026, 7, 2), date(2026, 7, 6)
LATER_NS = 3 * 3600 * 10**9
MAP = """\
table = "quotes"
[columns]
symbol = "symbol"
at = "at"
bid = "bid"
ask = "ask"
[constants]
kind = "nbbo"
[time.at]
unit = "iso"
"""


def order(day: date, name: str, number: int, *, lasting: bool = False) -> bytes:
    """An order to buy 1,000 at the market, or good till cancelled at 10.10."""
    at = f"{day:%Y%m%d}-14:00:00.000"
    terms = ["40=2", "44=10.10", "59=1"] if lasting else ["40=1", "59=0"]
    return framed(["35=D", "49=FIRM", "56=SOR", f"34={number}", f"52={at}", f"11={name}", "55=KESTR", "54=1", "38=1000",
                   *terms, f"60={at}"])  # fmt: skip


def report(day: date, name: str, number: int, fill: str, price: str, *more: str) -> bytes:
    """A fill of 100 bought, 7 cents beyond the quote of 10.00 to 10.04 at 10.11; `more` replaces fields."""
    at = f"{day:%Y%m%d}-14:00:{number % 60:02d}.000"
    fields = ["35=8", "49=SOR", "56=FIRM", f"34={number}", f"52={at}", f"37=O{name}", f"11={name}", f"17={fill}",
              "150=F", "39=1", "55=KESTR", "54=1", "38=1000", "32=100", f"31={price}", "30=XNAS", "14=100", "151=900",
              f"6={price}", f"60={at}"]  # fmt: skip
    changed = {item.split("=")[0]: item for item in more}
    kept = [changed.pop(field.split("=")[0], field) for field in fields]
    return framed([*kept, *changed.values()])


def heartbeat(day: date, number: int) -> bytes:
    """A heartbeat of the provider."""
    return framed(["35=0", "49=SOR", "56=FIRM", f"34={number}", f"52={day:%Y%m%d}-14:00:{number % 60:02d}.000"])


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A workspace with one quote a day, 10.00 to 10.04."""
    init_workspace(tmp_path / "ws")
    (tmp_path / "quotes.toml").write_text(MAP)
    days = "".join(f"KESTR,{day}T13:00:00Z,10.00,10.04\n" for day in (FIRST, SECOND, THIRD, FOURTH))
    (tmp_path / "quotes.csv").write_text(f"symbol,at,bid,ask\n{days}")
    with open_context(tmp_path / "ws") as opened:
        ingest(opened, "csv", [tmp_path / "quotes.csv"], map_path=tmp_path / "quotes.toml")
        yield opened


def into_lake(context: Context, *messages: bytes) -> None:
    """Ingest messages as one log."""
    log = context.workspace.root.parent / "day.log"
    log.write_bytes(b"\n".join(messages) + b"\n")
    ingest(context, "fix-log", [log], provider_id="P")


def started(context: Context, now: list[int], quotes: LiveQuotes | None = None) -> Engine:
    """A watch that has read back the lake and judged it two messages at a time, with a clock of its own."""
    ours = Context(**{name: getattr(context, name) for name in ("workspace", "records", "raw", "actor", "evidence")},
                   clock=lambda: now[0])  # fmt: skip
    engine = Engine(ours, quotes or LiveQuotes(context.lake), {}, at_once=2)
    hold_lake(ours, engine)
    engine.judge_everything()
    return engine


def later(engine: Engine, now: list[int]) -> None:
    """Let the time go by in which findings settle."""
    now[0] += LATER_NS
    engine.go_on()
    engine.judge_windows()


def standing(context: Context, day: date) -> dict[str, Any]:
    """What stands of a day, but for when and from which copy it was recorded."""
    found = list_findings(context.records, FindingFilter(day=day))["findings"]
    return {
        item["id"]: {key: value for key, value in item.items() if key not in {"recorded_at", "source_row", "case"}}
        for item in found
    }


def test_an_order_of_an_earlier_day_is_known_when_its_fill_comes(context: Context) -> None:
    """Good till cancelled, two days old: after a restart its fill is no orphan, and the day run finds the same."""
    into_lake(context, order(FIRST, "G", 1, lasting=True), report(FIRST, "G", 1, "G0", "10.02"))
    into_lake(context, order(SECOND, "A", 1), report(SECOND, "A", 1, "A0", "10.02"))
    now = [1_800_000_000_000_000_000]
    engine = started(context, now)
    news = report(THIRD, "G", 5, "G1", "10.11")
    engine.take("P", [news])
    later(engine, now)
    live = standing(context, THIRD)
    assert "orphan_execution" not in {item["rule"] for item in live.values()}
    (beyond,) = [item for item in live.values() if item["rule"] == "outside_nbbo"]
    assert (beyond["order_id"] is not None, beyond["observed"]) == (True, pytest.approx(0.07))
    into_lake(context, news)
    run_day(context, THIRD)
    again = standing(context, THIRD)
    assert {key: again.get(key) for key in live} == live


def test_a_restart_finds_no_gap_where_heartbeats_were(context: Context) -> None:
    """The lake keeps one of several equal heartbeats; their numbers are kept beside them."""
    beats = [heartbeat(THIRD, number) for number in (2, 3, 4)]
    fills = [report(THIRD, "A", 1, "A0", "10.02"), report(THIRD, "A", 5, "A1", "10.02")]
    into_lake(context, order(THIRD, "A", 1), fills[0], *beats, fills[1])
    now = [1_800_000_000_000_000_000]
    later(started(context, now), now)
    assert "sequence_gap" not in {item["rule"] for item in standing(context, THIRD).values()}


def test_a_late_bust_is_told_for_the_day_of_its_fill(context: Context, tmp_path: Path) -> None:
    """The fill's day is over and not held: the lake judges it again, its bad price is withdrawn, the rest stands."""
    bad = [report(FIRST, "A", 1, "A0", "10.11"), report(FIRST, "B", 2, "B0", "10.11")]
    into_lake(context, order(FIRST, "A", 1), order(FIRST, "B", 2), *bad)
    run_day(context, FIRST)
    assert sum(item["rule"] == "outside_nbbo" for item in standing(context, FIRST).values()) == 2
    into_lake(context, order(THIRD, "C", 1), report(THIRD, "C", 1, "C0", "10.02"))
    now = [1_800_000_000_000_000_000]
    engine = started(context, now)
    bust = report(FOURTH, "A", 1, "A9", "10.11", "150=H", "19=A0", "32=0")
    engine.take("P", [bust])
    later(engine, now)
    writer = LakeWriter(tmp_path / "ws", pytest.fail, lambda: engine.days_over)
    writer.start()
    writer.offer(Portion("late", "fix-log", None, "P", parts=[bust + b"\n"]))
    writer.stop()
    rules = [item["rule"] for item in standing(context, FIRST).values()]
    assert rules.count("outside_nbbo") == 1
    assert "late_bust" in rules
    live = standing(context, FOURTH)
    run_day(context, FOURTH)
    assert live == {key: item for key, item in standing(context, FOURTH).items() if key in live}


def file_of_a_fill(folder: Path) -> tuple[Path, Path]:
    """A table with one fill of the third day, outside the quote, and its map."""
    (folder / "fills.toml").write_text(
        'table = "executions"\n[columns]\n'
        + "".join(f'{name} = "{name}"\n' for name in ("execution_id", "symbol", "side", "price", "quantity", "venue"))
        + 'executed_at = "at"\n[constants]\nprovider_id = "P"\n[time.executed_at]\nunit = "iso"\n'
    )
    (folder / "fills.csv").write_text(
        f"execution_id,symbol,side,price,quantity,venue,at\nX1,KESTR,buy,10.20,5,XNAS,{THIRD}T14:00:09Z\n"
    )
    return folder / "fills.csv", folder / "fills.toml"


def test_a_day_of_a_file_is_judged_once_what_was_held_back_is_there(context: Context, tmp_path: Path) -> None:
    """A fill's order is held back while a file of the day comes: it is no orphan, and the file's fill is judged."""
    fills, its_map = file_of_a_fill(tmp_path)
    logs = LakeWriter(tmp_path / "ws", pytest.fail, frozenset, monotonic=lambda: 7.0, name="logs")
    others = LakeWriter(tmp_path / "ws", pytest.fail, frozenset, name="others", hand_over=logs.judge)
    taken = threading.Event()
    many = [order(THIRD, f"A{number}", number) + b"\n" for number in range(1, 40)]
    logs.start()
    logs.offer(Portion("log", "fix-log", None, "P", parts=many, done=[taken.set], can_wait=True))
    assert taken.wait(60)
    fill = report(THIRD, "B", 50, "B0", "10.02") + b"\n"
    logs.offer(Portion("log", "fix-log", None, "P", parts=[order(THIRD, "B", 50) + b"\n" + fill], can_wait=True))
    others.start()
    others.offer(Portion("fills", "csv", its_map, "P", path=fills))
    others.stop()
    logs.stop()
    found = [(item["rule"], item["execution_ids"]) for item in standing(context, THIRD).values()]
    assert ("outside_nbbo", ["X1"]) in found
    assert [ids for rule, ids in found if rule == "orphan_execution"] == [["X1"]]


def test_what_a_killed_watch_could_not_take_back_is_taken_back_by_the_next(context: Context, tmp_path: Path) -> None:
    """It found a fill without its order; the lake had the order when it was killed, before that was judged.

    A fill that came from a file of another kind stays with the run over the day.
    """
    fills, its_map = file_of_a_fill(tmp_path)
    ingest(context, "csv", [fills], map_path=its_map)
    run_day(context, THIRD)
    of_the_file = {key for key, item in standing(context, THIRD).items() if item["execution_ids"] == ["X1"]}
    assert of_the_file
    now = [1_800_000_000_000_000_000]
    killed, fill = started(context, now), report(THIRD, "A", 1, "A0", "10.11")
    killed.take("P", [fill])
    later(killed, now)
    orphans = {key for key, item in standing(context, THIRD).items() if item["rule"] == "orphan_execution"}
    assert orphans - of_the_file
    into_lake(context, order(THIRD, "A", 1), fill)
    started(context, now).settle()
    settled = set(standing(context, THIRD))
    assert of_the_file < settled
    assert not orphans - of_the_file & settled
    run_day(context, THIRD)
    assert settled == set(standing(context, THIRD))


def test_after_a_kill_at_the_turn_of_a_day_the_day_before_is_judged_from_the_lake(
    context: Context, tmp_path: Path
) -> None:
    """The killed run had not judged an order that the lake has; by the next start that day is no longer held."""
    now = [1_800_000_000_000_000_000]
    killed, fill = started(context, now), report(THIRD, "A", 1, "A0", "10.11")
    killed.take("P", [fill])
    later(killed, now)
    into_lake(context, order(THIRD, "A", 1), fill)
    into_lake(context, order(FOURTH, "B", 1), report(FOURTH, "B", 1, "B0", "10.02"))
    following = started(context, now)
    following.settle()
    assert "orphan_execution" in {item["rule"] for item in standing(context, THIRD).values()}
    writer = LakeWriter(tmp_path / "ws", pytest.fail, lambda: following.days_over)
    writer.start()
    writer.judge({max(following.days_over)})
    writer.stop()
    rules = {item["rule"] for item in standing(context, THIRD).values()}
    assert "outside_nbbo" in rules
    assert "orphan_execution" not in rules


def test_only_a_watch_that_was_told_to_stop_says_that_it_ended(tmp_path: Path) -> None:
    """What a killed one left is a status without the word; before any watch nothing was killed."""
    status = {"sessions": [], "journaled": 0, "recorded": 0}
    assert not was_killed(tmp_path)
    write_status(tmp_path, status)
    assert was_killed(tmp_path)
    teller = StatusTeller(tmp_path, lambda: status)
    teller.start()
    teller.stop()
    assert not was_killed(tmp_path)
    assert set(read_status(tmp_path)) == {*status, "running"}


def test_days_that_are_over_are_let_go(context: Context) -> None:
    """Two days are held, and of those before only orders that may still be filled; their findings stand."""
    now = [1_800_000_000_000_000_000]
    engine = started(context, now)
    for number, day in enumerate((FIRST, SECOND, THIRD, FOURTH)):
        name = f"A{number}"
        lasting = [order(day, "G", 9, lasting=True)] if day == FIRST else []
        engine.take("P", [*lasting, order(day, name, 1), report(day, name, 2, f"{name}E", "10.11")])
        later(engine, now)
        engine.take("P", [heartbeat(day, 3)])
        later(engine, now)
    engine.take("P", [report(FOURTH, "G", 5, "G1", "10.11")])
    later(engine, now)
    assert engine.days_over == {FIRST, SECOND}
    assert engine.messages_held == 6  # two orders with a fill each; the lasting order and its fill
    for day, count in ((FIRST, 1), (SECOND, 1), (THIRD, 1), (FOURTH, 2)):
        beyond = [item for item in standing(context, day).values() if item["rule"] == "outside_nbbo"]
        assert [(item["order_id"] is not None, item["status"]) for item in beyond] == [(True, "final")] * count, day


def test_what_is_recorded_after_midnight_is_of_the_new_day(context: Context) -> None:
    """A watch that began on one day acts on the next one: the entry's business day is the market's at its recording."""
    now = [1_782_964_740_000_000_000]  # 2026-07-01 23:59:00 in New York
    engine = started(context, now)
    for day in (THIRD, FOURTH):
        engine.take("P", [order(day, f"A{day}", 1), report(day, f"A{day}", 1, f"E{day}", "10.11")])
        now[0] += 120 * 10**9
    facts = [read_entry(entry).fact for entry in context.records.entries()]
    assert {fact.business_on for fact in facts if fact.type == RECORDED} == {"2026-07-01", "2026-07-02"}


def test_a_lasting_order_that_has_ended_goes_with_the_next_day(context: Context) -> None:
    """Filled on its second day, it is let go once that day is over; until then it is known."""
    now = [1_800_000_000_000_000_000]
    engine = started(context, now)
    engine.take("P", [order(FIRST, "G", 9, lasting=True)])
    later(engine, now)
    for number, day in enumerate((SECOND, THIRD)):
        engine.take("P", [order(day, f"A{number}", 1)])
        later(engine, now)
    engine.take("P", [report(THIRD, "G", 5, "G1", "10.02", "39=2", "14=1000", "151=0", "32=1000")])
    for number, day in enumerate((FOURTH, FIFTH)):
        later(engine, now)
        engine.take("P", [heartbeat(day, 1), order(day, f"B{number}", 2)])
    later(engine, now)
    engine.take("P", [heartbeat(FIFTH, 3)])
    later(engine, now)
    assert engine.messages_held == 2


def test_half_of_the_time_is_left_to_the_judging_and_more_on_large_days() -> None:
    """What comes just after a short commit has begun waits for its end, the pause and the next one."""
    assert pause_s(0.05) == pytest.approx(0.05)
    assert pause_s(0.6) == pytest.approx(0.6)
    assert pause_s(5.0) == pytest.approx(20.0)
    assert pause_s(1.0001) == pytest.approx(1.0007)
    assert pause_s(2.0) == pytest.approx(8.0)


def test_quotes_that_come_after_all_waits_judge_again_what_they_concern(context: Context) -> None:
    """A fill without any quote is final as such; quotes around it come an hour later: it was outside them all along."""
    now = [0]
    quotes = LiveQuotes(context.lake)
    own = started(context, now, quotes)
    own.take("P", [order(FIFTH, "A", 1), report(FIFTH, "A", 2, "E1", "10.11")])
    later(own, now)
    found = {item["rule"]: item["status"] for item in standing(context, FIFTH).values()}
    assert found["stale_reference_quote"] == "final"
    assert "outside_nbbo" not in found
    quote = {"symbol": "KESTR", "at": 1783346400 * 10**9, "bid": 10_000_000_000, "ask": 10_040_000_000, "kind": "nbbo"}
    quotes.add(TABLES["quotes"].conform(pl.DataFrame([{**quote, "trading_day": FIFTH}])))
    later(own, now)
    found = {item["rule"]: item["status"] for item in standing(context, FIFTH).values()}
    assert found["outside_nbbo"] == "final"
    assert "stale_reference_quote" not in found
