"""`routeproof measure`."""

from __future__ import annotations

from pathlib import Path

import click

from routeproof.cli.options import json_option, workspace_option

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
    from routeproof.app.measuring.asked import Asked  # noqa: PLC0415
    from routeproof.app.measuring.measure import measure as answer  # noqa: PLC0415
    from routeproof.app.policy_in_force import policy_in_force  # noqa: PLC0415
    from routeproof.cli.measurement_output import write  # noqa: PLC0415

    asked = Asked(
        by=by,
        metrics=metrics,
        first=first,
        last=last,
        provider=provider,
        where=where,
        benchmark=benchmark,
        population=population,
        tie=tie,
        locked=locked,
        after_close=after_close,
        stale_after=stale_after,
        shift=shift,
        manifest=manifest,
    )
    question = asked.question()
    with open_context(workspace) as context:
        result = answer(context.lake, question, context.workspace.cache_folder, policy_in_force(context.records))
    write(result, "json" if as_json else layout, out)
