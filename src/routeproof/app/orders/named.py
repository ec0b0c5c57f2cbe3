"""An order or a fill by the name that a person has of it: our own, or the ClOrdID or ExecID of the messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.orders.rows import OWN_TABLES
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.stores.commits import source_outcomes
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.lake import Lake

_PLACE = ["source_id", "source_row"]
_FIRST_LOOK = (("parent_orders", "order_versions"), ("routes", "executions"))
"""A customer's ClOrdID opened or changed an order; only where it did not, it may be that of a route or a report."""
_TOLD = ("parent_orders", "routes", "executions")
"""Tables that say an order's symbol, the surest first."""
CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Named:
    """An order that a name may mean.

    Attributes:
        order_id: its identity.
        execution_id: of the fill that was named; null where the order was.
        day: the first trading day that speaks of it.
        symbol: ticker; empty if no row names one.
        provider: who was asked to execute it, else whose files tell of it; empty if nothing says.
    """

    order_id: str
    execution_id: str | None
    day: date | None
    symbol: str
    provider: str

    def is_as(self, said: Mapping[str, Any]) -> bool:
        """Whether it is of the day, symbol and provider that are said, as far as they are."""
        own = {"day": self.day, "symbol": self.symbol, "provider": self.provider}
        return all(said.get(name) is None or str(said[name]) == str(value) for name, value in own.items())


def order_named(context: Context, manifest: str, name: str, said: Mapping[str, Any]) -> Named:
    """The order of that identity, else the one that a message with that ClOrdID opened, changed or told of.

    Args:
        context: the workspace.
        manifest: as known at.
        name: as a person wrote it.
        said: `day, symbol, provider` as far as they are known: they choose among orders of one name.

    Raises:
        UsageError: none or several have the name.
    """
    lake = context.lake
    orders = _in_tables(lake, manifest, name) or _by_message(lake, manifest, name)
    found = _facts(context, manifest, dict.fromkeys(orders))
    what = "an order of the lake, by its identity or its ClOrdID"
    return _only(found, name, said, what, "order_id")


def order_of_fill(context: Context, manifest: str, name: str, said: Mapping[str, Any]) -> Named:
    """The order of the fill of that identity, else of the one that a session reported under that ExecID.

    Raises:
        UsageError: as `order_named`.
    """
    fills = _fills(context.lake, manifest, [name])
    if not fills:
        seen = context.lake.scan("sightings", columns=["execution_id", "exec_id_seen"], manifest=manifest)
        of = seen.filter(pl.col("exec_id_seen") == name).collect()["execution_id"].unique().to_list()
        fills = _fills(context.lake, manifest, of)
    found = _facts(context, manifest, fills)
    what = "a fill of an order of the lake, by its identity or its ExecID"
    return _only(found, name, said, what, "execution_id")


def _in_tables(lake: Lake, manifest: str, name: str) -> list[str]:
    own = pl.col("order_id") == name
    is_there = any(
        lake.scan(table, columns=["order_id"], manifest=manifest).filter(own).head(1).collect().height
        for table in OWN_TABLES
    )
    return [name] if is_there else []


def _by_message(lake: Lake, manifest: str, name: str) -> list[str]:
    if not lake.days(FIX_MESSAGES.name, manifest):
        return []
    messages = lake.scan(FIX_MESSAGES.name, columns=[*_PLACE, "cl_ord_id"], manifest=manifest)
    places = messages.filter(pl.col("cl_ord_id").cast(pl.String) == name).select(_PLACE).collect()
    for tables in _FIRST_LOOK:
        found: set[str] = set()
        for table in tables if places.height else ():
            rows = lake.scan(table, columns=["order_id", *_PLACE], manifest=manifest)
            here = rows.filter(pl.col("source_id").is_in(places["source_id"].unique().to_list())).collect()
            found |= set(here.join(places, on=_PLACE, how="semi")["order_id"].drop_nulls())
        if found:
            return sorted(found)
    return []


def _fills(lake: Lake, manifest: str, names: Sequence[str]) -> dict[str, str | None]:
    """Orders of some fills, each with the fill."""
    rows = lake.scan("executions", columns=["order_id", "execution_id"], manifest=manifest)
    own = rows.filter(pl.col("execution_id").is_in(list(names))).collect().drop_nulls("order_id")
    return dict(own.sort("order_id", "execution_id").iter_rows())


def _facts(context: Context, manifest: str, orders: Mapping[str, str | None]) -> list[Named]:
    """Day, symbol and provider of some orders, in their order."""
    told: dict[str, Named] = {}
    tellers = {item.source_id: str(item.outcome["provider"] or "") for item in source_outcomes(context.records)}
    for table in _TOLD if orders else ():
        own = ["provider_id"] if table == "parent_orders" else []
        rows = context.lake.scan(
            table, columns=["order_id", "trading_day", "symbol", "source_id", *own], manifest=manifest
        )
        here = rows.filter(pl.col("order_id").is_in(list(orders))).collect().sort("trading_day")
        for row in here.iter_rows(named=True):
            order, provider = str(row["order_id"]), row.get("provider_id") or tellers.get(row["source_id"], "")
            told.setdefault(order, Named(order, orders[order], row["trading_day"], str(row["symbol"] or ""), provider))
    return [told.get(order, Named(order, fill, None, "", "")) for order, fill in orders.items()]


def _only(found: Sequence[Named], name: str, said: Mapping[str, Any], what: str, where: str) -> Named:
    fitting = found if len(found) < 2 else [item for item in found if item.is_as(said)]  # noqa: PLR2004  # several
    if len(fitting) == 1:
        return fitting[0]
    if not found:
        message = f"expected {what}, found none named {name!r}: take its files in first"
        raise UsageError(message, where=where)
    several = fitting or found
    listed = ", ".join(f"{item.order_id} ({item.day}, {item.symbol})" for item in several[:CANDIDATES])
    more = f" and {len(several) - CANDIDATES} more" if len(several) > CANDIDATES else ""
    message = f"expected {what}, found {len(several)} named {name!r}: {listed}{more}; say which, or its day and symbol"
    raise UsageError(message, where=where)
