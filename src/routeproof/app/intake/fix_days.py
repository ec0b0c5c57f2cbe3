"""Which days of FIX messages must be folded together: those that orders, corrections, busts and late reports join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fix.days import session_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

REFERENCE_COLUMNS = ("msg_type", "sender", "target", "cl_ord_id", "orig_cl_ord_id", "exec_id", "exec_ref_id",
                     "transact_at")  # fmt: skip
OPENING_TYPES = ("D", "G", "AB", "AC")
"""Messages that make a ClOrdID known: new orders and replaces, single and multi-leg."""

ANSWERING_TYPES = ("8", "9", "F")


def joined_days(messages: Mapping[str, Callable[[], pl.DataFrame]]) -> list[list[str]]:
    """Days in groups that no reference crosses, and no row that is made from their messages.

    Args:
        messages: day (ISO 8601) to what reads its distinct messages, at least `REFERENCE_COLUMNS`; one day at a time
            is in memory.

    Returns:
        Each day once, and each day of which messages of another one speak, be there messages on it or not: a fill told
        on the next morning is an execution of the day before. A day whose references all stay within it, and that no
        other speaks of, stands alone.
    """
    days = sorted(messages)
    spoken_of: list[tuple[str, str]] = []
    said: dict[str, list[pl.DataFrame]] = {name: [pl.DataFrame(schema=_KEYS)] for name in _SAID}
    for number, day in enumerate(days):
        frame = messages[day]()
        spoken_of += [(day, other) for other in _spoken_of(frame) if other != day]
        for name, keys in _SAID.items() if len(days) > 1 else ():
            found = keys(frame).drop_nulls().unique()
            said[name].append(found.with_columns(pl.lit(number, dtype=pl.Int32).alias("day")))
    opened, referred, executed, revised = (pl.concat(said.pop(name)) for name in _SAID)
    edges = pl.concat([_crossing(referred, opened), _crossing(revised, executed)]).unique().rows()
    every = {*days, *(other for _, other in spoken_of)}
    return _components(every, [*((days[day], days[other]) for day, other in edges), *spoken_of])


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


_SAID = {"opened": _opened, "referred": _referred, "executed": _executed, "revised": _executions_referred}
_KEYS = {"key": pl.UInt64, "day": pl.Int32}


def _crossing(referred: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pairs of days: a reference that its own day cannot answer, and the latest other day before it that can."""
    dangling = referred.join(known, on=["key", "day"], how="anti")
    answers = dangling.join(known.rename({"day": "other"}), on="key").filter(pl.col("other") < pl.col("day"))
    return answers.group_by("key", "day").agg(pl.col("other").max()).select("day", "other")


def _components(days: Iterable[str], edges: list[tuple[str, str]]) -> list[list[str]]:
    group = {day: day for day in days}

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
