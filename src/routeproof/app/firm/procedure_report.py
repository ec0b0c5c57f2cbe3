"""What procedures lack: sentences without a control, controls that no sentence names, controls that did not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.firm.procedures import procedures_in_force
from routeproof.app.objects.entries_by_type import entries_by_type
from routeproof.app.policy_in_force import policy_in_force
from routeproof.policy.procedures import STATEMENT, Control
from routeproof.stores.shipped_procedures import load_controls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.firm.procedures import InForce
    from routeproof.ledger.entry import Recorded
    from routeproof.policy.obligations import Obligation

    DoneDuties = Callable[[Context, date, date], Mapping[str, int]]


def procedure_report(context: Context, first: date, last: date, done_duties: DoneDuties) -> dict[str, Any]:
    """Gaps of the procedures in force on the period's last day, and controls that left no evidence in the period.

    Args:
        context: the workspace.
        first: first day of the period.
        last: last day, included.
        done_duties: how many duties of each obligation were done in a period, for those that were due or done in it.
    """
    held = procedures_in_force(context, last)
    counts = {f"duty:{name}": count for name, count in done_duties(context, first, last).items()}
    known = _controls(context, last, counts)
    named = _named(held)
    not_owed = {f"duty:{name}" for name, value in _obligations(context, last).items() if not value.applies}
    ran = _ran(context, known, first, last) | counts
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "procedures": [item.id for item in held],
        "unbound": [
            {"procedure": item.id, "sentence": one.id, "text": one.text}
            for item in held
            for one in item.sentences
            if not item.controls(one.id)
        ],
        "unreferenced": [
            {"control": name, "title": known[name].title} for name in sorted(known.keys() - named.keys() - not_owed)
        ],
        "unknown": [
            {"control": name, "sentences": places} for name, places in sorted(named.items()) if name not in known
        ],
        "ran": [
            {"control": name, "times": ran[name], "sentences": places}
            for name, places in sorted(named.items())
            if ran.get(name)
        ],
        **_not_run(known, named, ran),
    }


def _controls(context: Context, day: date, due: Mapping[str, int]) -> dict[str, Control]:
    """The catalog, and the duties; a duty that was neither due nor done in the period had no occasion."""
    duties = {
        (control := f"duty:{name}"): Control(id=control, title=value.title, on_demand=control not in due)
        for name, value in _obligations(context, day).items()
    }
    return {**load_controls(), **duties}


def _obligations(context: Context, day: date) -> dict[str, Obligation]:
    timelines = policy_in_force(context.records).whole.obligations
    return {name: timeline.on_or_first(day).value for name, timeline in timelines.items()}


def _named(held: Sequence[InForce]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for item in held:
        for sentence in item.sentences:
            for control in item.controls(sentence.id):
                if control != STATEMENT:
                    named.setdefault(control, []).append(f"{item.id} {sentence.id}")
    return named


def _ran(context: Context, known: Mapping[str, Control], first: date, last: date) -> dict[str, int]:
    types = {name for control in known.values() for name in control.proved_by}
    entries = [
        entry
        for entry in entries_by_type(context.records, types)
        if first.isoformat() <= entry.fact.business_on <= last.isoformat()
    ]
    return {name: _count(control, entries) for name, control in known.items() if control.proved_by}


def _count(control: Control, entries: Sequence[Recorded]) -> int:
    return sum(entry.fact.type in control.proved_by for entry in entries)


def _not_run(
    known: Mapping[str, Control], named: Mapping[str, list[str]], ran: Mapping[str, int]
) -> dict[str, list[dict[str, Any]]]:
    silent = [name for name in sorted(named) if name in known and not ran.get(name)]

    def said(*, on_demand: bool) -> list[dict[str, Any]]:
        return [
            {"control": name, "title": known[name].title, "sentences": named[name]}
            for name in silent
            if known[name].on_demand == on_demand
        ]

    return {"not_run": said(on_demand=False), "no_occasion": said(on_demand=True)}
