"""`routeproof experiment`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, acting_context, do, file_option, perform, recording
from routeproof.cli.analysis_options import answer_lines
from routeproof.cli.looking import list_objects, show_object
from routeproof.cli.options import day_option, json_option, workspace_option
from routeproof.cli.printing import print_found
from routeproof.governance.experiment import EXPERIMENT
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from routeproof.app.context import Context


@click.group()
def experiment() -> None:
    """A designed experiment: registered before it begins, assigned by a keyed hash, read by how it was assigned."""


@experiment.command("plan")
@click.argument("name", metavar="ID")
@click.option("--question", help="What is to be known, and why an experiment is owed for it.")
@click.option("--eligible", multiple=True, metavar="COLUMN=V", help="Orders that take part; repeatable.")
@click.option("--treatment", help="Provider id under test: a direct route, a second provider.")
@click.option("--control", help="Provider id of the usual arm.")
@click.option("--share", help="Of eligible orders that goes to the treatment, such as 0.05.")
@click.option("--symbol", "symbols", multiple=True, help="Securities; then each day and security is one unit.")
@day_option("--first", words="First trading day; later than today.")
@click.option("--days", type=int, help="Sessions.")
@click.option("--rule", type=click.Choice(["fixed", "sequence"]), help="Read once after all days, or on any day.")
@click.option("--metric", help="The one figure that decides.")
@click.option("--seed", type=int, help="Of assignment and inference.")
@file_option
@recording
def plan(acts: Acts, name: str, document: str | None, **given: Any) -> None:  # noqa: ANN401  # options as they are
    """Register experiment ID: orders, arms, share, stopping rule, metric, seed; from options, or from a body.

    Example: routeproof experiment plan X1 --file plan.toml --as ann
    """
    from routeproof.app.analysis.experiment.planned import around_plan  # noqa: PLC0415
    from routeproof.app.analysis.experiment.unread import unread  # noqa: PLC0415
    from routeproof.app.objects.act import act  # noqa: PLC0415

    def step(context: Context, asked: dict[str, Any]) -> dict[str, Any]:
        state = act(context, EXPERIMENT, name, "plan", asked, around_plan(context))
        return state | unread(context, state) if acts.as_json else state

    first = given.pop("first")
    body = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in given.items()
        if value not in (None, ())
    }
    if first is not None:
        body["first_on"] = first.isoformat()
    if given["symbols"]:
        body["unit"] = "day_symbol"
    perform(acts, step, body, document=document)


@experiment.command("approve")
@click.argument("name", metavar="ID")
@recording
def approve(acts: Acts, name: str) -> None:
    """Approve plan ID before its first day; another person than who planned it.

    Example: routeproof experiment approve X1 --as sam
    """
    do(acts, EXPERIMENT, name, "approve")


@experiment.command("assign")
@click.argument("name", metavar="ID")
@click.option("--orders", type=click.Path(path_type=Path, dir_okay=False), help="CSV with order_id, to be assigned.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Table as CSV; else stdout.")
@recording
def assign(acts: Acts, name: str, orders: Path | None, out: Path | None) -> None:
    """Hand out the assignment of ID and record its hash; asked again, it gives the same table.

    Example: routeproof experiment assign X1 --out table.csv --as ann
    """
    from routeproof.app.analysis.experiment.planned import assign as assigned  # noqa: PLC0415
    from routeproof.app.analysis.experiment.unread import unread  # noqa: PLC0415

    with acting_context(acts) as context:
        state, table = assigned(context, name, None if orders is None else _order_ids(orders))
        said = unread(context, state)
    if out is not None:
        out.write_text(table.text, encoding="utf-8")
    found = {**state, **said, "columns": list(table.columns), "rows": len(table.rows), "table_sha256": table.sha256}
    print_found(found, lambda _: _table_lines(table.text, state, out), as_json=acts.as_json)


def _order_ids(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            names = rows.fieldnames or ()
            if "order_id" in names:
                return [row["order_id"] for row in rows]
    except (OSError, UnicodeDecodeError) as error:
        message = f"expected a CSV file with a column order_id, found: {error}"
        raise UsageError(message, where=str(path)) from error
    message = f"expected a CSV file with a column order_id, found {', '.join(names) or 'no columns'}"
    raise UsageError(message, where=str(path))


def _table_lines(text: str, state: dict[str, Any], out: Path | None) -> Iterator[str]:
    if out is None:
        yield from text.splitlines()
    yield f"{state['id']} is {state['state']}, {state['first_on']} to {state['assignment']['last_on']}"


@experiment.command("analyse")
@click.argument("name", metavar="ID")
@day_option("--to", "last", words="Last trading day to read; the newest if omitted.")
@recording
def analyse(acts: Acts, name: str, last: date | None) -> None:
    """Read experiment ID: the effect by assignment, whether it was run as planned; every look is recorded.

    Example: routeproof experiment analyse X1 --as ann
    """
    from routeproof.app.analysis.experiment.analyse import analyse as read  # noqa: PLC0415

    with acting_context(acts) as context:
        found = read(context, name, last)
    print_found(found, _lines, as_json=acts.as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{found['experiment']}: {found['metric']}, {found['treatment']} less {found['control']}, "
        f"{found['days_over']} of {found['planned_days']} days"
    )
    for said in (*found["broken"], *found["warnings"]):
        yield f"Beware: {said}"
    yield f"Read by {found['read_by']} (rule: {found['rule']}); look {found['looks']}"
    if found["refused"]:
        yield f"No answer: {found['reason']}"
    for answer in found["answers"]:
        yield from answer_lines(answer)
    for arm in found["compliance"]["arms"]:
        yield f"{arm['arm']}: {arm['assigned']:,} orders assigned, {arm['complied']:,} went there"


@experiment.command("end")
@click.argument("name", metavar="ID")
@click.option("--conclusion", help="What was concluded, and what is done.")
@file_option
@recording
def end(acts: Acts, name: str, conclusion: str | None, document: str | None) -> None:
    """Conclude experiment ID.

    Example: routeproof experiment end X1 --conclusion "No difference; stays as it is" --as sam
    """
    do(acts, EXPERIMENT, name, "end", {} if conclusion is None else {"conclusion": conclusion}, document=document)


@experiment.command("show")
@click.argument("name", metavar="ID")
@workspace_option
@json_option
def show(name: str, workspace: Path, *, as_json: bool) -> None:
    """Show experiment ID, with every look.

    Example: routeproof experiment show X1
    """
    show_object(workspace, EXPERIMENT, name, None, as_json=as_json)


@experiment.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List experiments.

    Example: routeproof experiment list
    """
    list_objects(workspace, EXPERIMENT, ("treatment", "control", "share", "first_on", "days"), as_json=as_json)
