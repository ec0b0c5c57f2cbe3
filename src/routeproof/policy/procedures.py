"""Procedures as text: sentences with their marks, and the controls that they can be bound to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KINDS = ("rule", "report", "duty", "test", "command")
STATEMENT = "statement"
"""Bound to this, a sentence says what is, and asks for no control."""
MARKED = re.compile(r"^\[([A-Za-z0-9][A-Za-z0-9._-]*)\](?!\()\s*")
BETWEEN = re.compile(r"(?<=[.!?])\s+(?=\[[A-Za-z0-9][A-Za-z0-9._-]*\](?!\()|[A-Z])")
ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a procedure.

    Attributes:
        id: the mark it begins with, `[DD-1]`; without one `line-N`, which moves when the text does.
        text: without the mark.
        heading: the heading above it.
        line: where it begins, from 1.
    """

    id: str
    text: str
    heading: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something that makes sure that a sentence is followed.

    Attributes:
        id: `KIND:NAME`.
        proved_by: types of ledger events that show that it ran.
        on_demand: runs when there is an occasion.
    """

    id: str
    title: str
    proved_by: tuple[str, ...] = ()
    on_demand: bool = False


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """Sentences of a Markdown text in order; headings, quotations (`>`), tables and code are not sentences."""
    return tuple(sentence for block in _blocks(text) for sentence in _sentences(*block))


def _blocks(text: str) -> Iterator[tuple[str, int, str]]:
    """Paragraphs and list items with the line they begin on and the heading above them."""
    heading, lines, first, fenced = "", list[str](), 0, False
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        bare = line.strip()
        if bare.startswith("```"):
            fenced = not fenced
            bare = ""
        breaks = fenced or not bare or bare.startswith(("#", ">", "|")) or ITEM.match(line) is not None
        if breaks and lines:
            yield " ".join(lines), first, heading
            lines = []
        if bare.startswith("#") and not fenced:
            heading = bare.lstrip("#").strip()
        elif bare and not fenced and not bare.startswith((">", "|")):
            first = first if lines else number
            lines.append(ITEM.sub("", line).strip())


def _sentences(block: str, line: int, heading: str) -> Iterator[Sentence]:
    for place, part in enumerate(BETWEEN.split(block)):
        mark = MARKED.match(part)
        unmarked = f"line-{line}" if place == 0 else f"line-{line}.{place + 1}"
        yield Sentence(mark[1] if mark else unmarked, MARKED.sub("", part), heading, line)


def controls_of(document: Mapping[str, Any]) -> dict[str, Control]:
    """The catalog of controls from its parsed document."""
    return {
        name: Control(
            id=name,
            title=item["title"],
            proved_by=tuple(item.get("proved_by", ())),
            on_demand=bool(item.get("on_demand", False)),
        )
        for name, item in document["controls"].items()
    }
