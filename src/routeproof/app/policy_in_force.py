"""Policy in force: what is shipped, with every change that the firm approved, as the record has them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from routeproof.app.objects.fold import fold
from routeproof.governance.policy import FIRM, POLICY, FirmPolicy, Proposed, subjects_with
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Recorded, read_entry
from routeproof.metrics.registry import ALL
from routeproof.policy.reading605 import SUBJECT as RULE605
from routeproof.policy.whole import WholePolicy, whole_policy
from routeproof.stores.shipped_policy import (
    analysis_subjects,
    load_equity_calendar,
    measuring_subjects,
    shipped_analyses_id,
    shipped_documents_sha256,
    shipped_policy_id,
    shipped_readings_id,
    shipped_subjects,
)
from routeproof.vocab.times import market_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from routeproof.policy.changes import Subjects
    from routeproof.stores.records import Records

STREAM = POLICY.stream(FIRM)
MARGINS = tuple(f"margins.{metric.name}" for metric in ALL)
"""A margin may be set for every metric, also where none is shipped."""


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """Policy of a workspace.

    Attributes:
        firm: what the firm decided; null in a workspace where nothing was.
        whole: shipped values and approved changes, by date.
        id: of everything that figures are measured and judged by; the shipped id where nothing of that was changed.
        readings: the same of the readings of Rule 605.
        analyses: the same of everything that analyses stand on.
    """

    firm: FirmPolicy | None
    whole: WholePolicy
    id: str
    readings: str
    analyses: str

    @property
    def adopted(self) -> bool:
        """Whether compliance adopted the documents that this program ships."""
        adoptions = self.firm.adoptions if self.firm else ()
        return any(item.documents == shipped_documents_sha256() for item in adoptions)

    def notes(self, period_start: date) -> tuple[str, ...]:
        """What a reader of a period's figures must know about the policy behind them, in sentences."""
        return (self._adoption(period_start), *self._late(period_start))

    def _adoption(self, period_start: date) -> str:
        if self.firm is None or not self.firm.adoptions:
            return "Shipped starting values; nobody has adopted them."
        last = self.firm.adoptions[-1]
        if not self.adopted:
            return f"Adopted by {last.by} on {last.on} in an earlier form; the values shipped since are not adopted."
        late = ", after the period had begun" if max(last.on, market_day(last.at)) > period_start else ""
        return f"Adopted by {last.by} on {last.on}{late}."

    def _late(self, period_start: date) -> Iterable[str]:
        for item in self.firm.approved() if self.firm else ():
            entered = market_day(item.approved_at or 0)
            if item.key.split(".")[0] not in measuring_subjects() or max(item.effective_from, entered) <= period_start:
                continue
            said = f"{item.key} = {json.dumps(item.value)} from {item.effective_from} ({item.id})"
            if item.effective_from > period_start:
                yield f"{said} took effect after the period had begun."
            else:
                yield f"{said} was entered on {entered}, after the period had begun."


def policy_in_force(records: Records) -> PolicyInForce:
    """Policy as the record has it now."""
    return policy_of(records.stream(STREAM))


def policy_as_recorded(entries: Iterable[bytes]) -> PolicyInForce:
    """Policy as it stood after these entries of the whole record."""
    mark = f'"stream":"{STREAM}"'.encode()
    return policy_of([read_entry(entry) for entry in entries if mark in entry])


def names_people(entries: Iterable[bytes]) -> bool:
    """Whether the record has a founding roster: without people nobody can adopt anything, and nothing is said of it."""
    return any(b'"type":"people.founded"' in entry for entry in entries)


def policy_of(entries: Sequence[Recorded]) -> PolicyInForce:
    """Policy after the entries of its stream."""
    version = fold(POLICY, [entry for entry in entries if entry.fact.stream == STREAM])
    firm = version.state if version else None
    approved = firm.approved() if firm else ()
    measuring = _id(approved, {*measuring_subjects(), "calendar"}, shipped_policy_id())
    return PolicyInForce(
        firm=firm,
        whole=_whole(approved),
        id=measuring,
        readings=_id(approved, {RULE605}, shipped_readings_id()),
        analyses=_id(approved, {*analysis_subjects(), "calendar"}, shipped_analyses_id()),
    )


def current_subjects(firm: FirmPolicy | None) -> Subjects:
    """Parsed documents with everything that was approved."""
    return subjects_with(shipped_subjects(), firm.approved() if firm else (), MARGINS)


@lru_cache(maxsize=8)
def _built(approved: bytes) -> WholePolicy:
    changes = [Proposed.model_validate(item) for item in json.loads(approved)]
    return whole_policy(subjects_with(shipped_subjects(), changes, MARGINS), load_equity_calendar())


def _whole(approved: Sequence[Proposed]) -> WholePolicy:
    return _built(canonical_bytes([item.model_dump(mode="json") for item in approved]))


def _id(approved: Sequence[Proposed], named: Collection[str], shipped: str) -> str:
    """Name of some subjects with what was approved of them; that of the shipped ones where nothing was."""
    said = [
        [item.id, item.key, item.value, item.effective_from.isoformat()]
        for item in approved
        if item.key.split(".")[0] in named
    ]
    if not said:
        return shipped
    digest = hashlib.sha256(canonical_bytes([shipped, said])).hexdigest()
    return f"firm-{digest[:12]}"
