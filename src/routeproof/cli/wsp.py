"""`routeproof wsp`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, acting_context, do, file_option, recording
from routeproof.cli.documents import read_document, read_text
from routeproof.cli.options import json_option, on_option, shipped_only, workspace_option
from routeproof.cli.printing import print_found, print_json, print_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


@click.group()
def wsp() -> None:
    """Written supervisory procedures: text in versions, sentences bound to controls, in force by date."""


@wsp.command("show")
@click.argument("procedure", required=False)
@on_option
@workspace_option
@json_option
def show(*, procedure: str | None, on: date | None, workspace: Path, as_json: bool) -> None:
    """Show what is in force on a day, sentence by sentence; or PROCEDURE with all its versions.

    Example: routeproof wsp show --on 2026-08-15
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.procedures import procedures_shown  # noqa: PLC0415
    from routeproof.app.objects.act import shown  # noqa: PLC0415
    from routeproof.governance.wsp import WSP  # noqa: PLC0415

    with open_context(workspace, on=on) as context:
        if procedure is not None:
            print_object(shown(context, WSP, procedure), as_json=as_json)
            return
        found = procedures_shown(context, context.business_day)
    print_found(found, _lines, as_json=as_json)


@wsp.command("list")
@workspace_option
@json_option
def list_(*, workspace: Path, as_json: bool) -> None:
    """List procedures, and the templates to start from.

    Example: routeproof wsp list
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.objects.act import listed  # noqa: PLC0415
    from routeproof.governance.wsp import WSP  # noqa: PLC0415
    from routeproof.stores.shipped_procedures import TEMPLATES  # noqa: PLC0415

    with open_context(workspace) as context:
        found = {**listed(context, WSP), "templates": list(TEMPLATES)}
    if as_json:
        print_json(found)
        return
    for item in found["items"]:
        click.echo(f"{item['id']:<28} {item['state']}")
    click.echo(f"templates: {', '.join(found['templates'])}")


@wsp.command("template")
@shipped_only
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files.")
def template(name: str, out: Path) -> None:
    """Write a shipped template as NAME.md and NAME.toml, to adapt and propose.

    Example: routeproof wsp template sor-supervision --out drafts
    """
    from routeproof.app.firm.procedure_files import write_template  # noqa: PLC0415

    for path in write_template(name, out):
        click.echo(str(path))


@wsp.command("propose")
@click.argument("procedure")
@file_option
@click.option("--text", "text_file", type=click.Path(path_type=Path, dir_okay=False), help="Markdown file.")
@click.option("--bindings", "bindings_file", help="TOML with [bindings] and, if not given, the title.")
@click.option("--template", "template_name", help="Shipped template, as it stands.")
@click.option("--title", help="Title.")
@click.option("--effective-from", help="First day in force, YYYY-MM-DD.")
@recording
def propose(
    acts: Acts,
    procedure: str,
    document: str | None,
    text_file: Path | None,
    bindings_file: str | None,
    template_name: str | None,
    title: str | None,
    effective_from: str | None,
) -> None:
    """Propose a version of PROCEDURE; another person approves it.

    \b
    Example: routeproof wsp propose sor --text sor.md --bindings sor.toml \\
               --effective-from 2026-07-01 --as sam
    """  # noqa: D301  # click's mark
    from routeproof.app.firm.procedures import propose_procedure  # noqa: PLC0415

    body: dict[str, Any] = read_document(document) if document is not None else {}
    if text_file is not None:
        body["text"] = read_text(text_file)
    if bindings_file is not None:
        beside = read_document(bindings_file)
        body["bindings"] = beside.get("bindings", {})
        body.setdefault("title", beside.get("title", procedure))
    given = {"template": template_name, "title": title, "effective_from": effective_from}
    body |= {name: value for name, value in given.items() if value is not None}
    with acting_context(acts) as context:
        state = propose_procedure(context, procedure, body)
    print_object(state, as_json=acts.as_json)


@wsp.command("approve")
@click.argument("procedure")
@file_option
@recording
def approve(acts: Acts, procedure: str, document: str | None) -> None:
    """Approve the version of PROCEDURE that waits, proposed by somebody else.

    Example: routeproof wsp approve sor --as carl
    """
    from routeproof.governance.wsp import WSP  # noqa: PLC0415

    do(acts, WSP, procedure, "approve", document=document)


@wsp.command("attest")
@click.argument("procedure")
@click.option("--text", help="How it was found to be current and followed.")
@file_option
@recording
def attest(acts: Acts, procedure: str, text: str | None, document: str | None) -> None:
    """Attest that the version of PROCEDURE in force is current and followed.

    Example: routeproof wsp attest sor --text "Walked through with the desk" --as sam
    """
    from routeproof.governance.wsp import WSP  # noqa: PLC0415

    do(acts, WSP, procedure, "attest", {} if text is None else {"text": text}, document=document)


@wsp.command("retire")
@click.argument("procedure")
@file_option
@recording
def retire(acts: Acts, procedure: str, document: str | None) -> None:
    """End PROCEDURE from a day on: FILE has `from_on` and `reason`.

    Example: routeproof wsp retire sor --file retire.toml --as carl
    """
    from routeproof.governance.wsp import WSP  # noqa: PLC0415

    do(acts, WSP, procedure, "retire", document=document)


@wsp.command("report")
@click.option("--period", required=True, help="Quarter: 2026Q3.")
@workspace_option
@json_option
def report(*, period: str, workspace: Path, as_json: bool) -> None:
    """Report unbound sentences, controls that no sentence names, and controls that did not run in a quarter.

    Example: routeproof wsp report --period 2026Q3
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.duties import done_duties  # noqa: PLC0415
    from routeproof.app.firm.procedure_report import procedure_report  # noqa: PLC0415
    from routeproof.vocab.times import quarter_days  # noqa: PLC0415

    with open_context(workspace) as context:
        found = procedure_report(context, *quarter_days(period), done_duties)
    print_found(found, _report_lines, as_json=as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    if not found["procedures"]:
        yield f"No procedure is in force on {found['on']}."
    for item in found["procedures"]:
        late = f" ({item['entered']})" if item["entered"] else ""
        who = f"approved by {item['approved_by']} on {item['approved_on']}{late}"
        yield f"{item['title']} ({item['id']}), version {item['procedure_version']}, {who}"
        yield f"  in force from {item['effective_from']}; {_coverage(item['coverage'])}"
        heading = ""
        for one in item["sentences"]:
            if one["heading"] != heading:
                heading = one["heading"]
                yield f"\n  {heading}"
            yield f"    {one['id']:<8} {one['text']}"
            yield f"             -> {', '.join(one['controls']) or 'NOT BOUND'}"
        yield ""


def _coverage(coverage: dict[str, Any]) -> str:
    return f"{coverage['bound']} of {coverage['sentences']} sentences bound"


def _report_lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"Procedures {found['from']} to {found['to']}: {', '.join(found['procedures']) or 'none in force'}"
    yield f"Sentences without a control: {len(found['unbound'])}"
    for item in found["unbound"]:
        yield f"  {item['procedure']} {item['sentence']}: {item['text']}"
    for name, title in (
        ("unreferenced", "Controls that no sentence names"),
        ("unknown", "Controls that nobody knows"),
        ("not_run", "Controls without evidence in the period"),
        ("no_occasion", "Controls without an occasion in the period"),
    ):
        yield f"{title}: {len(found[name])}"
        for item in found[name]:
            yield f"  {item['control']}   {', '.join(item.get('sentences', ()))}"
