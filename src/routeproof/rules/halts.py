"""Whether a symbol was halted for a while: nothing that nobody could do then is anybody's fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from routeproof.rules.facts import Facts

HALTS = ("halt", "luld_pause")
_OPEN = 2**62
_AT = "__row"


def halted_between(rows: pl.DataFrame, facts: Facts, since: pl.Expr, until: pl.Expr) -> pl.Expr:
    """A flag of each row: a halt of its symbol overlapped the time from `since` to `until`.

    Args:
        rows: with `symbol`; the flag is for this frame, in this order.
        facts: of the day; without any status delivered nothing was halted.
        since: begin of the time, UTC ns, included.
        until: its end, UTC ns, included. A halt takes in its begin and not its end; without an end it goes on.
    """
    if facts.status is None or facts.status.is_empty():
        return pl.lit(value=False)
    halts = facts.status.filter(pl.col("kind").is_in(HALTS)).select(
        "symbol", "from_at", pl.col("to_at").fill_null(_OPEN)
    )
    judged = rows.select(pl.int_range(pl.len()).alias(_AT), "symbol", since.alias("since"), until.alias("until"))
    overlaps = (pl.col("from_at") <= pl.col("until")) & (pl.col("to_at") > pl.col("since"))
    met = judged.join(halts, on="symbol").filter(overlaps)[_AT]
    return pl.int_range(pl.len()).is_in(met.implode())
