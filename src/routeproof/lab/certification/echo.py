"""What a report says of the order beside what was sent: no term changes on the way."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from routeproof.lab.certification.reply import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.lab.certification.reply import Reply
    from routeproof.lab.certification.results import Sent

TEXTS = {1: "Account", 55: "Symbol", 54: "Side", 40: "OrdType"}
NUMBERS = {38: "OrderQty", 44: "Price", 99: "StopPx"}
TIME_IN_FORCE, DAY, EXEC_INST = 59, "0", 18
DONE = frozenset({"canceled", "replaced"})
WITHOUT_ORIGINAL = "FIX.4.0"
"""The version whose reports have no OrigClOrdID (41); from FIX 4.1 on they must, where a cancel or replace was done."""
CHANGES = frozenset({"canceled", "replaced", "cancel_rejected"})


def differences(sent: Sent, reply: Reply) -> Iterator[str]:
    """Each term of the order that a report gives otherwise than it was sent; what it does not repeat is no difference.

    A report that a cancel or a replace was done names the message before it.
    Reports about an earlier message of the same order are left alone: they may repeat its terms.
    """
    ours, theirs = fields_of(sent.raw), reply.fields
    if reply.cl_ord_id != sent.cl_ord_id:
        if ours.get(35) in {"F", "G"} and reply.answer in CHANGES:
            yield f"ClOrdID {reply.cl_ord_id or 'none'} in place of {sent.cl_ord_id}"
        return
    is_change = ours.get(35) in {"F", "G"} and reply.answer in DONE and theirs.get(8) != WITHOUT_ORIGINAL
    if is_change and theirs.get(41) != ours.get(41):
        yield f"OrigClOrdID {theirs.get(41) or 'none'} in place of {ours.get(41)}"
    for tag, name in TEXTS.items():
        if tag in ours and tag in theirs and ours[tag] != theirs[tag]:
            yield f"{name} {theirs[tag]} in place of {ours[tag]}"
    for tag, name in NUMBERS.items():
        if tag in ours and tag in theirs and not _same_number(ours[tag], theirs[tag]):
            yield f"{name} {theirs[tag]} in place of {ours[tag]}"
    yield from _instructions(ours, theirs)


def _instructions(ours: Mapping[int, str], theirs: Mapping[int, str]) -> Iterator[str]:
    if ours.get(35) == "F":
        return
    said = ours.get(TIME_IN_FORCE, DAY)
    if theirs.get(TIME_IN_FORCE, said) != said:
        yield f"TimeInForce {theirs[TIME_IN_FORCE]} in place of {said}"
    if EXEC_INST in ours and EXEC_INST in theirs:
        lost = set(ours[EXEC_INST].split()) - set(theirs[EXEC_INST].split())
        if lost:
            yield f"ExecInst {theirs[EXEC_INST] or 'none'} without {' '.join(sorted(lost))}"


def _same_number(ours: str, theirs: str) -> bool:
    try:
        return Decimal(ours) == Decimal(theirs)
    except InvalidOperation:
        return ours == theirs
