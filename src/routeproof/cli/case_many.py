"""`routeproof case close` and `case review`: one case, or several with one reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, acting_context, perform, recording
from routeproof.cli.printing import print_found, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.app.context import Context

REFUSED = 5
"""Exit code when at least one of several was refused."""
ids_argument = click.argument("case_ids", metavar="ID...", nargs=-1, required=True)


@click.command("close")
@ids_argument
@click.option("--disposition", required=True, help="Code of how it ends; `case codes` lists them.")
@click.option("--root-cause", required=True, help="Code of what caused it; `case codes` lists them.")
@click.option("--root-cause-text", default="", help="The cause in words.")
@click.option("--rationale", required=True, help="Why it ends so.")
@click.option("--remediation", help="Remediation that it went into, with disposition remediation.")
@recording
def close(
    acts: Acts,
    case_ids: tuple[str, ...],
    disposition: str,
    root_cause: str,
    root_cause_text: str,
    rationale: str,
    remediation: str | None,
) -> int:
    """Close cases, several with one reason; each is an entry of its own, and waits for review where policy asks for it.

    Example: routeproof case close C-17 --disposition explained --root-cause market --rationale "Halt" --as abe
    """
    body = {"disposition": disposition, "root_cause": root_cause, "rationale": rationale, "remediation": remediation}
    if root_cause_text:
        body["root_cause_text"] = root_cause_text
    return _each(acts, case_ids, "close", body)


@click.command("review")
@ids_argument
@click.option("--approve", is_flag=True, help="The closing is right.")
@click.option("--return", "returned", metavar="TEXT", help="What is missing; the case goes back.")
@recording
def review(acts: Acts, case_ids: tuple[str, ...], returned: str | None, *, approve: bool) -> int:
    """Approve the closing of cases, or return them; another person than who submitted, opened or works them.

    Example: routeproof case review C-17 --approve --as sam
    """
    if approve == (returned is not None):
        message = "expected either --approve or --return TEXT"
        raise click.UsageError(message)
    return _each(acts, case_ids, "review", {"approve": approve, "text": returned or ""})


def _each(acts: Acts, case_ids: tuple[str, ...], verb: str, body: dict[str, Any]) -> int:
    from routeproof.app.cases.work_cases import case_step, each_case  # noqa: PLC0415

    if len(case_ids) == 1:

        def step(context: Context, given: dict[str, Any]) -> dict[str, Any]:
            return case_step(context, case_ids[0], verb, given)

        perform(acts, step, body)
        return 0
    with acting_context(acts) as context:
        rows = each_case(context, case_ids, verb, body)
    print_found({"items": rows, "total": len(rows)}, _lines, as_json=acts.as_json)
    return REFUSED if any(row["error"] for row in rows) else 0


def _lines(found: dict[str, Any]) -> Iterator[str]:
    rows = [{**row, "refused": row["error"] and row["error"]["message"]} for row in found["items"]]
    yield from table_lines(("id", "state", "refused"), rows)
