"""The methodology's look-ups in SQL, by DuckDB's own ASOF joins: an implementation that shares nothing with ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from oracle.lookup import Conventions

HORIZONS = {"50ms": 50, "1s": 1_000, "15s": 15_000, "60s": 60_000, "300s": 300_000}
MS = 1_000_000

BOOK = """
create table book as select * from quotes
qualify row_number() over (partition by symbol, "at" order by sequence desc) = 1;
create macro mid2_of(bid, ask, locked_in) as
  case when bid > 0 and ask > 0 and (bid < ask or (locked_in and bid = ask)) then bid + ask end;
"""

TERMS = """
create table at_receipt as
select o.*, h.open_at, h.close_at, b.bid, b.ask, o.received_at + $shift as looked_at
from orders o join hours h using (day)
asof left join book b on o.symbol = b.symbol and o.day = b.day and o.received_at + $shift > b."at";

create table terms as
select * exclude (bid, ask), case
    when order_type <> 'limit' then order_type
    when side = 'buy' and ask > 0 and limit_price >= ask then 'marketable_limit'
    when side <> 'buy' and bid > 0 and limit_price <= bid then 'marketable_limit'
    when bid > 0 and ask > 0 and side = 'buy' and 2 * limit_price >= bid + ask then 'midpoint_or_better'
    when bid > 0 and ask > 0 and side <> 'buy' and 2 * limit_price <= bid + ask then 'midpoint_or_better'
    else 'non_marketable' end as terms
from at_receipt;
"""

EXECUTABLE = """
create macro reaches(terms, side, bid, ask, limit_price, stop_price) as case
    when terms = 'stop' and side = 'buy' then ask >= stop_price
    when terms = 'stop' then bid <= stop_price
    when side = 'buy' then bid <= limit_price
    else ask >= limit_price end;

create table waiting as
select *, greatest(looked_at, open_at) as begins,
    least(coalesce(cancelled_at + $shift, close_at), close_at) as ends
from terms where terms in ('non_marketable', 'stop');

create table reached as
select w.order_id, w.begins as reached_at from waiting w
asof join book b on w.symbol = b.symbol and w.day = b.day and w.begins > b."at"
where w.begins <= w.ends and reaches(w.terms, w.side, b.bid, b.ask, w.limit_price, w.stop_price)
union all
select w.order_id, q."at" from waiting w
join quotes q on w.symbol = q.symbol and w.day = q.day and q."at" >= w.begins and q."at" < w.ends
where reaches(w.terms, w.side, q.bid, q.ask, w.limit_price, w.stop_price);

create table classed as
select t.*, case when t.terms in ('non_marketable', 'stop') then r.reached_at - $shift else t.received_at end
    as clock_start, case
    when directed then 'directed'
    when not held then 'not_held'
    when terms = 'market_on_close' then 'on_close'
    when received_at < open_at or received_at >= close_at then 'outside_hours'
    when terms in ('market', 'marketable_limit', 'midpoint_or_better')
        then terms || case when time_in_force in ('ioc', 'fok') then '_ioc' else '' end
    when terms = 'non_marketable' and r.reached_at is null then 'never_executable'
    else terms end as order_class
from terms t
left join (select order_id, min(reached_at) as reached_at from reached group by order_id) r using (order_id);
"""

MOMENTS = """
create table fills as
select e.*, coalesce(e.route_id, d.route_id) as through, coalesce(e.provider_id, c.provider_id) as provider,
    c.order_class, c.time_in_force as tif, c.received_at, h.close_at, h.open_at,
    case when e.side = 'buy' then 1 else -1 end as sign,
    case when c.clock_start > c.received_at and c.clock_start > e.executed_at then null else c.clock_start end
        as clock_start
from executions e join hours h using (day) join classed c using (order_id)
left join (select order_id, min(route_id) as route_id from routes where hop = 1 group by order_id) d using (order_id)
where e.status <> 'busted';

create table ways as
select f.execution_id, r.hop, coalesce(p.sent_at, r.sent_at) as sent_at,
    case when r.route_id is null then null when p.route_id is null then r.acknowledged_at else p.acknowledged_at end
        as first_ack,
    case when r.hop > 1 or r.venue is not null then coalesce(r.acknowledged_at, r.sent_at) end as arrived_at
from fills f left join routes r on f.through = r.route_id left join routes p on r.parent_route_id = p.route_id;

create table moments as
select execution_id, symbol, day, unnest([
    {{'point': 'arrival', 'at': received_at}}, {{'point': 'receipt', 'at': clock_start}},
    {{'point': 'route', 'at': sent_at}}, {{'point': 'venue', 'at': arrived_at}},
    {{'point': 'execution', 'at': executed_at}}], recursive := true)
from fills join ways using (execution_id);

create table seen as
select m.execution_id, m.point, mid2_of(b.bid, b.ask, $locked_in) as mid2, b.bid, b.ask, b.bid_size, b.ask_size
from moments m asof left join book b
on m.symbol = b.symbol and m.day = b.day and m."at" + $shift {after} b."at";
"""

AFTERWARDS = """
create table later as
select execution_id, symbol, day, name, case when due > close_at and not $final then null
    else least(due, close_at) end as due
