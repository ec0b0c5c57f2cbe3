"""Parts of a binder beside its objects: procedures day by day, policy, duties, data, receipts."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeproof.app.firm.duties import duties_shown
from routeproof.app.firm.policy import policy_shown
from routeproof.app.firm.procedures import procedures_shown
from routeproof.app.ledger.checkpoints import sign_leaves
from routeproof.app.ledger.log_key import log_key
from routeproof.app.policy_in_force import policy_in_force
from routeproof.ledger.merkle import Tree
from routeproof.ledger.receipt import receipt_text
from routeproof.vocab.errors import RouteproofError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from routeproof.app.context import Context

Days = dict[date, list[dict[str, Any]]]


def procedures_by_day(context: Context, quarter: str) -> Days:
    """Procedures in force on each calendar day of the quarter."""
    first, last = quarter_days(quarter)
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return {day: procedures_shown(context, day)["procedures"] for day in days}


def editions(days: Days) -> dict[str, dict[str, Any]]:
    """Every version that was in force on a day, by file name, with its first and last day in the quarter."""
    found: dict[str, dict[str, Any]] = {}
    for day, procedures in days.items():
        for item in procedures:
            name = f"{item['id']}-v{item['procedure_version']}"
            known = found.setdefault(name, {**item, "first_on": day.isoformat()})
            known["last_on"] = day.isoformat()
    return found


def day_table(days: Days) -> str:
    """CSV: one line per day and procedure; a day without any has a line that says so."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("day", "procedure", "version", "text_sha256", "approved_by"))
    for day, procedures in days.items():
        if not procedures:
            rows.writerow((day.isoformat(), "(none in force)", "", "", ""))
        for item in procedures:
            version = (item["procedure_version"], item["text_sha256"], item["approved_by"])
            rows.writerow((day.isoformat(), item["id"], *version))
    return text.getvalue()


def policy_part(context: Context, quarter: str) -> dict[str, Any]:
    """Policy in force on the quarter's first day, every proposal, and what came late."""
    first, _ = quarter_days(quarter)
    notes = policy_in_force(context.records).notes(first)
    return {**policy_shown(context, first), "notes": list(notes)}


def duties_part(context: Context, quarter: str) -> list[dict[str, Any]]:
    """Duties of the quarter, or due in it, as they stand."""
    first, last = (day.isoformat() for day in quarter_days(quarter))
    return [
        item for item in duties_shown(context)["duties"] if item["period"] == quarter or first <= item["due_on"] <= last
    ]


def data_part(context: Context, quarter: str, manifest: str) -> dict[str, Any]:
    """Files of the lake that a pack was made from: those of the quarter's days and those without a day."""
    first, last = (day.isoformat() for day in quarter_days(quarter))
    if not manifest:
        return {"manifest": "", "files": [], "note": "The pack names no data manifest, or has expired."}
    try:
        held = context.lake.manifest(manifest)
    except RouteproofError as error:
        return {"manifest": manifest, "files": [], "note": error.message}
    files = [
        {"table": table, "part": part, "path": item.path, "sha256": item.sha256, "rows": item.rows}
        for (table, part), item in sorted(held.partitions.items())
        if not part[:1].isdigit() or first <= part <= last
    ]
    return {"manifest": held.id, "files": files, "note": ""}


def receipts(context: Context, objects: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[tuple[str, bytes]]:
    """One receipt for each step of the quarter's reviews and remediations, all under one checkpoint."""
    key, leaves = log_key(context), context.records.leaves()
    tree, note = Tree(leaves), sign_leaves(leaves, key).note
    for noun in ("review", "remediation"):
        for item in objects.get(noun, ()):
            for step in item["history"]:
                index = step["index"]
                (entry,) = context.records.entries(index, index + 1)
                proof = tree.inclusion(index, 0, len(leaves))
                content = receipt_text(index, entry, proof, note, key.verifier)
                yield f"{index:08}-{step['type']}.receipt", content
