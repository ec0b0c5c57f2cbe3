"""Header rows against the names that a layout has, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.sources.rule605.problems import HEADER, PROBLEM, Remark, remark

if TYPE_CHECKING:
    from routeproof.sources.rule605.sniff import Sniffed


def header_problems(sniffed: Sniffed) -> list[Remark]:
    """One problem for each name that is missing, unknown or out of place, and one for a foreign delimiter; row 0."""
    layout = sniffed.layout
    if sniffed.is_rolled_up:
        return [remark(0, PROBLEM, HEADER, "", "expected the 26 fields of the plan, found a roll-up with other names")]
    if not layout.has_header:
        return []
    found = []
    if sniffed.delimiter != layout.delimiter:
        message = f"expected fields separated by {layout.delimiter!r}, found {sniffed.delimiter!r}"
        found.append(remark(0, PROBLEM, HEADER, "", message))
    expected = [item.official for item in layout.fields]
    spelled = {spelling: item.official for item in layout.fields for spelling in (item.official, *item.aliases)}
    given = [spelled.get(name, name) for name in sniffed.header]
    in_capitals = {name.lower(): name for name in expected}
    for place, name in enumerate(given):
        right = in_capitals.get(name.lower(), name)
        if right not in given:
            found.append(remark(0, PROBLEM, HEADER, right, f"expected the spelling {right}, found {name!r}"))
            given[place] = right
    found += [
        remark(0, PROBLEM, HEADER, name, f"expected the column {name}, found none of that name")
        for name in expected
        if name not in given
    ]
    for place, name in enumerate(given, start=1):
        if name not in expected:
            found.append(remark(0, PROBLEM, HEADER, name, f"expected no other columns, found {name!r} at {place}"))
        elif name in given[: place - 1]:
            found.append(remark(0, PROBLEM, HEADER, name, f"expected each column once, found {name} again at {place}"))
    if not found and given != expected:
        found += [
            remark(0, PROBLEM, HEADER, right, f"expected {right} at {place}, found {name}")
            for place, (right, name) in enumerate(zip(expected, given, strict=True), start=1)
            if right != name
        ]
    return found
