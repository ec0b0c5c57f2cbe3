"""One identifier used on several days: which use a message means.

Counters that begin anew every morning give the identifiers of one day to other orders and fills on the next. What
names an identifier means its latest use at that time, as `lookup.meant` has it, so the uses of several days need not be
folded together for having a name in common. Told from hashes: two with one hash are taken for one, which changes no
result.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.sources.fix.fold.union import among

Hashes = npt.NDArray[np.uint64]
Instants = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_SPREAD = np.uint64(0xD6E8FEB86659FD93)


def within(keys: Hashes, numbers: Instants) -> Hashes:
    """(n,) keys told apart by a number, such as a day; 0 is no key and stays 0."""
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * _SPREAD
    return np.where(keys == 0, np.uint64(0), (keys ^ (mixed ^ (mixed >> np.uint64(29)))) | np.uint64(1))


BEGINS, LAST, NOTHING, UNCLEAR = 0, 1, 2, 3
"""What a row may be to its key: the begin of a use, of one that nothing follows up, of none after all, or any."""


class Uses:
    """When uses of identifiers begin, of those that begin on several days."""

    def __init__(self, keys: Hashes, days: Instants, at: Instants, begun: Flags, kinds: Instants | None = None) -> None:
        """Remember the first row of a day that begins a use of a key.

        Args:
            keys: (n,) hashes of identifiers; 0 = none.
            days: (n,) trading day of each row, as a number.
            at: (n,) UTC ns.
            begun: (n,) rows that may begin a use of their key.
            kinds: (n,) of the four kinds; all begin a use if omitted. A key that has rows of two kinds on one day, or
                unclear ones, is not told apart: which of them counts is not for here to say.
        """
        rows = np.flatnonzero(begun & (keys != 0))
        kind = np.zeros(rows.size, dtype=np.int64) if kinds is None else kinds[rows]
        said = pl.DataFrame({"key": keys[rows], "day": days[rows], "at": at[rows], "kind": kind})
        mixed = (pl.col("kind").n_unique() > 1) | (pl.col("kind") == UNCLEAR).any()
        first = said.group_by("key", "day").agg(pl.col("at", "kind").min(), mixed.alias("mixed"))
        clear = first.filter(~pl.col("mixed").any().over("key") & (pl.col("kind") != NOTHING))
        apart = clear.filter(pl.len().over("key") > 1)
        self._starts = apart.select("key", "at", "kind", pl.col("at").alias("start")).sort("at")
        self._repeated = apart.get_column("key").unique().to_numpy()

    def of(self, keys: Hashes, at: Instants) -> Hashes:
        """(n,) the keys, each told apart by the latest use begun at or before an instant, else by the earliest."""
        return self._meant(keys, at, self._starts)

    def followed(self, keys: Hashes, at: Instants) -> Hashes:
        """The same among uses that may be followed up."""
        return self._meant(keys, at, self._starts.filter(pl.col("kind") == BEGINS))

    def _meant(self, keys: Hashes, at: Instants, starts: pl.DataFrame) -> Hashes:
        if not self._repeated.size:
            return keys
        rows = np.flatnonzero(among(keys, self._repeated))
        asked = pl.DataFrame({"row": rows, "key": keys[rows], "at": at[rows]}).sort("at")
        latest = asked.join_asof(starts.drop("kind"), on="at", by="key", check_sortedness=False)
        earliest = starts.group_by("key").agg(pl.col("start").min().alias("earliest"))
        found = latest.join(earliest, on="key", how="left").select(
            "row", pl.coalesce("start", "earliest").alias("start")
        )
        known = found.drop_nulls()
        places, meant = known["row"].to_numpy(), keys.copy()
        meant[places] = within(keys[places], known["start"].to_numpy())
        return meant
