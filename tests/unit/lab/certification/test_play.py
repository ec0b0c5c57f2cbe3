"""How a script is played: marked orders, ids used once, waits, sessions that end, orders that are left open."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest

from certification_line import VENUES, SimulatedLine, play, play_on, shipped
from routeproof.lab.certification.messages import Marks
from routeproof.lab.certification.play import LineEndedError, Setting, play_script
from routeproof.lab.certification.provider_system import ProviderSystem
from routeproof.lab.certification.reply import fields_of
from routeproof.lab.certification.shipped import load_shipped_scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.lab.certification.reply import Reply
    from routeproof.lab.certification.results import StepResult


def _setting(line: SimulatedLine, told: Callable[[StepResult], None] = lambda _: None) -> Setting:
    ids = count(1)
    return Setting(
        line=line,
        clock=line.clock,
        next_id=lambda: f"C{next(ids)}",
        marks=Marks(text="T", account="A"),
        venues=VENUES,
        told=told,
    )


def test_every_message_is_marked_as_a_test() -> None:
    """Text and account, on orders, replaces and cancels of every shipped script; each ClOrdID is used once."""
    for script in load_shipped_scripts().values():
        messages = [fields_of(raw) for raw in play_on(script)[1].sent]
        assert {(item[58], item[1]) for item in messages} == {("CERTIFICATION", "TEST")}
        ids = [item[11] for item in messages]
        assert len(ids) == len(set(ids))


def test_a_cancel_names_the_order_as_it_was_last_accepted() -> None:
    """OrigClOrdID is that of the last replace that was accepted."""
    line = play_on(shipped("cancel-replace"))[1]
    sent = [(item[35], item.get(41), item[11]) for item in map(fields_of, line.sent)][:5]
    assert sent == [("D", None, "C1"), ("G", "C1", "C2"), ("G", "C2", "C3"), ("F", "C3", "C4"), ("F", "C4", "C5")]


def test_what_is_left_open_is_cancelled_after_the_judging() -> None:
    """Also orders that were never answered: they may be alive."""
    kept, line = play_on(shipped("time-in-force"), {"keeps_expired"})
    assert len(kept.cancelled) == 1
    assert fields_of(line.sent[-1])[35] == "F"
    assert kept.left_open == ()
    silent = play(shipped("market"), {"silent"})
    assert len(silent.cancelled) == 2
    ignored = play(shipped("large-blocks"), {"ignores_cancel"})
    assert (len(ignored.cancelled), len(ignored.left_open)) == (2, 2)


def test_an_interrupted_script_cancels_what_is_open() -> None:
    """Ctrl-C after the order that rests: the last message is its cancel."""
    script = shipped("cancel-replace")
    line = SimulatedLine(ProviderSystem(script.instruments, VENUES))
    with pytest.raises(KeyboardInterrupt):
        play_script(script, _setting(line, interrupt))
    assert [fields_of(raw)[35] for raw in line.sent] == ["D", "F"]


def interrupt(_: StepResult) -> None:
    """What a person does at the keyboard."""
    raise KeyboardInterrupt


def test_a_step_takes_no_longer_than_it_may() -> None:
    """A provider that never answers is waited for as long as the step says: three times a second and its grace."""
    result, line = play_on(shipped("market"), {"silent"})
    steps_s = [(step.sent.sent_at - result.began_at) / 1e9 for step in result.steps if step.sent]
    assert [round(at) for at in steps_s] == [0, 4, 8]
    assert line.now >= result.ended_at


@dataclass
class EndingLine(SimulatedLine):
    """A session that ends after some messages."""

    messages: int = 2
    told: list[str] = field(default_factory=list)

    def send(self, message: bytes) -> None:
        if len(self.sent) == self.messages:
            message = "logout: maintenance"
            raise LineEndedError(message)
        super().send(message)


def test_a_session_that_ends_fails_what_was_not_played() -> None:
    """The step that broke off and those after it say why; nothing is judged as passed that was not sent."""
    script = shipped("market")
    line = EndingLine(ProviderSystem(script.instruments, VENUES))
    result = play_script(script, _setting(line))
    assert [step.passed for step in result.steps] == [True, True, False]
    assert result.steps[2].note == "broken off: logout: maintenance"
    assert not result.passed


def test_replies_may_come_together() -> None:
    """What arrives in one batch is taken in its order."""

    class Bursts(SimulatedLine):
        def receive(self, timeout_s: float) -> Sequence[Reply]:
            self.now += int(timeout_s * 1e9)
            return super().receive(0.0)

    script = shipped("limit")
    line = Bursts(ProviderSystem(script.instruments, VENUES))
    assert play_script(script, _setting(line)).passed
