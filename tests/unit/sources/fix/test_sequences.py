"""Ranges of sequence numbers: the union is what was seen, however the log was cut."""

from datetime import date
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.rules.catalog.sequence_gap import sequence_gaps
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.sequences import sequence_ranges

S = 1_000_000_000
DAY = date(2026, 7, 1)


def log(rows: list[tuple[int, int]], *, dup: str | None = None, kind: str = "8") -> pl.DataFrame:
    """Messages `(seq, second)` from P to F."""
    frame = pl.DataFrame(
        {"seq": [seq for seq, _ in rows], "sent_at": [at * S for _, at in rows], "source_row": range(len(rows))},
        schema={"seq": pl.Int64, "sent_at": pl.Int64, "source_row": pl.Int64},
    )
    said = {"sender": "P", "target": "F", "msg_type": kind, "poss_dup": dup, "source_id": "s"}
    named = frame.with_columns(pl.lit(DAY).alias("trading_day"), *(pl.lit(v).alias(k) for k, v in said.items()))
    return FIX_MESSAGES.conform(named.with_columns(pl.col("sent_at").alias("sending_at")))


def gaps(*pieces: pl.DataFrame) -> list[tuple[int, int]]:
    """What the ranges of all pieces leave out."""
    ranges = pl.concat([sequence_ranges(piece) for piece in pieces])
    found = sequence_gaps(ranges.with_columns(pl.lit("P").alias("provider")))
    return found.select("from_seq", "to_seq").rows()


def test_a_range_ends_where_a_number_is_missing() -> None:
    """1 to 3, then 5: two ranges and one gap."""
    ranges = sequence_ranges(log([(1, 1), (2, 2), (3, 3), (5, 4)]))
    assert ranges.select("from_seq", "to_seq", "from_at", "to_at").rows() == [(1, 3, S, 3 * S), (5, 5, 4 * S, 4 * S)]
    assert gaps(log([(1, 1), (2, 2), (3, 3), (5, 4)])) == [(4, 4)]


def test_a_new_start_is_a_new_range() -> None:
    """Number 1 again, and later a number that the first epoch had: it is missing in the second."""
    messages = log([(1, 1), (2, 2), (3, 3), (1, 10), (3, 12)])
    assert sequence_ranges(messages).select("from_seq", "to_seq").rows() == [(1, 3), (1, 1), (3, 3)]
    assert gaps(messages) == [(2, 2)]


def test_a_resend_fills_and_says_so() -> None:
    """A message marked 43=Y stands apart from those that were sent first."""
    assert gaps(log([(1, 1), (3, 3)]), log([(2, 2)], dup="Y")) == []
    assert sequence_ranges(log([(2, 2)], dup="Y"))["resent"].to_list() == [True]


def test_a_reset_speaks_for_what_follows() -> None:
    """After 35=4 with number 2 the next one is 9."""
    assert gaps(log([(1, 1), (9, 9)]), log([(2, 2)], kind="4")) == []


@given(
    kept=st.lists(st.integers(1, 40), min_size=2, unique=True),
    cuts=st.lists(st.integers(0, 40), max_size=4),
    data=st.data(),
)
@examples(60)
def test_cuts_overlaps_and_order_change_nothing(kept: list[int], cuts: list[int], data: st.DataObject) -> None:
    """One epoch: the gaps are the numbers left out between the first and the last, by any pieces, in any order."""
    rows = [(seq, seq) for seq in sorted({1, *kept})]
    shuffled = data.draw(st.permutations(rows))
    bounds = sorted({0, *(min(cut, len(rows)) for cut in cuts), len(rows)})
    pieces = [shuffled[begin:end] for begin, end in pairwise(bounds)]
    repeated = [log(piece) for piece in (*pieces, rows[: len(rows) // 2]) if piece]
    missing = set(range(1, rows[-1][0])) - {seq for seq, _ in rows}
    told = {seq for begin, end in gaps(*repeated) for seq in range(begin, end + 1)}
    assert told == missing
