"""Looking at governed objects: one of them on a day, or all of them in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.cli.printing import print_found, print_object, table_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from routeproof.governance.decider import Noun


def show_object(workspace: Path, noun: Noun[Any], object_id: str, on: date | None, *, as_json: bool) -> None:
    """Print one object as it is seen on a day, today if there is none."""
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.objects.act import shown  # noqa: PLC0415

    with open_context(workspace, on=on) as context:
        state = shown(context, noun, object_id, on=on)
    print_object(state, as_json=as_json)


def list_objects(workspace: Path, noun: Noun[Any], columns: Sequence[str], *, as_json: bool) -> None:
    """Print all objects of a noun with some members of their state."""
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.objects.act import listed  # noqa: PLC0415
    from routeproof.app.objects.governed import objects_of  # noqa: PLC0415

    with open_context(workspace) as context:
        found = listed(context, noun)
        states = {state.id: state.model_dump(mode="json") for state in objects_of(context.records, noun)}
    for item in found["items"]:
        item.update({name: states[item["id"]].get(name) for name in columns})
    print_found(found, lambda _: table_lines(("id", "state", *columns), found["items"]), as_json=as_json)
