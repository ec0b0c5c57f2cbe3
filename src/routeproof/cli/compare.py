"""`routeproof compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.analysis_options import Given, analysis_options, answer_lines
from routeproof.cli.printing import print_found, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN, DIGITS = 5, 4
where_option = click.option(
    "--where", "where", multiple=True, metavar="COLUMN=V", help="Only rows like this, on both sides."
)
metric_option = click.option(
    "--metric", default="price_improvement_usd_per_share", show_default=True, help="A mean or ratio."
)


@click.group(invoke_without_command=True)
@metric_option
@click.option("--subject", help="provider=P2, venue=XNAS, or period=FROM..TO.")
@click.option("--against", help="The same of another flow, rest, or population=tape.")
@where_option
@analysis_options
@click.pass_context
def compare(  # one argument an option
    click_context: click.Context,
    metric: str,
    subject: str | None,
    against: str | None,
    where: tuple[str, ...],
    *,
    given: Given,
) -> None:
    """Compare two flows like with like, or say which of it has no like: providers, venues, periods, or the tape.

    Example: routeproof compare --metric e_over_q --subject provider=P2 --against provider=P1
    """
    if click_context.invoked_subcommand is not None:
        return
    if subject is None or against is None:
        message = "expected --subject and --against, such as --subject provider=P2 --against provider=P1"
        raise click.UsageError(message)
    from routeproof.app.analysis.comparison.compare import Comparison  # noqa: PLC0415
    from routeproof.app.analysis.comparison.compare import compare as compared  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    asked = Comparison(metric=metric, subject=subject, against=against, where=where, span=given.span())
    with open_context(given.workspace) as context:
        found = compared(context, asked)
    print_found(found, _lines, as_json=given.as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['metric']}: {found['subject']} against {found['against']}, {found['from']} to {found['to']}"
    yield from found["sentences"]
    yield f"Verdict: {found['verdict'].replace('_', ' ')}{_because(found['verdict_reason'])}"
    yield ""
    for answer in found["answers"]:
        yield from answer_lines(answer)
    if found["strengths"]:
        yield ""
        yield "How strong something unmeasured would have to be, beside what each measured dimension is:"
        yield from table_lines(tuple(found["strengths"][0]), [_short(row) for row in found["strengths"]])
    if found["lacking"]:
        yield ""
        yield f"Without a counterpart: {found['lacking_total']} cells, heaviest first"
        yield from table_lines(tuple(found["lacking"][0]), found["lacking"][:SHOWN])
    yield from found["notes"]


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {name: float(f"{item:.{DIGITS}g}") if isinstance(item, float) else item for name, item in row.items()}


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


@compare.command("grid")
@click.option("--by", required=True, help="Dimensions, outermost first: order_class,venue.")
@metric_option
@click.option("--subject", help="One side of every cell; else each level of the last dimension against the others.")
@click.option("--against", help="The other side of every cell.")
@where_option
@analysis_options
def grid(  # one argument an option
    by: str,
    metric: str,
    subject: str | None,
    against: str | None,
    where: tuple[str, ...],
    *,
    given: Given,
) -> None:
    """Compare every cell of a grid, with errors controlled by family and down the tree of dimensions.

    Example: routeproof compare grid --by order_class,venue --provider P2
    """
    from routeproof.app.analysis.comparison.grid import Grid, compare_grid  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.measuring.asked import names_in  # noqa: PLC0415

    asked = Grid(metric=metric, by=names_in(by), subject=subject, against=against, where=where, span=given.span())
    with open_context(given.workspace) as context:
        found = compare_grid(context, asked)
    print_found(found, _grid_lines, as_json=given.as_json)


def _grid_lines(found: dict[str, Any]) -> Iterator[str]:
    if found["refused"]:
        yield f"Cannot tell: {found['reason']}."
        yield from (
            f"{' / '.join(one[name] for name in found['by'])}: {one['reason']}" for one in found["cells"][:SHOWN]
        )
        yield ""
    columns = (*found["by"], "n", "estimate", "lower", "upper", "p_value", "verdict", "in_tree", "rank")
    yield from table_lines(columns, found["cells"])
    yield ""
    yield from table_lines(
        ("name", "tested", "discovered", "expected_false", "expected_false_unadjusted"), found["families"]
    )
    yield (
        f"{found['discovered']} of {found['tested']} differences stand; at most {found['expected_false']:.2g} of them "
        f"are expected to be false. Without control {found['expected_false_unadjusted']:.2g} would pass by chance."
    )
    yield "Ranks are drawn toward the common mean: they say where to look, never what was found."
    yield from found["notes"]
