"""Which days of FIX messages must be folded together: those that orders, corrections, busts and late reports join."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fix.days import session_days
from routeproof.sources.fix.fold.words import LASTING_CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    Read = Callable[[Sequence[str]], pl.DataFrame]

REFERENCE_COLUMNS = ("msg_type", "sender", "target", "cl_ord_id", "orig_cl_ord_id", "provider_order_id", "exec_id",
                     "exec_ref_id", "transact_at", "time_in_force")  # fmt: skip
STATED_COLUMNS = ("msg_type", "transact_at")
"""Of these, what tells the days that messages speak of."""

OPENING_TYPES = ("D", "G", "AB", "AC")
"""Messages that make a ClOrdID known: new orders and replaces, single and multi-leg."""

ANSWERING_TYPES = ("8", "9", "F")


@dataclass(frozen=True, slots=True)
class _Said:
    """What the messages of a day say.

    Attributes:
        keys: by `_SAID`, hashes of what they name; none where there is but one day.
        spoken_of: days of which they speak.
    """

    keys: dict[str, pl.DataFrame]
    spoken_of: frozenset[str]


class DayReferences:
    """Which days the messages of which others speak of."""

    def __init__(self, messages: Mapping[str, Read], before: Mapping[str, Read] | None = None) -> None:
        """Look at the messages of all days, one day at a time.

        Args:
            messages: day (ISO 8601) to what reads columns of its distinct messages.
            before: the same of days whose messages were others when they were folded last.
        """
        of_several = len(messages) > 1
        self._now = {day: _said(read, of_several=of_several) for day, read in sorted(messages.items())}
        then = {day: _said(read, of_several=of_several) for day, read in (before or {}).items()}
        self._then = {**self._now, **then} if then else {}

    def groups(self) -> list[list[str]]:
        """Days in groups that no reference crosses, and no row that is made from their messages.

        Each day once, and each day of which messages of another one speak, be there messages on it or not: a fill told
        on the next morning is an execution of the day before. A day whose references all stay within it, and that no
        other speaks of, stands alone.
        """
        return _components(self._now)

    def parted(self, changed: Collection[str]) -> set[str]:
        """Days that were in a group with a changed one, and are in none now: what was made of both is to be unmade."""
        if not self._then:
            return set()
        together = {day for group in self.groups() if not set(group).isdisjoint(changed) for day in group}
        before = {day for group in _components(self._then) if not set(group).isdisjoint(changed) for day in group}
        return before - together


def _said(read: Read, *, of_several: bool) -> _Said:
    frame = read(REFERENCE_COLUMNS if of_several else STATED_COLUMNS)
    keys = {name: found(frame).drop_nulls().unique() for name, found in _SAID.items()} if of_several else {}
    return _Said(keys, frozenset(_spoken_of(frame)))


def _edges(said: Mapping[str, _Said]) -> list[tuple[str, str]]:
    """Pairs of days that must be folded together."""
    days = sorted(said)
    spoken_of = [(day, other) for day in days for other in said[day].spoken_of if other != day]

    def every(name: str) -> pl.DataFrame:
        dated = [
            said[day].keys[name].with_columns(pl.lit(number, dtype=pl.Int32).alias("day"))
            for number, day in enumerate(days)
            if said[day].keys
        ]
        return pl.concat([pl.DataFrame(schema=_KEYS), *dated], how="diagonal")

    found = [_crossing(every(asked), every(known)) for asked, known in _REFERENCES]
    crossing = pl.concat([*found, _taken_over(every("living"), every("opened"), partial(every, "carried"))])
    return [*((days[day], days[other]) for day, other in crossing.unique().rows()), *spoken_of]


def _spoken_of(frame: pl.DataFrame) -> list[str]:
    """Days of the instants that order flow states; what is made from a message stands on one of them or on its own."""
    stated = _of_types(frame, (*OPENING_TYPES, *ANSWERING_TYPES)).get_column("transact_at").drop_nulls()
    return [day.isoformat() for day in session_days(stated).unique().drop_nulls()]


def _session_key(name: str) -> pl.Expr:
    """Both directions of a session are one session."""
    parties = pl.col("sender").hash() ^ pl.col("target").hash()
    # Two keys with one hash can only join days that need not be joined, which changes no result.
    return pl.when(pl.col(name).is_not_null()).then(pl.struct(parties, name).hash()).alias("key")


def _of_types(frame: pl.DataFrame, types: tuple[str, ...]) -> pl.DataFrame:
    return frame.filter(pl.col("msg_type").cast(pl.String).is_in(types))


def _opened(frame: pl.DataFrame) -> pl.DataFrame:
    return _of_types(frame, OPENING_TYPES).select(_session_key("cl_ord_id"))


def _referred(frame: pl.DataFrame) -> pl.DataFrame:
    answered = _of_types(frame, ANSWERING_TYPES).select(_session_key("cl_ord_id"))
    followed = _of_types(frame, (*ANSWERING_TYPES, "G", "AC")).select(_session_key("orig_cl_ord_id"))
    return pl.concat([answered, followed])


def _executed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(_session_key("exec_id"))


def _executions_referred(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(_session_key("exec_ref_id"))


def _orders_told(frame: pl.DataFrame) -> pl.DataFrame:
    """OrderIDs in requests, and in reports that answer one."""
    requests = _of_types(frame, (*OPENING_TYPES, "F")).select(_session_key("cl_ord_id").alias("own"), _ORDER)
    reports = _of_types(frame, ANSWERING_TYPES).select(_session_key("cl_ord_id").alias("own"), _ORDER)
    answers = reports.join(requests, on="own", how="semi")
    return pl.concat([requests, answers]).select("key")


def _orders_referred(frame: pl.DataFrame) -> pl.DataFrame:
    """OrderIDs in reports that no ClOrdID tells the order of."""
    names = [_session_key(name).alias(name) for name in ("cl_ord_id", "orig_cl_ord_id")]
    reports = _of_types(frame, ANSWERING_TYPES).select(*names, _ORDER)
    for name in ("cl_ord_id", "orig_cl_ord_id"):
        reports = reports.join(_opened(frame), left_on=name, right_on="key", how="anti")
    return reports.select("key")


def _living(frame: pl.DataFrame) -> pl.DataFrame:
    """ClOrdIDs of good-till orders."""
    return _opened(frame.filter(pl.col("time_in_force").cast(pl.String).is_in(LASTING_CODES)))


def _carried(frame: pl.DataFrame) -> pl.DataFrame:
    """ClOrdIDs of reports with their OrderIDs."""
    return _of_types(frame, ANSWERING_TYPES).select(_session_key("cl_ord_id"), _ORDER.alias("order"))


_ORDER = _session_key("provider_order_id")
_SAID = {"opened": _opened, "referred": _referred, "executed": _executed, "revised": _executions_referred,
         "orders": _orders_told, "orders_referred": _orders_referred, "living": _living,
         "carried": _carried}  # fmt: skip
_REFERENCES = (("referred", "opened"), ("revised", "executed"), ("orders_referred", "orders"))
_KEYS = {"key": pl.UInt64, "day": pl.Int32}


def _crossing(referred: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pairs of days: a reference that its own day cannot answer, and the latest other day before it that can."""
    dangling = referred.join(known, on=["key", "day"], how="anti")
    answers = dangling.join(known.rename({"day": "other"}), on="key").filter(pl.col("other") < pl.col("day"))
    return answers.group_by("key", "day").agg(pl.col("other").max()).select("day", "other")


