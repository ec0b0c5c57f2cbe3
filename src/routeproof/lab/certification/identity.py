"""Judges what FIX requires of every execution report: its fields, and one OrderID for each order.

Source: ExecutionReport (8) of FIX 4.0 to FIX 5.0 SP2. ClOrdID (11) is conditional there: it must be given for an order
that was sent with one, as ours are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.lab.certification.reply import Reply

NAMES: Mapping[int, str] = {
    6: "AvgPx",
    11: "ClOrdID",
    14: "CumQty",
    17: "ExecID",
    20: "ExecTransType",
    37: "OrderID",
    39: "OrdStatus",
    54: "Side",
    55: "Symbol",
    150: "ExecType",
    151: "LeavesQty",
}
_OLD = (11, 37, 17, 20, 39, 55, 54, 14, 6)
_TYPED = (11, 37, 17, 150, 39, 54, 151, 14)
REQUIRED: Mapping[str, tuple[int, ...]] = {
    "FIX.4.0": _OLD,
    "FIX.4.1": (*_OLD, 150, 151),
    "FIX.4.2": (*_OLD, 150, 151),
    "FIX.4.3": (*_TYPED, 6, 55),
    "FIX.4.4": (*_TYPED, 6, 55),
}
"""By BeginString (8)."""
SYMBOL, SECURITY_ID = 55, 48
BY_SECURITY_ID = frozenset({"FIX.4.3", "FIX.4.4"})
"""Versions in which an instrument may be named by SecurityID (48) alone."""
NOT_YET_ITS_OWN = frozenset({"pending", "status", "rejected"})
"""Reports whose OrderID may be none of the order's: the provider has not taken the order, or does not know it."""
MAY_RENAME = frozenset({"replaced"})


def lacking(replies: Sequence[Reply]) -> Iterator[str]:
    """Each execution report that has not all fields that its version of FIX requires, with what it has not."""
    for reply in replies:
        if reply.fields.get(35) != "8":
            continue
        version = reply.fields.get(8, "")
        absent = [tag for tag in REQUIRED.get(version, _TYPED) if not reply.fields.get(tag)]
        if SYMBOL in absent and version in BY_SECURITY_ID and reply.fields.get(SECURITY_ID):
            absent.remove(SYMBOL)
        if absent:
            yield f"{reply.answer} without {', '.join(f'{NAMES[tag]} ({tag})' for tag in absent)}"


def renamed(replies: Sequence[Reply]) -> Iterator[str]:
    """Each change of an order's OrderID; a replace that is accepted may bring a new one."""
    known = ""
    for reply in _of_orders(replies):
        order_id = reply.fields.get(37, "")
        if known and order_id and order_id != known and reply.answer not in MAY_RENAME:
            yield f"OrderID {order_id} in place of {known}"
        known = order_id or known


def shared(chains: Mapping[str, Sequence[Reply]]) -> Iterator[str]:
    """Each OrderID that several orders have."""
    steps: dict[str, list[str]] = {}
    for step, replies in chains.items():
        for order_id in dict.fromkeys(reply.fields.get(37, "") for reply in _of_orders(replies)):
            steps.setdefault(order_id, []).append(step)
    for order_id, found in steps.items():
        if order_id and len(found) > 1:
            yield f"OrderID {order_id} of {' and '.join(found)}"


def _of_orders(replies: Sequence[Reply]) -> Iterator[Reply]:
    return (item for item in replies if item.fields.get(35) == "8" and item.answer not in NOT_YET_ITS_OWN)
