"""A workspace with a handful of orders that Rule 606 treats differently, small enough to work by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from governance_desk import Desk, new_desk
from routeproof.stores.commits import commit
from routeproof.stores.manifest import WHOLE
from routeproof.tables.intake.coerce import coerce
from routeproof.tables.intake.inline_orders import plain_orders
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OPTION = "AAA260918C00010000"
FLAGS = ("sp500", "held", "directed", "refused")

INSTRUMENTS = """\
symbol,valid_from,sp500
AAA,2026-01-01,true
BBB,2026-01-01,false
"""
VENUES = """\
mic,valid_from,name
XNAS,2026-01-01,Nasdaq
ARCX,2026-01-01,NYSE Arca
"""
FEES = """\
venue,valid_from,liquidity,fee_usd_per_share,rebate_usd_per_share
XNAS,2026-01-01,removed,0.003,0
"""
PAYMENTS = """\
venue,month,payment_usd
XNAS,2026-07-01,10
"""
QUOTES = f"""\
symbol,at,bid,ask,bid_size,ask_size
AAA,2026-07-06T13:30:00Z,10.00,10.10,500,500
BBB,2026-07-06T13:30:00Z,20.00,20.04,500,500
{OPTION},2026-07-06T13:30:00Z,1.00,1.20,50,50
"""
# 10:00 in New York is 14:00 UTC; midpoint of AAA is 10.05
ORDERS = f"""\
order_id,account_id,symbol,side,held,directed,refused,received_at,quantity,order_type,limit_price,stop_price
o01,A1,AAA,buy,true,false,false,2026-07-06T14:00:01Z,100,market,,
o02,A1,AAA,buy,true,false,false,2026-07-06T14:00:02Z,200,limit,10.10,
o03,A1,AAA,sell,true,false,false,2026-07-06T14:00:03Z,100,limit,10.20,
o04,A2,AAA,sell,true,false,false,2026-07-06T14:00:04Z,100,limit,10.05,
o05,A2,AAA,buy,true,false,false,2026-07-06T14:00:05Z,100,stop,,10.50
o06,A1,AAA,buy,true,true,false,2026-07-06T14:00:06Z,100,market,,
o07,A1,AAA,buy,false,false,false,2026-07-06T14:00:07Z,100,market,,
o08,A2,BBB,sell,true,false,false,2026-07-06T14:00:08Z,50,market,,
o09,A1,{OPTION},buy,true,false,false,2026-07-06T14:00:09Z,10,limit,1.20,
o10,A2,{OPTION},buy,true,false,false,2026-07-06T14:00:10Z,500,limit,1.20,
o11,A1,AAA,buy,true,false,true,2026-07-06T14:00:11Z,100,market,,
"""
ROUTES = f"""\
route_id,order_id,venue,symbol,side,sent_at,cancelled_at,quantity,order_type,time_in_force
r01,o01,XNAS,AAA,buy,2026-07-06T14:00:01.1Z,,100,market,ioc
r02,o02,XNAS,AAA,buy,2026-07-06T14:00:02.1Z,,100,limit,day
r03,o02,ARCX,AAA,buy,2026-07-06T14:00:02.2Z,,100,limit,day
r04,o03,ARCX,AAA,sell,2026-07-06T14:00:03.1Z,,100,limit,day
r05,o04,ARCX,AAA,sell,2026-07-06T14:00:04.1Z,2026-07-06T15:00:00Z,100,limit,day
r06,o05,XNAS,AAA,buy,2026-07-06T14:00:05.1Z,,100,stop,day
r07,o06,XNAS,AAA,buy,2026-07-06T14:00:06.1Z,,100,market,day
r08,o07,XNAS,AAA,buy,2026-07-06T14:00:07.1Z,,100,market,ioc
r09,o08,XNAS,BBB,sell,2026-07-06T14:00:08.1Z,,50,market,day
r10,o09,ARCX,{OPTION},buy,2026-07-06T14:00:09.1Z,,10,limit,day
r11,o10,ARCX,{OPTION},buy,2026-07-06T14:00:10.1Z,,500,limit,day
"""
EXECUTIONS = f"""\
execution_id,route_id,order_id,symbol,side,executed_at,price,quantity,venue,liquidity,capacity,fee,rebate
e01,r01,o01,AAA,buy,2026-07-06T14:00:01.5Z,10.10,100,XNAS,removed,agency,0.30,
e02,r02,o02,AAA,buy,2026-07-06T14:00:02.499Z,10.10,100,XNAS,removed,agency,,
e03,r03,o02,AAA,buy,2026-07-06T14:00:02.5Z,10.08,100,ARCX,removed,agency,,
e04,r04,o03,AAA,sell,2026-07-06T14:05:00Z,10.20,100,ARCX,added,agency,,0.2
e05,r08,o07,AAA,buy,2026-07-06T14:00:07.2Z,10.10,100,XNAS,,agency,,
e06,r09,o08,BBB,sell,2026-07-06T14:00:08.2Z,20.00,50,XNAS,,agency,,
e07,r10,o09,{OPTION},buy,2026-07-06T14:00:09.2Z,1.20,10,ARCX,removed,agency,5.00,
"""
HAND: Mapping[str, str] = {
    "instruments": INSTRUMENTS,
    "venues": VENUES,
    "fee_schedules": FEES,
    "payments": PAYMENTS,
    "quotes": QUOTES,
    "parent_orders": ORDERS,
    "routes": ROUTES,
    "executions": EXECUTIONS,
}


def disclosure_desk(root: Path, tables: Mapping[str, str] = HAND) -> Desk:
    """A workspace with people in every role that took the tables in."""
    desk = new_desk(root / "workspace")
    take_in(desk, tables)
    return desk


def take_in(desk: Desk, tables: Mapping[str, str]) -> None:
    """Commit tables that are written as CSV; without the child processes of `ingest`, which take their time."""
    with desk.context() as context:
        parts = [part for name, text in tables.items() for part in _parts(name, text)]
        written = [context.lake.write(name, part, frame) for name, part, frame in parts]
        commit(context.workspace.lake_folder, context.lake, context.records, written, [], context.actor)


def _parts(name: str, text: str) -> Iterator[tuple[str, str, pl.DataFrame]]:
    rows = pl.read_csv(text.encode(), infer_schema=False)
    rows = rows.with_columns(pl.col(flag) == "true" for flag in FLAGS if flag in rows.columns)
    if name == "parent_orders":
        orders, versions = plain_orders(rows)
        yield from _by_day("parent_orders", orders)
        yield from _by_day("order_versions", versions)
        return
    if name == "quotes":
        rows = rows.with_columns(pl.lit("nbbo").alias("kind"))
    yield from _by_day(name, coerce(rows, TABLES[name], where=name))


def _by_day(name: str, frame: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    table = TABLES[name]
    if table.day_of is None:
        yield name, WHOLE, table.sort(frame)
        return
    for (day,), rows in table.sort(frame).group_by("trading_day", maintain_order=True):
        yield name, str(day), rows
