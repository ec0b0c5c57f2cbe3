"""`routeproof policy`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, file_option, perform, recording
from routeproof.cli.options import json_option, on_option, workspace_option
from routeproof.cli.printing import print_json, print_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path


@click.group()
def policy() -> None:
    """Thresholds, margins, calendar, duties, retention: proposed by one, approved by another, from a day on."""


@policy.command("show")
@click.argument("proposal", required=False)
@on_option
@workspace_option
@json_option
def show(*, proposal: str | None, on: date | None, workspace: Path, as_json: bool) -> None:
    """Show what is in force on a day, with what it rests on; or one PROPOSAL.

    Example: routeproof policy show --on 2026-09-30
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.policy import policy_shown  # noqa: PLC0415

    with open_context(workspace) as context:
        state = policy_shown(context, on, proposal)
    if proposal is not None or as_json:
        print_object(state, as_json=as_json)
        return
    for line in _lines(state):
        click.echo(line)


@policy.command("list")
@workspace_option
@json_option
def list_(*, workspace: Path, as_json: bool) -> None:
    """List the proposals and what became of them.

    Example: routeproof policy list
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.policy import policies_listed  # noqa: PLC0415

    with open_context(workspace) as context:
        found = policies_listed(context)
    if as_json:
        print_json(found)
        return
    for item in found["items"]:
        said = f"{item['key']} = {json.dumps(item['value'])} from {item['effective_from']}" if "key" in item else ""
        click.echo(f"{item['id']:<10} {item['state']:<22} {said}")


@policy.command("propose")
@file_option
@click.option("--key", help="What to set, as `policy show` names it: margins.e_over_q, framework.months, …")
@click.option("--value", help="JSON value.")
@click.option("--effective-from", help="First day, YYYY-MM-DD.")
@click.option("--reason", help="Why.")
@recording
def propose(
    acts: Acts,
    document: str | None,
    key: str | None,
    value: str | None,
    effective_from: str | None,
    reason: str | None,
) -> None:
    """Propose a value from a day on; another person approves it.

    \b
    Example: routeproof policy propose --key margins.e_over_q --value 0.02 \\
               --effective-from 2026-10-01 --reason "Committee of 3 September" --as ann
    """  # noqa: D301  # click's mark
    from routeproof.app.firm.policy import propose_policy  # noqa: PLC0415

    said = {"key": key, "effective_from": effective_from, "reason": reason}
    body: dict[str, Any] = {name: item for name, item in said.items() if item is not None}
    if value is not None:
        body["value"] = _value(value)
    perform(acts, propose_policy, body, document=document)


@policy.command("approve")
@click.argument("proposal")
@file_option
@recording
def approve(acts: Acts, proposal: str, document: str | None) -> None:
    """Approve PROPOSAL of another person; `founding` adopts everything that is shipped.

    Example: routeproof policy approve founding --as carl
    """
    _decide(acts, "approve", proposal, document)


@policy.command("withdraw")
@click.argument("proposal")
@file_option
@recording
def withdraw(acts: Acts, proposal: str, document: str | None) -> None:
    """Withdraw PROPOSAL, which nobody approved.

    Example: routeproof policy withdraw P2 --as ann
    """
    _decide(acts, "withdraw", proposal, document)


def _decide(acts: Acts, verb: str, proposal: str, document: str | None) -> None:
    from routeproof.app.firm.policy import decide_policy  # noqa: PLC0415

    perform(acts, lambda context, given: decide_policy(context, verb, proposal, given), document=document)


def _value(text: str) -> Any:  # noqa: ANN401  # JSON
    """A JSON value; what is none is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _lines(state: dict[str, Any]) -> Iterator[str]:
    yield f"Policy on {state['on']}: {state['state']} ({state['policy']})"
    for item in state["in_force"]:
        marks = [] if item["in_force"] else [f"not before {item['effective_from']}"]
        marks += [f"changes on {item['next_from']}"] if item["next_from"] else []
        marks += ["UNCONFIRMED"] if item["unconfirmed"] else []
        yield f"  {item['key']} = {_short(item['value'])}{'   [' + '; '.join(marks) + ']' if marks else ''}"
        yield f"      {item['citation']} (grade {item['grade']}: {item['grade_means']})"
    for item in state["overrides"]:
        yield (
            f"  {item['key']} = {_short(item['value'])} for {item['provider']} until {item['until']}, "
            f"by heightened monitoring {item['remediation']}"
        )
    waiting = [item for item in state["proposals"] if item["state"] == "proposed"]
    for item in waiting:
        yield f"  waits: {item['id']} {item['key']} = {_short(item['value'])} from {item['effective_from']}"


def _short(value: Any) -> str:  # noqa: ANN401  # JSON
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(item)}" for name, item in value.items() if item not in ("", []))
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
