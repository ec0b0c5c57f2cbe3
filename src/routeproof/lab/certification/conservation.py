"""Judges a whole script: quantities are conserved, identifiers are unique, nothing is left open or without an order."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from routeproof.lab.certification.identity import lacking, renamed, shared
from routeproof.lab.certification.messages import price_text
from routeproof.lab.certification.results import Check
from routeproof.lab.certification.say import some
from routeproof.lab.certification.words import ENDED, LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from routeproof.lab.certification.messages import Order
    from routeproof.lab.certification.reply import Reply

    Findings = Callable[[Sequence[Reply]], Iterator[str]]

OPEN = frozenset({"new", "partially_filled", "replaced"})
CORRECTIONS = frozenset({"trade_cancel", "trade_correct"})


def judge_whole(
    orders: Mapping[str, Order], chains: Mapping[str, Sequence[Reply]], strays: Sequence[Reply]
) -> tuple[Check, ...]:
    """The checks of a script as a whole.

    Args:
        orders: as last accepted, by the step that sent them.
        chains: every reply about an order, in order of arrival, by the same step.
        strays: replies that name no order of ours.
    """
    fills = [reply for replies in chains.values() for reply in replies if reply.is_fill]
    return (
        _check("quantities", "CumQty, LeavesQty and OrderQty agree with the executions", _each(chains, _quantities)),
        _check("average_price", "AvgPx is that of the executions to half a tick", _each_average(orders, chains)),
        _check("required_fields", "every execution report has the fields that FIX requires", _each(chains, lacking)),
        _check("order_ids", "every order has one OrderID, its own", [*_each(chains, renamed), *shared(chains)]),
        _check("execution_ids", "every execution has an ExecID of its own", list(_repeated(fills))),
        _check("after_the_end", "no execution after an order has ended", _each(chains, _after_the_end)),
        _check("corrections", "no execution is cancelled or corrected", _each(chains, _corrections)),
        _check("none_open", "every order that was accepted has ended", list(_left_open(chains))),
        _check("strays", "no message about an order that was not sent", [_named(reply) for reply in strays]),
    )


def _check(name: str, expected: str, found: Sequence[str]) -> Check:
    return Check(name=name, expected=expected, observed=some(found) or "so it is", passed=not found)


def _each(chains: Mapping[str, Sequence[Reply]], find: Findings) -> list[str]:
    return [f"{step}: {text}" for step, replies in chains.items() for text in find(replies)]


def _quantities(replies: Sequence[Reply]) -> Iterator[str]:
    executed = Decimal(0)
    for reply in replies:
        if reply.is_fill:
            executed += reply.number(32) or Decimal(0)
        if reply.fields.get(35) != "8" or reply.answer in LEFT_OUT or reply.answer in CORRECTIONS:
            continue
        cumulated, leaves, quantity = reply.number(14), reply.number(151), reply.number(38)
        if cumulated != executed:
            yield f"CumQty {_text(cumulated)} where {price_text(executed)} shares were executed"
        if reply.status in ENDED and leaves:
            yield f"LeavesQty {_text(leaves)} of an order that is {reply.status}"
        if reply.status in OPEN and quantity is not None and leaves != quantity - executed:
            yield f"LeavesQty {_text(leaves)} of {price_text(quantity)} with {price_text(executed)} executed"
        if quantity is not None and executed > quantity:
            yield f"{price_text(executed)} shares executed of {price_text(quantity)}"


def _each_average(orders: Mapping[str, Order], chains: Mapping[str, Sequence[Reply]]) -> list[str]:
    return [
        f"{step}: {text}"
        for step, replies in chains.items()
        for text in _average_price(replies, orders[step].instrument.tick / 2)
    ]


def _average_price(replies: Sequence[Reply], tolerance: Decimal) -> Iterator[str]:
    shares = paid = Decimal(0)
    for reply in replies:
        if not reply.is_fill:
            continue
        quantity, price, average = reply.number(32) or Decimal(0), reply.number(31), reply.number(6)
        shares, paid = shares + quantity, paid + quantity * (price or Decimal(0))
        if shares and (average is None or abs(average * shares - paid) > tolerance * shares):
            yield f"AvgPx {_text(average)} where {paid / shares:.6f} was paid"


def _repeated(fills: Sequence[Reply]) -> Iterator[str]:
    for name, count in Counter(reply.fields.get(17, "") for reply in fills).items():
        if not name:
            yield f"{count} executions without an ExecID"
        elif count > 1:
            yield f"ExecID {name} {count} times"


def _after_the_end(replies: Sequence[Reply]) -> Iterator[str]:
    ended = ""
    for reply in replies:
        if reply.is_fill and ended:
            yield f"{reply.fields.get(32, 'some')} shares after it was {ended}"
        if reply.fields.get(35) == "8" and reply.status in ENDED:
            ended = reply.status


def _corrections(replies: Sequence[Reply]) -> Iterator[str]:
    for reply in replies:
        if reply.answer in CORRECTIONS:
            yield f"{reply.answer} of {reply.fields.get(19, 'an execution')}"


def _left_open(chains: Mapping[str, Sequence[Reply]]) -> Iterator[str]:
    return (f"{step} is {state}" for step, replies in chains.items() if (state := open_state(replies)))


def open_state(replies: Sequence[Reply]) -> str:
    """The state of an order that was accepted and has not ended; empty if it was never accepted, or has ended."""
    state = ""
    for reply in replies:
        if reply.fields.get(35) == "8" and reply.answer != "status" and reply.status:
            state = "" if reply.status in ENDED else reply.status
    return state


def _named(reply: Reply) -> str:
    return f"{reply.answer} about {reply.cl_ord_id or 'nothing'}"


def _text(number: Decimal | None) -> str:
    return "none" if number is None else price_text(number)
