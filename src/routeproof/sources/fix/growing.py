"""Messages as they arrive, in groups that no order crosses: what must be folded again when one more comes.

Groups are made by joining more than `fold.buckets` does, from keys that need no look at other messages: to join more
than needed changes no result. Groups only ever grow together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import words
from routeproof.sources.fix.fold.recoding import with_symbols
from routeproof.sources.fix.words import compiled, inlined

if TYPE_CHECKING:
    import numpy.typing as npt

    from routeproof.sources.fix.fold.part import Reading

    Rows = npt.NDArray[np.int64]
    Places = npt.NDArray[np.int32]
    Keys = npt.NDArray[np.uint64]

FLOW_TYPES = ("D", "F", "G", "8", "9", "3", "j", "AB", "AC")
"""Messages that say something of an order or a fill; others are kept, and fold to nothing."""

_NO_ID = ("NONE", "0", "N/A", "")
"""What stands in an identifier that names nothing: joining by it would join strangers."""

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_NONE = np.uint64(0)
_LEAST_SLOTS = 1 << 12
_NO_SLOTS = 2
_LEAST_MOVED = 1 << 12
_MOVED_FOR_EACH = 8
"""Slots of a table that became too small that are moved for each key that comes: it is empty long before the new one
is full, and nobody waits for millions of slots."""
_SALTS = {"order": 0x5851F42D4C957F2D, "report": 0x14057B7EF767814F, "fill": 0x2545F4914F6CDD1D,
          "sequence": 0x9FB21C651E98DF25, "symbol": 0x6A09E667F3BCC909}  # fmt: skip


class _Table:
    """Keys with the rows that had them first: an open hash table with a power of two of slots."""

    def __init__(self, size: int) -> None:
        self.slots = np.zeros(size, dtype=np.uint64)
        self.owners = np.zeros(size, dtype=np.int32)
        self.shift = np.uint64(64 - size.bit_length() + 1)


class Groups:
    """Rows numbered as they arrive, joined by equal keys; fewer than 2**31 of them."""

    def __init__(self) -> None:
        self.rows = 0
        self._parents = np.zeros(0, dtype=np.int32)
        self._ring = np.zeros(0, dtype=np.int32)
        self._table, self._older = _Table(_LEAST_SLOTS), _Table(_NO_SLOTS)
        self._moved = 0
        self._used = 0

    def add(self, keys: Keys) -> None:
        """Add rows by their keys, (columns, n); 0 is no key."""
        many = keys.shape[1]
        self._make_room(many, keys.size)
        self._move_on(_MOVED_FOR_EACH * keys.size + _LEAST_MOVED)
        table, older = self._table, self._older
        found = _join(
            self._parents, self._ring, table.slots, table.owners, older.slots, older.owners, keys, self.rows,
            table.shift, older.shift,
        )  # fmt: skip
        self._used += int(found)
        self.rows += many

    def roots(self, rows: Rows) -> Rows:
        """(n,) the row that names each row's group; it may change when groups grow together."""
        found = np.empty(rows.size, dtype=np.int64)
        _find(self._parents, rows, found)
        return found

    def members(self, roots: Rows) -> Rows:
        """All rows of some groups, ascending."""
        count = _count(self._ring, roots)
        found = np.empty(int(count), dtype=np.int64)
        _collect(self._ring, roots, found)
        found.sort()
        return found

    def _make_room(self, rows: int, keys: int) -> None:
        if self.rows + rows > self._parents.size:
            size = max(1024, 2 * self._parents.size, self.rows + rows)
            for name in ("_parents", "_ring"):
                grown = np.zeros(size, dtype=np.int32)
                held = getattr(self, name)
                grown[: held.size] = held
                setattr(self, name, grown)
        size = self._table.slots.size
        while 4 * (self._used + keys) > 3 * size:
            size *= 2
        if size != self._table.slots.size:
            self._move_on(self._older.slots.size)
            self._older, self._table, self._moved = self._table, _Table(size), 0

    def _move_on(self, many: int) -> None:
        """Move some slots of the older table into the one in use; it is let go when it has none left."""
        older, begin = self._older, self._moved
        if older.slots.size == _NO_SLOTS:
            return
        self._moved = min(begin + many, older.slots.size)
        _move(older.slots, older.owners, begin, self._moved, self._table.slots, self._table.owners, self._table.shift)
        if self._moved == older.slots.size:
            self._older = _Table(_NO_SLOTS)


