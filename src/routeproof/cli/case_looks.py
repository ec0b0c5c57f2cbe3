"""`routeproof case show`, `list`, `codes`, `view`: what only looks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_found, print_object, sentence_lines, table_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from routeproof.app.cases.case_listing import CaseFilter

STATES = ("open", "acknowledged", "investigating", "awaiting_review", "closed", "alive")
COLUMNS = ("id", "state", "priority", "overdue", "owner", "provider", "title")


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that narrow the list; the command receives them together as `wanted`."""

    @functools.wraps(command)
    def with_filter(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        from routeproof.app.cases.case_listing import CaseFilter  # noqa: PLC0415

        names = ("state", "priority", "owner", "overdue", "rule", "provider", "text")
        given = {name: options.pop(name) for name in names}
        return command(*arguments, wanted=CaseFilter(**given), **options)

    optioned: Callable[..., Any] = with_filter
    for option in (
        click.option("--text", help="Words or names that all stand in the case."),
        click.option("--provider", help="Only this provider."),
        click.option("--rule", help="Only cases with a finding of this rule."),
        click.option("--overdue", is_flag=True, default=None, help="Only those whose clock ran out."),
        click.option("--owner", help="Only those of this person."),
        click.option(
            "--priority", type=click.Choice(["critical", "high", "medium", "low"]), help="Only this priority."
        ),
        click.option("--state", type=click.Choice(STATES), help="Only this state; alive = all but closed."),
    ):
        optioned = option(optioned)
    return optioned


limit_option = click.option("--limit", type=click.IntRange(min=1), help="Cases on a page, 1,000 if omitted.")
after_option = click.option("--after", help="Where the page before ended: its `next`.")


@click.command("show")
@click.argument("case_id", metavar="ID")
@workspace_option
@json_option
def show(case_id: str, workspace: Path, *, as_json: bool) -> None:
    """Show case ID with its clocks, findings, those that were withdrawn, evidence and timeline.

    Example: routeproof case show C-17
    """
    from routeproof.app.cases.work_cases import case_shown  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        state = case_shown(context, case_id)
    print_object(state if as_json else {**state, "history": state["timeline"], "timeline": None}, as_json=as_json)


@click.command("list")
@filter_options
@limit_option
@after_option
@workspace_option
@json_option
def list_(wanted: CaseFilter, workspace: Path, limit: int | None, after: str | None, *, as_json: bool) -> None:
    """List cases by priority and age, closed ones last.

    Example: routeproof case list --state alive --overdue --json
    """
    _print_list(workspace, wanted, limit, after, as_json=as_json)


def _print_list(workspace: Path, wanted: CaseFilter, limit: int | None, after: str | None, *, as_json: bool) -> None:
    from routeproof.app.cases.case_listing import list_cases  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        found = list_cases(context.records, wanted, context.clock(), limit, after)
    if wanted.rule is not None and not found["total"]:
        from routeproof.app.monitoring.catalog import known_rule  # noqa: PLC0415

        known_rule(wanted.rule)
    print_found(found, _lines, as_json=as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    if found["items"]:
        yield from sentence_lines(COLUMNS, found["items"])
    more = f"; more: --after {found['next']}" if found["next"] else ""
    yield f"{len(found['items'])} of {found['total']} cases{more}"


@click.command("codes")
@workspace_option
@json_option
def codes(workspace: Path, *, as_json: bool) -> None:
    """Codes that a closing may use: dispositions and root causes in force today.

    Example: routeproof case codes
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.case_policy import case_codes  # noqa: PLC0415

    with open_context(workspace) as context:
        found = case_codes(context)
    print_found(found, _code_lines, as_json=as_json)


def _code_lines(found: dict[str, Any]) -> Iterator[str]:
    for name in ("dispositions", "root_causes"):
        yield f"{name.replace('_', ' ')}:"
        rows = [{"code": code, "title": found["titles"][code]} for code in found[name]]
        yield from (f"  {line}" for line in list(table_lines(("code", "title"), rows))[1:])


@click.group("view")
def view() -> None:
    """Filters of the list under a name, shared by all who use the workspace."""


@view.command("save")
@click.argument("name", metavar="NAME")
@filter_options
@workspace_option
@json_option
def save(wanted: CaseFilter, name: str, workspace: Path, *, as_json: bool) -> None:
    """Save a filter as view NAME, or replace that view.

    Example: routeproof case view save mine --owner ann --state alive
    """
    from routeproof.app.cases.case_views import save_view  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        saved = save_view(context, name, wanted)
    print_found(saved, lambda found: [f"{found['name']}: {_said(found['filter'])}"], as_json=as_json)


@view.command("list")
@workspace_option
@json_option
def saved(workspace: Path, *, as_json: bool) -> None:
    """List saved views.

    Example: routeproof case view list
    """
    from routeproof.app.cases.case_views import views_of  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        views = views_of(context)
    found = {"items": [{"name": name, "filter": given} for name, given in views.items()], "total": len(views)}
    print_found(found, lambda _: [f"{name}: {_said(given)}" for name, given in views.items()], as_json=as_json)


def _said(given: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in given.items()) or "all cases"


@view.command("use")
@click.argument("name", metavar="NAME")
@limit_option
@after_option
@workspace_option
@json_option
def use(name: str, workspace: Path, limit: int | None, after: str | None, *, as_json: bool) -> None:
    """List the cases of view NAME.

    Example: routeproof case view use mine
    """
    from routeproof.app.cases.case_views import view as view_of  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        wanted = view_of(context, name)
    _print_list(workspace, wanted, limit, after, as_json=as_json)
