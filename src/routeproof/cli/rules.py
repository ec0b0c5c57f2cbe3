"""`routeproof rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import day_option, json_option, workspace_option
from routeproof.cli.printing import print_json, table_lines
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path


@click.command()
@click.argument("name", required=False)
@day_option("--on", words="Thresholds in force on this day, today if omitted.")
@workspace_option
@json_option
def rules(name: str | None, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """List the monitoring rules, or explain rule NAME: when it fires, its thresholds, its source.

    Outside a workspace the shipped thresholds are shown.

    Example: routeproof rules slow_fill
    """
    from routeproof.app.monitoring.catalog import rules_shown  # noqa: PLC0415

    found = rules_shown(workspace, on)
    if name is not None:
        found = [item for item in found if name in (item["name"], item["code"])]
        if not found:
            message = f"expected a rule that `routeproof rules` lists, found {name!r}"
            raise UsageError(message, where="NAME")
    if as_json:
        print_json(found)
        return
    for line in _lines(found, whole=name is not None):
        click.echo(line)


def _lines(found: list[dict[str, Any]], *, whole: bool) -> Iterator[str]:
    if not whole:
        yield from table_lines(("code", "name", "severity", "kind", "title"), found)
        return
    for item in found:
        yield f"{item['code']}  {item['name']}  ({item['severity']}, {item['kind']})"
        yield ""
        yield item["docs"].strip()
        yield ""
        yield f"Scope       {', '.join(item['scope']) or 'the firm'}"
        yield f"Needs       {', '.join(item['needs'])}"
        yield f"Metrics     {_metrics(item['metrics'])}"
        for key, value in item["thresholds"].items():
            yield f"Threshold   {_set_to(item, key, value)}"
        for one in item["scoped"]:
            where = " and ".join(f"{name} {value}" for name, value in one.items() if name not in item["thresholds"])
            values = ", ".join(_set_to(item, key, value) for key, value in one.items() if key in item["thresholds"])
            yield f"Threshold   for {where}: {values}"
        yield f"Source      {item['source']}"


def _set_to(item: dict[str, Any], key: str, value: object) -> str:
    return f"{key} = {value} {item['units'].get(key, '')}".rstrip()


def _metrics(names: Sequence[str] | None) -> str:
    return "each finding names its own" if names is None else ", ".join(names) or "none"
