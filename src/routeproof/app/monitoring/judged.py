"""That a day was judged, with which data and by which policy: without this entry nobody can close it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.amended_day import program_fact
from routeproof.app.objects.findings import stream_of
from routeproof.ledger.entry import read_entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.ledger.entry import Fact
    from routeproof.stores.records import Records

JUDGED = "findings.judged"
_LAST = (
    "SELECT entry FROM ledger_entries JOIN ledger_leaves USING (entry_index) WHERE stream = :stream AND type = :type "
    "ORDER BY entry_index DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The last judgement of a day.

    Attributes:
        manifest: the lake as it was judged.
        policy: of the thresholds.
        unjudged: rule to the reason why it could not be judged.
        waiting: findings that might still change then.
        reports: digest of what providers had reported for the day by then, empty where nothing; null where an earlier
            program did not say.
    """

    manifest: str
    policy: str
    unjudged: Mapping[str, str]
    waiting: int
    reports: str | None = None


def record_judged(context: Context, day: date, judgement: Judgement) -> None:
    """Put a judgement on record, unless the last one of the day said the same."""

    def decide(records: Records) -> list[Fact]:
        if last_judgement(records, day) == judgement:
            return []
        said: dict[str, Any] = {"day": day.isoformat(), "manifest": judgement.manifest, "policy": judgement.policy}
        said |= {"unjudged": dict(judgement.unjudged), "waiting": judgement.waiting, "reports": judgement.reports}
        return [program_fact(context, stream_of(day), JUDGED, said)]

    context.records.decide(decide)


def last_judgement(records: Records, day: date) -> Judgement | None:
    """The last judgement of a day; null if it was never judged."""
    rows = records.query(_LAST, {"stream": stream_of(day), "type": JUDGED})
    if not rows:
        return None
    entry: Any = rows[0][0]
    said: Any = read_entry(bytes(entry)).fact.payload
    return Judgement(said["manifest"], said["policy"], said["unjudged"], said["waiting"], said.get("reports"))
