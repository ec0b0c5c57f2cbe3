"""The reference page of duties, retention and controls."""

from __future__ import annotations

from routeproof.policy.obligations import Obligation, obligations_of
from routeproof.policy.retention import retention_of
from routeproof.stores.shipped_policy import shipped_subjects
from routeproof.stores.shipped_procedures import TEMPLATES, load_controls

DAYS = {"event": "after it happened", "anniversary": "after the last time"}


def duties_page(head: str) -> str:
    """Every shipped obligation, record class and control."""
    subjects = shipped_subjects()
    parts = [
        head,
        "# Duties, retention, controls\n\nShipped values; `routeproof policy show` has those of a workspace. ",
        "Grades as in [the dated rules](policy.md).\n\n## Duties\n\n",
        "| duty | what | rule | owner | for | due | shown by | grade | citation |\n",
        f"|{'---|' * 9}\n",
    ]
    for name, timeline in obligations_of(subjects["duties"]).items():
        entry = timeline.values[-1]
        value = entry.value
        proofs = ", ".join(f"`{proof}`" for proof in value.proved_by) or "a person, with evidence"
        if value.proved_when:
            proofs += f" with {', '.join(value.proved_when)}"
        owed = f"{value.per}, each {value.every}" if value.every != "event" else _opened(value)
        off = "" if value.applies else " (not owed unless set)"
        parts.append(
            f"| `{name}` | {value.title}{off} | {value.rule} | {value.owner} | {owed} | {_due(value)} | {proofs} | "
            f"{_grade(entry.grade)} | {entry.citation} |\n"
        )
    parts.append("\n## Retention\n\n| class | years | kinds of objects | grade | citation |\n|---|---|---|---|---|\n")
    for name, periods in retention_of(subjects["retention"]).items():
        kept = periods.values[-1]
        nouns = ", ".join(kept.value.nouns) or "all others"
        parts.append(f"| `{name}` | {kept.value.years} | {nouns} | {_grade(kept.grade)} | {kept.citation} |\n")
    templates = ", ".join(f"`{name}`" for name in TEMPLATES)
    parts.append(
        f"\n## Controls\n\nTemplates of procedures: {templates}. Each duty is a control as well (`duty:NAME`)."
    )
    parts.append("\n\n| control | what | shown by | runs |\n|---|---|---|---|\n")
    for control in load_controls().values():
        proofs = ", ".join(f"`{proof}`" for proof in control.proved_by)
        runs = "when there is an occasion" if control.on_demand else "every quarter"
        parts.append(f"| `{control.id}` | {control.title} | {proofs} | {runs} |\n")
    return "".join(parts)


def _opened(value: Obligation) -> str:
    when = f" with {', '.join(value.opened_when)}" if value.opened_when else ""
    return f"each {', '.join(f'`{kind}`' for kind in value.opened_by)}{when}"


def _due(value: Obligation) -> str:
    unit = "sessions" if value.sessions else "days"
    said = f"{value.days} {unit} {DAYS.get(value.every, 'after its end')}"
    return f"the day that it names, else {said}" if value.due_member else said


def _grade(grade: str) -> str:
    return f"{grade} **unconfirmed**" if grade == "M" else grade
