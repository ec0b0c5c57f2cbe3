"""Two accounts paired: by names, then by terms, one to one."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.tables.pairing import PAIRS, paired_by_name, paired_by_terms

DAY, NEXT = date(2026, 7, 1), date(2026, 7, 2)
NONE = PAIRS.to_frame()


def named(*rows: tuple[int, str, date]) -> pl.DataFrame:
    """Reported names."""
    return pl.DataFrame(rows, schema={"row": pl.Int64, "name": pl.String, "day": pl.Date}, orient="row")


def own(*rows: tuple[int, str, date]) -> pl.DataFrame:
    """Our names, all of one kind."""
    return named(*rows).with_columns(method=pl.lit("ClOrdID"))


def timed(*rows: tuple[int, str, int | None]) -> pl.DataFrame:
    """Rows of one key and a time."""
    schema = {"row": pl.Int64, "key": pl.String, "at": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(day=pl.lit(DAY))


def pairs_of(frame: pl.DataFrame) -> list[tuple[int, int]]:
    """Pairs in order."""
    return sorted(frame.select("theirs", "ours").iter_rows())


def test_a_name_that_is_used_again_each_day_means_that_day() -> None:
    """A1 of 1 July and A1 of 2 July are two orders."""
    found = paired_by_name(named((0, "A1", NEXT), (1, "A1", DAY)), own((5, "A1", DAY), (6, "A1", NEXT)), NONE)
    assert pairs_of(found) == [(0, 6), (1, 5)]


def test_a_name_of_another_day_counts_only_where_it_is_alone() -> None:
    """B1 is one order; C1 two, and nobody knows which."""
    ours = own((5, "B1", DAY), (6, "C1", DAY), (7, "C1", date(2026, 6, 30)))
    assert pairs_of(paired_by_name(named((0, "B1", NEXT), (1, "C1", NEXT)), ours, NONE)) == [(0, 5)]


def test_what_is_named_twice_is_paired_once() -> None:
    """The second row of the same fill stays alone."""
    assert pairs_of(paired_by_name(named((0, "E1", DAY), (1, "E1", DAY)), own((5, "E1", DAY)), NONE)) == [(0, 5)]


def test_a_row_known_by_two_names_is_paired_once() -> None:
    """ClOrdID and OrderID of one order on both sides."""
    both = own((5, "C", DAY), (5, "O", DAY))
    assert pairs_of(paired_by_name(named((0, "C", DAY), (0, "O", DAY)), both, NONE)) == [(0, 5)]


def test_terms_pair_in_time_order_within_the_window() -> None:
    """100 and 200 meet 130 and 230 within 50; 400 has nobody; another key never meets."""
    left = timed((0, "a", 100), (1, "a", 200), (2, "a", 400), (3, "b", 100))
    found = paired_by_terms(left, timed((5, "a", 230), (6, "a", 130), (7, "c", 100)), NONE, ["key"], 50)
    assert pairs_of(found) == [(0, 6), (1, 5)]
    assert set(found["method"]) == {"terms"}


def test_rows_that_are_paired_already_are_left_alone() -> None:
    """Names come first."""
    before = pl.DataFrame({"theirs": [0], "ours": [5], "method": ["ClOrdID"]}, schema=PAIRS)
    assert paired_by_terms(timed((0, "a", 1)), timed((5, "a", 1)), before, ["key"], 9).height == 1


def test_rows_without_a_time_pair_where_they_are_alone() -> None:
    """One a on either side; two b, of which nobody can say which is which."""
    left = timed((0, "a", None), (1, "b", None), (2, "b", None))
    found = paired_by_terms(left, timed((5, "a", 7), (6, "b", 8), (7, "b", 9)), NONE, ["key"], 50)
    assert pairs_of(found) == [(0, 5)]
    assert found["method"].to_list() == ["terms without time"]


def most_pairs(left: list[int], right: list[int], window: int) -> int:
    """The size of a largest one-to-one pairing, by augmenting paths (Kuhn 1955)."""
    owner: dict[int, int] = {}

    def place(i: int, seen: set[int]) -> bool:
        for j, at in enumerate(right):
            if abs(left[i] - at) <= window and j not in seen:
                seen.add(j)
                if j not in owner or place(owner[j], seen):
                    owner[j] = i
                    return True
        return False

    return sum(place(i, set()) for i in range(len(left)))


@examples(80)
@given(st.lists(st.integers(0, 40), max_size=9), st.lists(st.integers(0, 40), max_size=9), st.integers(0, 12))
def test_no_pairing_within_the_window_has_more_pairs(left: list[int], right: list[int], window: int) -> None:
    """As many as the textbook algorithm finds; each row once, each pair near."""
    found = paired_by_terms(
        timed(*((i, "a", at) for i, at in enumerate(left))),
        timed(*((j, "a", at) for j, at in enumerate(right))),
        NONE,
        ["key"],
        window,
    )
    assert found.height == most_pairs(left, right, window)
    assert found["theirs"].is_unique().all()
    assert found["ours"].is_unique().all()
    assert all(abs(left[i] - right[j]) <= window for i, j in pairs_of(found))


@examples(20)
@given(st.permutations(range(9)))
def test_row_order_does_not_matter(order: list[int]) -> None:
    """As many names of as many days are paired, however the report is shuffled."""
    rows = named(*((n, f"N{n % 6}", (DAY, NEXT)[n % 2]) for n in range(9)))
    ours = rows.with_columns(pl.col("row") + 100, pl.lit("ClOrdID").alias("method"))
    found = [
        paired_by_name(side, ours, NONE).join(rows, left_on="theirs", right_on="row") for side in (rows, rows[order])
    ]
    plain, shuffled = (pairs.select("name", "day").sort("name", "day") for pairs in found)
    assert plain.equals(shuffled)
    assert plain.height == 9
