"""Work done on a thread of polars' own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_ONE_ROW = pl.DataFrame({"row": [0]})


def on_pool_thread(work: Callable[[], T]) -> T:
    """Do work on a thread of polars' pool, and give what it gives or raise what it raises.

    From any other thread polars hands an operation to its pool and waits for it, which for few rows takes longer than
    the operation: hundreds of them in a row take a quarter less from within (ADR 0064). The pool must have a thread
    besides, since what others want of it has to go on meanwhile.
    """
    made: list[T] = []
    raised: list[BaseException] = []

    def run(rows: pl.Series) -> pl.Series:
        try:
            made.append(work())
        except BaseException as error:  # noqa: BLE001  # polars would make it one of its own
            raised.append(error)
        return rows

    # one expression by itself would be computed where it is asked for
    _ONE_ROW.select(pl.col("row").map_batches(run, return_dtype=pl.Int64), pl.col("row").alias("beside"))
    if raised:
        raise raised[0]
    return made[0]
