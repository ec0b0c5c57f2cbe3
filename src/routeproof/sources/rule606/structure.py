"""Our own validator, from the written rules: elements, their order and number, their texts, what must not repeat."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from routeproof.sources.rule606.problems import Problem
from routeproof.tables.rule606.layout import BY_ROOT, Group, Leaf
from routeproof.tables.rule606.values import BLANKS, checked, collapsed, integer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.tables.rule606.layout import Layout

SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
HINTS = (f"{SCHEMA_INSTANCE}schemaLocation", f"{SCHEMA_INSTANCE}noNamespaceSchemaLocation")
"""Attributes that say where a schema is; they mean nothing here, and no place is looked at."""
MOST_PROBLEMS = 10_000
"""Listed of one document."""
SHOWN = 60
"""Characters of a text that a message shows."""


def layout_of(root: etree._Element) -> Layout | None:
    """Which report a document is, by its document element."""
    return BY_ROOT.get(str(root.tag))


def structure_problems(root: etree._Element) -> list[Problem]:
    """Everything in which a document differs from its report's layout, in document order; empty if nothing.

    A document has problems exactly where the order handling schema of 2019-12-31 does not hold.
    """
    layout = layout_of(root)
    if layout is None:
        expected = ", ".join(BY_ROOT)
        message = f"expected the document element {expected}, found {_shown(str(root.tag))}"
        return [Problem(root.sourceline or 0, f"/{_plain(root)}", "unknown_report", message)]
    found = list(islice(_group(root, layout.root, f"/{layout.root.name}"), MOST_PROBLEMS + 1))
    if len(found) > MOST_PROBLEMS:
        message = (
            f"expected a report, found over {MOST_PROBLEMS:,} problems: those after the last one here are not listed"
        )
        found[MOST_PROBLEMS:] = [Problem(0, "", "more_problems", message)]
    return found


def elements_of(element: etree._Element) -> list[etree._Element]:
    """Child elements, without processing instructions."""
    return [child for child in element if isinstance(child.tag, str)]


def text_of(element: etree._Element) -> str:
    """Text of an element that holds text; a processing instruction within does not end it."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _group(element: etree._Element, group: Group, path: str) -> Iterator[Problem]:
    yield from _attributes(element, path)
    if text_of(element).strip(BLANKS):
        message = f"expected elements only in {group.name}, found the text {_shown(text_of(element).strip(BLANKS))}"
        yield _problem(element, path, "text_between", message)
    found: dict[str, list[etree._Element]] = {}
    yield from _order(element, group, path, found)
    if group.one_of and not any(name in found for name in group.one_of):
        message = f"expected {' or '.join(group.one_of)} in {group.name}, found neither"
        yield _problem(element, f"{path}/{group.one_of[0]}", "missing_element", message)
    for child in group.groups:
        if child.unique_by:
            yield from _repeated(found.get(child.name, []), child, path)


def _order(
    element: etree._Element, group: Group, path: str, found: dict[str, list[etree._Element]]
) -> Iterator[Problem]:
    """Walk the children beside the layout; `found` takes those that stand where they may."""
    place = 0
    for child in elements_of(element):
        name = str(child.tag)
        at = next((i for i in range(place, len(group.children)) if group.children[i].name == name), None)
        if at is None:
            yield from _misplaced(child, group, path)
            continue
        yield from _missing(element, group.children[place:at], found, path)
        place = at
        particle = group.children[at]
        beside = found.setdefault(name, [])
        beside.append(child)
        most = 1 if isinstance(particle, Leaf) else particle.most
        if most is not None and len(beside) > most:
            message = f"expected at most {most} of {name} in {group.name}, found another one"
            yield _problem(child, f"{path}/{name}[{len(beside)}]", "too_many", message)
        if isinstance(particle, Leaf):
            yield from _leaf(child, particle, f"{path}/{name}")
        else:
            number = f"[{len(beside)}]" if particle.most != 1 else ""
            yield from _group(child, particle, f"{path}/{name}{number}")
    yield from _missing(element, group.children[place:], found, path)


def _misplaced(child: etree._Element, group: Group, path: str) -> Iterator[Problem]:
    name = _plain(child)
    order = ", ".join(item.name for item in group.children)
    if any(item.name == str(child.tag) for item in group.children):
        message = f"expected the order {order} in {group.name}, found {name} after what follows it"
        yield _problem(child, f"{path}/{name}", "wrong_order", message)
    else:
        message = f"expected one of {order} in {group.name}, found {_shown(str(child.tag))}"
        yield _problem(child, f"{path}/{name}", "unexpected_element", message)


def _missing(
    element: etree._Element,
    particles: Sequence[Leaf | Group],
    found: dict[str, list[etree._Element]],
    path: str,
) -> Iterator[Problem]:
    for particle in particles:
        needed = (0 if particle.optional else 1) if isinstance(particle, Leaf) else particle.least
        if needed and particle.name not in found:
            message = f"expected {particle.name} in {_plain(element)}, found none where it belongs"
            yield _problem(element, f"{path}/{particle.name}", "missing_element", message)


def _leaf(element: etree._Element, leaf: Leaf, path: str) -> Iterator[Problem]:
    yield from _attributes(element, path)
    inner = elements_of(element)
    if inner:
        message = f"expected text only in {leaf.name}, found the element {_plain(inner[0])}"
        yield _problem(inner[0], f"{path}/{_plain(inner[0])}", "unexpected_element", message)
        return
    text = text_of(element)
    code, expected = checked(leaf.kind, text)
    if code:
        yield _problem(element, path, code, f"{leaf.name}: expected {expected}, found {_shown(text)}")


def _attributes(element: etree._Element, path: str) -> Iterator[Problem]:
    for name in element.attrib:
        if name not in HINTS:
            message = f"expected no attribute on {_plain(element)}, found {_shown(str(name))}"
            yield _problem(element, f"{path}/@{etree.QName(str(name)).localname}", "unexpected_attribute", message)


def _repeated(elements: Sequence[etree._Element], group: Group, path: str) -> Iterator[Problem]:
    kind = next(leaf.kind for leaf in group.leaves if leaf.name == group.unique_by)
    seen: dict[str, int] = {}
    for number, element in enumerate(elements, start=1):
        holder = next((child for child in elements_of(element) if child.tag == group.unique_by), None)
        if holder is None:
            continue
        text = text_of(holder)
        value = str(integer(text)) if kind == "month" else text if text.strip(BLANKS) or kind == "order_id" else ""
        first = seen.setdefault(value, number)
        if first != number:
            named = _shown(text) if collapsed(text) else "empty"
            message = (
                f"expected each {group.name} to have its own {group.unique_by}, found {named} here and in "
                f"{group.name}[{first}]"
            )
            yield _problem(holder, f"{path}/{group.name}[{number}]/{group.unique_by}", "duplicate_key", message)


def _problem(element: etree._Element, path: str, code: str, message: str) -> Problem:
    return Problem(element.sourceline or 0, path, code, message)


def _plain(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
