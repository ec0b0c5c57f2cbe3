"""One FIX log with one fault after the other: each is found under its order by a run over the day, and by a watch."""

from __future__ import annotations

import random
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from governance_desk import Desk, new_desk
from live_streams import framed
from routeproof.app.intake.ingest import ingest
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.app.monitoring.run_day import run_day
from routeproof.app.objects.act import act
from routeproof.app.provider.file import provider_around
from routeproof.app.watch.engine import Engine
from routeproof.app.watch.quotes import LiveQuotes
from routeproof.governance.provider.noun import PROVIDER

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 7, 1)
MAP = """\
[parties]
firm = ["FIRM"]
provider = ["P"]
venue = ["XNAS", "HIDE"]
"""
# The bid is 10.00 and the ask 10.04 all day, but locked at 10.02 for a minute from 15:30; OLD's only quote is of 13:31.
QUOTES = "symbol,at,bid,ask,bid_size,ask_size\n" + "".join(
    f"KESTR,2026-07-01T{hour:02d}:{minute:02d}:00Z,{bid},{ask},500,500\n"
    for hour in range(13, 20)
    for minute in range(60)
    for bid, ask in [("10.02", "10.02") if (hour, minute) == (15, 30) else ("10.00", "10.04")]
)
QUOTES += "OLD,2026-07-01T13:31:00Z,5.00,5.04,500,500\n"
# Sender and target, time (UTC; another day where one is written), ClOrdID, and the fields that matter.
# A fault's order is named after it. The reports on orders without a fault beside it come in time.
LOG = """
FIRM P    14:00:00.900          late     D  38=100 60=14:00:00
P    FIRM 14:00:02.900          late     0
P    XNAS 14:00:04.900          c1       D  38=100 526=late 18=f
XNAS P    14:00:04.950          c1       0
XNAS P    14:00:05              c1       F  32=100 31=10.04 17=x1
P    FIRM 14:00:35              late     F  32=100 31=10.25 17=e1 527=x1 60=14:00:05
FIRM P    14:10:00              off_tick D  38=100 40=2 44=10.045
P    FIRM 14:10:00.01           off_tick 0
P    FIRM 14:10:00.02           off_tick F  32=100 31=10.04 17=e2
FIRM P    14:20:00              over     D  38=100
P    FIRM 14:20:00.01           over     0
P    FIRM 14:20:00.02           over     F  32=120 31=10.04 17=e3
FIRM P    14:30:00              after    D  38=100
P    FIRM 14:30:00.01           after    0
P    FIRM 20:30:00              after    F  32=100 31=10.04 17=e4
FIRM P    14:40:00              through  D  38=100
P    FIRM 14:40:00.01           through  0
P    FIRM 14:40:00.02           through  F  32=100 31=10.06 17=e5
FIRM P    14:50:00              total    D  38=300
P    FIRM 14:50:00.01           total    0
P    FIRM 14:50:00.02           total    F  32=100 31=10.04 17=e6 14=200
FIRM P    15:00:00              silent   D  38=100
FIRM P    15:10:00              odd      D  38=50
P    FIRM 15:10:00.01           odd      0
P    FIRM 15:10:02              odd      4
FIRM P    15:20:00              hidden   D  38=100
P    FIRM 15:20:00.01           hidden   0
P    FIRM 15:20:00.02           hidden   F  32=100 31=10.04 17=e7 30=HIDE
FIRM P    15:30:10              locked   D  38=100
P    FIRM 15:30:10.01           locked   0
P    FIRM 15:30:10.02           locked   F  32=100 31=10.02 17=e8
FIRM P    15:40:00              old      D  38=100 55=OLD
P    FIRM 15:40:00.01           old      0
P    FIRM 15:40:00.02           old      F  32=100 31=5.04 17=e9 55=OLD
FIRM P    15:50:00              busted   D  38=100
P    FIRM 15:50:00.01           busted   0
P    FIRM 15:50:00.02           busted   F  32=100 31=10.04 17=e10
P    FIRM 20260706-15:00:00     busted   H  32=100 31=10.04 17=e11 19=e10 14=0
P    FIRM 16:00:00              nobody   F  32=100 31=10.04 17=e12
P    XNAS 16:10:00              stray    D  38=100
XNAS P    16:10:00.01           stray    0
FIRM P    16:20:00              good     D  38=100
P    FIRM 16:20:00.01           good     0
P    FIRM 16:20:00.02           good     F  32=100 31=10.04 17=e13
"""
FOUND = {
    "late": {
        *("slow_onward_route", "slow_acknowledgement", "slow_report", "poor_fill", "price_disimprovement"),
        *("iso_misuse", "outside_nbbo"),
    },
    "off_tick": {"sub_tick_price"},
    "over": {"quantity_not_conserved"},
    "total": {"quantity_not_conserved"},
    "after": {"off_hours", "slow_fill"},
    "through": {"trade_through", "outside_nbbo", "price_disimprovement"},
    "silent": {"slow_acknowledgement"},
    "odd": {"lot_size_handling"},
    "hidden": {"unexpected_venue"},
    "locked": {"executed_in_locked_or_crossed"},
    "old": {"stale_reference_quote"},
    "busted": {"late_bust"},
}
WITHOUT_ORDER = {"orphan_execution", "orphan_route"}
JUDGED = set[str]().union(WITHOUT_ORDER, *FOUND.values())


