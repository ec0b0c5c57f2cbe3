"""`routeproof review`: the verbs that record under a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from routeproof.cli.acting import Acts, acting_context, file_option, perform, recording
from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json, print_object, print_step
from routeproof.cli.review import review

PACK = click.option(
    "--pack",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that `review build` wrote; without it the pack is built into the workspace, packs/ID.",
)
review_id = click.argument("review_id", metavar="ID")


def _do(acts: Acts, object_id: str, verb: str, body: dict[str, Any] | None = None, document: str | None = None) -> None:
    from routeproof.app.desk.review import act_on_review  # noqa: PLC0415

    perform(acts, lambda context, given: act_on_review(context, object_id, verb, given), body, document=document)


@review.command("open")
@click.argument("quarter")
@click.option("--provider", required=True, help="Provider under review.")
@PACK
@recording
def open_(acts: Acts, quarter: str, provider: str, pack: Path | None) -> None:
    """Open the review of QUARTER over its pack, which is kept and pinned by hash; the ID is QUARTER-PROVIDER.

    What the quarter before predicted is scored at once, from this pack and its data.

    Example: routeproof review open 2026Q3 --provider P --pack packs/2026Q3 --as ann
    """
    from routeproof.app.desk.review import open_review  # noqa: PLC0415

    with acting_context(acts) as context:
        state = open_review(context, quarter.upper(), provider, pack, print_step)
    print_object(state, as_json=acts.as_json)


@review.command("record")
@review_id
@file_option
@recording
def record(acts: Acts, review_id: str, document: str | None) -> None:
    r"""Record any of: agenda, attendance, recusals, factors, findings, decisions, votes, questions, minutes, documents.

    Merged by key: recusals (person), factors (code), findings and questions (id), decisions (finding), votes (person
    and finding). Documents (paths) add up. Agenda, attendance, minutes and quarterly_enough {answer, reason} replace
    what stood. remove = {findings = ["F2"], votes = ["bob/F2"]} takes items out. Whatever changes makes a new
    version, for which earlier signatures do not count; expected_version_hash refuses to change another version than
    the one you saw.

    Example: routeproof review record 2026Q3-P --file meeting.toml --as ann
    """
    _do(acts, review_id, "record", document=document or "-")


@review.command("sign")
@review_id
@click.option("--version", "version_hash", required=True, metavar="HASH", help="version_hash of what you have read.")
@recording
def sign(acts: Acts, review_id: str, version_hash: str) -> None:
    """Sign the exact version that you have seen, named by its hash.

    Example: routeproof review sign 2026Q3-P --version 3f9a… --as cara
    """
    _do(acts, review_id, "sign", {"version": version_hash})


@review.command("close")
@review_id
@file_option
@recording
def close(acts: Acts, review_id: str, document: str | None) -> None:
    """Close the review: nothing is missing, and enough signatures stand over this version. It never reopens.

    Example: routeproof review close 2026Q3-P --as cara
    """
    _do(acts, review_id, "close", document=document)


@review.command("countersign")
@review_id
@click.option("--version", "version_hash", required=True, metavar="HASH", help="version_hash of the closed review.")
@recording
def countersign(acts: Acts, review_id: str, version_hash: str) -> None:
    """Countersign a closed review as key custodian.

    Example: routeproof review countersign 2026Q3-P --version 3f9a… --as kim
    """
    _do(acts, review_id, "countersign", {"version": version_hash})


@review.command("supersede")
@review_id
@click.option("--reason", required=True, help="Why the closed review is superseded.")
@PACK
@recording
def supersede(acts: Acts, review_id: str, reason: str, pack: Path | None) -> None:
    """Open a further review of the same quarter; the closed one stays as it is and names its successor.

    Example: routeproof review supersede 2026Q3-P --reason "August was delivered again" --as sam
    """
    from routeproof.app.desk.review import supersede_review  # noqa: PLC0415

    with acting_context(acts) as context:
        state = supersede_review(context, review_id, reason, pack, print_step)
    print_object(state, as_json=acts.as_json)


@review.command("addendum")
@review_id
@file_option
@recording
def addendum(acts: Acts, review_id: str, document: str | None) -> None:
    """Add to a closed review what became known later: {text, restatement?}; who signed it must acknowledge.

    Example: routeproof review addendum 2026Q3-P --file late-bust.toml --as ann
    """
    _do(acts, review_id, "addendum", document=document or "-")


@review.command("acknowledge")
@review_id
@click.option("--addendum", "addendum_id", help="Which one; may be left out if there is only one to acknowledge.")
@recording
def acknowledge(acts: Acts, review_id: str, addendum_id: str | None) -> None:
    """Acknowledge an addendum, as one who signed the review.

    Example: routeproof review acknowledge 2026Q3-P --addendum A1 --as cara
    """
    _do(acts, review_id, "acknowledge", {"addendum": addendum_id} if addendum_id else {})


@review.command("show")
@review_id
@workspace_option
@json_option
def show(review_id: str, workspace: Path, *, as_json: bool) -> None:
    """Show a review: what stands, what is missing, who signed which version.

    Example: routeproof review show 2026Q3-P
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.desk.review import review_shown  # noqa: PLC0415

    with open_context(workspace) as context:
        state = review_shown(context, review_id)
    print_object(state, as_json=as_json)


@review.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List reviews and where they stand.

    Example: routeproof review list --json
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.objects.act import listed  # noqa: PLC0415
    from routeproof.governance.review.noun import REVIEW  # noqa: PLC0415

    with open_context(workspace) as context:
        found = listed(context, REVIEW)
    if as_json:
        print_json(found)
        return
    for item in found["items"]:
        click.echo(f"{item['id']:<24} {item['state']:<8} version {item['version']}")


@review.command("minutes")
@review_id
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files.")
@workspace_option
@json_option
def minutes(review_id: str, out: Path, workspace: Path, *, as_json: bool) -> None:
    """Write the minutes as PDF and HTML, with hashes of the pack and a checkpoint of the ledger.

    Example: routeproof review minutes 2026Q3-P --out minutes
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.desk.minutes import write_minutes  # noqa: PLC0415

    with open_context(workspace) as context:
        written = write_minutes(context, review_id, out)
    if as_json:
        print_json(written)
        return
    for name in written["files"]:
        click.echo(str(out / name))
