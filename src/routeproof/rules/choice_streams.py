"""Which venue is tried first, counted by day and situation: what a provider's choices are watched by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.evidence.choice.changes import shares_moved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from routeproof.evidence.choice.changes import Counts
    from routeproof.evidence.choice.watch import Change
    from routeproof.evidence.partials import Floats

SITUATION = ("order_class", "spread_state", "displayed_state", "shown_venue")
CHOICES = pl.Schema(
    {"day": pl.Date(), "provider": pl.String(), **dict.fromkeys((*SITUATION, "venue"), pl.String()), "n": pl.Int64()}
)
"""n: orders that tried `venue` first in that situation: their class, the spread in ticks, their size against displayed,
and the venue that showed the best price when the first route was sent. One row per all other columns."""


RARE, OTHER = 0.005, "other"
"""A situation of less than this share of a provider's orders, or of too few, is one with the others of its class."""


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceStream:
    """One provider's choices: (days, situations, venues) counts, and the order class of each situation."""

    provider: str
    days: tuple[date, ...]
    classes: tuple[str, ...]
    venues: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """How shares of venues tried first moved in the order class in which one of them rose most.

    Attributes:
        order_class: that class.
        orders: of the class, on both sides.
        venues: in the order of `shares`.
        shares: (venues, 2) before and after, situations weighed alike on both sides.
    """

    order_class: str
    orders: int
    venues: tuple[str, ...]
    shares: Floats

    @property
    def rise(self) -> Floats:
        """By how much each venue's share rose."""
        return np.asarray(self.shares[:, 1] - self.shares[:, 0], dtype=np.float64)


def choice_streams(choices: pl.DataFrame, least_n: int) -> Iterator[ChoiceStream]:
    """Each provider's stream by name; a provider that ever tries one venue alone has none.

    Args:
        choices: of `CHOICES`.
        least_n: orders, over all days, that a situation needs to be one by itself.
    """
    named = choices.filter(pl.col("provider").is_not_null() & pl.col("venue").is_not_null())
    for (provider,), every in named.sort("provider").group_by("provider", maintain_order=True):
        own = _without_rare(every, least_n)
        days, venues = tuple(own["day"].unique().sort()), tuple(own["venue"].unique().sort())
        if len(venues) < 2:  # noqa: PLR2004 a choice is of two
            continue
        known = own.select(SITUATION).unique().sort(SITUATION, nulls_last=False)
        places = known.with_row_index("situation")
        coded = own.join(places, on=SITUATION, nulls_equal=True).select(
            _code("day", days), pl.col("situation").cast(pl.Int64), _code("venue", venues), "n"
        )
        counts = np.zeros((len(days), known.height, len(venues)), dtype=np.int64)
        np.add.at(counts, tuple(coded.to_numpy()[:, :3].T), coded["n"].to_numpy())
        yield ChoiceStream(str(provider), days, tuple(known["order_class"].fill_null("")), venues, counts)


def move_at(stream: ChoiceStream, change: Change, least_n: int) -> Move | None:
    """The largest move at a change; null where no class has enough orders on each side."""
    sides = slice(change.begin, change.place), slice(change.place, change.end)
    best: Move | None = None
    for name in sorted(set(stream.classes)):
        own = stream.counts[:, [one == name for one in stream.classes]]
        orders = [int(own[side].sum()) for side in sides]
        if min(orders) < least_n or not _has_common(own, *sides):
            continue
        move = Move(name, sum(orders), stream.venues, shares_moved(own, *sides))
        if best is None or move.rise.max() > best.rise.max():
            best = move
    return best


def _without_rare(own: pl.DataFrame, least_n: int) -> pl.DataFrame:
    """One provider's choices with the situations of few orders as one of their class; apart they drown what changes."""
    few = max(RARE * float(own["n"].sum()), float(least_n))
    is_rare = pl.col("n").sum().over(SITUATION) < few
    others = [pl.when(is_rare).then(pl.lit(OTHER)).otherwise(name).alias(name) for name in SITUATION[1:]]
    return own.with_columns(others)


def _code(name: str, values: tuple[object, ...]) -> pl.Expr:
    return pl.col(name).replace_strict(list(values), list(range(len(values))), return_dtype=pl.Int64)


def _has_common(counts: Counts, before: slice, after: slice) -> bool:
    """Whether some situation was met on both sides."""
    met = [counts[side].sum(axis=(0, 2)) > 0 for side in (before, after)]
    return bool((met[0] & met[1]).any())
