"""A filter that finds nothing says what there was to find."""

from datetime import date

import polars as pl
import pytest

from routeproof.app.measuring.row_filter import Sieve, parse_filters

ROWS = pl.DataFrame(
    {
        "venue": ["XNAS", "ARCX", None],
        "provider": ["", "P2", "P2"],
        "quantity": [100_000_000_000, 500_000_000, 7_000_000_000],
        "day": [date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 2)],
        "halted": [None, None, None],
    },
    schema_overrides={"halted": pl.Boolean()},
)


def notes(*filters: str) -> list[str]:
    """What a sieve says after two frames: the rows, and one that has none of the columns."""
    sieve = Sieve(parse_filters(filters))
    sieve.keep(ROWS)
    sieve.keep(pl.DataFrame({"other": [1]}))
    return sieve.notes()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("venue=XNSA", "expected a venue of the measured rows, found none named 'XNSA'; nearest: XNAS"),
        ("venue=XNAS,Q", "expected a venue of the measured rows, found none named 'Q'; there: ARCX, XNAS"),
        ("provider=77", "expected a provider of the measured rows, found none named '77'; there: (unnamed), P2"),
        ("quantity=8", "expected rows with quantity 8, found none: it goes from 0.5 to 100"),
        ("day>=2026-08-01", "expected rows with day >= 2026-08-01, found none: it goes from 2026-07-01 to 2026-07-02"),
        ("halted=true", "expected rows with halted true, found none: no row has one"),
    ],
)
def test_what_is_nowhere_is_told_with_what_is_there(text: str, note: str) -> None:
    """Texts with the nearest, or with all; numbers and days with their ends; one of a list alone."""
    assert notes(text) == [note]


def test_filters_that_find_rows_say_nothing() -> None:
    """Also where a frame cannot be asked."""
    assert notes() == []
    assert notes("venue=XNAS", "day<2026-07-02") == []


def test_filters_that_exclude_each_other_say_so() -> None:
    """Each finds rows, no row passes both."""
    (note,) = notes("venue=XNAS", "day>=2026-07-02")
    assert note.startswith("expected rows that pass every filter, found none")


def test_a_value_that_a_later_frame_has_was_found() -> None:
    """Days come one after the other."""
    sieve = Sieve(parse_filters(["venue=BATS"]))
    sieve.keep(ROWS)
    sieve.keep(ROWS.with_columns(venue=pl.lit("BATS")))
    assert sieve.notes() == []