def _taken_over(living: pl.DataFrame, opened: pl.DataFrame, carried: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """Pairs of days on which a name that a good-till order had began to mean an order, with an OrderID in common.

    One of the orders has another OrderID, too: what reports of it mean is told from the other day's.
    """
    begun = opened.join(living, on="key", how="semi").filter(pl.len().over("key") > 1)
    if begun.is_empty():
        return pl.DataFrame(schema={"day": pl.Int32, "other": pl.Int32})
    starts = begun.select("key", "day", pl.col("day").alias("start")).sort("day")
    first = starts.group_by("key").agg(pl.col("start").min().alias("first"))
    said = carried().join(first, on="key").sort("day")
    uses = said.join_asof(starts, on="day", by="key", check_sortedness=False).select(
        "key", "order", pl.coalesce("start", "first").alias("start")
    )
    counted = uses.with_columns(pl.col("order").n_unique().over("key", "start").alias("orders"))
    is_shared = pl.col("start").n_unique().over("key", "order") > 1
    shared = counted.filter(is_shared & (pl.col("orders").max().over("key", "order") > 1))
    pairs = shared.select(pl.col("start").alias("day"), pl.col("start").min().over("key", "order").alias("other"))
    return pairs.filter(pl.col("day") != pl.col("other")).unique()


def _components(said: Mapping[str, _Said]) -> list[list[str]]:
    edges = _edges(said)
    group = {day: day for day in (*said, *(day for edge in edges for day in edge))}

    def root(day: str) -> str:
        while group[day] != day:
            day = group[day]
        return day

    for day, other in edges:
        group[root(day)] = root(other)
    found: dict[str, list[str]] = {}
    for day in sorted(group):
        found.setdefault(root(day), []).append(day)
    return list(found.values())
