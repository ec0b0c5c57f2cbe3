"""Messages of a FIX session are missing: their sequence numbers (field 34) were never seen.

Each direction of a session is judged by itself, over everything that was taken in of the day. A session that begins
again with number 1 begins a new epoch; numbers of different epochs have nothing to do with each other. Messages that
were resent (43=Y) fill a hole, and so does a SequenceReset (35=4): the numbers after it that were missing when it was
sent were declared not to come. What lies before the first and after the last number that was seen is no gap, nor is
what lies between two days. A session with more than `gaps_told` gaps is told once, as a whole: such a log was probably
filtered before it was delivered.

Clock: sending times, to tell epochs apart. Ask for the log of the session, or for a resend of the range; then take it
in: the finding is withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.sessions import SESSION, epoch_starts, in_epochs

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

_EPOCH = [*SESSION, "epoch"]


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Gaps of at least `missing` numbers, or sessions with more than `gaps_told` of them."""
    gaps = sequence_gaps(facts.need("sequences")).with_columns(
        (pl.col("to_seq") - pl.col("from_seq") + 1).alias("missing")
    )
    wide = gaps.filter(pl.col("missing") >= limit(limits, "missing")).with_columns(pl.len().over(SESSION).alias("gaps"))
    most = limits.value("gaps_told")
    single = wide.filter(pl.col("gaps") <= most)
    whole = (
        wide.filter(pl.col("gaps") > most)
        .group_by(SESSION)
        .agg(
            pl.col("provider").drop_nulls().min(),
            pl.col("at").min(),
            pl.col("at").max().alias("last_at"),
            pl.col("missing").sum(),
            pl.col("gaps").first(),
            pl.col("from_seq").min(),
            pl.col("to_seq").max(),
        )
    )
    late_ns = facts.waits.lateness_ms * 1_000_000
    fired = pl.lit(value=True)
    return pl.concat([hits(single, fired, _gap(limits, late_ns)), hits(whole, fired, _whole(limits, late_ns))])


def sequence_gaps(sequences: pl.DataFrame) -> pl.DataFrame:
    """`provider, sender, target, epoch, from_seq, to_seq, at`: numbers that were not seen, `at` that of the next seen.

    Args:
        sequences: `Facts.sequences`, in any order and cut.
    """
    starts = epoch_starts(sequences)
    placed = in_epochs(sequences, starts, "from_at")
    # What was sent in the instant of a start may still belong to the epoch before: it fills gaps of both, and makes
    # an end of neither.
    is_doubtful = ((pl.col("from_at") == pl.col("start_at")) & (pl.col("from_seq") != 1)).fill_null(value=False)
    marked = placed.with_columns(is_doubtful.alias("doubtful"))
    before = marked.filter("doubtful").with_columns(pl.col("epoch") - 1)
    every = pl.concat([marked, before]).sort(*_EPOCH, "from_seq", "to_seq", "from_at")
    sure = pl.when(~pl.col("doubtful"))
    known = every.with_columns(
        pl.col("to_seq").cum_max().shift().over(_EPOCH).alias("seen_to"),
        sure.then("from_seq").min().over(_EPOCH).alias("first"),
        sure.then("to_seq").max().over(_EPOCH).alias("last"),
    )
    gaps = known.filter(
        (pl.col("from_seq") > pl.col("seen_to") + 1)
        & (pl.col("seen_to") >= pl.col("first"))
        & (pl.col("from_seq") - 1 < pl.col("last"))
    ).select(
        "provider", *_EPOCH, (pl.col("seen_to") + 1).alias("from_seq"), (pl.col("from_seq") - 1).alias("to_seq"),
        pl.col("from_at").alias("at"),
    )  # fmt: skip
    return gaps.join(_declared(gaps, every), on=[*_EPOCH, "from_seq"], how="anti")


def _declared(gaps: pl.DataFrame, ranges: pl.DataFrame) -> pl.DataFrame:
    """Gaps that a SequenceReset before them speaks of: it came right before, or when the gap was there already."""
    resets = ranges.filter("is_reset").select(
        *_EPOCH, pl.col("to_seq").alias("reset"), pl.col("to_at").alias("told_at")
    )
    before = pl.col("reset") < pl.col("from_seq")
    speaks = (pl.col("reset") == pl.col("from_seq") - 1) | (pl.col("at") <= pl.col("told_at"))
    return gaps.join(resets, on=_EPOCH).filter(before & speaks).select(*_EPOCH, "from_seq").unique()


def _session() -> list[pl.Expr]:
    return [pl.when(pl.col(name) == "").then(pl.lit("an unnamed party")).otherwise(name) for name in SESSION]


def _gap(limits: Limits, late_ns: int) -> Shape:
    one = pl.format("Message {} from {} to {} was never seen.", "from_seq", *_session())
    several = pl.format(
        "{} messages from {} to {} were never seen: numbers {} to {}.", "missing", *_session(), "from_seq", "to_seq"
    )
    return Shape(
        at=pl.col("at"),
        unit="messages",
        observed=pl.col("missing"),
        threshold=limit(limits, "missing"),
        key=pl.format("{} {} {} {}-{}", *SESSION, "epoch", "from_seq", "to_seq"),
        settles_at=pl.col("at") + late_ns,
        sentence=pl.when(pl.col("missing") == 1).then(one).otherwise(several),
    )


def _whole(limits: Limits, late_ns: int) -> Shape:
    return Shape(
        at=pl.col("at"),
        unit="messages",
        observed=pl.col("missing"),
        threshold=limit(limits, "missing"),
        key=pl.format("{} {}", *SESSION),
        settles_at=pl.col("last_at") + late_ns,
        until_at=pl.col("last_at"),
        sentence=pl.format(
            "{} messages from {} to {} were never seen, in {} places between numbers {} and {}.",
            "missing",
            *_session(),
            "gaps",
            "from_seq",
            "to_seq",
        ),
    )


RULE = Rule(
    code="RP154",
    name="sequence_gap",
    title="Gap in a session's messages",
    kind="window",
    scope=("provider",),
    needs=("sequences",),
    units={"missing": "messages", "gaps_told": "gaps"},
    source="FIX session protocol: message recovery; SEC Rule 17a-4: records of orders are complete",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="sequence_gap",
)
