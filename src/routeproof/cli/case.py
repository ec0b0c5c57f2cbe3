"""`routeproof case`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, answer_option, entitled_context, file_option, perform, recording
from routeproof.cli.case_looks import codes, list_, show, view
from routeproof.cli.case_many import close, review
from routeproof.cli.printing import print_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.app.context import Context


@click.group()
def case() -> None:
    """Cases that people work: opened with evidence, owned, closed with a reason, looked at by a second person."""


for command in (show, list_, codes, view, close, review):
    case.add_command(command)


def _step(acts: Acts, case_id: str, verb: str, body: dict[str, Any] | None = None, document: str | None = None) -> None:
    from routeproof.app.cases.work_cases import case_step  # noqa: PLC0415

    def step(context: Context, given: dict[str, Any]) -> dict[str, Any]:
        return case_step(context, case_id, verb, given)

    perform(acts, step, body, document=document)


@case.command("open")
@click.argument("case_id", metavar="ID")
@answer_option
@file_option
@recording
def open_(acts: Acts, case_id: str, document: str | None, answer: str | None) -> None:
    """Open case ID; the body has kind and title.

    A customer's inquiry (kind inquiry) names order_id or execution_id, by identity or as the customer has it (ClOrdID,
    ExecID); the replay of the order is attached, and provider, day and symbol follow. With --answer the case is about
    what an analysis found: title, provider and rows follow, and the answer is filed.

    Example: routeproof case open Q-17 --file inquiry.toml --as ann
    """
    from routeproof.app.cases.work_cases import open_case  # noqa: PLC0415

    given = {"answer": answer} if answer else None
    perform(acts, lambda context, body: open_case(context, case_id, body), given, document=document)


@case.command("acknowledge")
@click.argument("case_id", metavar="ID")
@recording
def acknowledge(acts: Acts, case_id: str) -> None:
    """Say that case ID was seen; it becomes yours if nobody owns it.

    Example: routeproof case acknowledge C-1f2e3d4c5b6a --as ann
    """
    _step(acts, case_id, "acknowledge")


@case.command("assign")
@click.argument("case_id", metavar="ID")
@click.argument("assignee", metavar="PERSON")
@recording
def assign(acts: Acts, case_id: str, assignee: str) -> None:
    """Give case ID to PERSON.

    Example: routeproof case assign C-17 abe --as sam
    """
    _step(acts, case_id, "assign", {"to": assignee})


@case.command("note")
@click.argument("case_id", metavar="ID")
@click.argument("text", required=False)
@file_option
@recording
def note(acts: Acts, case_id: str, text: str | None, document: str | None) -> None:
    """Add what was found out about case ID: TEXT, or a body with text and evidence. The first begins the investigation.

    Example: routeproof case note C-17 "The venue was halted" --as abe
    """
    _step(acts, case_id, "note", {"text": text} if text is not None else None, document)


@case.command("link")
@click.argument("case_id", metavar="ID")
@click.argument("noun", type=click.Choice(["remediation", "sla", "review", "case", "provider", "conflict"]))
@click.argument("other", metavar="OTHER")
@recording
def link(acts: Acts, case_id: str, noun: str, other: str) -> None:
    """Say that case ID has to do with another object.

    Example: routeproof case link C-17 remediation R-3 --as abe
    """
    _step(acts, case_id, "link", {"noun": noun, "id": other})


@case.command("harm")
@click.argument("case_id", metavar="ID")
@recording
def harm(acts: Acts, case_id: str) -> None:
    """Compute and record what each order of case ID lost against the far touch at receipt.

    Example: routeproof case harm C-17 --as abe
    """
    from routeproof.app.cases.case_harm import record_harm  # noqa: PLC0415

    perform(acts, lambda context, _: record_harm(context, case_id))


@case.command("reimburse")
@click.argument("case_id", metavar="ID")
@file_option
@recording
def reimburse(acts: Acts, case_id: str, document: str | None) -> None:
    """Decide whether customers of case ID are made whole: decision, amounts, rationale, proof.

    A payment stands for its order, or with level case or incident for all orders of the case; a decision in its place
    names it (`replaces`). Proof may come later: a body with `proof` alone, and the number `of` the decision where
    several stand. A case ends as reimbursed with proof only.

    Example: routeproof case reimburse C-17 --file paid.toml --as sam
    """
    _step(acts, case_id, "reimburse", document=document)


@case.command("escalate")
@recording
def escalate_(acts: Acts) -> None:
    """Raise every case whose clock ran out, once per clock. A day's run and live monitoring do it by themselves.

    Example: routeproof case escalate
    """
    from routeproof.app.cases.work_cases import escalate  # noqa: PLC0415

    with entitled_context(acts, "case.escalate") as context:
        found = {"escalated": escalate(context)}
    print_found(found, _escalated_lines, as_json=acts.as_json)


def _escalated_lines(found: dict[str, Any]) -> Iterator[str]:
    yield from found["escalated"]
    yield f"{len(found['escalated'])} cases escalated"
