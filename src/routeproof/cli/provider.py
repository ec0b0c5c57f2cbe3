"""`routeproof provider`: the group, and the steps of onboarding and refresh."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.app.provider.file import provider_around
from routeproof.cli.acting import Acts, do, file_option, perform, recording
from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.provider_looks import LOOKS
from routeproof.cli.provider_running import RUNNING
from routeproof.governance.provider.noun import PROVIDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.app.context import Context

path_option = click.Path(path_type=Path, dir_okay=False)


@click.group()
def provider() -> None:
    """The provider file: due diligence, approval, yearly refresh, incidents."""


for command in (*RUNNING, *LOOKS):
    provider.add_command(command)


@provider.command("add")
@click.argument("provider_id", metavar="ID")
@file_option
@recording
def add(acts: Acts, provider_id: str, document: str | None) -> None:
    """Begin the onboarding of provider ID; the body has name, role (member_agent or technology_only) and venues.

    Example: routeproof provider add ACME --file acme.toml --as ann
    """
    do(acts, PROVIDER, provider_id, "add", document=document, around=provider_around)


@provider.command("venues")
@click.argument("provider_id", metavar="ID")
@file_option
@recording
def venues(acts: Acts, provider_id: str, document: str | None) -> None:
    """Record the whole list of venues (and sub_vendors) that provider ID discloses now.

    Example: routeproof provider venues ACME --file venues.toml --as ann
    """
    do(acts, PROVIDER, provider_id, "venues", document=document)


@provider.command("questionnaire")
@click.argument("provider_id", metavar="ID")
@click.option("--out", type=path_option, required=True, help="File to write: .csv, .json or .xlsx.")
@workspace_option
@json_option
def questionnaire(provider_id: str, out: Path, workspace: Path, *, as_json: bool) -> None:
    """Write the questionnaire of provider ID, to be filled in and read back; a refresh brings last year's answers.

    Example: routeproof provider questionnaire ACME --out acme-questions.xlsx
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.objects.act import shown  # noqa: PLC0415
    from routeproof.app.provider.file import write_questionnaire  # noqa: PLC0415

    with open_context(workspace) as context:
        count = write_questionnaire(context, provider_id, out)
        state = shown(context, PROVIDER, provider_id)
    if as_json:
        click.echo(json.dumps({**state, "out": str(out), "questions": count}, ensure_ascii=False))
        return
    click.echo(f"{out}: {count} questions", err=True)


@provider.command("answers")
@click.argument("provider_id", metavar="ID")
@click.option("--file", "path", type=path_option, required=True, help="The filled-in questionnaire: CSV, JSON or XLSX.")
@recording
def answers(acts: Acts, provider_id: str, path: Path) -> None:
    """Take in the answers of provider ID; the file itself is kept as evidence.

    Example: routeproof provider answers ACME --file acme-questions.xlsx --as ann
    """
    from routeproof.app.objects.act import act  # noqa: PLC0415
    from routeproof.app.provider.file import answers_body  # noqa: PLC0415

    def step(context: Context, _given: dict[str, Any]) -> dict[str, Any]:
        return act(context, PROVIDER, provider_id, "answers", answers_body(context, provider_id, path))

    perform(acts, step)


@provider.command("document")
@click.argument("provider_id", metavar="ID")
@click.argument("path", type=path_option)
@click.option("--title", required=True, help="What it is.")
@click.option("--question", help="Question that it stands behind.")
@click.option("--dated", "dated_on", help="Date of the document, YYYY-MM-DD.")
@click.option("--expires", "expires_on", help="Day on which it expires, YYYY-MM-DD.")
@recording
def document_(acts: Acts, provider_id: str, path: Path, **given: str | None) -> None:
    """File a document for provider ID; the event names it by hash.

    Example: routeproof provider document ACME soc2.pdf --title "SOC 2" --question BCP-2 --as ann
    """
    body = {"file": str(path), **{name: value for name, value in given.items() if value is not None}}
    do(acts, PROVIDER, provider_id, "document", body)


def _step(
    name: str, verb: str, words: str, example: str, around: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """A command that takes ID and a body to the verb of the same meaning."""

    @provider.command(name, help=f"{words}\n\nExample: {example}")
    @click.argument("provider_id", metavar="ID")
    @file_option
    @recording
    def step(acts: Acts, provider_id: str, document: str | None) -> None:
        do(acts, PROVIDER, provider_id, verb, document=document, around=around)

    return step


_step(
    "score",
    "score",
    "Judge answers of provider ID: marks by question, each met, partly or not_met, with a note.",
    "routeproof provider score ACME --file marks.toml --as sam",
)
_step(
    "condition",
    "condition",
    "Set a condition of the approval of provider ID: condition, text, owner, due_on, question.",
    "routeproof provider condition ACME --file condition.toml --as sam",
)
_step(
    "meet",
    "meet",
    "Record how a condition was met.",
    "routeproof provider meet ACME --file met.toml --as sam",
)
_step(
    "approve",
    "approve",
    "Approve the open round of provider ID; another person than all who entered it.",
    "routeproof provider approve ACME --as sam",
    provider_around,
)
_step(
    "refresh",
    "refresh",
    "Open the next round of provider ID, with the questionnaire in force today.",
    "routeproof provider refresh ACME --as ann",
    provider_around,
)
