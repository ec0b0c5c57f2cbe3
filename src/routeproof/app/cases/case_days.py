"""Which days cases are about: whoever may see some days only sees a case that is about those alone."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.vocab.times import period_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.stores.records import Records

    Span = tuple[date, date]


def days_of_cases(records: Records, ids: Sequence[str]) -> dict[str, Span]:
    """First and last day of each case, of its day or period and of its findings; a case of no day is not in it."""
    found: dict[str, Span] = {}
    for name, (first, last) in [*_stated(records, ids), *_of_findings(records, ids)]:
        begun, ended = found.get(name, (first, last))
        found[name] = (min(begun, first), max(ended, last))
    return found


def _stated(records: Records, ids: Sequence[str]) -> Iterator[tuple[str, Span]]:
    names, marks = _bound(ids)
    rows = records.query(f"SELECT id, state FROM governance_objects WHERE noun = 'case' AND id IN ({marks})", names)  # noqa: S608  # our names
    for name, state in rows:
        case: Any = json.loads(str(state))
        span = period_days(str(case.get("day") or case.get("period") or ""))
        if span is not None:
            yield str(name), span


def _of_findings(records: Records, ids: Sequence[str]) -> Iterator[tuple[str, Span]]:
    names, marks = _bound(ids)
    rows = records.query(
        f"SELECT case_id, MIN(day), MAX(day) FROM findings WHERE case_id IN ({marks}) GROUP BY case_id",  # noqa: S608  # our names
        names,
    )
    for name, first, last in rows:
        yield str(name), (date.fromisoformat(str(first)), date.fromisoformat(str(last)))


def _bound(ids: Sequence[str]) -> tuple[dict[str, str], str]:
    names = {f"id{place}": name for place, name in enumerate(ids)}
    return names, ", ".join(f":{name}" for name in names) or "NULL"
