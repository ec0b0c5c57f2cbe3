"""`routeproof remediation`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, answer_option, file_option, perform, recording
from routeproof.cli.options import json_option, on_option, workspace_option
from routeproof.cli.printing import print_json, print_object

if TYPE_CHECKING:
    from datetime import date

remediation_id = click.argument("remediation_id", metavar="ID")


@click.group()
def remediation() -> None:
    """Underperformance of a provider: notify, investigate, correct, watch closely, conclude."""


def _do(acts: Acts, object_id: str, verb: str, document: str | None, body: dict[str, Any] | None = None) -> None:
    from routeproof.app.desk.remediation import act_on_remediation  # noqa: PLC0415

    perform(acts, lambda context, given: act_on_remediation(context, object_id, verb, given), body, document=document)


def _step(verb: str, words: str) -> None:
    """A command that takes ID and a body, from a file or stdin, to the verb of its name."""

    @remediation.command(verb, help=words)
    @remediation_id
    @file_option
    @recording
    def step(acts: Acts, remediation_id: str, document: str | None) -> None:
        _do(acts, remediation_id, verb, document or "-")


@remediation.command("open")
@click.option("--provider", required=True, help="Provider that the finding is about.")
@answer_option
@file_option
@recording
def open_(acts: Acts, provider: str, document: str | None, answer: str | None) -> None:
    """Open a remediation from {quarter, finding, summary}; its ID is R1, R2 and so on.

    With --answer all three follow from what an analysis found, and the answer is filed.

    Example: routeproof remediation open --provider P --file finding.toml --as ann
    """
    from routeproof.app.desk.remediation import open_remediation  # noqa: PLC0415

    given = {"answer": answer} if answer else None
    read = document if answer else document or "-"
    perform(acts, lambda context, body: open_remediation(context, provider, body), given, document=read)


_step(
    "notify",
    """Draft and file the letter, from {addressee, body?} and the quarter's figures of this provider alone.

Example: routeproof remediation notify R1 --file addressee.toml --as ann
    """,
)


_step(
    "acknowledge",
    """Record that the provider has the letter: {received_on, by, files?}.

Example: routeproof remediation acknowledge R1 --file received.toml --as ann
    """,
)


_step(
    "investigate",
    """Record a round of the joint investigation: {hypotheses, root_cause, text, evidence = [PATH]}.

`show` lists the root causes that policy names; another one is recorded as `other`, in your words.

Example: routeproof remediation investigate R1 --file found.toml --as ann
    """,
)


_step(
    "plan",
    """Record the corrective action plan: {actions = [{id, text, owner, due_on, expected_effect}]}.

Sent again it adds and rewords: what it does not name stays to be done until it is withdrawn.

Example: routeproof remediation plan R1 --file plan.toml --as ann
    """,
)


_step(
    "heighten",
    """Watch more closely: {until, thresholds = {KEY = x}, review_every_days, exit = {metric, at_least, looks}}.

A KEY is RULE.THRESHOLD, as `routeproof rules` names them (THRESHOLD alone where one rule only has it); it must tighten
what is in force. A metric as KEY is kept as what was agreed, and tightens no rule. The exit test passes after so many
consecutive looks; at_most instead of at_least for a metric better when lower. Sent again with a test that asks for
less, a restoration is an override. With within = x a look passes
while a confidence sequence over all days since then lies within x of the level (given, agreed, or the baseline's);
further metrics stand under also = [{metric, within}], and all must pass.

Example: routeproof remediation heighten R1 --file monitoring.toml --as sam
    """,
)


@remediation.command("done")
@remediation_id
@click.argument("action")
@file_option
@recording
def done(acts: Acts, remediation_id: str, action: str, document: str | None) -> None:
    """Record that ACTION of the plan was done; {text?, files?} say what shows it.

    Example: routeproof remediation done R1 A1 --as ann
    """
    _do(acts, remediation_id, "done", document, {"action": action})


@remediation.command("withdraw")
@remediation_id
@click.argument("action")
@file_option
@recording
def withdraw(acts: Acts, remediation_id: str, action: str, document: str | None) -> None:
    """Withdraw ACTION of the plan, by another person than who planned it: {reason}.

    Example: routeproof remediation withdraw R1 A2 --file reason.toml --as sam
    """
    _do(acts, remediation_id, "withdraw", document or "-", {"action": action})


@remediation.command("look")
@remediation_id
@recording
def look(acts: Acts, remediation_id: str) -> None:
    """Measure the exit metric over the whole days since the last look, and record it.

    A look over fewer days than review_every_days is shown, but counts for nothing.

    Example: routeproof remediation look R1 --as ann
    """
    _do(acts, remediation_id, "look", None)


_step(
    "conclude",
    """End it: {outcome, rationale, transition_plan?, override?}.

Outcomes: restored, routing_modified, justified, terminated. To restore, each action is done and the exit test is
met; review periods that nobody looked at are measured now. override = true restores nonetheless, by compliance
only, shown for ever. Termination needs a transition plan.

Example: routeproof remediation conclude R1 --file end.toml --as sam
    """,
)


@remediation.command("correspond")
@remediation_id
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@file_option
@recording
def correspond(acts: Acts, remediation_id: str, files: tuple[Path, ...], document: str | None) -> None:
    """File correspondence by hash: FILES, and {direction = "in"|"out", subject, text, party, dated_on}.

    Example: routeproof remediation correspond R1 reply.pdf --as ann
    """
    body: dict[str, Any] = {"files": [str(path) for path in files]} if files else {}
    _do(acts, remediation_id, "correspond", document, body)


@remediation.command("package")
@remediation_id
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Zip file to write.")
@workspace_option
@json_option
def package(remediation_id: str, out: Path, workspace: Path, *, as_json: bool) -> None:
    """Write what may be sent to the provider: letter, its own figures, plan; no accounts, nothing of another.

    Example: routeproof remediation package R1 --out for-P.zip
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.desk.package import write_package  # noqa: PLC0415

    with open_context(workspace) as context:
        written = write_package(context, remediation_id, out)
    if as_json:
        print_json(written)
        return
    click.echo(f"{written['out']}  sha256 {written['sha256']}")
    for name, sha256 in written["files"].items():
        click.echo(f"  {name}  {sha256}")


@remediation.command("show")
@remediation_id
@on_option
@workspace_option
@json_option
def show(remediation_id: str, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """Show a remediation: letters, actions, looks, what is overdue and what the next step needs.

    Example: routeproof remediation show R1
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.desk.remediation import remediation_shown  # noqa: PLC0415

    with open_context(workspace, on=on) as context:
        state = remediation_shown(context, remediation_id)
    print_object(state, as_json=as_json)


@remediation.command("list")
@on_option
@workspace_option
@json_option
def list_(on: date | None, workspace: Path, *, as_json: bool) -> None:
    """List remediations, where they stand and what is overdue.

    Example: routeproof remediation list --json
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.desk.remediation import remediations_listed  # noqa: PLC0415

    with open_context(workspace, on=on) as context:
        found = remediations_listed(context)
    if as_json:
        print_json(found)
        return
    for item in found["items"]:
        late = f"  overdue: {', '.join(one['what'] for one in item['overdue'])}" if item["overdue"] else ""
        click.echo(f"{item['id']:<6} {item['provider']:<16} {item['quarter']}  {item['state']}{late}")
