"""Messages of earlier days in the lake that orders of today go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fix.messages import FIX_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from routeproof.stores.lake import Lake

LASTING_CODES = ("1", "6")
"""TimeInForce (59) of orders that may outlive their day: good till cancelled, good till date."""

ENDING_CODES = ("2", "4", "8", "C")
"""OrdStatus (39) after which an order does nothing more: filled, cancelled, rejected, expired."""

_NAMES = ("cl_ord_id", "orig_cl_ord_id")


def revises() -> pl.Expr:
    """Whether a report busts or corrects an earlier one."""
    told = pl.col("exec_trans_type").is_in(["1", "2"]) | pl.col("exec_type").is_in(["G", "H"])
    return (
        (pl.col("msg_type").cast(pl.String) == "8") & pl.col("exec_ref_id").is_not_null() & told.fill_null(value=False)
    )


@dataclass(frozen=True, slots=True)
class EarlierDays:
    """Days of the lake that are not held as a whole.

    Attributes:
        lake: where they are.
        days: which.
    """

    lake: Lake
    days: frozenset[date]

    def open_orders(self) -> pl.DataFrame:
        """`FIX_MESSAGES` rows of orders that outlive their day and have not ended."""
        if not self.days:
            return FIX_MESSAGES.empty()
        every = self._scan()
        lasting = self._names(every.filter(pl.col("time_in_force").is_in(LASTING_CODES)))
        ended = self._names(every.filter(pl.col("ord_status").is_in(ENDING_CODES)))
        return self._of_orders(lasting - ended)

    def of_fills(self, exec_ids: Iterable[str]) -> pl.DataFrame:
        """`FIX_MESSAGES` rows of the orders that some fills belong to, by ExecID."""
        wanted = list(exec_ids)
        if not self.days or not wanted:
            return FIX_MESSAGES.empty()
        return self._of_orders(self._names(self._scan().filter(pl.col("exec_id").is_in(wanted))))

    def _of_orders(self, names: set[str]) -> pl.DataFrame:
        """All rows of orders by ClOrdID, and of those that they replaced or that replaced them."""
        known: set[str] = set()
        rows = FIX_MESSAGES.empty()
        while names - known:
            known |= names
            named = pl.any_horizontal(pl.col(name).is_in(list(known)) for name in _NAMES)
            rows = FIX_MESSAGES.conform(self._scan().filter(named).collect())
            names = known | self._names(rows.lazy())
        return rows

    def _scan(self) -> pl.LazyFrame:
        return self.lake.scan(FIX_MESSAGES.name, sorted(self.days))

    def _names(self, rows: pl.LazyFrame) -> set[str]:
        found = rows.select(_NAMES).unique().collect()
        return {name for column in found.iter_columns() for name in column.drop_nulls().cast(pl.String).to_list()}
