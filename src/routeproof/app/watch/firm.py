"""What the firm said, read from its record and read again as that grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.facts.firm_facts import firm_facts
from routeproof.app.facts.law import law_on
from routeproof.app.facts.log_facts import record_facts
from routeproof.app.monitoring.policy import rule_policy
from routeproof.app.monitoring.run_day import tellers_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.shipped_rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.facts.day_facts import Tellers
    from routeproof.app.monitoring.policy import RulePolicy
    from routeproof.policy.monitoring import Waits
    from routeproof.tables.measured.day import DayRules

REREAD_NS = 5_000_000_000
"""How old what was read may be: a decision of the firm counts within this time."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known on a day, as of one reading.

    Attributes:
        policy: limits of the rules.
        members, absent: members of `Facts` from the firm's record, and why the others are not there.
        waits: how long findings wait.
        rules: hours, sizes, round lots.
        tellers: who told what, and how well clocks are declared to be.
        read_at: when it was read.
    """

    policy: RulePolicy
    members: Mapping[str, Any]
    absent: Mapping[str, str]
    waits: Waits
    rules: DayRules
    tellers: Tellers
    read_at: int


class Firm:
    """Known facts by day."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[date, Known] = {}

    def on(self, day: date) -> Known:
        """What the firm said that concerns a day."""
        now = self._context.clock()
        held = self._known.get(day)
        if held is None or now - held.read_at > REREAD_NS:
            held = self._known[day] = self._read(day, now)
        return held

    def let_go(self, days: set[date]) -> None:
        """Days that are not asked for any more."""
        self._known = {day: known for day, known in self._known.items() if day not in days}

    def _read(self, day: date, now: int) -> Known:
        whole = policy_in_force(self._context.records).whole
        manifest = self._context.lake.manifest().id
        members, absent = firm_facts(self._context, day, manifest)
        waits = whole.monitoring.waits.on_or_first(day).value
        policy = rule_policy(self._context.records, day)
        tellers = tellers_of(self._context.records, whole.monitoring.undeclared_clock_ns(day))
        members |= record_facts(self._context.records, day, tellers)
        return Known(
            policy=policy,
            members={**members, "law": law_on(whole.book, day), "waits": waits},
            absent=absent,
            waits=waits,
            rules=rules_of(self._context.lake, manifest, whole),
            tellers=tellers,
            read_at=now,
        )
