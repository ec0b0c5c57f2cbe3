"""The replay of one order: all that its page and its call show."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.objects.findings import plain
from routeproof.app.orders.figures import figures_of
from routeproof.app.orders.kept_replays import keep_replay, kept_replay, replay_path
from routeproof.app.orders.market import path_of
from routeproof.app.orders.messages import messages_of, raw_lines
from routeproof.app.orders.rows import rows_of_order
from routeproof.app.orders.timeline import decimal_text, timeline_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.shipped_rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import polars as pl

    from routeproof.app.context import Context
    from routeproof.app.orders.figures import Figures
    from routeproof.app.orders.rows import OrderRows
    from routeproof.policy.whole import WholePolicy

Row = dict[str, Any]
INSTANTS = ("received_at", "decided_at", "effective_at", "sent_at", "acknowledged_at", "rejected_at", "cancelled_at")
FIXED = ("quantity", "leaves", "limit_price", "stop_price", "price", "fee", "rebate", "payment", "cancelled_quantity")
INTERNAL = ("firm_id", "sequence", "trading_day")


def order_shown(
    context: Context, order_id: str, allow: Callable[[date, date], None] = lambda *_: None
) -> dict[str, Any] | None:
    """Everything about one order; null where the lake knows none of that name.

    Args:
        context: the workspace.
        order_id: identity of the order.
        allow: is told the first and the last day of the order before more is read; it may refuse.

    Returns:
        `order` (the parent), `versions`, `routes` (a tree in order of hops, `depth` from 0), `fills` with their
        figures, `timeline`, `path` (quotes to draw), `figures` with definitions, `findings`, `messages`. Prices and
        quantities are decimal text; instants are text of UTC ns, and `offset_ns` counts from receipt.
    """
    manifest, policy = context.lake.manifest().id, policy_in_force(context.records)
    path = replay_path(context.workspace, manifest, policy.id, order_id)
    replay = kept_replay(path)
    if replay is not None:
        allow(date.fromisoformat(replay["days"][0]), date.fromisoformat(replay["days"][-1]))
    else:
        rows = rows_of_order(context.lake, manifest, order_id)
        if rows is None:
            return None
        allow(rows.days[0], rows.days[-1])
        replay = _replay(context, manifest, policy.whole, rows)
        keep_replay(path, replay)
    return {
        **replay,
        "findings": findings_of_order(context, order_id),
        "messages": _with_raw(context, replay["messages"]),
    }


def _replay(context: Context, manifest: str, policy: WholePolicy, rows: OrderRows) -> Row:
    """What is the same as long as lake and policy are: all but the findings, and the bytes of messages."""
    lake = context.lake
    figures = figures_of(rows, LakeSource(lake, manifest), rules_of(lake, manifest, policy))
    events = _instants(rows)
    path = path_of(lake, manifest, rows.days, rows.symbol, events)
    parents = _plain(rows.tables["parent_orders"])
    return {
        "order_id": rows.order_id,
        "symbol": rows.symbol,
        "days": [day.isoformat() for day in rows.days],
        "received_at": None if rows.received_at is None else str(rows.received_at),
        "manifest": manifest,
        "order": parents[0] if parents else None,
        "versions": _plain(rows.tables["order_versions"]),
        "routes": routes_in_order(_with_links(_plain(rows.tables["routes"]), rows.tables["links"], "route_id")),
        "fills": _fills(rows, figures),
        "timeline": [_texts(item) for item in timeline_of(rows, path)],
        "path": path.drawn(rows.received_at or 0, events),
        "figures": figures.order,
        "messages": _messages(context, manifest, rows),
    }


def _instants(rows: OrderRows) -> list[int]:
    """When something happened to the order, ascending."""
    columns = (
        ("parent_orders", "received_at"),
        ("order_versions", "effective_at"),
        ("routes", "sent_at"),
        ("routes", "acknowledged_at"),
        ("routes", "cancelled_at"),
        ("executions", "executed_at"),
    )
    return sorted({int(at) for table, name in columns for at in rows.tables[table][name].drop_nulls()})


def _plain(table: pl.DataFrame) -> list[Row]:
    """Rows as plain values: fixed point as decimal text, instants as text, days as days."""
    return [_texts(row) for row in table.iter_rows(named=True)]


def _texts(row: Row) -> Row:
    found: Row = {}
    for name, value in row.items():
        if name in INTERNAL:
            continue
        if name == "at" or name.endswith("_at"):
            found[name] = None if value is None else str(value)
        elif name in FIXED and isinstance(value, int):
            found[name] = decimal_text(value)
        else:
            found[name] = value
    return found


def routes_in_order(routes: Iterable[Row]) -> list[Row]:
    """Routes below the one they were split from, each with its `depth`; what names an unknown parent begins anew."""
    held = list(routes)
    known = {row["route_id"] for row in held}
    children: dict[str | None, list[Row]] = {}
    for row in held:
        parent = row["parent_route_id"] if row["parent_route_id"] in known else None
        children.setdefault(parent, []).append(row)
    found: list[Row] = []
    waiting = [(row, 0) for row in reversed(children.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        found.append({**row, "depth": depth})
        waiting += [(child, depth + 1) for child in reversed(children.pop(row["route_id"], []))]
    return found


def _with_links(rows: Iterable[Row], links: pl.DataFrame, name: str) -> list[Row]:
    methods = dict(zip(links["child_id"], links["method"], strict=True))
    return [{**row, "linked_by": methods.get(row[name])} for row in rows]


def _fills(rows: OrderRows, figures: Figures) -> list[Row]:
    plain_rows = _with_links(_plain(rows.tables["executions"]), rows.tables["links"], "execution_id")
    return [{**row, "figures": figures.fills.get(row["execution_id"])} for row in plain_rows]


def findings_of_order(context: Context, order_id: str) -> list[Row]:
    """Findings that stand about an order, by time."""
    rows = context.records.query(
        "SELECT document, case_id, suppressed_by, recorded_at FROM findings "
        "WHERE withdrawn = 0 AND order_id = :order_id ORDER BY at, id",
        {"order_id": order_id},
    )
    return [plain(str(row[0]), _text(row[1]), _text(row[2]), int(str(row[3]))) for row in rows]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _messages(context: Context, manifest: str, rows: OrderRows) -> Row:
    found = messages_of(context, manifest, rows)
    origin = rows.received_at or 0
    shown = [
        {**row, "at": str(row["at"]), "offset_ns": row["at"] - origin} if row["at"] is not None else row
        for row in found["messages"]
    ]
    return {"messages": shown, "total": found["total"]}


def _with_raw(context: Context, found: Row) -> Row:
    """The bytes themselves come out of the raw store whenever they are shown; null where they are not to be had."""
    raw = raw_lines(context, [item["source"] for item in found["messages"]])
    return {**found, "messages": [{**item, "raw": raw.get(item["source"])} for item in found["messages"]]}
