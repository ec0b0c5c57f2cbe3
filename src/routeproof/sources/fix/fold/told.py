"""What messages name, as keys that are equal where they may mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.sources.fix.fold.lookup import CLOCK_SLACK_NS
from routeproof.sources.fix.fold.union import among
from routeproof.sources.fix.fold.uses import BEGINS, LAST, NOTHING, UNCLEAR, Uses, within

if TYPE_CHECKING:
    from collections.abc import Mapping

    Hashes = npt.NDArray[np.uint64]
    Instants = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_DAY_NS = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class Times:
    """(n,) each: when a message was sent and when it says something happened, UTC ns; its trading day as a number."""

    sent: Instants
    executed: Instants
    day: Instants


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """(n,) keys of messages, 0 = none, and what kind of message each is.

    Attributes:
        own: 11 or 379 on its session; `original`: 41.
        orders: 37 on its session.
        numbers: 34 of requests on their session; `asked`: 45.
        executions: 17 on its session; `revised`: 19.
        taken_over: 11 and 37 of reports, where good-till orders had a name that later ones took over.
        sightings: groups of keys without session, within which equal ones may be one fill seen twice.
        symbols: the symbol of requests, where orders are linked by it.
        opens: new orders and replaces; `cancels`: cancel requests; `reports`: answers; `priced`: reports of fills,
            busts and corrections; `loose`: messages outside sessions that carry orders.
        by_name: whether a report whose ClOrdID was opened needs no other way to its order.
    """

    own: Hashes
    original: Hashes
    orders: Hashes
    numbers: Hashes
    asked: Hashes
    executions: Hashes
    revised: Hashes
    taken_over: Hashes
    sightings: tuple[tuple[Hashes, ...], ...]
    symbols: Hashes
    opens: Flags
    cancels: Flags
    reports: Flags
    priced: Flags
    loose: Flags
    by_name: bool


def told_of(keys: Mapping[str, Hashes], flags: Mapping[str, Flags], times: Times, *, by_name: bool) -> Told:
    """Keys of messages; those of several days are told apart by the use that they mean, if names can be relied on.

    Args:
        keys: hashes of the texts by column, with `session` (both directions) and `edge` (as orders travel).
        flags: as in `Told`, and `fills`: reports that certainly are fills.
        times: of the messages.
        by_name: as in `Told`.
    """
    apart = by_name and bool((times.day != times.day[:1]).any())
    place = keys["edge"] if apart else keys["session"]
    on_session = {name: _but_none(keys[name], keys[name] ^ place) for name in _ON_SESSION}
    own, original, executions, revised, numbers, asked = (on_session[name] for name in _ON_SESSION[:6])
    sightings = ("exec_id", "secondary_exec_id", "trd_match_id"), ("own", "provider_order_id")
    of_fill, of_order = (tuple(keys[name] for name in names) for names in sightings)
    seen: tuple[tuple[Hashes, ...], ...] = (of_fill, of_order)
    taken_over = np.zeros(own.size, dtype=np.uint64)
    if apart:
        names = own
        late = times.sent + CLOCK_SLACK_NS
        requests = flags["opens"] | flags["cancels"]
        begun = requests & ~flags["loose"]
        requested = Uses(own, times.day, times.sent, begun, _kinds(own, original, begun, flags, times.day))
        own, original = (
            requested.of(own, np.where(requests, times.sent, late)),
            requested.followed(original, late),
        )
        taken_over = _taken_over(names, own, on_session["provider_order_id"], flags)
        filled = Uses(executions, times.day, times.sent, flags["fills"])
        executions, revised = filled.of(executions, times.sent), filled.of(revised, late)
        numbers, asked = within(numbers, times.day), within(asked, times.day)
        seen = _sightings(of_fill, of_order, revised, times)
    return Told(
        own=own,
        original=original,
        orders=on_session["provider_order_id"],
        numbers=numbers,
        asked=asked,
        executions=executions,
        revised=revised,
        taken_over=taken_over,
        sightings=seen,
        symbols=keys["symbol"],
        **{name: flags[name] for name in ("opens", "cancels", "reports", "priced", "loose")},
        by_name=by_name,
    )


_ON_SESSION = ("own", "orig_cl_ord_id", "exec_id", "exec_ref_id", "seq", "ref_seq", "provider_order_id")


def _kinds(own: Hashes, original: Hashes, begun: Flags, flags: Mapping[str, Flags], days: Instants) -> Instants:
    """What each request is to its name: a cancel request whose order nobody knows is none after all.

    Of an order and a cancel request that have one name on one day the first counts, so its order may be known or not.
    """
    opened, of_day = begun & flags["opens"], within(own, days)
    surely = opened & ~among(of_day, of_day[begun & flags["cancels"]])
    unsure = np.where(among(original, own[opened]), UNCLEAR, NOTHING)
    of_cancels = np.where(among(original, own[surely]), LAST, unsure)
    return np.where(flags["cancels"], of_cancels, BEGINS)


def _taken_over(names: Hashes, uses: Hashes, orders: Hashes, flags: Mapping[str, Flags]) -> Hashes:
    """Name and OrderID of reports, where two uses of a name that a lasting order had have the OrderID in common.

    One of the uses has another OrderID too: else each is known for its own, and nobody asks.
    """
    keys = np.zeros(names.size, dtype=np.uint64)
    lasting = names[flags["lasting"] & ~flags["loose"]]
    rows = np.flatnonzero(flags["reports"] & ~flags["loose"] & (orders != 0) & among(names, lasting))
    if not rows.size:
        return keys
    key = names[rows] * _SPREAD ^ orders[rows] | np.uint64(1)
    told = pl.DataFrame({"key": key, "use": uses[rows]}).with_columns(
        pl.col("key").n_unique().over("use").alias("keys")
    )
    is_shared, is_mixed = pl.col("use").n_unique().over("key") > 1, pl.col("keys").max().over("key") > 1
    keys[rows] = told.select(pl.when(is_shared & is_mixed).then("key").otherwise(0)).to_series().to_numpy()
    return keys


def _sightings(
    of_fill: tuple[Hashes, ...], of_order: tuple[Hashes, ...], revised: Hashes, times: Times
) -> tuple[tuple[Hashes, ...], ...]:
    """Fills meet by their identifiers within a day, by those of their order within two seconds of each other."""
    _, secondary, matched = of_fill
    if not ((revised != 0) & ((secondary != 0) | (matched != 0))).any():  # a later day may give a fill these
        of_fill = tuple(within(keys, times.day) for keys in of_fill)
    # Two that are near each other share a day that begins at midnight, or one that begins at noon.
    halves = [(times.executed + begin) // _DAY_NS * 2 + bool(begin) for begin in (0, _DAY_NS // 2)]
    return of_fill, *(tuple(within(keys, half) for keys in of_order) for half in halves)


def _but_none(keys: Hashes, combined: Hashes) -> Hashes:
    return np.where(keys == 0, np.uint64(0), combined | np.uint64(1))
