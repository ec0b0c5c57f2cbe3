"""Whether customers are made whole: one decision for each order, and the proof that what was decided was paid."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from routeproof.governance.case.state import ALIVE, Case
from routeproof.governance.decider import Command, Event, another_person, existing, in_state, refuse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from routeproof.governance.case.bodies import OrderAmount, Reimbursement
    from routeproof.governance.case.state import Reimbursed


def not_the_owner(state: Case | None, command: Command) -> Case:
    """The case, unless it is the person's."""
    case = existing(state, command)
    another_person(command, case.owner or "", "works the case")
    return case


def reimburse(state: Case | None, command: Command) -> Sequence[Event]:
    """Paid or declined, by another person than the owner; or the proof of a payment that was decided before.

    A payment is for orders of the case, or for all of them at once (level case or incident). No order has two
    decisions that stand: the later one names the earlier one that it replaces. What other cases paid for the same
    orders (`paid_elsewhere` of `around`: case to orders) has to be named.
    """
    case = not_the_owner(state, command)
    in_state(case, command, *ALIVE)
    body: Reimbursement = command.body
    if body.decision is None:
        return [_proved(case, body)]
    if not body.rationale.strip():
        refuse("incomplete", "expected a rationale with a decision, found none", where="rationale")
    if (body.decision == "pay") != bool(body.amounts):
        refuse("incomplete", "expected amounts with decision pay, and only there")
    if body.of is not None:
        refuse("incomplete", "expected `of` with proof alone; a decision names what it `replaces`", where="of")
    _of_the_case(case, body)
    _once(case, body)
    _known_elsewhere(case, body, command.around.get("paid_elsewhere", {}))
    total = sum((Decimal(item.amount_usd) for item in body.amounts), Decimal(0))
    said = body.model_dump(mode="json", exclude={"of"})
    return [Event("case.reimbursed", {**said, "total_usd": f"{total:f}"}, version=2)]


def require_paid(case: Case) -> None:
    """Refuse to end a case as reimbursed before a payment was decided on and proved."""
    paid = [item for item in standing(case) if item.decision == "pay"]
    if not paid:
        found = "that reimbursement was declined" if case.reimbursements else "none"
        refuse(
            "incomplete",
            f"expected a decision to pay on the case before it ends as reimbursed, found {found}: record it with "
            f"`routeproof case reimburse {case.id}`",
            where="disposition",
        )
    lacking = [str(item.number) for item in paid if not item.proof]
    if lacking:
        refuse(
            "incomplete",
            f"expected proof that it was paid before the case ends as reimbursed, found none of decision "
            f"{', '.join(lacking)}: add it with `routeproof case reimburse {case.id}` and a body with `of` and `proof`",
            where="disposition",
        )


def standing(case: Case) -> tuple[Reimbursed, ...]:
    """Decisions that no later one replaced."""
    return tuple(item for item in case.reimbursements if item.replaced_by is None)


def orders_of(case: Case) -> tuple[str, ...]:
    """Orders that the case speaks of."""
    return tuple(dict.fromkeys((*case.orders, *((case.order_id,) if case.order_id else ()))))


def _proved(case: Case, body: Reimbursement) -> Event:
    if not body.proof or body.amounts or body.rationale or body.replaces is not None or body.beside:
        refuse("incomplete", "expected a decision, or nothing but proof and the number `of` the decision it proves")
    paid = [item.number for item in standing(case) if item.decision == "pay"]
    number = paid[0] if body.of is None and len(paid) == 1 else body.of
    if number not in paid:
        known = ", ".join(map(str, paid)) or "none"
        refuse(
            "incomplete",
            f"expected the number of a decision to pay that stands ({known}), found {number or 'none'}",
            where="of",
        )
    return Event("case.reimbursement_proved", {"of": number, "proof": list(body.proof)})


def _of_the_case(case: Case, body: Reimbursement) -> None:
    known, named = orders_of(case), [item.order_id for item in body.amounts]
    for place, order in enumerate(named):
        if (body.level == "order") != (order is not None):
            refuse("incomplete", "expected order_id with level order, and only there", where="amounts")
        if order is not None and order not in known:
            refuse("incomplete", f"expected an order of the case, found {order!r}", where="amounts")
        if order in named[:place]:
            what = f"each order, found {order!r} twice" if order else f"the {body.level}, found {len(named)}"
            refuse("incomplete", f"expected one amount for {what}", where="amounts")


def _once(case: Case, body: Reimbursement) -> None:
    """Refuse a second decision on the same order beside one that stands."""
    replaced = None if body.replaces is None else {item.number: item for item in standing(case)}.get(body.replaces)
    if body.replaces is not None and replaced is None:
        known = ", ".join(str(item.number) for item in standing(case)) or "none"
        refuse(
            "incomplete",
            f"expected the number of a decision that stands ({known}), found {body.replaces}",
            where="replaces",
        )
    for item in standing(case):
        if item is replaced or not _meet(item.amounts, body.amounts):
            continue
        done = "decided to pay" if item.decision == "pay" else "declined to pay"
        paid = next((one.order_id for one in body.amounts if one.order_id), None)
        refuse(
            "wrong_state",
            f"expected {repr(paid) if paid else 'a case'} without a decision that stands, found that {item.by} {done} "
            f"on {item.on} (level {item.level}, decision {item.number}): a decision in its place names it with "
            f"`replaces = {item.number}`",
            where="amounts",
        )


def _meet(some: Sequence[OrderAmount], others: Sequence[OrderAmount]) -> bool:
    """Whether two decisions are on the same order; one that names no order is on all of the case."""
    named, again = ({item.order_id for item in amounts} - {None} for amounts in (some, others))
    return not named or not again or bool(named & again)


def _known_elsewhere(case: Case, body: Reimbursement, elsewhere: Mapping[str, Collection[str]]) -> None:
    if body.decision != "pay":
        return
    wanted = {item.order_id for item in body.amounts if item.order_id} or set(orders_of(case))
    for other, orders in elsewhere.items():
        twice = sorted(wanted & set(orders))
        if twice and other not in body.beside:
            refuse(
                "wrong_state",
                f"expected orders that no other case paid for, found that case {other} paid for {', '.join(twice)}: a "
                f"further payment names it (`beside = [{other!r}]`), and its rationale says why",
                where="amounts",
            )
