"""Header lines: a name of its own for every column, and what a name that comes twice means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.sources.rows import source_columns
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from routeproof.sources.map_file import FileMap


def distinct_names(found: Iterable[str]) -> tuple[list[str], dict[str, list[int]]]:
    """Names without surrounding blanks, and the places, from 1, of those that come more than once.

    The first column of a name keeps it; the others have their place behind it: `Bid#6`.
    """
    names: dict[str, None] = {}
    places: dict[str, list[int]] = {}
    for name in found:
        plain = name.strip()
        places.setdefault(plain, []).append(len(names) + 1)
        names[plain if plain not in names else f"{plain}#{len(names) + 1}"] = None
    return list(names), {name: at for name, at in places.items() if len(at) > 1}


def expect_once(names: Sequence[str], again: Mapping[str, Sequence[int]], file_map: FileMap, where: str) -> None:
    """Of two columns of one name nobody can say which the map means.

    Raises:
        MapError: if the map reads a column whose name the header has more than once.
    """
    if not again:
        return
    for canonical, source in source_columns(file_map, names).items():
        if source in again:
            places = " and ".join(map(str, again[source]))
            message = (
                f"expected one column {source!r} for {canonical}, found it at positions {places} of the header: give "
                "each column of the file a name of its own"
            )
            raise MapError(message, where=where)
