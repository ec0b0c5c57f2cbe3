"""What a watch records of a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.app.context import of_today
from routeproof.app.objects.findings import documents_of, record_findings
from routeproof.rules.finding import FINAL

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.rules.rule import Judged


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the record.

    Attributes:
        findings: how many were recorded, amended or withdrawn.
        news: days with final findings that are new or changed.
    """

    findings: int = 0
    news: frozenset[date] = frozenset()

    def __add__(self, other: Recorded) -> Recorded:
        """Both."""
        return Recorded(self.findings + other.findings, self.news | other.news)


def record_judged(
    context: Context,
    day: date,
    judged: Judged,
    policy: str,
    before: set[str],
) -> Recorded:
    """Record findings of a day in place of those that stood before; the notifier tells of it.

    Args:
        context: the workspace.
        day: trading day.
        judged: what rules found.
        policy: id of the policy that they were judged by.
        before: ids of findings that were judged again.
    """
    found = {key: item | {"source_row": None} for key, item in documents_of(judged.findings, policy).items()}
    if not (found or before):
        return Recorded()
    change = record_findings(of_today(context), day, found, within=before)
    is_news = any(found[key]["status"] == FINAL for key in (*change.recorded, *change.amended))
    count = len(change.recorded) + len(change.amended) + len(change.withdrawn)
    return Recorded(count, frozenset({day}) if is_news else frozenset())


def withdraw(context: Context, day: date, gone: set[str]) -> Recorded:
    """Record that findings of a day no longer stand."""
    if not gone:
        return Recorded()
    return Recorded(len(record_findings(of_today(context), day, {}, within=gone).withdrawn))
