"""Properties of what comes in: numbers survive, and how rows are delivered does not matter."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.fields import fixed_field
from routeproof.stores import content
from routeproof.stores.content import ContentHash, content_hash
from routeproof.tables.intake.merge import content_columns, merge, ordered
from routeproof.tables.registry import TABLES

QUOTES = TABLES["quotes"]
EXECUTIONS = TABLES["executions"]
ROWS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 5), st.integers(1, 3)), min_size=1, max_size=30)


@examples(50)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**63) + 1, 2**63 - 1)), min_size=1, max_size=20))
def test_reading_what_was_written_gives_the_same_number(values: list[int | None]) -> None:
    """Python's Decimal writes, we read."""
    texts = [None if value is None else f"{Decimal(value).scaleb(-9):f}" for value in values]
    field = fixed_field(pl.Series(texts, dtype=pl.String))
    assert field.problem is None
    assert field.value.to_list() == values


@examples(50)
@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(-15, 3)), min_size=1, max_size=20))
def test_a_number_with_an_exponent_is_that_number_or_refused(numbers: list[tuple[int, int]]) -> None:
    """Refused where nine decimals cannot hold it; here up to 10^15, so some are too large as well."""
    exact = [Decimal(digits).scaleb(power) for digits, power in numbers]
    field = fixed_field(pl.Series([f"{digits}e{power}" for digits, power in numbers]))
    held = [number == round(number, 9) and abs(number) < Decimal(2**63).scaleb(-9) for number in exact]
    assert field.value.to_list() == [int(n.scaleb(9)) if fits else None for n, fits in zip(exact, held, strict=True)]


@examples(50)
@given(st.floats(-9e6, 9e6, allow_nan=False).map(lambda value: round(value, 6)))
def test_a_double_that_means_six_decimals_is_those_decimals(value: float) -> None:
    """The shortest text of the double is the decimal that was meant."""
    assert fixed_field(pl.Series([value])).value[0] == int(Decimal(repr(value)).scaleb(9))


def delivered(rows: list[tuple[str, int, int]], source: str) -> pl.DataFrame:
    """Quotes of one file, sequence by file row."""
    frame = pl.DataFrame(rows, schema={"symbol": pl.String, "at": pl.Int64, "bid": pl.Int64}, orient="row")
    row = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return QUOTES.conform(frame.with_columns(source_row=row, sequence=row, source_id=pl.lit(source)))


def said(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """What the rows say, in an order of its own."""
    return sorted(frame.select("symbol", "at", "bid").rows())


@examples(25)
@given(ROWS, st.data())
def test_a_resorted_or_overlapping_file_adds_nothing(rows: list[tuple[str, int, int]], data: st.DataObject) -> None:
    """Equal rows within one file count as often as they stand there."""
    known = ordered(QUOTES, delivered(rows, "first"))
    shuffled = data.draw(st.permutations(rows))
    part = shuffled[: data.draw(st.integers(0, len(rows)))]
    merged = merge(QUOTES, known, pl.concat([delivered(shuffled, "second"), delivered(part, "third")]))
    assert merged.added == 0
    assert len(merged.known) == len(rows) + len(part)
    columns = content_columns(QUOTES)
    assert content_hash(merged.frame, columns) == content_hash(known, columns)


@examples(25)
@given(
    st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b"]), st.text("xyz", max_size=4)), max_size=40), st.data()
)
def test_how_rows_are_handed_in_does_not_change_their_hash(texts: list[str | None], data: st.DataObject) -> None:
    """Whole or cut, texts as strings or as codes; and other rows have another hash."""
    numbers = data.draw(st.lists(st.one_of(st.none(), st.integers(-2, 2)), min_size=len(texts), max_size=len(texts)))
    frame = pl.DataFrame({"text": texts, "number": numbers}, schema={"text": pl.String, "number": pl.Int64})
    whole = content_hash(frame, frame.columns)
    codes = pl.Enum(sorted({text for text in texts if text is not None} | {"unused"}))
    cut = data.draw(st.integers(0, len(texts)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(content, "BLOCK_ROWS", 8)
        in_blocks = content_hash(frame, frame.columns)
        for given_frame in (frame, frame.cast({"text": codes})):
            pieces = ContentHash(frame.columns)
            pieces.update(given_frame[:cut])
            pieces.update(given_frame[cut:])
            assert pieces.hexdigest() == in_blocks
    if texts:
        other = frame.with_columns(text=pl.lit("other", dtype=pl.String))
        assert content_hash(other, frame.columns) != whole
        assert content_hash(frame[1:], frame.columns) != whole


@examples(25)
@given(ROWS, st.data())
def test_overlapping_pieces_end_as_the_whole(rows: list[tuple[str, int, int]], data: st.DataObject) -> None:
    """Pieces cut at instants, so that no group of equal instants is torn, in any order of arrival."""
    cut = data.draw(st.integers(1, 5))
    early, late = [row for row in rows if row[1] <= cut], [row for row in rows if row[1] > cut]
    whole = QUOTES.empty()
    for name, piece in data.draw(st.permutations([("a", early), ("b", late), ("c", early)])):
        whole = merge(QUOTES, whole, delivered(piece, name)).frame
    assert said(whole) == sorted(rows)


@examples(50)
@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 4)), min_size=2, max_size=30), st.data())
def test_a_file_cut_anywhere_stands_in_its_order(moments: list[tuple[str, int]], data: st.DataObject) -> None:
    """Two pieces that meet or overlap, inside an instant too, delivered in either order: rows stand as in the whole.

    The first is longer than what the second has of the instant, as files are: nothing else tells which comes first.
    """
    begun = [("AB"[number % 2], 0) for number in range(len(moments))]
    every = [*begun, *sorted(moments, key=lambda moment: moment[1])]
    rows = [(symbol, at, number) for number, (symbol, at) in enumerate(every)]
    start = data.draw(st.integers(len(begun), len(rows) - 1))
    end = data.draw(st.integers(start, len(rows)))
    pieces = [delivered(rows[:end], "first"), delivered(rows[start:], "second")]
    whole = QUOTES.empty()
    for piece in data.draw(st.permutations(pieces)):
        whole = merge(QUOTES, whole, piece, sequenced=[]).frame
    expected = ordered(QUOTES, delivered(rows, "whole"))
    columns = ["symbol", "at", "bid"]
    assert whole.select(columns).rows() == expected.select(columns).rows()
    again = whole.sample(fraction=1, shuffle=True, seed=1).sort("symbol", "at", "sequence")
    assert again.select(columns).rows() == expected.select(columns).rows()


