"""Findings in the record: what is new is appended, what changed is amended, what no longer holds is withdrawn."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.amended_day import day_amended, program_fact, project_day
from routeproof.app.objects.amended_findings import (
    ASKED_AT_ONCE,
    FINAL,
    FINDING_AMENDED,
    cases_amended,
    earlier_documents,
    is_news,
    project_amended_case,
)
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import read_entry
from routeproof.metrics.registry import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    import polars as pl

    from routeproof.app.context import Context
    from routeproof.ledger.entry import Fact, Recorded
    from routeproof.stores.records import Records
    from routeproof.stores.records_database import Database

RECORDED = "findings.recorded"
AMENDED = "findings.amended"
WITHDRAWN = "findings.withdrawn"
SUPPRESSED = "findings.suppressed"
EVENTS = frozenset({RECORDED, AMENDED, WITHDRAWN, SUPPRESSED})
NEWS = "news"
"""Member of an amendment: ids of those of its findings that people are to be told of."""

ENTRY_BYTES = 48_000
"""Findings in one entry together, so that none is larger than an entry may be."""

_COLUMNS = ("rule", "severity", "provider", "venue", "symbol", "order_id", "status")


@dataclass(frozen=True, slots=True)
class Change:
    """What a judgement changed.

    Attributes:
        recorded, amended, withdrawn: ids of findings.
        waiting: findings that may still change, of those that stand.
    """

    recorded: tuple[str, ...]
    amended: tuple[str, ...]
    withdrawn: tuple[str, ...]
    waiting: int


def stream_of(day: date) -> str:
    """The record's stream of one day's findings."""
    return f"findings/{day.isoformat()}"


def documents_of(findings: pl.DataFrame, policy: str) -> dict[str, dict[str, Any]]:
    """Findings as plain values by id, as they are recorded; numbers as the shortest text that reads back the same.

    Args:
        findings: `rules.finding.FINDINGS`.
        policy: id of the policy that they were judged by.
    """
    found = {}
    for row in findings.iter_rows(named=True):
        document = {
            **{name: row[name] for name in ("id", *_COLUMNS, "unit", "sentence", "group", "family", "key")},
            "day": row["day"].isoformat(),
            "at": str(row["at"]),
            "until_at": None if row["until_at"] is None else str(row["until_at"]),
            "execution_ids": row["execution_ids"],
            "observed": _text(row["observed"]),
            "threshold": _text(row["threshold"]),
            "source_row": row["source_row"],
            "policy_version": policy,
            "metric_versions": {name: BY_NAME[name].version for name in row["metrics"]},
        }
        found[row["id"]] = document
    return found


def _text(number: float | None) -> str | None:
    if number is None:
        return None
    return str(int(number)) if number.is_integer() else repr(number)


def digest_of(document: Mapping[str, Any]) -> str:
    """Hash of what a finding says: two judgements that say the same have the same, from whichever copy of the data."""
    said = {name: value for name, value in document.items() if name != "source_row"}
    return hashlib.sha256(canonical_bytes(said)).hexdigest()


def record_findings(
    context: Context, day: date, found: Mapping[str, Mapping[str, Any]], within: Iterable[str] | None = None
) -> Change:
    """Make the record of a day say what was found now, in one durable step; a day that was closed is amended by it.

    Args:
        context: the workspace.
        day: trading day.
        found: findings by id; see `documents_of`.
        within: ids that were judged again, beside those found; all findings of the day if omitted. Others stand.
    """
    made: list[Change] = []
    plans: list[tuple[str, list[Any]]] = []

    def decide(records: Records) -> Sequence[Fact]:
        plans.clear()
        standing = _standing(records, day, None if within is None else {*within, *found})
        judged = set(standing) if within is None else set(within) & set(standing)
        new = [item for key, item in found.items() if key not in standing]
        changed = [item for key, item in found.items() if key in standing and digest_of(item) != standing[key]]
        gone = sorted(judged - set(found))
        plans.extend((RECORDED, part) for part in _parts(new))
        plans.extend((AMENDED, part) for part in _parts(changed))
        plans.extend((WITHDRAWN, part) for part in _parts(gone))
        made[:] = [
            Change(
                tuple(item["id"] for item in new),
                tuple(item["id"] for item in changed),
                tuple(gone),
                sum(item["status"] != FINAL for item in found.values()),
            )
        ]
        earlier = earlier_documents(records, [item["id"] for item in (*changed, *new)])
        news = {item["id"] for item in changed if is_news(earlier.get(item["id"]), item)}
        late = day_amended(context, records, day, made[0].recorded, made[0].amended, made[0].withdrawn)
        told = cases_amended(context, records, earlier, (*changed, *new))
        return [*(_said(context, day, kind, part, news) for kind, part in plans), *late, *told]

    def project(database: Database, indexes: list[int]) -> None:
        for index in indexes:
            entry = entry_at(database, index)
            if entry.fact.type in EVENTS:
                replay_findings(database, entry)
            elif entry.fact.type == FINDING_AMENDED:
                project_amended_case(context.records, database, entry.fact.stream)
            else:
                project_day(context.records, database, day)

    context.records.decide(decide, project)
    return made[0]


def _standing(records: Records, day: date, among: set[str] | None) -> dict[str, str]:
    """Digests of findings of a day that stand, by id: those among some, or all."""
    statement = "SELECT id, digest FROM findings WHERE day = :day AND withdrawn = 0"
    named = {"day": day.isoformat()}
    if among is None:
        rows = records.query(statement, named)
    else:
        keys = sorted(among)
        rows = []
        for begin in range(0, len(keys), ASKED_AT_ONCE):
            asked = {f"id{at}": key for at, key in enumerate(keys[begin : begin + ASKED_AT_ONCE])}
            some = f"{statement} AND id IN ({', '.join(f':{name}' for name in asked)})"
            rows += records.query(some, {**named, **asked})
    return {str(key): str(digest) for key, digest in rows}


def standing_ids(
    records: Records, day: date, rules: Iterable[str], providers: Iterable[str], *, waiting: bool = False
) -> set[str]:
    """Findings of a day that stand, of some rules and providers, those that name no provider among them.

    Args:
        records: the record.
        day: trading day.
        rules: names of rules.
        providers: whose findings.
        waiting: only those that may still change.
    """
    rows = records.query(
        "SELECT id, rule, provider, status FROM findings WHERE day = :day AND withdrawn = 0", {"day": day.isoformat()}
    )
    wanted, whose = set(rules), {*providers, None}
    return {
        str(key)
        for key, rule, provider, status in rows
        if rule in wanted and provider in whose and (not waiting or status != FINAL)
    }


def _parts(items: Sequence[Any]) -> Iterator[list[Any]]:
    """Items in order, cut by the bytes that they take."""
    part: list[Any] = []
    size = 0
    for item in items:
        weight = len(canonical_bytes(item))
        if part and size + weight > ENTRY_BYTES:
            yield part
            part, size = [], 0
        part.append(item)
        size += weight
    if part:
        yield part


def _said(context: Context, day: date, kind: str, part: Sequence[Any], news: set[str]) -> Fact:
    payload: dict[str, Any] = {"day": day.isoformat(), "findings": part}
    if kind == AMENDED:
        payload[NEWS] = [item["id"] for item in part if item["id"] in news]
    return program_fact(context, stream_of(day), kind, payload, version=2 if kind == AMENDED else 1)


def entry_at(database: Database, index: int) -> Recorded:
    """An entry of the transaction that is open."""
    ((entry,),) = database.execute(
        "SELECT entry FROM ledger_entries WHERE entry_index = :index", {"index": index}
    ).fetchall()
    assert isinstance(entry, bytes | memoryview)  # noqa: S101  # what the column holds
    return read_entry(bytes(entry))


def entries_at(database: Database, indexes: Sequence[int]) -> list[Recorded]:
    """Entries of the transaction that is open, whose indexes follow one another."""
    if not indexes:
        return []
    rows = database.execute(
        "SELECT entry FROM ledger_entries WHERE entry_index BETWEEN :first AND :last ORDER BY entry_index",
        {"first": indexes[0], "last": indexes[-1]},
    ).fetchall()
    found: list[Any] = [entry for (entry,) in rows]
    return [read_entry(bytes(entry)) for entry in found]


def replay_findings(database: Database, entry: Recorded) -> None:
    """Fold one entry that speaks of findings into the table that lists read; a withdrawn one stays there, marked.

    The case of a finding is said by the case, which names its findings.
    """
    part: Any = entry.fact.payload["findings"]
    if entry.fact.type == WITHDRAWN:
        database.execute("UPDATE findings SET withdrawn = 1 WHERE id = :id", [{"id": key} for key in part])
        return
    if entry.fact.type == SUPPRESSED:
        by = entry.fact.payload["suppression"]
        database.execute(
            "UPDATE findings SET suppressed_by = :by WHERE id = :id", [{"id": key, "by": by} for key in part]
        )
        return
    database.execute(
        "INSERT INTO findings (id, day, at, rule, severity, provider, venue, symbol, order_id, status, group_id, "
        "withdrawn, digest, document, recorded_at, entry_index) VALUES (:id, :day, :at, :rule, :severity, "
        ":provider, :venue, :symbol, :order_id, :status, :group, 0, :digest, :document, :recorded_at, :entry_index) "
        "ON CONFLICT (id) DO UPDATE SET at = excluded.at, severity = excluded.severity, "
        "status = excluded.status, group_id = excluded.group_id, withdrawn = 0, digest = excluded.digest, "
        "document = excluded.document, entry_index = excluded.entry_index",
        [_row(item, entry.index, entry.appended_at) for item in part],
    )


def _row(item: Mapping[str, Any], index: int, at: int) -> dict[str, Any]:
    return {
        **{name: item[name] for name in ("id", "day", *_COLUMNS, "group")},
        "at": int(item["at"]),
        "digest": digest_of(item),
        "document": canonical_bytes(item).decode(),
        "recorded_at": at,
        "entry_index": index,
    }


def plain(document: str, case_id: str | None, suppressed_by: str | None, recorded_at: int) -> dict[str, Any]:
    """A stored finding as it is shown: numbers as numbers, with its case or suppression and the time of its record."""
    item = json.loads(document)
    return {
        **item,
        "observed": _number(item["observed"]),
        "threshold": _number(item["threshold"]),
        "case": case_id,
        "suppressed_by": suppressed_by,
        "recorded_at": str(recorded_at),
    }


def _number(text: str | None) -> float | int | None:
    if text is None:
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)
