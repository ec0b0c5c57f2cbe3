"""Judges one step: the answers that came against those that must."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from routeproof.lab.certification.echo import differences
from routeproof.lab.certification.messages import price_text
from routeproof.lab.certification.results import Check
from routeproof.lab.certification.say import brief, some
from routeproof.lab.certification.script import AGREED
from routeproof.lab.certification.words import ENDED, LEFT_OUT, REJECTS
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.lab.certification.reply import Reply
    from routeproof.lab.certification.results import Sent
    from routeproof.lab.certification.script import Expect, Step

NOTHING = "nothing came"
MOST_ANSWERS = 12


def sequence_of(replies: Sequence[Reply]) -> tuple[str, ...]:
    """The answers as scripts write them: without pending and status reports, fills in a row once."""
    found: list[str] = []
    for reply in replies:
        if reply.answer not in LEFT_OUT and not (reply.is_fill and found[-1:] == ["trade"]):
            found.append(reply.answer)
    return tuple(found)


def status_of(replies: Sequence[Reply]) -> str:
    """The last order state that was reported; empty before there is one."""
    return next((reply.status for reply in reversed(replies) if reply.status), "")


def is_complete(expect: Expect, replies: Sequence[Reply], filled: int, quantity: int) -> bool:
    """Whether what must come has come, as far as one can tell: more may follow."""
    answers = sequence_of(replies)
    if expect.sequences is not None and answers not in expect.sequences:
        return False
    if expect.status is not None and status_of(replies) not in expect.status:
        return False
    if expect.filled == "all" and filled < quantity:
        return False
    return bool(answers)


def judge_step(
    step: Step, sent: Sent, replies: Sequence[Reply], chain: Sequence[Reply], venues: Sequence[str]
) -> tuple[Check, ...]:
    """Every expectation of a step, judged.

    Args:
        step: what was expected.
        sent: our message, with the order as it asks it to be.
        replies: what came about this order since it was sent, in order.
        chain: what ever came about the order up to now; `replies` is its end.
        venues: MICs that the provider discloses.
    """
    expect = step.expect
    return (
        *_order_of_answers(expect, replies),
        *_times(step, sent, replies),
        *_filled(expect, sent, chain),
        *_prices(expect, sent, replies),
        *_venues(expect, replies, venues),
        *_rejects(expect, replies),
        *_handled_as_sent(sent, replies),
    )


def _order_of_answers(expect: Expect, replies: Sequence[Reply]) -> Iterator[Check]:
    answers = sequence_of(replies)
    if expect.sequences is not None:
        said = " or ".join(" → ".join(item) for item in expect.sequences)
        observed = some(answers, " → ", MOST_ANSWERS) or NOTHING
        yield Check(name="exec_types", expected=said, observed=observed, passed=answers in expect.sequences)
    if expect.status is not None:
        status = status_of(replies)
        passed = status in expect.status
        yield Check(name="status", expected=" or ".join(expect.status), observed=status or "none", passed=passed)


def _times(step: Step, sent: Sent, replies: Sequence[Reply]) -> Iterator[Check]:
    expect = step.expect
    told = [reply for reply in replies if reply.answer not in LEFT_OUT]
    if expect.acknowledged_within_ms is not None:
        first = [reply for reply in replies if reply.answer in step.acknowledged_by][:1]
        yield _within("acknowledged", expect.acknowledged_within_ms, sent.sent_at, first)
    ended = [reply for reply in told if reply.status in ENDED or reply.answer in REJECTS][:1]
    if expect.ended_within_ms is not None:
        yield _within("ended", expect.ended_within_ms, sent.sent_at, ended)
    if expect.ended_after_ms is not None and ended:
        taken_ns, least = ended[0].received_at - sent.sent_at, expect.ended_after_ms
        passed = taken_ns >= least * NS_PER_MS
        observed = f"after {taken_ns / NS_PER_MS:.1f} ms"
        yield Check(name="ended_late_enough", expected=f"not before {least} ms", observed=observed, passed=passed)
    if expect.transact_time_within_ms is not None and told:
        yield _clock(expect.transact_time_within_ms, told)


def _within(name: str, limit_ms: int, sent_at: int, replies: Sequence[Reply]) -> Check:
    if not replies:
        return Check(name=name, expected=f"within {limit_ms} ms", observed="never", passed=False)
    taken_ns = replies[0].received_at - sent_at
    observed = f"after {taken_ns / NS_PER_MS:.1f} ms"
    passed = taken_ns <= limit_ms * NS_PER_MS
    return Check(name=name, expected=f"within {limit_ms} ms", observed=observed, passed=passed)


def _clock(limit_ms: int, told: Sequence[Reply]) -> Check:
    expected = f"TransactTime within {limit_ms} ms of receipt"
    reports = [reply for reply in told if reply.answer not in {"session_rejected", "business_rejected"}]
    off_ns = [None if at is None else abs(reply.received_at - at) for reply in reports for at in [reply.transacted_at]]
    if None in off_ns:
        return Check(name="transact_time", expected=expected, observed="none, or no UTC timestamp", passed=False)
    worst = max((off for off in off_ns if off is not None), default=0)
    observed = f"at most {worst / NS_PER_MS:.1f} ms off"
    return Check(name="transact_time", expected=expected, observed=observed, passed=worst <= limit_ms * NS_PER_MS)


def _filled(expect: Expect, sent: Sent, chain: Sequence[Reply]) -> Iterator[Check]:
    fills = [reply for reply in chain if reply.is_fill]
    if expect.filled is not None:
        shares, quantity = filled_shares(fills), sent.order.quantity
        passed = {"all": shares == quantity, "none": shares == 0, "part": 0 < shares < quantity}.get(
            str(expect.filled), shares == expect.filled
        )
        said = f"{expect.filled} of {quantity} shares" if isinstance(expect.filled, str) else f"{expect.filled} shares"
        yield Check(name="filled", expected=said, observed=f"{price_text(shares)} shares", passed=passed)
    if expect.fills_at_most is not None:
        passed = len(fills) <= expect.fills_at_most
        yield Check(name="fills", expected=f"at most {expect.fills_at_most}", observed=str(len(fills)), passed=passed)


def filled_shares(replies: Sequence[Reply]) -> Decimal:
    """Shares that the executions among these reports say they are of (LastShares, LastQty 32)."""
    return sum((reply.number(32) or Decimal(0) for reply in replies if reply.is_fill), Decimal(0))


def _prices(expect: Expect, sent: Sent, replies: Sequence[Reply]) -> Iterator[Check]:
    fills = [reply for reply in replies if reply.is_fill]
    order = sent.order
    bounds = [("no_worse_than_limit", order.limit)] if order.limit is not None else []
    if expect.adverse_ticks is not None:
        bounds.append(("near_reference", order.instrument.at(order.sign * expect.adverse_ticks)))
    for name, bound in bounds if fills else []:
        prices = [reply.number(31) for reply in fills]
        word = "most" if order.sign > 0 else "least"
        passed = all(price is not None and order.sign * (bound - price) >= 0 for price in prices)
        read = [
            reply.fields.get(31, "none") if price is None else price_text(price)
            for reply, price in zip(fills, prices, strict=True)
        ]
        observed = some(read, ", ")
        yield Check(name=name, expected=f"at {word} {price_text(bound)}", observed=observed, passed=passed)


def _venues(expect: Expect, replies: Sequence[Reply], disclosed: Sequence[str]) -> Iterator[Check]:
    fills = [reply for reply in replies if reply.is_fill]
    if expect.venues is None or not fills:
        return
    allowed = {*(name for name in expect.venues if name != AGREED), *(disclosed if AGREED in expect.venues else ())}
    found = [reply.fields.get(30, "none named") for reply in fills]
    said = f"LastMkt among {', '.join(sorted(allowed)) or 'none'}"
    observed = some(list(dict.fromkeys(found)), ", ")
    yield Check(name="venues", expected=said, observed=observed, passed=all(name in allowed for name in found))


def _rejects(expect: Expect, replies: Sequence[Reply]) -> Iterator[Check]:
    for reply in replies:
        if reply.answer not in REJECTS:
            continue
        code, text = reply.reason_code, reply.fields.get(58, "")
        observed = f"code {brief(code) or 'none'}, text {brief(text) or 'none'}"
        if expect.says_why:
            yield Check(name="says_why", expected="a code or a text", observed=observed, passed=bool(code or text))
        if expect.reject_codes is not None:
            said = f"code {' or '.join(expect.reject_codes)}"
            yield Check(name="reject_code", expected=said, observed=observed, passed=code in expect.reject_codes)
        if expect.reject_text is not None:
            said = f"a text with {' or '.join(expect.reject_text)}"
            passed = any(word.lower() in text.lower() for word in expect.reject_text)
            yield Check(name="reject_text", expected=said, observed=observed, passed=passed)


def _handled_as_sent(sent: Sent, replies: Sequence[Reply]) -> Iterator[Check]:
    """What a report echoes of the order is what was sent: symbol, side, quantity, type, prices, time in force, ISO."""
    reports = [reply for reply in replies if reply.fields.get(35) == "8" and reply.answer not in LEFT_OUT]
    if not reports:
        return
    found = [text for reply in reports for text in differences(sent, reply)]
    observed = some(list(dict.fromkeys(found))) or "as sent"
    yield Check(name="handled_as_sent", expected="the order's own terms", observed=observed, passed=not found)
