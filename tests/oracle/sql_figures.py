"""Every figure as one SQL expression over looked-up rows; integer sums in HUGEINT, one division last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oracle.sql_lookups import HORIZONS

if TYPE_CHECKING:
    import duckdb

NS_PER_MS = 1_000_000


def _mean(term: str, unit: str = "1e9") -> str:
    """Share-weighted mean of an integer term over the rows that have it."""
    return f"sum(({term})::hugeint * quantity) / nullif(sum(quantity) filter (({term}) is not null), 0) / {unit}"


def _share_of(known: str) -> str:
    return f"coalesce(sum(quantity) filter ({known} is not null), 0) / sum(quantity)"


def _bps(term: str) -> str:
    """The same of a quotient over the reference midpoint, `mid2` = twice it, in basis points."""
    quotient = f"({term})::double / mid2"
    return f"sum({quotient} * quantity) / nullif(sum(quantity) filter (({quotient}) is not null), 0) * 1e4"


EFFECTIVE = "coalesce(sign, 0) * (2 * price - mid2)"
GAIN = "sign * (far - price)"
COVERED = "mid2 is not null"
NET_FEE = "case when coalesce(fee, rebate) is not null then coalesce(fee, 0) - coalesce(rebate, 0) end"

OF_ANY = {
    "executions": "count(*)",
    "executed_shares": "sum(quantity) / 1e9",
    "covered_executions": f"count(*) filter ({COVERED})",
    "covered_shares": f"coalesce(sum(quantity) filter ({COVERED}), 0) / 1e9",
    "excluded_shares": f"coalesce(sum(quantity) filter (not {COVERED}), 0) / 1e9",
    "coverage": f"coalesce(sum(quantity) filter ({COVERED}), 0) / sum(quantity)",
    "executed_notional_usd": "sum(price::hugeint * quantity) / 1e18",
    "quoted_spread_usd_per_share": _mean(f"case when {COVERED} then quoted end"),
    "effective_spread_usd_per_share": _mean(EFFECTIVE),
    "effective_spread_bps": _bps(f"2 * {EFFECTIVE}"),
    "e_over_q": f"sum({EFFECTIVE}::hugeint * quantity) / nullif(sum(quoted::hugeint * quantity) filter ({COVERED}), 0)",
    "spread_capture": f"1 - sum({EFFECTIVE}::hugeint * quantity) / "
    f"nullif(sum(quoted::hugeint * quantity) filter ({COVERED}), 0)",
    "price_improvement_usd_per_share": _mean(GAIN),
    "price_improvement_usd": f"sum(({GAIN})::hugeint * quantity) / 1e18",
    "improved_shares": f"coalesce(sum(quantity) filter ({GAIN} > 0), 0) / 1e9",
    "at_quote_shares": f"coalesce(sum(quantity) filter ({GAIN} = 0), 0) / 1e9",
    "outside_shares": f"coalesce(sum(quantity) filter ({GAIN} < 0), 0) / 1e9",
    "improved_usd_per_share": f"sum(({GAIN})::hugeint * quantity) filter ({GAIN} > 0) "
    f"/ sum(quantity) filter ({GAIN} > 0) / 1e9",
    "outside_usd_per_share": f"-sum(({GAIN})::hugeint * quantity) filter ({GAIN} < 0) "
    f"/ sum(quantity) filter ({GAIN} < 0) / 1e9",
}
for _name in HORIZONS:
    _mid2 = f"mid2_{_name}"
    _given = f"case when {COVERED} then sign end"
    OF_ANY[f"realized_spread_usd_per_share_{_name}"] = _mean(f"{_given} * (2 * price - {_mid2})")
    OF_ANY[f"price_impact_usd_per_share_{_name}"] = _mean(f"sign * ({_mid2} - mid2)")
    OF_ANY[f"markout_bps_{_name}"] = _bps(f"sign * ({_mid2} - 2 * price)")
    if _name in ("1s", "60s", "300s"):
        OF_ANY[f"reversion_usd_per_share_{_name}"] = _mean(f"{_given} * ({_mid2} - mid2_execution)", "2e9")

OF_OWN = {
    "fees_usd": "sum(fee) / 1e9",
    "rebates_usd": "sum(rebate) / 1e9",
    "payments_usd": "sum(payment) / 1e9",
    "net_cost_bps": f"sum((sign * (2 * price - mid2))::double * quantity / mid2 + 2e9 * ({NET_FEE})::double / mid2) "
    f"filter ({NET_FEE} is not null) / nullif(sum(quantity) filter ({COVERED} and {NET_FEE} is not null), 0) * 1e4",
    "net_price_improvement_usd_per_share": f"sum(({GAIN})::hugeint * quantity - 1000000000::hugeint * ({NET_FEE})) "
    f"/ nullif(sum(quantity) filter ({COVERED} and {NET_FEE} is not null), 0) / 1e9",
    "delay_coverage_firm": _share_of("sign * (mid2_route - mid2_receipt)"),
    "delay_coverage_provider": _share_of("sign * (mid2_venue - mid2_route)"),
    "delay_coverage_venue": _share_of("sign * (mid2_execution - mid2_venue)"),
    "delay_cost_usd_per_share_firm": _mean("sign * (mid2_route - mid2_receipt)", "2e9"),
    "delay_cost_usd_per_share_provider": _mean("sign * (mid2_venue - mid2_route)", "2e9"),
    "delay_cost_usd_per_share_venue": _mean("sign * (mid2_execution - mid2_venue)", "2e9"),
    "arrival_slippage_bps": "1e4 * sum((sign * (2 * price - mid2_arrival))::hugeint * quantity) "
    "/ sum(mid2_arrival::hugeint * quantity)",
    "vwap_slippage_bps": "1e4 * sum(sign * (price - vwap) * quantity) / sum(vwap * quantity)",
}


def _times(name: str, begin: str, end: str) -> dict[str, str]:
    span = f"({end} - {begin})"
    ordered = f"list_sort(list({span}) filter ({span} is not null))"
    ranks = {f"{name}_p{percent}": f"{ordered}[ceil(len({ordered}) * {percent} / 100.0)::int] / {NS_PER_MS}.0"
             for percent in (50, 95, 99)}  # fmt: skip
    return {f"{name}_avg": _mean(span, f"{NS_PER_MS}")} | ranks


OF_OWN |= _times("time_to_execution_ms", "clock_start", "executed_at")
OF_OWN |= _times("receipt_to_route_ms", "received_at", "sent_at")
OF_OWN |= _times("route_to_ack_ms", "sent_at", "first_ack")
OF_OWN |= _times("route_to_execution_ms", "sent_at", "executed_at")

OF_ORDERS = {
    "orders": "count(*)",
    "refused_orders": "count(*) filter (refused)",
    "order_shares": "sum(quantity) / 1e9",
    "cancelled_shares": "coalesce(sum(cancelled_quantity), 0) / 1e9",
    "fill_rate_shares": "sum(executed) filter (not refused) / nullif(sum(quantity - early) filter (not refused), 0)",
    "fill_rate_orders": "count(*) filter (not refused and executed > 0) / nullif(count(*) filter (not refused), 0)",
    "executable_limit_orders": "count(*) filter (not refused and order_class = 'non_marketable')",
    "never_executable_orders": "count(*) filter (not refused and order_class = 'never_executable')",
    "limit_fill_rate_orders": "count(*) filter (not refused and order_class = 'non_marketable' and executed > 0) "
    "/ nullif(count(*) filter (not refused and order_class = 'non_marketable'), 0)",
    "missed_auction_orders": "count(*) filter (order_class = 'on_close' and executed = 0)",
}

OF_ROUTES = {
    "routes": "count(*)",
    "rejected_routes": "count(rejected_at)",
    "routed_shares": "coalesce(sum(quantity) filter (counted), 0) / 1e9",
    "route_fill_rate_shares": "coalesce(sum(executed) filter (counted), 0) / sum(quantity) filter (counted)",
}

VWAP = """
create table lives as
select order_id, symbol, day, min(received_at) as begun, max(executed_at) as done from fills group by all;
create table priced as
select m.*, v.vwap from measured m left join (
    select l.order_id, sum(t.price::hugeint * t.quantity) / sum(t.quantity) as vwap
    from lives l join trades t on l.symbol = t.symbol and l.day = t.day and t.eligible
        and t."at" - $shift between l.begun and l.done
    group by l.order_id) v using (order_id);
