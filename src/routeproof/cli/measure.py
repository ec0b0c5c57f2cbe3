"""`routeproof measure`."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.vocab.errors import UsageError

_SPAN = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?)\s*(ns|us|ms|s)\s*$")
_UNIT_NS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
FORMATS = ("table", "csv", "json", "parquet")


MORE = """\b
More questions:
  routeproof measure --by venue --where order_class=market --where "day>=2026-07-01" --metrics e_over_q
  routeproof measure --population tape --by symbol,day --json
  routeproof measure --shift -50ms..50ms --benchmark execution
"""


@click.command(epilog=MORE)
@click.option(
    "--by", "by", default="", help="Dimensions, comma separated: symbol, order_type, order_class, venue, day, …"
)
@click.option(
    "--metrics", default="", help="Metrics, comma separated, as `routeproof metrics` lists them; all if omitted."
)
@click.option("--from", "first", help="First trading day, YYYY-MM-DD.")
@click.option("--to", "last", help="Last trading day, YYYY-MM-DD.")
@click.option("--provider", help="Only this provider's orders.")
@click.option("--where", "where", multiple=True, help="COLUMN=V[,V] | COLUMN>=V | COLUMN<V; repeat for *and*.")
@click.option("--benchmark", type=click.Choice(["receipt", "route", "venue", "execution"]), help="Moment of the quote.")
@click.option("--population", type=click.Choice(["own", "tape"]), default="own", show_default=True)
@click.option("--tie", type=click.Choice(["strict", "inclusive"]), default="strict", show_default=True)
@click.option("--locked", type=click.Choice(["exclude", "include"]), default="exclude", show_default=True)
@click.option("--after-close", type=click.Choice(["null", "final_quote"]), default="null", show_default=True)
@click.option("--stale-after", default="60s", show_default=True, help="Age from which a reference is flagged as stale.")
@click.option("--shift", help="Repeat the look-ups with the firm's clock moved: 10ms, or -50ms..50ms.")
@click.option("--manifest", help="As known at this commit.")
@click.option("--format", "layout", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write instead of stdout.")
@workspace_option
@json_option
def measure(
    *,
    by: str,
    metrics: str,
    first: str | None,
    last: str | None,
    provider: str | None,
    where: tuple[str, ...],
    benchmark: str | None,
    population: str,
    tie: str,
    locked: str,
    after_close: str,
    stale_after: str,
    shift: str | None,
    manifest: str | None,
    layout: str,
    out: Path | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """Execution quality by dimension.

    Example: routeproof measure --by symbol,order_class --from 2026-07-01 --to 2026-09-30 --format csv
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.measuring.measure import Question  # noqa: PLC0415
    from routeproof.app.measuring.measure import measure as answer  # noqa: PLC0415
    from routeproof.app.policy_in_force import policy_in_force  # noqa: PLC0415
    from routeproof.cli.measurement_output import write  # noqa: PLC0415
    from routeproof.tables.switches import Switches  # noqa: PLC0415

    switches = Switches(
        population=population,  # type: ignore[arg-type] # click holds the choices
        benchmark=benchmark or ("execution" if population == "tape" else "receipt"),  # type: ignore[arg-type]
        tie=tie,  # type: ignore[arg-type]
        locked=locked,  # type: ignore[arg-type]
        after_close=after_close,  # type: ignore[arg-type]
        stale_after_ns=_span_ns(stale_after, "--stale-after", "an age such as 60s"),
    )
    question = Question(
        by=tuple(name.strip() for name in by.split(",") if name.strip()),
        metrics=tuple(name.strip() for name in metrics.split(",") if name.strip()),
        first=_day(first, "--from"),
        last=_day(last, "--to"),
        provider=provider,
        where=where,
        switches=switches,
        shifts_ns=parse_shifts(shift),
        manifest=manifest,
    )
    with open_context(workspace) as context:
        result = answer(context.lake, question, context.workspace.cache_folder, policy_in_force(context.records))
    write(result, "json" if as_json else layout, out)


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"expected a day such as 2026-07-01, found {text!r}"
        raise UsageError(message, where=option) from error


def parse_shifts(text: str | None) -> tuple[int, ...]:
    """Clock shifts in ns: one, or five even steps of a range `-50ms..50ms` (also written with `…`).

    Raises:
        UsageError: the text is neither.
    """
    if text is None:
        return ()
    expected = "a shift such as 10ms or a range such as -50ms..50ms"
    ends = [_span_ns(part, "--shift", expected) for part in re.split(r"\.{2,3}|…", text)]
    if len(ends) == 1:
        return (ends[0],)
    low, high = ends[0], ends[-1]
    return tuple(sorted({low + (high - low) * step // 4 for step in range(5)}))


def _span_ns(text: str, option: str, expected: str) -> int:
    found = _SPAN.match(text)
    if found is None:
        message = f"expected {expected}, found {text!r}"
        raise UsageError(message, where=option)
    return round(Fraction(found[1]) * _UNIT_NS[found[2]])
