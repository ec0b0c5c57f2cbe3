"""`routeproof routing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.analysis_options import Given, analysis_options, answer_lines
from routeproof.cli.printing import print_found, sentence_lines, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


RANKING = ("provider", "order_class", "rank", "venue", "share", "lower", "upper", "best_rank", "worst_rank")
WAYS = ("provider", "from", "to", "orders", "share", "median_ms")
SWEEPS = ("provider", "order_class", "venues", "orders", "share", "iso", "ioc")
TIMES = ("provider", "venue", "hop", "n", "median_ms", "p95_ms")
ON_FILE = ("provider", "setting", "stated", "observed", "result")
CHANGES = ("provider", "order_class", "on", "earliest", "latest", "p", "status", "notice")
DIGITS = 4


@click.group()
def routing() -> None:
    """What a router really does: the order of venues, the ways between them, and the days on which that changed."""


@routing.command("rank")
@analysis_options
def rank(given: Given) -> None:
    """Which venues are tried in which order, by order class; ways, sweeps and times; beside the configuration.

    Rankings by situation, first venues and figures are in JSON.

    Example: routeproof routing rank --provider P1 --from 2026-07-01 --to 2026-09-30
    """
    from routeproof.app.analysis.routing.rank import routing_rank  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(given.workspace) as context:
        found = routing_rank(context, given.span())
    print_found(found, _rank_lines, as_json=given.as_json)


@routing.command("changes")
@analysis_options
def changes(given: Given) -> None:
    """Days on which the choice of venue changed, and which configuration or notice announced it, if any.

    Example: routeproof routing changes --provider P2 --json
    """
    from routeproof.app.analysis.routing.changes import routing_changes  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(given.workspace) as context:
        found = routing_changes(context, given.span())
    print_found(found, _change_lines, as_json=given.as_json)


@routing.command("answers")
@analysis_options
def answers(given: Given) -> None:
    """Test what --provider answered to the questionnaire: claim, test, result, and the rows that show it.

    Example: routeproof routing answers --provider P2 --from 2026-07-01 --to 2026-09-30
    """
    from routeproof.app.analysis.routing.answers import routing_answers  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(given.workspace) as context:
        found = routing_answers(context, given.span())
    print_found(found, _answers_lines, as_json=given.as_json)


def _rank_lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['from']} to {found['to']}, {found['days']} days."
    yield from answer_lines(found)
    whole = [row for row in found["ranking"] if row["by"] == "all"]
    parts = ((RANKING, whole), (WAYS, found["transitions"]), (SWEEPS, found["sweeps"]), (TIMES, found["hop_times"]))
    for columns, rows in (*parts, (ON_FILE, found["configuration"])):
        if rows:
            yield ""
            yield from table_lines(columns, _short(rows))


def _change_lines(found: dict[str, Any]) -> Iterator[str]:
    classes = len(found["answers"])
    yield f"{found['from']} to {found['to']}, {found['days']} days; {classes} order classes judged together."
    yield from answer_lines(found)
    if not found["changes"]:
        yield "No change beyond chance." if found["answers"] else "Nothing could be scanned."
    else:
        yield from table_lines(CHANGES, _short(found["changes"]))
    yield from found["sentences"]


def _answers_lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['provider']}, {found['from']} to {found['to']}, {found['days']} days."
    yield from sentence_lines(("question_id", "result", "answer", "why"), found["checks"])
    for said in found["assumptions"]:
        yield f"assumes: {said}"


def _short(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: float(f"{item:.{DIGITS}g}") if isinstance(item, float) else item for name, item in row.items()}
        for row in rows
    ]
