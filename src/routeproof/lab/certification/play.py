"""Plays a script over a line to a provider's test system, one step at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from routeproof.lab.certification.conservation import judge_whole, open_state
from routeproof.lab.certification.judge import filled_shares, is_complete, judge_step
from routeproof.lab.certification.messages import Marks, Order, cancel_of, message_of, order_of
from routeproof.lab.certification.results import ScriptResult, Sent, StepResult
from routeproof.lab.certification.words import ENDED
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.lab.certification.reply import Reply
    from routeproof.lab.certification.script import Script, Step

LOOK_S = 0.05
"""Longest wait for a message before the step's own times are looked at again."""
CLEAN_UP_S = 2.0
SETTLE_MS = 300
NEVER_ACCEPTED = frozenset({"session_rejected", "business_rejected"})
"""Answers that leave an order without a report."""


class LineEndedError(Exception):
    """The session to the test system ended, with the reason as far as it is known."""


class Line(Protocol):
    """A session with a test system."""

    def send(self, message: bytes) -> None:
        """Send an application message.

        Raises:
            LineEndedError: if the session is not logged on.
        """
        ...

    def receive(self, timeout_s: float) -> Sequence[Reply]:
        """Replies that came since the last call, waiting for the first one; none in time is an empty sequence.

        Raises:
            LineEndedError: if the session has ended.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a script is played with.

    Attributes:
        line: to the test system.
        clock: UTC ns.
        next_id: a ClOrdID that was never used.
        marks: on every message.
        venues: MICs that the provider discloses.
        told: called with each step that has been judged.
    """

    line: Line
    clock: Callable[[], int]
    next_id: Callable[[], str]
    marks: Marks
    venues: Sequence[str]
    told: Callable[[StepResult], None] = lambda _: None


def play_script(script: Script, setting: Setting) -> ScriptResult:
    """Send every step, judge what comes, then judge the whole; what is left open afterwards is cancelled."""
    play = _Play(script, setting)
    began_at = setting.clock()
    steps = []
    try:
        for step in script.steps:
            steps.append(play.step(step))
            setting.told(steps[-1])
        play.settle()
    except BaseException:
        # Whatever breaks it off, Ctrl-C included: nobody else knows of these orders.
        play.clean_up()
        raise
    checks = judge_whole(play.orders, play.chains, play.strays)
    cancelled = play.clean_up()
    return ScriptResult(
        script=script,
        steps=tuple(steps),
        checks=checks,
        began_at=began_at,
        ended_at=setting.clock(),
        cancelled=cancelled,
        left_open=play.left_open(),
    )


