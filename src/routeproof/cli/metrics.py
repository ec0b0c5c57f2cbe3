"""`routeproof metrics`."""

from __future__ import annotations

import json

import click

from routeproof.cli.options import json_option


@click.command()
@json_option
def metrics(*, as_json: bool) -> None:
    """Every metric: formula, unit, sign, direction, averaging, version, source, and when it is null.

    Example: routeproof metrics --json
    """
    from routeproof.metrics.describe import described  # noqa: PLC0415

    rows = described()
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        click.echo(click.style(row["name"], bold=True) + f"  [{row['unit']}; better: {row['better']}]")
        click.echo(f"    {row['label']}: {row['formula']}")
        click.echo(f"    {row['sign']} · {row['averaging']} · null when: {row['null_when']}")
        click.echo(f"    version {row['version']} · {row['source']}")
