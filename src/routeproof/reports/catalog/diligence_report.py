"""The yearly diligence report to senior management: where a provider's file stands, what changed, what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.reports.document import (
    Block,
    Callout,
    Cell,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    ProvenanceBlock,
    Row,
    Section,
    Table,
    missing,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

Plain = dict[str, Any]
NONE = "None on record."
FLAGS = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiligenceInputs:
    """What the report says, as plain values.

    Attributes:
        file: the provider's file as `provider show` answers.
        questions: per question of the round `id, section, question, why, citation, grade, check`.
        conflicts: per conflict with the provider `id, kind, payer, receiver, amount_usd, per, since_on, until_on,
            mitigations, stands`.
        agreements: per evaluation on record `agreement, period, breached, unknown, credit_usd, on`.
        configurations: per version of its settings `record, number, effective_from, approved_by, approved_late`.
        firm: legal entity.
        dated_on: business date.
        version: of the program.
        digest: of the file's content and the date.
    """

    file: Plain
    questions: Sequence[Plain]
    conflicts: Sequence[Plain]
    agreements: Sequence[Plain]
    configurations: Sequence[Plain]
    firm: str
    dated_on: date
    version: str
    digest: str


def diligence_report(inputs: DiligenceInputs) -> Document:
    """The whole report: pure, so that the same file on the same day gives the same document."""
    file = inputs.file
    return Document(
        title=f"Provider due diligence: {file['name']}",
        subtitle=f"Yearly report to senior management · {inputs.firm} · {inputs.dated_on.isoformat()}",
        dated_on=inputs.dated_on,
        version=inputs.version,
        digest=inputs.digest,
        meta={"firm": inputs.firm, "provider": file["id"], "digest": inputs.digest, "version": inputs.version},
        sections=tuple(section(inputs) for section in SECTIONS),
        extra={"provider": file["id"], "state": file["state"]},
    )


def _summary(inputs: DiligenceInputs) -> Section:
    file = inputs.file
    open_conditions = [item for item in file["conditions"] if item["met_on"] is None]
    percent = file["score"]["percent"]
    score = words(f"{percent:.1f}%") if percent is not None else missing("no answer has been judged")
    figures = (
        KeyFigure(label="State", cell=words(file["state"].replace("_", " "))),
        KeyFigure(label="Score of judged answers", cell=score),
        KeyFigure(label="Answers not judged", cell=words(str(len(file["score"]["unmarked"])))),
        KeyFigure(label="Open conditions", cell=words(str(len(open_conditions)))),
    )
    blocks: list[Block] = [KeyFigures(items=figures), Paragraph(text=_standing(file))]
    if file["unanswered"]:
        text = f"Not answered yet: {', '.join(file['unanswered'])}."
        blocks.append(Callout(tone="warning", title="Silence is no answer", text=text))
    return Section(id="summary", title="Where the file stands", blocks=tuple(blocks))


def _standing(file: Plain) -> str:
    role = (
        "a member that handles orders as agent" if file["role"] == "member_agent" else "a supplier of technology only"
    )
    last = [item for item in file["rounds"] if item["approved_on"]]
    said = f"{file['name']} is {role}; venues that it discloses: {len(file['venues'])}."
    if last:
        said += f" Round {last[-1]['number']} was approved on {last[-1]['approved_on']} by {last[-1]['approved_by']}."
    if file["refresh_due_on"]:
        said += f" The next refresh is due on {file['refresh_due_on']}."
    return said


def _reliance(inputs: DiligenceInputs) -> Section:
    found = inputs.file["reliance_5310_09c"]
    rows = [
        ("Offered by the provider's role", FLAGS[found["offered"]]),
        ("In force", FLAGS[found["in_force"]]),
        ("Why", found["reason"]),
        ("Agreement of", found["agreed_on"] or "none"),
        ("Looks at its method", ", ".join(look["on"] for look in found["looks"]) or "none"),
        ("Next look due", found["next_look_due_on"] or "none"),
        ("Own measurement", found["own_measurement"]),
        ("Citation", found["citation"]),
    ]
    return Section(id="reliance", title="Reliance on its review", blocks=(ProvenanceBlock(entries=tuple(rows)),))


def _changes(inputs: DiligenceInputs) -> Section:
    changes = inputs.file["changes"]
    if not changes:
        text = "This is the first round: there is nothing to compare with."
        return Section(id="changes", title="What changed since last year", blocks=(Paragraph(text=text),))
    text = (
        f"Answers changed: {len(changes['changed'])}; new: {len(changes['new'])}; the same: {changes['same']}; "
        f"not answered again: {', '.join(changes['not_answered_again']) or 'none'}."
    )
    columns = ("question", "before", "now")
    table = _table("changes", "Changed answers", columns, changes["changed"], weights=(0.5, 2.0, 2.0))
    return Section(id="changes", title="What changed since last year", blocks=(Paragraph(text=text), table))


def _open_points(inputs: DiligenceInputs) -> Section:
    conditions = [
        item | {"met": item["met_on"] or ("overdue" if item["overdue"] else "open")}
        for item in inputs.file["conditions"]
    ]
    not_met = [
        {"question": item["id"], "text": item["question"], "answer": _answer_of(inputs.file, item["id"])}
        for item in inputs.questions
        if item["id"] in inputs.file["score"]["not_met"]
    ]
    blocks: tuple[Block, ...] = (
        _table("not-met", "Answers that do not meet what is asked", ("question", "text", "answer"), not_met),
        _table("conditions", "Conditions", ("condition", "text", "owner", "due_on", "met"), conditions),
    )
    return Section(id="open", title="Open points and conditions", blocks=blocks)


def _answer_of(file: Plain, question: str) -> str:
    return next((item["answer"] for item in file["answers"] if item["question"] == question), "")


def _conflicts(inputs: DiligenceInputs) -> Section:
    rows = [
        item | {"mitigated": FLAGS[bool(item["mitigations"])], "stands": FLAGS[item["stands"]]}
        for item in inputs.conflicts
    ]
    columns = ("id", "kind", "payer", "receiver", "amount_usd", "per", "since_on", "stands", "mitigated")
    return Section(
        id="conflicts", title="Conflicts of interest", blocks=(_table("conflicts", "Register", columns, rows),)
    )


def _running(inputs: DiligenceInputs) -> Section:
    incidents = [item | {"ended": item["ended_at"] or "not yet"} for item in inputs.file["incidents"]]
    columns = ("incident", "kind", "started_at", "ended", "fallback_used", "root_cause")
    plan = inputs.file["fallback"]
    text = (
        f"Orders go to {plan['route_to']}; last test: {plan['tested_on'] or 'none'}."
        if plan
        else "No fallback plan is on file."
    )
    blocks: tuple[Block, ...] = (
        _table("incidents", "Incidents", columns, incidents),
        Callout(tone="note" if plan else "warning", title="Fallback", text=text),
        _table(
            "sla",
            "Evaluations of the agreement",
            ("agreement", "period", "breached", "unknown", "credit_usd"),
            inputs.agreements,
        ),
        _table(
            "config",
            "Settings",
            ("record", "number", "effective_from", "approved_by", "approved_late"),
            [item | {"approved_late": FLAGS[item["approved_late"]]} for item in inputs.configurations],
        ),
    )
    return Section(id="running", title="Incidents, agreement and settings", blocks=blocks)


def _answers(inputs: DiligenceInputs) -> Section:
    given = {item["question"]: item for item in inputs.file["answers"]}
    rows = [
        {
            "id": item["id"],
            "question": item["question"],
            "answer": given[item["id"]]["answer"] if item["id"] in given else None,
            "mark": (given[item["id"]]["mark"] or "not judged").replace("_", " ") if item["id"] in given else None,
            "tested_by": item["check"].replace("_", " "),
        }
        for item in inputs.questions
    ]
    columns = ("id", "question", "answer", "mark", "tested_by")
    table = _table("answers", "Every question and its answer", columns, rows, weights=(0.6, 2.0, 2.0, 0.7, 1.0))
    return Section(id="answers", title="Answers", blocks=(table,), page_break=True)


def _provenance(inputs: DiligenceInputs) -> Section:
    file = inputs.file
    papers = tuple(
        (f"Document {item['title']}", f"sha256 {item['file']}{', expired' if item['expired'] else ''}")
        for item in file["papers"]
    )
    unconfirmed = sorted({item["citation"] for item in inputs.questions if item["grade"] == "M"})
    entries = (
        ("Provider", file["id"]),
        ("Questionnaire", f"{file['round']['questionnaire']} {file['round']['version']}"),
        ("Version of the file", f"{file['version']}, {file['version_hash']}"),
        ("Digest", inputs.digest),
        ("Citations not confirmed", "; ".join(unconfirmed) or "none"),
        *papers,
    )
    return Section(id="provenance", title="Provenance", blocks=(ProvenanceBlock(entries=entries),))


def _table(
    name: str, caption: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], weights: Sequence[float] = ()
) -> Block:
    if not rows:
        return Paragraph(text=f"{caption}: {NONE[0].lower()}{NONE[1:]}")
    heads = tuple(
        Column(id=column, title=column.replace("_", " ").capitalize(), weight=weights[place] if weights else 1.0)
        for place, column in enumerate(columns)
    )
    lines = tuple(
        Row(id=f"{name}-{place}", cells=tuple(_cell(row.get(column)) for column in columns))
        for place, row in enumerate(rows)
    )
    return Table(id=name, columns=heads, rows=lines, caption=caption, compact=True)


def _cell(value: Any) -> Cell:  # noqa: ANN401  # JSON
    if value is None:
        return missing("not on record")
    return words(", ".join(map(str, value)) if isinstance(value, list) else str(value))


SECTIONS: tuple[Callable[[DiligenceInputs], Section], ...] = (
    _summary,
    _reliance,
    _changes,
    _open_points,
    _conflicts,
    _running,
    _answers,
    _provenance,
)
"""The report in reading order."""