def told(at: str) -> str:
    """FIX time of the day, or of another one that is named."""
    return at if "-" in at else f"20260701-{at}"


def messages() -> list[bytes]:
    """The log's messages; a report without a stated total states the right one of a whole fill."""
    found, numbers, entered = [], dict[tuple[str, str], int](), dict[str, dict[str, str]]()
    for line in LOG.strip().splitlines():
        sender, target, at, name, kind, *rest = line.split()
        own = dict(part.split("=", 1) for part in rest)
        numbers[sender, target] = numbers.get((sender, target), 0) + 1
        head = {"35": "D" if kind == "D" else "8", "49": sender, "56": target, "34": str(numbers[sender, target])}
        terms = {"52": told(at), "11": name, "55": "KESTR", "54": "1", "40": "1", "59": "0"}
        own["60"] = told(own.get("60", at))
        if kind == "D":
            entered[name] = own
        else:
            whole = entered.get(name, {}).get("38", "100")
            done = own.get("32", "0")
            state = {"0": "0", "4": "4"}.get(kind, "2")
            terms |= {"37": f"O{name}", "17": f"{name}{kind}", "150": kind, "39": state, "38": whole, "14": done}
            terms |= {"151": "0", "6": "0"} | ({"30": "XNAS"} if "32" in own else {})
        found.append(framed([f"{tag}={value}" for tag, value in (head | terms | own).items()]))
    return found


def workspace(folder: Path) -> Desk:
    """P discloses XNAS only; the quotes are there."""
    desk = new_desk(folder / "workspace")
    with desk.context("ann") as context:
        body = {"name": "P", "role": "technology_only", "venues": ["XNAS"]}
        act(context, PROVIDER, "P", "add", body, provider_around(context))
    (folder / "quotes.csv").write_text(QUOTES, "utf-8")
    (folder / "quotes.toml").write_text('table = "quotes"\n[time.at]\nunit = "iso"\n', "utf-8")
    (folder / "fix.toml").write_text(MAP, "utf-8")
    with desk.context() as context:
        ingest(context, "csv", [folder / "quotes.csv"], map_path=folder / "quotes.toml")
    return desk


def found_in(context: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401  # the desk's context
    """Findings of these rules by id, without what says when and from which copy they were recorded."""
    every = list_findings(context.records, FindingFilter(day=DAY))["findings"]
    items = [item for item in every if item["rule"] in JUDGED]
    return {
        item["id"]: {k: v for k, v in item.items() if k not in {"recorded_at", "source_row", "case"}} for item in items
    }


def by_day(folder: Path) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Findings of a run over the day, and each order's ClOrdID."""
    (folder / "day.log").write_bytes(b"\n".join(messages()) + b"\n")
    with workspace(folder).context() as context:
        ingest(context, "fix-log", [folder / "day.log"], provider_id="P", map_path=folder / "fix.toml")
        run_day(context, DAY)
        sent = context.lake.read("fix_messages").filter(pl.col("msg_type") == "D")
        sent = sent.select(pl.col("cl_ord_id").cast(pl.String), pl.col("transact_at").alias("received_at"))
        orders = context.lake.read("parent_orders").select("order_id", "received_at").join(sent, on="received_at")
        return found_in(context), dict(orders.select("order_id", "cl_ord_id").iter_rows())


def test_each_fault_is_found_under_its_order_and_nothing_else(tmp_path: Path) -> None:
    """The sets of rules by order are those of the table above; the good order has none."""
    findings, names = by_day(tmp_path)
    found: dict[str, set[str]] = {}
    for item in findings.values():
        found.setdefault(names.get(item["order_id"], ""), set()).add(item["rule"])
    assert found.pop("") == WITHOUT_ORDER
    assert found == FOUND
    assert all("null" not in item["sentence"] for item in findings.values())


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.night)])
def test_a_watch_finds_the_same(seed: int, tmp_path: Path) -> None:
    """Shuffled and one by one or a few at once: the same findings with the same identities."""
    (tmp_path / "day").mkdir()
    findings, _ = by_day(tmp_path / "day")
    chance = random.Random(seed)  # noqa: S311  # reproducible, not secret
    rest = messages()
    chance.shuffle(rest)
    desk = workspace(tmp_path)
    with desk.context() as context:
        engine = Engine(context, LiveQuotes(context.lake), {"P": tomllib.loads(MAP)})
        while rest:
            many = chance.choice([1, 3, 10])
            engine.take("P", rest[:many])
            engine.go_on()
            rest = rest[many:]
        desk.clock.pass_days(1)
        engine.go_on()
        engine.judge_windows()
        assert found_in(context) == findings


def test_a_day_without_fix_messages_is_judged(tmp_path: Path) -> None:
    """A fill out of a table, of no order: what needs no session's reports still finds it."""
    (tmp_path / "fills.csv").write_text(
        "execution_id,symbol,side,executed_at,price,quantity,venue\ne,KESTR,buy,2026-07-01T14:00:30Z,10.30,100,XNAS\n"
    )
    (tmp_path / "fills.toml").write_text('table = "executions"\n[time.executed_at]\nunit = "iso"\n')
    with workspace(tmp_path).context() as context:
        ingest(context, "csv", [tmp_path / "fills.csv"], map_path=tmp_path / "fills.toml")
        run_day(context, DAY)
        found = {item["rule"] for item in found_in(context).values()}
    assert found == {"orphan_execution", "outside_nbbo", "trade_through"}
