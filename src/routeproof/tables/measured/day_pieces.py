"""A day's tables cut by symbol: measured in pieces, a day says the same, as long as nothing links two symbols."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from routeproof.tables.measured.day import Carry, DayTables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.tables.measured.version_day import VersionDay

AnyCarry = TypeVar("AnyCarry", "Carry", "VersionDay")


def can_divide(tables: DayTables, carry: Carry) -> bool:
    """Whether every row has a symbol, and every execution and route that of the order and the route it names."""
    flow = [tables.terms, tables.routes, tables.executions]
    if any(frame["symbol"].null_count() for frame in flow):
        return False
    orders = _named("order_id", tables.terms, carry.versions)
    routes = _named("route_id", tables.routes, carry.routes)
    links = (
        (tables.executions, "order_id", orders),
        (tables.routes, "order_id", orders),
        (tables.executions, "route_id", routes),
        (tables.routes, "parent_route_id", routes),
    )
    return all(_agrees(frame, name, known) for frame, name, known in links)


def _named(name: str, *frames: pl.DataFrame | None) -> pl.DataFrame:
    """Identities with the symbol that each is of."""
    identity = (pl.col(name).alias("name"), pl.col("symbol").alias("known"))
    return pl.concat([frame.select(identity) for frame in frames if frame is not None]).unique()


def _agrees(frame: pl.DataFrame, name: str, known: pl.DataFrame) -> bool:
    if known.is_empty() or not frame.height or frame[name].null_count() == frame.height:
        return True
    linked = frame.select(pl.col(name).alias("name"), "symbol").join(known, on="name")
    return bool(linked.select((pl.col("symbol") == pl.col("known")).all()).item())


def tables_of(tables: DayTables, symbols: Sequence[str]) -> DayTables:
    """The day's rows of some symbols."""
    return DayTables(tables.day, **_cut(tables, symbols))


def carry_of(carry: AnyCarry, symbols: Sequence[str]) -> AnyCarry:
    """What of the days before is of some symbols."""
    return type(carry)(**_cut(carry, symbols))


def _cut(whole: DayTables | Carry | VersionDay, symbols: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Every frame of it that there is, cut."""
    chosen = pl.col("symbol").is_in(list(symbols))
    held = ((field.name, getattr(whole, field.name)) for field in fields(whole))
    return {
        name: frame.filter(chosen) if frame.width else frame for name, frame in held if isinstance(frame, pl.DataFrame)
    }


def joined_carry(parts: Sequence[AnyCarry]) -> AnyCarry:
    """What lives on after all pieces of a day, at least one."""
    frames: dict[str, Any] = {}
    kind = type(parts[0])
    for field in fields(kind):
        held = [frame for part in parts if (frame := getattr(part, field.name)) is not None]
        frames[field.name] = pl.concat(held, how="diagonal_relaxed") if held else None
    return kind(**frames)