def keys_of(messages: pl.DataFrame, reading: Reading, *, by_names_alone: bool = False) -> Keys:
    """(columns, n) what joins messages to one another, 0 = nothing.

    `by_names_alone` leaves out what tells orders apart within a day only: sequence numbers and symbols.

    Identifiers by session and, between sessions, by themselves; symbols on logs of several hops.
    """
    kind = pl.col("msg_type")
    session = (messages["sender"].hash() ^ messages["target"].hash()).to_numpy()
    own = pl.coalesce("cl_ord_id", "ref_id")
    texts: list[tuple[str, pl.Expr, bool]] = [
        ("order", own, True),
        ("order", pl.col("orig_cl_ord_id"), True),
        ("report", pl.col("provider_order_id"), True),
        ("fill", pl.col("exec_id"), True),
        ("fill", pl.col("exec_ref_id"), True),
        ("fill", pl.col("exec_id"), False),
        ("fill", pl.col("secondary_exec_id"), False),
        ("fill", pl.col("trd_match_id"), False),
        ("sequence", pl.when(kind.is_in(["D", "G", "F"])).then(pl.col("seq")).cast(pl.String), True),
        ("sequence", pl.when(kind.is_in(["3", "j"])).then(pl.col("ref_seq")).cast(pl.String), True),
    ]
    if by_names_alone:
        texts = [item for item in texts if item[0] != "sequence"]
    hops = set(reading.sessions.hops.values())
    several = len(hops) > 1 or not hops <= {0, 1}
    if several or reading.sessions.parties.parent:
        texts += [("order", own, False), ("order", pl.col("secondary_cl_ord_id"), False)]
        parent = reading.sessions.parties.parent
        texts += [("order", own.str.extract(parent), False)] if parent else []
    if several and not by_names_alone:
        messages = with_symbols(messages, reading.symbols)
        texts.append(("symbol", words.symbol(), False))
    named = [pl.when(~text.is_in(_NO_ID)).then(text).hash() for _, text, _ in texts]
    nothing = [text.is_null() | text.is_in(_NO_ID) for _, text, _ in texts]
    hashed = messages.select(expr.alias(str(at)) for at, expr in enumerate([*named, *nothing]))
    found = np.zeros((len(texts), messages.height), dtype=np.uint64)
    for at, (name, _, by_session) in enumerate(texts):
        keys = hashed[str(at)].to_numpy() ^ np.uint64(_SALTS[name])
        keys = keys ^ session if by_session else keys
        found[at] = np.where(hashed[str(at + len(texts))].to_numpy(), _NONE, keys | np.uint64(1))
    return found


@inlined
def _place(slots: Keys, key: np.uint64, shift: np.uint64) -> np.int64:
    """The slot of a key, else the free one that it would take."""
    place = np.int64((key * _SPREAD) >> shift)
    while slots[place] != _NONE and slots[place] != key:
        place = (place + 1) & (slots.size - 1)
    return place


@compiled
def _join(
    parents: Places, ring: Places, slots: Keys, owners: Places, older_slots: Keys, older_owners: Places, keys: Keys,
    first: int, shift: np.uint64, older_shift: np.uint64,
) -> int:  # fmt: skip
    used = 0
    for at in range(keys.shape[1]):
        row = first + at
        parents[row] = row
        ring[row] = row
        for column in range(keys.shape[0]):
            key = keys[column, at]
            if key == _NONE:
                continue
            place = _place(slots, key, shift)
            owner = np.int64(owners[place])
            if slots[place] == _NONE:
                before = _place(older_slots, key, older_shift)
                if older_slots[before] == _NONE:
                    slots[place] = key
                    owners[place] = row
                    used += 1
                    continue
                owner = np.int64(older_owners[before])
            one, other = np.int64(row), owner
            while parents[one] != one:
                parents[one] = parents[parents[one]]
                one = parents[one]
            while parents[other] != other:
                parents[other] = parents[parents[other]]
                other = parents[other]
            if one != other:
                low, high = min(one, other), max(one, other)
                parents[high] = low
                ring[low], ring[high] = ring[high], ring[low]
    return used


@compiled
def _move(
    slots: Keys, owners: Places, begin: int, end: int, into: Keys, into_owners: Places, shift: np.uint64
) -> None:  # fmt: skip
    for at in range(begin, end):
        if slots[at] != _NONE:
            place = _place(into, slots[at], shift)
            into[place] = slots[at]
            into_owners[place] = owners[at]


@compiled
def _find(parents: Places, rows: Rows, found: Rows) -> None:
    for at in range(rows.size):
        row = rows[at]
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        found[at] = row


@compiled
def _count(ring: Places, roots: Rows) -> int:
    count = 0
    for at in range(roots.size):
        row = roots[at]
        while True:
            count += 1
            row = ring[row]
            if row == roots[at]:
                break
    return count


@compiled
def _collect(ring: Places, roots: Rows, found: Rows) -> None:
    place = 0
    for at in range(roots.size):
        row = roots[at]
        while True:
            found[place] = row
            place += 1
            row = ring[row]
            if row == roots[at]:
                break