from (select execution_id, symbol, day, close_at, n.name, executed_at + $shift + n.ns as due
    from {rows} cross join (values {horizons}) n(name, ns));

create table followed as
select l.execution_id, l.name, mid2_of(b.bid, b.ask, $locked_in) as mid2
from later l asof left join book b on l.symbol = b.symbol and l.day = b.day and l.due >= b."at";
"""

WIDE = """
create table measured as
select f.*, w.hop, w.sent_at, w.first_ack, s.mid2, s.ask - s.bid as quoted,
    case when s.mid2 is not null then case when f.sign > 0 then s.ask else s.bid end end as far,
    case when s.mid2 is not null then case when f.sign > 0 then s.ask_size else s.bid_size end end as contra,
    {points}, {horizons}
from fills f join ways w using (execution_id)
join seen s on s.execution_id = f.execution_id and s.point = $benchmark
{joins};
"""

TAPE = """
create table prints as
select row_number() over (order by symbol, "at", sequence) as execution_id, *, "at" as executed_at
from (select t.*, h.open_at, h.close_at from trades t join hours h using (day)
    where t.eligible and t."at" >= h.open_at and t."at" < h.close_at);

create table ticks as
select execution_id, last_value(move ignore nulls) over (partition by symbol, day order by "at", sequence) as tick
from (select *, nullif(sign(price - lag(price) over (partition by symbol, day order by "at", sequence)), 0) as move
    from prints);

create table signed as
select p.*, mid2_of(b.bid, b.ask, $locked_in) as mid2, b.ask - b.bid as quoted, b.bid, b.ask,
    coalesce(nullif(sign(2 * p.price - mid2_of(b.bid, b.ask, $locked_in)), 0), t.tick)::bigint as sign
from prints p join ticks t using (execution_id)
asof left join book b on p.symbol = b.symbol and p.day = b.day and p."at" {after} b."at";

create table tape_measured as
select s.*, s.mid2 as mid2_execution, {horizons},
    case when s.mid2 is not null then case when s.sign > 0 then s.ask when s.sign < 0 then s.bid end end as far
from signed s
{joins};
"""


def _fill(connection: duckdb.DuckDBPyConnection, text: str, how: Conventions) -> None:
    """Run statements with the conventions written in."""
    values = {
        "shift": str(how.shift_ns),
        "locked_in": str(how.locked == "include").lower(),
        "final": str(how.after_close == "final_quote").lower(),
        "benchmark": f"'{how.benchmark}'",
    }
    for name, value in values.items():
        text = text.replace(f"${name}", value)
    connection.execute(text)


def _joined_horizons() -> tuple[str, str]:
    columns = ", ".join(f"h{ms}.mid2 as mid2_{name}" for name, ms in HORIZONS.items())
    joins = "\n".join(
        f"left join followed h{ms} on h{ms}.execution_id = {{row}}.execution_id and h{ms}.name = '{name}'"
        for name, ms in HORIZONS.items()
    )
    return columns, joins


def load(connection: duckdb.DuckDBPyConnection, folder: Path, names: list[str]) -> None:
    """Tables from Parquet files of the same names, and the book."""
    for name in names:
        connection.execute(f"create table {name} as select * from read_parquet('{folder / name}.parquet')")
    connection.execute(BOOK)


def look_up_own(connection: duckdb.DuckDBPyConnection, how: Conventions) -> None:
    """`classed` orders and `measured` fills."""
    after = ">=" if how.inclusive else ">"
    for text in (TERMS, EXECUTABLE, MOMENTS.format(after=after)):
        _fill(connection, text, how)
    named = ", ".join(f"('{name}', {ms * MS}::bigint)" for name, ms in HORIZONS.items())
    _fill(connection, AFTERWARDS.format(rows="fills", horizons=named), how)
    columns, joins = _joined_horizons()
    points = ("arrival", "receipt", "route", "venue", "execution")
    joins = joins.replace("{row}", "f") + "\n" + "\n".join(
        f"join seen p_{point} on p_{point}.execution_id = f.execution_id and p_{point}.point = '{point}'"
        for point in points
    )  # fmt: skip
    _fill(
        connection,
        WIDE.format(
            points=", ".join(f"p_{point}.mid2 as mid2_{point}" for point in points), horizons=columns, joins=joins
        ),
        how,
    )


def look_up_tape(connection: duckdb.DuckDBPyConnection, how: Conventions) -> None:
    """`tape_measured` prints."""
    after = ">=" if how.inclusive else ">"
    first, second = TAPE.split("create table signed")
    _fill(connection, first, how)
    named = ", ".join(f"('{name}', {ms * MS}::bigint)" for name, ms in HORIZONS.items())
    _fill(connection, AFTERWARDS.format(rows="prints", horizons=named), how)
    columns, joins = _joined_horizons()
    wide = "create table signed" + second
    _fill(connection, wide.format(after=after, horizons=columns, joins=joins.replace("{row}", "s")), how)
