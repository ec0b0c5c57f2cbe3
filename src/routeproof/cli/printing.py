"""What commands print: one JSON document for machines, lines for people."""

from __future__ import annotations

import json
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

GAP = "  "
WIDTH = 120
"""Characters of a line that people read."""
LEAST_WIDTH = 30
"""Characters that a column of sentences keeps at least."""
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
        click.echo(harmless(line))


def harmless(text: str) -> str:
    """The text with what a terminal would obey, or what turns its direction, as escapes: it came from others."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in "\n\t" else one.encode("unicode_escape").decode() for one in text)


def print_object(state: dict[str, Any], *, as_json: bool) -> None:
    """One governed object on stdout."""
    from routeproof.cli.object_lines import object_lines  # noqa: PLC0415

    print_found(state, object_lines, as_json=as_json)


def print_table(columns: Sequence[str], rows: Sequence[dict[str, Any]], *, widest: int = 0) -> None:
    """Rows as an aligned table; what is null is a dash."""
    for line in table_lines(columns, rows, widest=widest):
        click.echo(harmless(line))


def table_lines(columns: Sequence[str], rows: Sequence[dict[str, Any]], *, widest: int = 0) -> Iterator[str]:
    """Lines of an aligned table, its head first; what is null is a dash.

    A cell of more than `widest` characters goes over several lines; 0 = never.
    """
    cells = [
        [name.replace("_", " ") for name in columns],
        *(line for row in rows for line in _wrapped([_text(row.get(name)) for name in columns], widest)),
    ]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    for line in cells:
        yield GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def sentence_lines(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lines of a table whose last column is a sentence: it goes over as many lines as keep the table narrow enough."""
    *others, _ = columns
    taken = (max([len(name), *(len(_text(row.get(name))) for row in rows)]) + len(GAP) for name in others)
    yield from table_lines(columns, rows, widest=max(WIDTH - sum(taken), LEAST_WIDTH))


def print_step(text: str) -> None:
    """Say on stderr what is being done now; nothing with `--json`, where stderr is for one error that programs read."""
    if not click.get_current_context().params.get("as_json"):
        click.echo(f"  {text} …", err=True)


def _wrapped(cells: Sequence[str], widest: int) -> Iterator[list[str]]:
    lines = [textwrap.wrap(cell, widest, break_on_hyphens=False) if widest else [cell] for cell in cells]
    for parts in zip_longest(*lines, fillvalue=""):
        yield list(parts)


def _text(value: Any) -> str:  # noqa: ANN401  # JSON
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
