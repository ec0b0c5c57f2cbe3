"""What new messages touch: they and those they join are folded again, and what all others became stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold.buckets import READ, Joins
from routeproof.sources.fix.fold.facts import NO_FACTS
from routeproof.sources.fix.fold.fold import SESSION, carrying_of, reading_of
from routeproof.sources.fix.fold.part import fold_part
from routeproof.sources.fix.fold.union import Union
from routeproof.tables.wide import slim, stacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from routeproof.sources.fix.fold.division import Chunk
    from routeproof.sources.fix.fold.facts import Heard
    from routeproof.sources.fix.fold.part import Part

    Marks = npt.NDArray[np.bool_]

MOST = 0.5
"""Share of the messages that may be touched: beyond it nothing is saved."""

SOURCE = ("source_id", "source_row")
"""What a canonical row tells of the message that it was made from."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A set of messages that some were added to, and none taken from.

    Attributes:
        chunks: the messages, distinct and in canonical order, some at a time.
        is_new: by chunk, (n,) which of them were added.
        before: what the messages said that were there before.
    """

    chunks: Sequence[Chunk]
    is_new: Sequence[Marks]
    before: Heard


@dataclass(frozen=True, slots=True)
class Touched:
    """What became of the messages that new ones touched.

    Attributes:
        part: their fold.
        was: `SOURCE` of those of them that were there before; rows made from these give way.
        heard: what all messages say now.
    """

    part: Part
    was: pl.DataFrame
    heard: Heard


def fold_touched(grown: Grown, sections: Mapping[str, object], firm_id: str, provider_id: str) -> Touched | None:
    """Fold the messages that new ones join; null where others would be folded differently now, so that all must be.

    Others would be if the new messages are the first of a session that carries orders, hold a fact that others asked
    for and nobody held, or take one back. `sections`, `firm_id` and `provider_id` as in `fold_messages`.
    """
    if not carrying_of(_new_ones(grown, SESSION), sections) <= grown.before.edges:
        return None
    reading = reading_of(grown.before.edges, sections, firm_id, provider_id)
    joins = Joins(reading.sessions, reading.symbols)
    for chunk in grown.chunks:
        joins.add(chunk(READ))
    is_new = np.concatenate(grown.is_new)
    is_touched = _touched(joins, is_new)
    if is_touched.sum() > MOST * is_touched.size:
        return None
    messages, was = _chosen(grown.chunks, is_touched), _chosen(grown.chunks, is_touched & ~is_new)
    part, earlier = fold_part(messages, reading), fold_part(was, reading)
    gained, lost = part.facts - grown.before.said, earlier.facts - part.facts
    if gained.meets(grown.before.asked) or lost != NO_FACTS:
        return None
    heard = replace(grown.before, said=grown.before.said | part.facts, asked=grown.before.asked | part.asked)
    if part.facts.lacks(part.asked, heard.said):
        part = fold_part(messages, reading, heard.said)
    return Touched(part, was.select(SOURCE), heard)


def _touched(joins: Joins, is_new: Marks) -> Marks:
    """(n,) messages that share a set with a new one: a set as messages are joined now, or as they were before.

    A late message may part some that were joined: what a report was taken to speak of before is folded again too.
    """
    now, before = joins.first_rows(), np.zeros(is_new.size, dtype=np.int64)
    before[~is_new] = np.flatnonzero(~is_new)[joins.first_rows(~is_new)] + 1
    sets = Union(is_new.size)
    sets.join((now + 1).view(np.uint64))
    sets.join(before.view(np.uint64))
    first_rows = sets.first_rows()
    holds_new = np.zeros(is_new.size, dtype=np.bool_)
    holds_new[first_rows[is_new]] = True
    return holds_new[first_rows]


def _new_ones(grown: Grown, names: Sequence[str]) -> Iterator[pl.DataFrame]:
    for chunk, is_new in zip(grown.chunks, grown.is_new, strict=True):
        if is_new.any():
            yield chunk(names).filter(pl.Series(is_new))


def _chosen(chunks: Sequence[Chunk], chosen: Marks) -> pl.DataFrame:
    """The messages of all chunks that are chosen, in order."""
    found, at = [], 0
    for chunk in chunks:
        height = chunk(("message_id",)).height
        own, at = chosen[at : at + height], at + height
        if own.any():
            found.append(slim(chunk(None)).filter(pl.Series(own)))
    return stacked(found or [chunks[0](None).clear()])
