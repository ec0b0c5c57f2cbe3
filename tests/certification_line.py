"""A line to the simulated provider without a session or a wait: the clock jumps to what happens next. For tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from routeproof.lab.certification.messages import Marks
from routeproof.lab.certification.play import Setting, play_script
from routeproof.lab.certification.provider_system import ProviderSystem
from routeproof.lab.certification.reply import reply_of
from routeproof.lab.certification.shipped import load_shipped_scripts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from routeproof.lab.certification.reply import Reply
    from routeproof.lab.certification.results import ScriptResult
    from routeproof.lab.certification.script import Script

VENUES = ("XNAS", "ARCX", "BATS")
BEGAN_AT = 1_790_000_000_000_000_000
"""2026-09-21 in UTC nanoseconds."""


@dataclass
class SimulatedLine:
    """Sends to a simulated provider, and lets time pass instead of waiting."""

    system: ProviderSystem
    now: int = BEGAN_AT
    sent: list[bytes] = field(default_factory=list)

    def clock(self) -> int:
        """Each look takes a microsecond."""
        self.now += 1_000
        return self.now

    def send(self, message: bytes) -> None:
        """The provider takes it in at once."""
        self.sent.append(message)
        self.system.take(message, self.now)

    def receive(self, timeout_s: float) -> Sequence[Reply]:
        """What is due now, or by the end of the wait."""
        ready = self.system.due(self.now)
        if not ready:
            self.now += int(timeout_s * 1e9)
            ready = self.system.due(self.now)
        found = [reply_of(message, self.now) for message in ready]
        return [reply for reply in found if reply is not None]


def play(script: Script, faults: Collection[str] = ()) -> ScriptResult:
    """A script against a simulated provider with some faults."""
    return play_on(script, faults)[0]


def play_on(script: Script, faults: Collection[str] = ()) -> tuple[ScriptResult, SimulatedLine]:
    """The same, with the line that it was played over."""
    line = SimulatedLine(ProviderSystem(script.instruments, VENUES, faults))
    ids = count(1)
    setting = Setting(
        line=line,
        clock=line.clock,
        next_id=lambda: f"C{next(ids)}",
        marks=Marks(text="CERTIFICATION", account="TEST"),
        venues=VENUES,
    )
    return play_script(script, setting), line


def shipped(name: str) -> Script:
    """A shipped script."""
    return load_shipped_scripts()[name]


def failed(result: ScriptResult) -> set[str]:
    """Names of all checks that failed."""
    whole = {check.name for check in result.checks if not check.passed}
    return whole | {check.name for step in result.steps for check in step.checks if not check.passed}
