"""`routeproof reconcile`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_found, table_lines
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_FINDINGS = 1
FORMATS = (".csv", ".xlsx", ".json")
_STATISTICS = ("metric", "definition", "population", "stated", "recomputed", "lower", "upper", "n", "differs", "reason")
_CLOCKS = ("source", "estimate", "lower", "upper", "n", "against", "reason")


@click.command()
@click.option("--provider", required=True, help="Whose report.")
@click.option("--period", required=True, help="Quarter, such as 2026Q3.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Also every difference, to FILE.csv, .xlsx or .json."
)
@workspace_option
@json_option
def reconcile(provider: str, period: str, out: Path | None, workspace: Path, *, as_json: bool) -> int:
    """Hold what a provider reported against the record: orders, fills, its own figures, its clocks.

    Exit code 1: something is missing on either side, or differs beyond tolerance.

    Example: routeproof reconcile --provider ACME --period 2026Q3 --out differences.xlsx
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.reconcile.export import write_differences  # noqa: PLC0415
    from routeproof.app.reconcile.reconcile import reconcile as compare  # noqa: PLC0415

    if out is not None and out.suffix.lower() not in FORMATS:
        message = f"expected a file that ends in {' or '.join(FORMATS)}, found {out.name!r}"
        raise UsageError(message, where="--out")
    with open_context(workspace) as context:
        found = compare(context.lake, context.records, provider, period)
    if out is not None:
        write_differences(found.differences, out)
    print_found(found.plain, _lines, as_json=as_json)
    return 0 if found.agrees else EXIT_FINDINGS


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield found["headline"]
    yield ""
    parts = [{"of": name, **found[name]} for name in ("orders", "executions") if found[name]]
    if parts:
        yield from table_lines(("of", "matched", "missing_at_provider", "missing_here", "set_aside", "methods"), [
            {**part, "methods": [f"{method} {count:,}" for method, count in part["methods"].items()]} for part in parts
        ])  # fmt: skip
    if found["differing"]:
        yield ""
        yield from table_lines(("of", "field", "n", "tolerance", "unit"), found["differing"])
    if found["days_without_report"]:
        yield f"No report of {', '.join(found['days_without_report'])}"
    if found["missing"] and found["missing"]["orders"]:
        yield ""
        yield from _places(found["missing"])
    if found["statistics"]:
        yield ""
        yield from table_lines(_STATISTICS, found["statistics"], widest=40)
    clocks = [{"source": source, **item} for source, item in found["clock_offset_ms"].items()]
    if clocks:
        yield ""
        yield "Clocks: milliseconds ahead of the other clock"
        yield from table_lines(_CLOCKS, clocks, widest=40)


def _places(missing: dict[str, Any]) -> Iterator[str]:
    rows = [
        {"orders": name, **missing[name], "cost_bps": missing[f"{name}_cost_bps"]} for name in ("missing", "reported")
    ]
    yield from table_lines(("orders", "inside", "at", "outside", "no_quote", "cost_bps"), rows)
    tests = [
        f"{name} p = {missing[key]:.3g}"
        for name, key in (("outside", "outside_p"), ("cost", "cost_p"))
        if missing[key] is not None
    ]
    yield "; ".join([*tests, *([missing["reason"]] if missing["reason"] else [])])
