"""What a run of a script came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routeproof.lab.certification.messages import Order
    from routeproof.lab.certification.reply import Reply
    from routeproof.lab.certification.script import Script, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One expectation, judged.

    Attributes:
        name: what is held, such as `exec_types`.
        expected, observed: for people.
        passed: whether it held.
    """

    name: str
    expected: str
    observed: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message of ours.

    Attributes:
        cl_ord_id: its ClOrdID.
        order: as it asks the order to be.
        sent_at: UTC ns, just before it went to the session.
        raw: what was given to the session.
    """

    cl_ord_id: str
    order: Order
    sent_at: int
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """One step: what was sent, what came while it went on, how that was judged.

    Attributes:
        sent: null where the step was left out (`only_if_open`), or could not be sent.
        note: why it was left out or broken off; empty otherwise.
        left_out: whether the script itself allowed that.
    """

    step: Step
    sent: Sent | None
    replies: tuple[Reply, ...]
    checks: tuple[Check, ...]
    note: str = ""
    left_out: bool = False

    @property
    def passed(self) -> bool:
        """Whether every check held; a step that broke off did not."""
        return self.left_out or (self.sent is not None and not self.note and all(item.passed for item in self.checks))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptResult:
    """One script.

    Attributes:
        steps: in order; those after a broken session say so.
        checks: of the whole: conservation, and nothing that belongs to no order.
        began_at, ended_at: UTC ns.
        cancelled: ClOrdIDs of the cancels of orders that were left open, sent after the judging.
        left_open: ClOrdIDs of orders of which it is not known that they have ended, even then.
    """

    script: Script
    steps: tuple[StepResult, ...]
    checks: tuple[Check, ...]
    began_at: int
    ended_at: int
    cancelled: tuple[str, ...] = ()
    left_open: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every step and the whole passed."""
        return all(item.passed for item in self.steps) and all(item.passed for item in self.checks)