@dataclass
class _Play:
    """A script while it is played."""

    script: Script
    setting: Setting
    orders: dict[str, Order] = field(default_factory=dict)
    chains: dict[str, list[Reply]] = field(default_factory=dict)
    strays: list[Reply] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    ended: str = ""

    def step(self, step: Step) -> StepResult:
        """Send one step and wait until it is over."""
        if step.of is not None and (step.of not in self.orders or self._is_closed(step.of)) and step.only_if_open:
            note = f"left out: the order of {step.of} has ended"
            return StepResult(step=step, sent=None, replies=(), checks=(), note=note, left_out=True)
        if step.of is not None and step.of not in self.orders:
            return _broken(step, f"not sent: the order of {step.of} was not")
        if self.ended:
            return _broken(step, f"not sent: {self.ended}")
        return self._sent(step)

    def _sent(self, step: Step) -> StepResult:
        root = step.of or step.id
        before = self.orders.get(root)
        cl_ord_id = self.setting.next_id()
        asked = order_of(self.script, step, before)
        now = self.setting.clock()
        raw = message_of(step, asked, cl_ord_id, self.setting.marks, now)
        self.owners[cl_ord_id] = root
        chain = self.chains.setdefault(root, [])
        first = len(chain)
        if before is None:
            self.orders[root] = replace(asked, cl_ord_ids=(cl_ord_id,))
        sent = Sent(cl_ord_id=cl_ord_id, order=asked, sent_at=now, raw=raw)
        note = ""
        try:
            self.setting.line.send(raw)
            self._wait(step, sent, root, first)
        except LineEndedError as error:
            self.ended = str(error)
            note = f"broken off: {self.ended}"
        replies = tuple(chain[first:])
        self._take_over(root, sent, replies)
        checks = judge_step(step, sent, replies, chain, self.setting.venues)
        return StepResult(step=step, sent=sent, replies=replies, checks=checks, note=note)

    def _wait(self, step: Step, sent: Sent, root: str, first: int) -> None:
        """Until all that is expected is there and a while was quiet, or the step's time is over."""
        until = sent.sent_at + step.at_most_ms * NS_PER_MS
        quiet_since = sent.sent_at
        while (now := self.setting.clock()) < until:
            chain = self.chains[root]
            filled = int(filled_shares(chain))
            quiet = now - quiet_since >= step.wait.quiet_ms * NS_PER_MS
            if quiet and is_complete(step.expect, chain[first:], filled, sent.order.quantity):
                return
            if self._receive(min(LOOK_S, (until - now) / NS_PER_S), root):
                quiet_since = self.setting.clock()

    def _receive(self, timeout_s: float, root: str) -> bool:
        """Take in what came; what names no order at all belongs to the step that goes on."""
        replies = self.setting.line.receive(timeout_s)
        for reply in replies:
            owner = self.owners.get(reply.cl_ord_id) if reply.cl_ord_id else root
            if not owner or reply.answer == "unknown":
                self.strays.append(reply)
            else:
                self.chains[owner].append(reply)
        return bool(replies)

    def _take_over(self, root: str, sent: Sent, replies: Sequence[Reply]) -> None:
        """A replace that was accepted is the order from now on; the id of a cancel or replace that was, its name."""
        done = {reply.answer for reply in replies if reply.cl_ord_id == sent.cl_ord_id}
        if done & {"replaced", "canceled"}:
            ids = (*self.orders[root].cl_ord_ids, sent.cl_ord_id)
            self.orders[root] = replace(sent.order, cl_ord_ids=ids)

    def settle(self) -> None:
        """Let what comes late come, so that it is judged with the script that it belongs to."""
        until = self.setting.clock() + SETTLE_MS * NS_PER_MS
        try:
            while not self.ended and (now := self.setting.clock()) < until:
                self._receive(min(LOOK_S, (until - now) / NS_PER_S), root="")
        except LineEndedError as error:
            self.ended = str(error)

    def _is_closed(self, root: str) -> bool:
        return not open_state(self.chains[root])

    def _may_not_trade(self, root: str) -> bool:
        """Whether an order is known to have ended; one that was never answered may be alive."""
        chain = self.chains[root]
        told = {reply.answer for reply in chain}
        return _has_ended(chain) or (not open_state(chain) and bool(told & NEVER_ACCEPTED))

    def clean_up(self) -> tuple[str, ...]:
        """Cancel what is open still; what comes of it is no part of the judgement."""
        cancelled = []
        for root, order in self.orders.items():
            if self.ended or self._may_not_trade(root):
                continue
            cl_ord_id = self.setting.next_id()
            self.owners[cl_ord_id] = root
            try:
                now = self.setting.clock()
                self.setting.line.send(cancel_of(order, cl_ord_id, self.setting.marks, now))
                until = now + int(CLEAN_UP_S * NS_PER_S)
                while not self._may_not_trade(root) and self.setting.clock() < until:
                    self._receive(LOOK_S, root)
            except LineEndedError as error:
                self.ended = str(error)
            cancelled.append(cl_ord_id)
        return tuple(cancelled)

    def left_open(self) -> tuple[str, ...]:
        """ClOrdIDs of orders that may be alive after all."""
        return tuple(order.cl_ord_ids[-1] for root, order in self.orders.items() if not self._may_not_trade(root))


def _has_ended(chain: Sequence[Reply]) -> bool:
    reports = [reply for reply in chain if reply.fields.get(35) == "8" and reply.status]
    return bool(reports) and reports[-1].status in ENDED


def _broken(step: Step, note: str) -> StepResult:
    return StepResult(step=step, sent=None, replies=(), checks=(), note=note)
