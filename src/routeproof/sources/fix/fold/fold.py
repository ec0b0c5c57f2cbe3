"""The fold: distinct FIX messages to canonical tables, part by part of what orders join."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fix.fold.division import Division, chunk_of
from routeproof.sources.fix.fold.facts import NO_FACTS, Heard, united
from routeproof.sources.fix.fold.misfits import FIX_MISFITS, REASONS
from routeproof.sources.fix.fold.part import FOLDED, Part, Reading, fold_part
from routeproof.sources.fix.fold.parties import Edge, carrying, declared_parties, sessions_of
from routeproof.sources.fix.fold.recoding import declared_values
from routeproof.sources.fix.messages import distinct_messages
from routeproof.sources.side_by_side import side_by_side
from routeproof.tables.registry import TABLES
from routeproof.tables.wide import slim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from routeproof.sources.fix.fold.division import Aside, Chunk
    from routeproof.sources.fix.fold.facts import Facts

SESSION = ("msg_type", "sender", "target")
"""Columns that tell which sessions carry orders."""

PART_MESSAGES = 1 << 17
"""Messages folded at a time, unless orders join more."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Canonical tables of a set of messages.

    Attributes:
        tables: the six tables of `FOLDED`, each in canonical order.
        misfits: `FIX_MISFITS` rows: what did not fit, message by message.
        notes: counts of what did not fit: see `fold_messages`.
    """

    tables: dict[str, pl.DataFrame]
    misfits: pl.DataFrame
    notes: dict[str, int]


def fold_messages(
    messages: pl.DataFrame,
    sections: Mapping[str, object] | None = None,
    *,
    firm_id: str = "",
    provider_id: str = "",
    part_messages: int = PART_MESSAGES,
) -> Folded:
    """Canonical tables of a set of messages; row order, repetition and file boundaries of the input change nothing.

    Args:
        messages: `FIX_MESSAGES` rows. Complete means: all messages of the days to be folded and all earlier messages of
            orders still open on them (GTC), plus later days' corrections. When messages of day d arrive, fold again the
            days that the new messages fall on together with every day that holds an order, fill or reference they
            name; to
            fold everything is always right.
        sections: the map's `[parties]`, `[link]`, `[clock.*]`, `[values.venue]` and `[values.symbol]`; none for a plain
            firm to provider log.
        firm_id: legal entity, part of every identity.
        provider_id: provider of the orders; empty = the CompID that the firm sent them to.
        part_messages: how many messages to fold at a time; it changes memory, no result.

    Returns:
        Tables, and notes: `multileg_parked, requests_refused, links_ambiguous, links_unlinked`, and how many there are
        of each reason of `misfits.REASONS`.

    Raises:
        MapError: if the sections are not what they should be.
    """
    distinct = distinct_messages(slim(messages))
    chunks = [chunk_of(distinct)]
    parts = dict(PartFold(chunks, sections or {}, firm_id, provider_id, part_messages=part_messages).parts()).values()
    tables = {
        name: TABLES[name].sort(pl.concat([TABLES[name].empty(), *(part.tables.pop(name) for part in parts)]))
        for name in FOLDED
    }
    unfit = FIX_MISFITS.sort(pl.concat([FIX_MISFITS.empty(), *(part.misfits for part in parts)]))
    notes: Counter[str] = Counter(dict.fromkeys(REASONS, 0))
    for part in parts:
        notes.update(part.notes)
    notes.update(dict(unfit["reason"].value_counts().rows()))
    return Folded(tables, unfit, dict(notes))


class PartFold:
    """The fold of a set of messages, part by part.

    Attributes:
        heard: what these messages say that decides how others are folded beside them; known once all parts are.
    """

    def __init__(
        self,
        chunks: Sequence[Chunk],
        sections: Mapping[str, object],
        firm_id: str,
        provider_id: str,
        *,
        part_messages: int = PART_MESSAGES,
        aside: Aside | None = None,
    ) -> None:
        """A fold of distinct messages in canonical order, some at a time; each chunk may be asked for several times.

        `sections`, `firm_id`, `provider_id` and `part_messages` as in `fold_messages`; `aside` puts messages aside that
        are dealt out to parts: they stay where they are without it.
        """
        edges = carrying_of((chunk(SESSION) for chunk in chunks), sections)
        self._reading = reading_of(edges, sections, firm_id, provider_id)
        self._divided = Division(chunks, self._reading, part_messages, aside)
        self.heard = Heard(edges=edges)

    def parts(self) -> Iterator[tuple[int, Part]]:
        """Numbered parts; together they are the fold. A number that comes again replaces the first."""
        said: list[tuple[Facts, Facts]] = []
        for number, part in enumerate(side_by_side(self._folded, range(self._divided.parts))):
            said.append((part.facts, part.asked))
            yield number, part
        known = united(facts for facts, _ in said)
        self.heard = replace(self.heard, said=known, asked=united(asked for _, asked in said))
        lacking = [number for number, (own, asked) in enumerate(said) if own.lacks(asked, known)]
        yield from zip(lacking, side_by_side(lambda number: self._folded(number, known), lacking), strict=True)

    def _folded(self, number: int, given: Facts = NO_FACTS) -> Part:
        return fold_part(self._divided.messages(number), self._reading, given)


def carrying_of(messages: Iterable[pl.DataFrame], sections: Mapping[str, object]) -> frozenset[Edge]:
    """In which direction requests and answers travel, of messages of which `SESSION` is looked at."""
    parties = declared_parties(sections)
    return frozenset[Edge]().union(*(carrying(frame, parties) for frame in messages))


def reading_of(edges: frozenset[Edge], sections: Mapping[str, object], firm_id: str, provider_id: str) -> Reading:
    """How messages of these sessions are read; see `fold_messages`."""
    values = declared_values(sections)
    sessions = sessions_of(edges, declared_parties(sections))
    return Reading(sessions, values["symbol"], values["venue"], firm_id, provider_id)