"""

OUTCOMES = """
create table ordered as
select c.*, c.provider_id as provider, c.time_in_force as tif, coalesce(f.executed, 0) as executed,
    case when requested_by = 'customer' and (clock_start is null or cancelled_at < clock_start)
        then coalesce(cancelled_quantity, 0) else 0 end as early
from classed c left join (select order_id, sum(quantity) as executed from fills group by order_id) f using (order_id);

create table routed as
select r.*, c.order_class, coalesce(r.provider_id, c.provider_id) as provider, coalesce(f.executed, 0) as executed,
    r.route_id not in (select parent_route_id from routes where parent_route_id is not null) as is_leaf
from routes r join classed c using (order_id)
left join (
    select route_id, sum(quantity) as executed from (
        select through as route_id, quantity from fills
        union all
        select r.parent_route_id, f.quantity from fills f join routes r on f.through = r.route_id)
    group by route_id) f using (route_id);
"""


def figures(
    connection: duckdb.DuckDBPyConnection, rows: str, wanted: dict[str, str], by: tuple[str, ...]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Figures by group."""
    keys = ", ".join(f'"{name}"' for name in by)
    chosen = ", ".join([*([keys] if keys else []), *(f"{text} as {name}" for name, text in wanted.items())])
    found = connection.execute(f"select {chosen} from {rows}" + (f" group by {keys}" if keys else "")).fetchall()
    return {row[: len(by)]: dict(zip(wanted, row[len(by) :], strict=True)) for row in found}


def concentration(
    connection: duckdb.DuckDBPyConnection, rows: str, by: tuple[str, ...]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """`hhi_venue` by group, of rows that name a venue."""
    keys = ", ".join(f'"{name}"' for name in by)
    lead = f"{keys}, " if keys else ""
    text = (
        f"select {lead}sum(shares * shares) / (sum(shares) * sum(shares)) from "
        f"(select {lead}venue as item, sum(quantity)::double as shares from {rows} where venue is not null "
        f"group by {lead}item)" + (f" group by {keys}" if keys else "")
    )
    return {row[:-1]: {"hhi_venue": row[-1]} for row in connection.execute(text).fetchall()}
