"""Maps: what is wrong is said with the nearest right word."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from routeproof.sources.map_file import load_map, parse_map
from routeproof.sources.rows import POSITION, canonical_rows, positioned
from routeproof.sources.source import ReadContext
from routeproof.vocab.errors import MapError

CONTEXT = ReadContext("file.csv", "ab", "firm", "router-1")
T0 = 1_782_912_600_000_000_000
"""2026-07-01T13:30:00Z."""


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"table": "quote"}, "nearest: quotes"),
        ({"table": "quotes", "columns": {"bidd": "B"}}, "nearest: bid"),
        ({"table": "quotes", "time": {"at": {"unit": "millis"}}}, "unit"),
        ({"table": "quotes", "time": {"at": {"zone": "America/NewYork"}}}, "nearest: America/New_York"),
        ({"tables": "quotes"}, "nearest: table"),
        ({"table": "quotes", "columns": "all"}, "section"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest_right_one(document: dict[str, object], words: str) -> None:
    """Expected, found, nearest."""
    with pytest.raises(MapError, match=words):
        parse_map(document)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            {"constants": {"kind": "nbboo"}},
            r"word for kind in \[constants\] \(.*nbbo.*\), found 'nbboo'; nearest: nbbo",
        ),
        ({"values": {"kind": {"B": "nboo"}}}, r"kind in \[values.kind\] \(.*nbbo.*\), found 'nboo'; nearest: nbbo"),
        ({"constants": {"kind": "B"}, "values": {"kind": {"C": "nbbo"}}}, r"kind in \[constants\] .* found 'B'"),
        ({"table": "parent_orders", "constants": {"order_type": "limitt"}}, "found 'limitt'; nearest: limit"),
        ({"table": "executions", "values": {"time_in_force": {"0": "dya"}}}, "found 'dya'; nearest: day"),
        ({"table": "parent_orders", "constants": {"held": "perhaps"}}, r"held in \[constants\] .* found 'perhaps'"),
        ({"table": "instruments", "values": {"sp500": {"Y": "yess"}}}, "found 'yess'; nearest: yes"),
    ],
)
def test_a_value_that_its_column_cannot_have_is_a_wrong_map(document: dict[str, object], words: str) -> None:
    """It would refuse every row; column, value, allowed words and the nearest of them are named before any is read."""
    with pytest.raises(MapError, match=words):
        parse_map({"table": "quotes", **document})


@pytest.mark.parametrize(
    "document",
    [
        {"constants": {"kind": "Odd-Lot"}},
        {"constants": {"kind": " NBBO "}},
        {"constants": {"kind": "B"}, "values": {"kind": {"B": "nbbo"}}},
        {"constants": {"symbol": "anything"}, "values": {"symbol": {"A": "B"}}},
        {"table": "executions", "values": {"side": {"X": "", "B": "buy"}}},
        {"table": "parent_orders", "constants": {"held": True, "directed": "N"}},
    ],
)
def test_a_value_that_its_column_can_have_is_not(document: dict[str, object]) -> None:
    """Words as rows may have them, recoded constants, what means no value, and columns that may say anything."""
    parse_map({"table": "quotes", **document})


def test_a_file_that_is_no_toml_is_a_wrong_map(tmp_path: Path) -> None:
    """With the line that TOML complains about."""
    path = tmp_path / "map.toml"
    path.write_text("table = quotes", encoding="utf-8")
    with pytest.raises(MapError, match="TOML"):
        load_map(path)


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5_000, "a = " + "9" * 5_000, 'delimiter = ","\n[constants]\nprice = 0x' + "f" * 5_000],
    ids=["brackets", "digits", "hexadecimal digits"],
)
def test_what_toml_readers_choke_on_is_a_wrong_map(tmp_path: Path, text: str) -> None:
    """Brackets in brackets, numbers of 5,000 digits."""
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MapError):
        load_map(path)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 2**63, -(2**64)])
def test_numbers_that_cannot_go_on_record_are_a_wrong_map(value: float) -> None:
    """Nanoseconds since 1970 can."""
    with pytest.raises(MapError, match="numbers"):
        parse_map({"table": "quotes", "constants": {"bid": value}})
    with pytest.raises(MapError, match="53 bits"):
        parse_map({"values": {"venue": {"Q": 2**53}}})
    assert parse_map({"table": "quotes", "constants": {"at": T0}}).constants == {"at": T0}


def rows(document: dict[str, object], **columns: list[object]) -> dict[str, pl.DataFrame]:
    """Canonical tables of a frame under a map."""
    return canonical_rows(positioned(pl.DataFrame(columns), 1), parse_map(document), CONTEXT).tables


def test_a_map_that_names_an_absent_column_says_what_the_file_has() -> None:
    """And the closest column."""
    with pytest.raises(MapError, match=r"found 'symbol', 'at', 'Bid Price'; nearest: Bid Price"):
        rows({"table": "quotes", "columns": {"bid": "BidPrice"}}, symbol=["A"], at=[T0], **{"Bid Price": ["1"]})


def test_a_required_column_that_nothing_fills_is_a_wrong_map() -> None:
    """Rather than a file of rejects."""
    with pytest.raises(MapError, match="column or constant for symbol"):
        rows({"table": "quotes"}, at=[T0], bid=["1"])


def test_columns_with_canonical_names_need_no_line() -> None:
    """Constants fill what the file lacks; the session day is New York's."""
    quotes = rows({"table": "quotes", "constants": {"symbol": "IBM"}}, at=[T0], bid=["10.01"], ask=["10.02"])["quotes"]
    assert quotes.select("symbol", "at", "bid", "ask", "kind", "firm_id", "sequence").row(0) == (
        "IBM", T0, 10_010_000_000, 10_020_000_000, "nbbo", "firm", 1,
    )  # fmt: skip
    assert str(quotes["trading_day"][0]) == "2026-07-01"


