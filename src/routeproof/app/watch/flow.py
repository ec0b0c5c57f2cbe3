"""One provider's messages as they arrive, folded again where something new concerns them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.watch.earlier_days import ENDING_CODES, LASTING_CODES, revises
from routeproof.app.watch.held_messages import HeldMessages
from routeproof.sources.fix.fold import words
from routeproof.sources.fix.fold.facts import NO_FACTS, Facts
from routeproof.sources.fix.fold.part import FOLDED, Reading, fold_part
from routeproof.sources.fix.fold.parties import Edge, carrying, declared_parties, sessions_of
from routeproof.sources.fix.fold.recoding import declared_values, with_symbols
from routeproof.sources.fix.growing import FLOW_TYPES, Groups, keys_of
from routeproof.sources.fix.messages import distinct_messages
from routeproof.tables.registry import TABLES
from routeproof.tables.wide import slim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from routeproof.app.watch.held_messages import Rows

_SESSION = ("msg_type", "sender", "target")
_SYMBOL, _MOMENTS = ("symbol", "security_id", "symbol_suffix"), ("sent_at", "transact_at")


@dataclass(frozen=True, slots=True)
class Touched:
    """What new messages changed.

    Attributes:
        rows: (n,) numbers of all messages of the groups that were folded again, ascending.
        tables: canonical tables of these groups, in canonical order; `source_row` is a message's number.
        messages: the distinct messages themselves.
        misfits: `FIX_MISFITS` rows of these groups.
    """

    rows: Rows
    tables: dict[str, pl.DataFrame]
    messages: pl.DataFrame
    misfits: pl.DataFrame


class Flow:
    """All order messages of one provider.

    Attributes:
        provider_id: provider of the orders.
    """

    def __init__(self, provider_id: str, sections: Mapping[str, Any], firm_id: str, scratch: Path) -> None:
        self.provider_id = provider_id
        self._firm_id, self._scratch = firm_id, scratch
        self._values, self._parties = declared_values(sections), declared_parties(sections)
        self._edges: frozenset[Edge] = frozenset()
        self._reading = self._read()
        self._held, self._groups = HeldMessages(scratch), Groups()
        self._known: Facts = NO_FACTS
        self._asked: Facts = NO_FACTS

    @property
    def messages(self) -> int:
        """Order messages so far."""
        return self._held.rows

    def hold(self, messages: pl.DataFrame) -> Rows:
        """Take messages in; the rows of the groups that they concern.

        Args:
            messages: `FIX_MESSAGES` rows, as they were told, copies included.
        """
        flow = messages.filter(pl.col("msg_type").cast(pl.String).is_in(FLOW_TYPES))
        first = self._held.rows
        if flow.is_empty():
            return np.zeros(0, dtype=np.int64)
        numbered = flow.with_columns(pl.int_range(first, first + flow.height, dtype=pl.Int64).alias("source_row"))
        edges = self._edges | carrying(numbered.select(_SESSION), self._parties)
        grown = edges != self._edges
        self._edges = edges
        if grown:
            self._reading = self._read()
        self._held.add(numbered)
        if grown and first:
            self._groups = Groups()
            self._groups.add(keys_of(self._held.gather(np.arange(self._held.rows)), self._reading))
            return self.everything()
        self._groups.add(keys_of(numbered, self._reading))
        return self.together(np.arange(first, self._held.rows))

    def everything(self) -> Rows:
        """Numbers of all messages."""
        return np.arange(self._held.rows)

    def portions(self, size: int) -> Iterator[Rows]:
        """Numbers of all messages, in portions of whole groups that begin every `size` messages or so."""
        roots = self.roots(self.everything())
        by_group = np.argsort(roots, kind="stable")
        begins = np.flatnonzero(np.diff(roots[by_group], prepend=-1))
        cuts = begins[np.flatnonzero(np.diff(begins // size, prepend=-1))]
        for begin, end in pairwise([*cuts.tolist(), by_group.size]):
            yield np.sort(by_group[begin:end])

    def together(self, rows: Rows) -> Rows:
        """Numbers of all messages that are in a group with some of these."""
        return self._groups.members(np.unique(self._groups.roots(rows)))

    def roots(self, rows: Rows) -> Rows:
        """(n,) the number that names each message's group now."""
        return self._groups.roots(rows)

    def of_symbols(self, since: Mapping[str, int]) -> Rows:
        """Numbers of messages that speak of these symbols and of an instant at or after the symbol's one."""
        if not self._held.rows:
            return np.zeros(0, dtype=np.int64)
        named = [self._held.column(name).cast(pl.String) for name in _SYMBOL]
        dated = [self._held.column(name) for name in _MOMENTS]
        told = with_symbols(pl.DataFrame([*named, *dated]), self._reading.symbols)
        from_at = words.symbol().replace_strict(dict(since), default=None, return_dtype=pl.Int64)
        is_late = pl.max_horizontal("sent_at", "transact_at") >= from_at
        return np.flatnonzero(told.select(is_late.fill_null(value=False)).to_series().to_numpy())

    def missing_fills(self, messages: pl.DataFrame) -> set[str]:
        """ExecIDs that busts and corrections among these messages name, and that no message here has."""
        named = set(messages.filter(revises())["exec_ref_id"].cast(pl.String))
        return named - self._held.having("exec_id", named) if named else named

    def open_rows(self, over: set[date]) -> Rows:
        """Numbers of messages of other days than these and of orders that may still be filled, with their groups."""
        dated = ~self._held.column("trading_day").is_in(list(over)).fill_null(value=False)
        lasting = self._held.column("time_in_force").is_in(LASTING_CODES).fill_null(value=False)
        ended = self._held.column("ord_status").is_in(ENDING_CODES).fill_null(value=False)
        roots = self._narrow_groups().roots(self.everything())
        may_go_on = np.setdiff1d(roots[lasting.to_numpy()], roots[ended.to_numpy()])
        return np.flatnonzero(np.isin(roots, np.union1d(roots[dated.to_numpy()], may_go_on)))

    def keep(self, rows: Rows) -> None:
        """Let all other messages go; those that stay are numbered anew, in their order."""
        kept = self._held.gather(rows).with_columns(pl.int_range(0, rows.size, dtype=pl.Int64).alias("source_row"))
        self._held, self._groups = HeldMessages(self._scratch), Groups()
        self._held.add(kept)
        self._groups.add(keys_of(kept, self._reading))

    def _narrow_groups(self) -> Groups:
        """Groups by identifiers alone: sequence numbers come again each day, and symbols always."""
        groups = Groups()
        groups.add(keys_of(self._held.gather(self.everything()), self._reading, by_names_alone=True))
        return groups

    def fold(self, rows: Rows) -> Touched:
        """Fold whole groups; where they say what others had asked for, everything is folded."""
        messages = distinct_messages(slim(self._held.gather(rows)))
        part = fold_part(messages, self._reading, self._known)
        known = self._known | part.facts
        news = known - self._known
        self._asked |= part.asked
        self._known = known
        if self._asked.meets(news) and rows.size < self._held.rows:
            return self.fold(self.everything())
        if part.asked.meets(news):
            part = fold_part(messages, self._reading, known)
        tables = {name: TABLES[name].sort(pl.concat([TABLES[name].empty(), part.tables[name]])) for name in FOLDED}
        return Touched(rows, tables, messages, part.misfits)

    def _read(self) -> Reading:
        sessions = sessions_of(self._edges, self._parties)
        return Reading(sessions, self._values["symbol"], self._values["venue"], self._firm_id, self.provider_id)
