"""What stopped a foreign parser is told in its first sentence: types and advice are for programmers."""

import pytest

from routeproof.sources.sandbox_child import stopped_at

PANIC = (
    "called `Result::unwrap()` on an `Err` value: ComputeError(ErrString(\"unable to parse time zone: '-02:15'. "
    "Please check the Time Zone Database.\\n\\nHint: did you mean 'CET' instead?\\n\\n"
    'If you would like to forcibly disable timezone validation, set POLARS_IGNORE_TIMEZONE_PARSE_ERROR=1."))'
)
"""As polars panics; line ends are escaped in it."""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (PANIC, "unable to parse time zone: '-02:15'"),
        ("parquet: File out of specification: Unknown type", "parquet: File out of specification: Unknown type"),
        ('x: ComputeError(ErrString("no such codec"))', "no such codec"),
        ("bad page at 1.5 MB\n\nHint: read less", "bad page at 1.5 MB"),
        ("", "ValueError"),
    ],
)
def test_the_first_sentence_alone_is_told(said: str, told: str) -> None:
    """A name of the error where it says nothing."""
    assert stopped_at(ValueError(said)) == told