def test_an_empty_or_zero_side_is_no_side() -> None:
    """Its size and venue go with it; both empty means no quote from then on."""
    quotes = rows(
        {"table": "quotes", "constants": {"symbol": "IBM"}},
        at=[T0, T0, T0], bid=["0", "", "1"], ask=["2", "", "0.00"], bid_size=["5", "5", "5"], bid_venue=["Q", "Q", "Q"],
    )["quotes"]  # fmt: skip
    assert quotes.select("bid", "ask", "bid_size", "bid_venue").rows() == [
        (None, 2_000_000_000, None, None),
        (None, None, None, None),
        (1_000_000_000, None, 5_000_000_000, "Q"),
    ]


def test_an_order_row_with_terms_is_also_its_first_version() -> None:
    """An OMS export has one row per order."""
    tables = rows(
        {"table": "parent_orders"},
        order_id=["o1"], symbol=["IBM"], side=["buy"], received_at=[T0], quantity=["100"], order_type=["Limit"],
        limit_price=["10.5"],
    )  # fmt: skip
    assert tables["parent_orders"].select("order_id", "provider_id", "held").row(0) == ("o1", "router-1", True)
    assert tables["order_versions"].select(
        "order_id", "version", "event", "effective_at", "quantity", "order_type", "limit_price", "time_in_force"
    ).row(0) == ("o1", 1, "new", T0, 100_000_000_000, "limit", 10_500_000_000, "day")


def test_a_mapped_sequence_breaks_ties_and_the_file_row_does_otherwise() -> None:
    """Equal instants keep the order that the source gave them."""
    document = {"table": "quotes", "constants": {"symbol": "IBM"}}
    assert rows(document, at=[T0, T0], bid=["1", "2"])["quotes"]["sequence"].to_list() == [1, 2]
    mapped = rows({**document, "columns": {"sequence": "n"}}, at=[T0, T0], bid=["1", "2"], n=["9", "8"])["quotes"]
    assert mapped["sequence"].to_list() == [9, 8]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"price": ["-1"], "quantity": ["1"]}, "negative_price"),
        ({"price": ["1"], "quantity": ["-1"]}, "negative_size"),
        ({"price": ["0"], "quantity": ["1"]}, "zero_price"),
        ({"price": ["1"], "quantity": ["0"]}, "zero_size"),
        ({"price": [""], "quantity": ["1"]}, "missing_value"),
    ],
)
def test_rows_that_cannot_have_happened_are_refused(columns: dict[str, list[str]], reason: str) -> None:
    """Counted under one stable word; received = accepted + rejected."""
    frame = positioned(pl.DataFrame({"symbol": ["IBM"], "at": [T0], **columns}), 1)
    result = canonical_rows(frame, parse_map({"table": "trades"}), CONTEXT)
    assert result.rejects["reason"].to_list() == [reason]
    assert (result.received, result.accepted) == (1, 0)
    assert set(POSITION).isdisjoint(result.rejects.columns)


def test_a_halt_does_not_end_before_it_begins() -> None:
    """A is over a second early; B lasts a second, C none, D goes on."""
    status = pl.DataFrame(
        {"symbol": [*"ABCD"], "kind": "halt", "from_at": T0, "to_at": [T0 - 10**9, T0 + 10**9, T0, None]}
    )
    result = canonical_rows(positioned(status, 1), parse_map({"table": "market_status"}), CONTEXT)
    assert result.rejects.select("row", "reason").rows() == [(1, "end_before_begin")]
    assert result.tables["market_status"]["symbol"].to_list() == ["B", "C", "D"]


def test_a_file_of_halts_need_not_say_when_they_end() -> None:
    """Then all of them go on."""
    tables = rows({"table": "market_status"}, symbol=["A"], kind=["halt"], from_at=[T0])
    assert tables["market_status"]["to_at"].to_list() == [None]


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([True]),
        pl.Series([time(13, 30)]),
        pl.Series([date(2026, 7, 1)]),
        pl.Series([datetime(2026, 7, 1)]),  # noqa: DTZ001  # as a file without zones has it
        pl.Series([timedelta(seconds=1)]),
        pl.Series([b"1"]),
    ],
)
def test_a_column_that_holds_no_numbers_is_no_price(values: pl.Series) -> None:
    """A wrong column is a wrong map, not a file that cannot be read."""
    frame = pl.DataFrame({"symbol": ["A"], "at": [T0], "bid": values})
    with pytest.raises(MapError, match="plain values for bid"):
        canonical_rows(positioned(frame, 1), parse_map({"table": "quotes"}), CONTEXT)


def test_a_column_of_categories_is_a_column_of_texts() -> None:
    """Dictionary columns of Parquet come as categories."""
    frame = pl.DataFrame({"symbol": ["A"], "at": [T0], "bid": pl.Series(["1.5"], dtype=pl.Categorical)})
    tables = canonical_rows(positioned(frame, 1), parse_map({"table": "quotes"}), CONTEXT).tables
    assert tables["quotes"]["bid"].to_list() == [1_500_000_000]
