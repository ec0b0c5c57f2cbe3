"""Looking at governed objects: one of them on a day, or all of them in a table."""

from __future__ import annotations

import json
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import print_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from routeproof.governance.decider import Noun

GAP = "  "
DIGITS = 9
"""Of a figure that people read; JSON has all of them."""


def show_object(workspace: Path, noun: Noun[Any], object_id: str, on: date | None, *, as_json: bool) -> None:
    """Print one object as it is seen on a day, today if there is none."""
    from routeproof.app.act import shown  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace, on=on) as context:
        state = shown(context, noun, object_id, on=on)
    print_object(state, as_json=as_json)


def list_objects(workspace: Path, noun: Noun[Any], columns: Sequence[str], *, as_json: bool) -> None:
    """Print all objects of a noun with some members of their state."""
    from routeproof.app.act import listed  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.governed import objects_of  # noqa: PLC0415

    with open_context(workspace) as context:
        found = listed(context, noun)
        states = {state.id: state.model_dump(mode="json") for state in objects_of(context.records, noun)}
    for item in found["items"]:
        item.update({name: states[item["id"]].get(name) for name in columns})
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    print_table(("id", "state", *columns), found["items"])


def print_table(columns: Sequence[str], rows: Sequence[dict[str, Any]], *, widest: int = 0) -> None:
    """Rows as an aligned table; what is null is a dash. A cell goes over several lines above `widest`; 0 = never."""
    cells = [
        [name.replace("_", " ") for name in columns],
        *(line for row in rows for line in _wrapped([_text(row.get(name)) for name in columns], widest)),
    ]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    for line in cells:
        click.echo(GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


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
