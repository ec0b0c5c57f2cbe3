"""Harm of a case's orders, computed from the data as it is now and put on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.cases.case_pins import days_of_order
from routeproof.app.cases.replay import JSON_TYPE, as_bytes
from routeproof.app.cases.work_cases import case_shown
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.measure_range import measured_days
from routeproof.app.objects.act import act
from routeproof.app.objects.fold import required
from routeproof.app.orders.figures import OneOrder
from routeproof.app.orders.rows import rows_of_order
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.shipped_rules import rules_of
from routeproof.governance.case.harm import Fill, harm_of
from routeproof.governance.case.noun import CASE
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import RouteproofError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.app.context import Context
    from routeproof.tables.measured.day import MeasuredDay

FEW = 20
"""Orders that are measured one by one; a whole day takes about as long."""

LARGEST = 100
"""Orders that the entry names; the attached document has them all."""


def record_harm(context: Context, case_id: str) -> dict[str, Any]:
    """Compute harm of every order of the case, and record it as the person of the context.

    Raises:
        UsageError: if there is no such case, or it speaks of no order.
        RefusalError: as `act`.
    """
    case = required(context.records, CASE, case_id).state
    orders = list(dict.fromkeys((*case.orders, *filter(None, (case.order_id,)))))
    if not orders:
        message = "expected a case that speaks of orders, found none: harm is counted per order"
        raise UsageError(message, where=case_id)
    manifest = context.lake.manifest().id
    found = harm_of(orders, _fills(context, manifest, orders))
    unknown = {"unknown_orders": found.unknown_orders, "unknown_fills": found.unknown_fills}
    counted = {"manifest": manifest, "total_usd": found.total_usd, **unknown}
    listed = [item.model_dump() for item in found.orders]
    document = {**counted, "orders": listed}
    sha256 = context.evidence.put(as_bytes(document), media_type=JSON_TYPE, name="harm.json")
    body = {**counted, "orders": listed[:LARGEST], "of": len(listed), "files": [sha256]}
    try:
        act(context, CASE, case_id, "harm", body, stored=[sha256])
    except RouteproofError:
        context.evidence.destroy(sha256)
        raise
    return case_shown(context, case_id)


def _fills(context: Context, manifest: str, orders: Sequence[str], few: int = FEW) -> Iterator[Fill]:
    """Fills that stand, busts and corrections folded, with the benchmark of the firm's reviews: receipt."""
    wanted = set(orders)
    for measured in _measured(context, manifest, orders, few):
        if not measured.executions.width:
            continue
        rows = measured.executions.select("order_id", "sign", "price", "quantity", "far_touch")
        yield from (Fill(*row) for row in rows.iter_rows() if row[0] in wanted)


def _measured(context: Context, manifest: str, orders: Sequence[str], few: int) -> Iterator[MeasuredDay]:
    """The days of some orders: of a few their own rows alone, of many all orders of their days at once."""
    source = LakeSource(context.lake, manifest)
    rules = rules_of(context.lake, manifest, policy_in_force(context.records).whole)
    if len(orders) > few:
        days = {day for order in orders for day in days_of_order(context, manifest, order)}
        yield from measured_days(source, sorted(days), rules, Switches())
        return
    for order in orders:
        rows = rows_of_order(context.lake, manifest, order)
        if rows is not None:
            yield from measured_days(OneOrder(rows, source), rows.days, rules, Switches())
