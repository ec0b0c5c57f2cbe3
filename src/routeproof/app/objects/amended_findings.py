"""A finding that now says something else: the case that holds it is told by the same step that amends the finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import project_object
from routeproof.app.objects.amended_day import program_fact
from routeproof.app.objects.fold import fold
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.case.noun import CASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.ledger.entry import Fact
    from routeproof.stores.records import Records

    Document = Mapping[str, Any]

FINDING_AMENDED = "case.finding_amended"
FINAL = "final"
ASKED_AT_ONCE = 500
NAMED = 300
"""Findings that one entry of a case names."""


def is_other(before: Document, after: Document) -> bool:
    """Whether a finding tells people something else than before: its severity, its figure, or its sentence.

    Its status alone is no news, nor are versions and rows. A sentence that changed with the threshold alone, since
    policy did, is none either.
    """
    if any(before[name] != after[name] for name in ("severity", "observed")):
        return True
    return bool(before["sentence"] != after["sentence"] and before["threshold"] == after["threshold"])


def is_news(before: Document | None, after: Document) -> bool:
    """Whether a final finding is to be told: nobody was told of it, or of something else."""
    if after["status"] != FINAL:
        return False
    return before is None or before["status"] != FINAL or is_other(before, after)


def earlier_documents(records: Records, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Findings by id as they were last recorded, withdrawn ones among them, with their `case` and `suppressed_by`."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), ASKED_AT_ONCE):
        named = {f"id{place}": key for place, key in enumerate(ids[start : start + ASKED_AT_ONCE])}
        rows = records.query(
            "SELECT id, document, case_id, suppressed_by FROM findings "  # noqa: S608  # our own parameters' names
            f"WHERE id IN ({', '.join(f':{name}' for name in named)})",
            named,
        )
        for key, document, case_id, suppressed_by in rows:
            found[str(key)] = json.loads(str(document)) | {"case": case_id, "suppressed_by": suppressed_by}
    return found


def cases_amended(
    context: Context, records: Records, earlier: Mapping[str, Document], changed: Sequence[Document]
) -> list[Fact]:
    """Facts that tell cases of their findings that now say something else.

    A finding of which policy opens cases leaves its case, and is worked again: it joins the case once more with its
    new evidence, or opens a successor where the case is closed.

    Args:
        context: the workspace; entries stand under the account that runs the program.
        records: under the write lock.
        earlier: see `earlier_documents`.
        changed: findings as they are now recorded.
    """
    of_cases: dict[str, list[Document]] = {}
    for item in changed:
        before = earlier.get(item["id"])
        if before is not None and before["case"] is not None and item["status"] == FINAL and is_other(before, item):
            of_cases.setdefault(str(before["case"]), []).append(item)
    if not of_cases:
        return []
    opening = policy_in_force(records).whole.cases.on(context.business_day).opening
    return [
        program_fact(context, CASE.stream(case_id), FINDING_AMENDED, payload)
        for case_id, found in of_cases.items()
        for payload in _payloads(found, opening, {key for key, item in earlier.items() if item["suppressed_by"]})
    ]


def _payloads(found: Sequence[Document], opening: Sequence[str], suppressed: set[str]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(found), NAMED):
        part = found[start : start + NAMED]
        again = [item["id"] for item in part if item["severity"] in opening and item["id"] not in suppressed]
        yield {"findings": [item["id"] for item in part], "again": again}


def project_amended_case(records: Records, database: Any, stream: str) -> None:  # noqa: ANN401  # either database's
    """Write the row of a case after the entries of the transaction that is open."""
    version = fold(CASE, records.stream(stream))
    if version is not None:
        project_object(database, CASE, version)
