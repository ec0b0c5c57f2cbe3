"""What commands print: one JSON document for machines, lines for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

GAP = "  "
DIGITS = 9
"""Of a figure that people read; JSON has all of them."""


def print_json(document: Any) -> None:  # noqa: ANN401  # JSON
    """One JSON document on a line of stdout."""
    click.echo(json.dumps(document, ensure_ascii=False))


def print_found(found: dict[str, Any], lines: Callable[[dict[str, Any]], Iterable[str]], *, as_json: bool) -> None:
    """What was found on stdout: JSON for machines, the lines that `lines` makes of it for people."""
    if as_json:
        print_json(found)
        return
    for line in lines(found):
        click.echo(line)


def print_object(state: dict[str, Any], *, as_json: bool) -> None:
    """One governed object on stdout."""
    from routeproof.cli.object_lines import object_lines  # noqa: PLC0415

    print_found(state, object_lines, as_json=as_json)


def print_table(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Rows as an aligned table; what is null is a dash."""
    for line in table_lines(columns, rows):
        click.echo(line)


def table_lines(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lines of an aligned table, its head first; what is null is a dash."""
    cells = [
        [name.replace("_", " ") for name in columns],
        *([_text(row.get(name)) for name in columns] for row in rows),
    ]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    for line in cells:
        yield GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def print_step(text: str) -> None:
    """Say on stderr what is being done now, so that stdout keeps to the answer."""
    click.echo(f"  {text} …", err=True)


def _text(value: Any) -> str:  # noqa: ANN401  # JSON
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