@pytest.mark.parametrize("names", [("first", "second"), ("second", "first")])
def test_an_overlapping_file_that_says_more_of_an_instant_gives_its_order(names: tuple[str, str]) -> None:
    """Three quotes of one instant, of which the earlier file has two: the third comes after them, in either order."""
    files = {
        "first": delivered([("A", 1, 9), ("A", 2, 9), ("A", 3, 9), ("A", 5, 1), ("A", 5, 2)], "first"),
        "second": delivered([("A", 5, 1), ("A", 5, 2), ("A", 5, 3)], "second"),
    }
    earlier, later = (files[name] for name in names)
    merged = merge(QUOTES, merge(QUOTES, QUOTES.empty(), earlier).frame, later, sequenced=[])
    assert merged.frame["bid"].to_list() == [9, 9, 9, 1, 2, 3]
    assert merged.added + len(merged.known) == later.height


@examples(15)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=12))
def test_one_identity_keeps_one_content(rows: list[tuple[int, int]]) -> None:
    """Each delivered row is added, known, or a conflict; never two of these, never none."""
    frame = pl.DataFrame(
        [(f"e{number}", price) for number, price in rows], schema=["execution_id", "price"], orient="row"
    )
    delivery = EXECUTIONS.conform(frame.with_columns(source_id=pl.lit("s"), quantity=pl.lit(1)))
    merged = merge(EXECUTIONS, EXECUTIONS.empty(), delivery)
    assert merged.frame["execution_id"].is_unique().all()
    assert merged.added + len(merged.known) + merged.conflicts.height == len(rows)


def test_a_row_that_tells_the_end_stands_for_the_one_that_could_not_yet() -> None:
    """A halt delivered while it went on and once more when it was over: one row, whichever came first.

    Two ends of one halt contradict each other, as before.
    """
    status = TABLES["market_status"]
    rows = [(None, "a"), (34_500, "b"), (34_600, "c")]
    going_on, over, other = (
        status.conform(
            pl.DataFrame(
                {"symbol": ["A"], "from_at": [34_200], "to_at": [to_at], "kind": ["halt"], "source_id": [source]},
                schema_overrides={"to_at": pl.Int64},
            )
        )
        for to_at, source in rows
    )
    for first, second in ((going_on, over), (over, going_on)):
        merged = merge(status, first, second)
        assert merged.frame["to_at"].to_list() == [34_500]
        assert merged.conflicts.is_empty()
    assert merge(status, over, other).conflicts["to_at"].to_list() == [34_600]
