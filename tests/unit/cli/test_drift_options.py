"""Days of a baseline that `drift show` is asked for, before any data is looked at."""

from __future__ import annotations

import json

import pytest

from program import call


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--baseline-from", "2026-07-02", "--baseline-to", "2026-07-01"),
            "expected --baseline-from on or before --baseline-to, found 2026-07-02 and 2026-07-01",
        ),
        (("--baseline-to", "2026-07-01"), "expected both --baseline-from and --baseline-to, or neither"),
    ],
)
def test_a_baseline_that_ends_before_it_begins_is_an_error_of_usage(words: tuple[str, ...], said: str) -> None:
    """Exit code 2 and the days that were given; one day without the other is none either."""
    done = call("drift", "show", "--provider", "P", *words, "--json")
    assert (done.returncode, json.loads(done.stderr)["error"]["message"]) == (2, said)
