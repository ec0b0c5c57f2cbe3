"""Which other cases paid for the orders of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.entries_by_type import entries_by_type
from routeproof.app.objects.fold import object_of
from routeproof.governance.case.noun import CASE
from routeproof.governance.case.reimburse import orders_of, standing

if TYPE_CHECKING:
    from routeproof.stores.records import Records


def paid_elsewhere(records: Records, case_id: str) -> dict[str, tuple[str, ...]]:
    """Orders that a payment of another case stands for, by case; one that names no order is for all of its case."""
    found: dict[str, tuple[str, ...]] = {}
    streams = {entry.fact.stream: None for entry in entries_by_type(records, {"case.reimbursed"})}
    for stream in streams:
        name = stream.partition("/")[2]
        version = object_of(records, CASE, name)
        if name == case_id or version is None:
            continue
        case = version.state
        named = [one.order_id for item in standing(case) if item.decision == "pay" for one in item.amounts]
        orders = orders_of(case) if None in named else tuple(order for order in named if order is not None)
        if orders:
            found[name] = orders
    return found
