"""Frames in memory: what is refused and how, and what is taken in any of its forms."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import routeproof as rp
from routeproof.vocab.errors import RefusedError, SchemaError, UsageError

AT = 1_795_446_000_000_000_000
QUOTES = pl.DataFrame({"symbol": ["A"], "at": [AT], "bid": ["10.00"], "ask": ["10.04"]})
FILLS = pl.DataFrame(
    {
        "execution_id": ["e1", "e2"],
        "symbol": ["A", "B"],
        "side": ["buy", "sell"],
        "executed_at": [AT + 1, AT + 2],
        "price": ["10.03", "20.00"],
        "quantity": ["100", "300"],
    }
)


def measure(fills: Any = FILLS, quotes: Any = QUOTES, **asked: Any) -> pl.DataFrame:  # noqa: ANN401
    """The library call at the execution."""
    return rp.measure(fills, quotes, **({"benchmark": "execution"} | asked))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"side": pl.lit("B")}, "sell_short_exempt, found B"),
        ({"price": pl.lit(None, dtype=pl.String)}, "found 2 rows without one"),
        ({"quantity": pl.lit("-5")}, "no negative values"),
        ({"price": pl.lit("10.0000000001")}, "at most 9 decimals"),
        ({"price": pl.lit("10.0000000000001")}, "at most 9 decimals"),
        ({"price": pl.lit("1.5e-9")}, "at most 9 decimals"),
        ({"price": pl.lit(10.0000000051234)}, "at most 9 decimals"),
        ({"quantity": pl.lit(100)}, "multiply by 1000000000"),
        ({"executed_at": pl.lit("yesterday")}, "an integer of UTC ns"),
        ({"executed_at": pl.col("executed_at") // 10**6}, "executions.executed_at are taken as UTC nanoseconds"),
        ({"price": pl.lit(1e12)}, "fit fixed point at 1e-9 in executions.price"),
        ({"price": pl.concat_list("price")}, "fit fixed point at 1e-9 in executions.price"),
        ({"execution_id": pl.lit("same")}, "with different content"),
    ],
)
def test_what_cannot_be_evidence_is_refused(change: dict[str, pl.Expr], says: str) -> None:
    """The message says what was expected and what was found."""
    with pytest.raises(SchemaError, match=says):
        measure(FILLS.with_columns(**change))


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"by": ["colour"]}, UsageError),
        ({"by": ["symbol", "symbol"]}, UsageError),
        ({"locked": "perhaps"}, UsageError),
        ({"speed": "high"}, UsageError),
        ({"population": "tape", "benchmark": "receipt"}, RefusedError),
        ({"population": "tape", "shift_ns": 5}, RefusedError),
    ],
)
def test_questions_without_an_answer_are_refused(asked: dict[str, Any], error: type[Exception]) -> None:
    """An unknown dimension or switch, and mixes that compare different things."""
    with pytest.raises(error):
        measure(**asked)


@pytest.mark.parametrize("price", [pl.lit("1.003e1"), pl.lit("100300e-4"), pl.lit(10.03, dtype=pl.Float32)])
def test_a_price_is_the_decimal_that_was_written(price: pl.Expr) -> None:
    """10.03 with an exponent, and in single precision: one cent above the midpoint of 10.02."""
    found = measure(FILLS.head(1).with_columns(price=price))
    assert found["effective_spread_usd_per_share"].to_list() == [0.02]


def test_a_path_is_not_a_frame() -> None:
    """Neither as quotes nor as executions; the message says what to pass."""
    for asked in ({"quotes": "quotes.parquet"}, {"fills": "fills.parquet"}):
        with pytest.raises(SchemaError, match=r"pass pl\.scan_parquet"):
            measure(**asked)


def test_a_symbol_without_quotes_is_not_covered() -> None:
    """The look-up of B, which has no quotes, finds none; A's quote is not taken for it."""
    found = measure(by=["symbol"])
    assert found["covered_executions"].to_list() == [1, 0]
    assert found["excluded_shares"].to_list() == [0.0, 300.0]


def test_no_quotes_at_all() -> None:
    """Executions are counted, none is covered."""
    assert measure(quotes=QUOTES.head(0)).select("executions", "covered_executions").row(0) == (2, 0)


def test_no_executions_give_one_row_of_zero() -> None:
    """Without dimensions there is always one overall row."""
    assert measure(FILLS.head(0)).select("executions", "e_over_q").row(0) == (0, None)


@pytest.mark.parametrize(
    "form",
    [
        pl.from_epoch(pl.col("executed_at"), time_unit="ns"),
        pl.from_epoch(pl.col("executed_at"), time_unit="ns").dt.replace_time_zone("UTC"),
        pl.from_epoch("executed_at", time_unit="ns").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo"),
    ],
)
def test_instants_in_any_form(form: pl.Expr) -> None:
    """Datetimes without a zone are UTC; with one they are converted."""
    assert measure(FILLS.with_columns(executed_at=form)).equals(measure(), null_equal=True)


def test_numbers_in_any_form() -> None:
    """Text, floats, decimals and scaled integers are the same numbers; not-a-number is a missing value."""
    scaled = FILLS.with_columns(
        (pl.col("price", "quantity").cast(pl.Float64) * 1e9).round().cast(pl.Int64),
    )
    floats = FILLS.with_columns(pl.col("price", "quantity").cast(pl.Float64), fee=pl.lit(float("nan")))
    decimals = FILLS.with_columns(pl.col("price", "quantity").str.to_decimal(scale=4))
    for fills in (scaled, floats, decimals):
        assert measure(fills).equals(measure(), null_equal=True)


def test_anything_with_the_arrow_interface() -> None:
    """Pandas and pyarrow tables are taken as they are."""
    pyarrow = pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    arrow = pyarrow.table(FILLS.to_dict(as_series=False))
    assert measure(arrow).equals(measure(), null_equal=True)
    assert measure(pandas.DataFrame(FILLS.to_dict(as_series=False))).equals(measure(), null_equal=True)


def test_a_row_handed_in_twice_counts_once() -> None:
    """The same execution in two files is one execution."""
    assert measure(pl.concat([FILLS, FILLS])).equals(measure(), null_equal=True)
