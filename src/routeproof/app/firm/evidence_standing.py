"""What the record says about each document: who names it, when it was last used, until when it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from routeproof.app.objects.expiry import EXPIRED, NamedDocuments
from routeproof.app.objects.governed import objects_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.evidence import EVIDENCE, HELD, Standing
from routeproof.governance.wsp import WSP
from routeproof.ledger.entry import read_entry
from routeproof.policy.retention import class_of
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from routeproof.governance.evidence import EvidenceRecord
    from routeproof.ledger.entry import Recorded
    from routeproof.policy.whole import WholePolicy
    from routeproof.stores.evidence import EvidenceStore
    from routeproof.stores.records import Records

NONE_NAMED = b'"evidence":[]'


def standings(records: Records, evidence: EvidenceStore, today: date) -> dict[str, Standing]:
    """Every document that entries name and that the evidence store holds or held, by hash.

    Documents of the lake (its commits) are not among them: they belong to the data, and do not expire one by one.
    """
    named, gone = _named(records)
    holds = [item for item in objects_of(records, EVIDENCE) if item.state == HELD]
    policy = policy_in_force(records).whole
    used, texts = _used(records, named), _texts(records, today)
    return {
        sha256: _standing(sha256, streams, used, texts, holds, policy, today, gone=sha256 in gone)
        for sha256, streams in named.items()
        if sha256 in gone or evidence.has(sha256)
    }


def streams_of(records: Records) -> dict[str, tuple[str, ...]]:
    """Streams whose entries name a document, by its hash."""
    return _named(records)[0]


def _named(records: Records) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    named: dict[str, tuple[str, ...]] = {}
    documents = NamedDocuments()
    for content in records.each_entry():
        if NONE_NAMED in content and EXPIRED.encode() not in content:
            continue
        entry = read_entry(content)
        fact = entry.fact
        documents.see(entry.index, fact)
        for sha256 in fact.evidence:
            named[sha256] = tuple(dict.fromkeys((*named.get(sha256, ()), fact.stream)))
    return named, documents.expired


def _used(records: Records, named: Mapping[str, Iterable[str]]) -> dict[str, date]:
    """Last day on which each stream was worked on: the later one of business date and append."""
    streams = {stream for found in named.values() for stream in found}
    return {stream: max(_day(entry) for entry in records.stream(stream)) for stream in streams}


def _day(entry: Recorded) -> date:
    appended = datetime.fromtimestamp(entry.appended_at // NS_PER_S, tz=UTC).date()
    return max(appended, date.fromisoformat(entry.fact.business_on))


def _texts(records: Records, today: date) -> dict[str, date]:
    """Last day on which each version of a procedure was in force, by the hash of its text."""
    return {
        edition.text: procedure.last_used(edition.number, today)
        for procedure in objects_of(records, WSP)
        for edition in procedure.editions
    }


def _standing(
    sha256: str,
    streams: tuple[str, ...],
    used: Mapping[str, date],
    texts: Mapping[str, date],
    holds: Iterable[EvidenceRecord],
    policy: WholePolicy,
    today: date,
    *,
    gone: bool,
) -> Standing:
    """The document's class is the one that keeps it longest, where several kinds of objects name it."""
    last = max([*(used[stream] for stream in streams), *([texts[sha256]] if sha256 in texts else [])])
    names = {class_of(stream.partition("/")[0], policy.retention, today) for stream in streams}
    periods = {name: policy.retention[name].on_or_first(today) for name in names}
    longest = max(periods, key=lambda name: periods[name].value.years)
    period = periods[longest]
    return Standing(
        record_class=longest,
        last_used_on=last,
        keep_until=period.value.ends_on(last),
        held_by=tuple(hold.id for hold in holds if hold.covers(sha256, streams)),
        policy=f"retention.{longest} = {period.value.years} years from {period.effective_from}",
        gone=gone,
    )
