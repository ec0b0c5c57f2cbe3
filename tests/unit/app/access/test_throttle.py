"""As many wrong passwords as come at once are let try as one after the other: no more."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from routeproof.app.access.log_in import WrongPasswordError, log_in
from routeproof.app.access.throttle import MOST_FOR_A_NAME, MOST_FOR_A_PLACE, TooManyError
from routeproof.app.context import open_context
from web_client import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context


def test_many_at_once_are_as_few_as_one_by_one(staffed: Path) -> None:
    """Twenty wrong ones of one name from one place: eight are held against the password, twelve must wait."""

    def guess(number: int) -> str:
        with open_context(staffed) as context:
            try:
                log_in(context, "ann", f"wrong {number}", place="192.0.2.1")
            except (WrongPasswordError, TooManyError) as error:
                return error.code
        return "in"

    with ThreadPoolExecutor(20) as pool:
        found = Counter(pool.map(guess, range(20)))
    assert found == {"wrong_password": MOST_FOR_A_NAME, "too_many": 20 - MOST_FOR_A_NAME}


def test_who_is_right_is_not_counted(staffed: Path) -> None:
    """However often: neither for the name nor for the place."""
    with open_context(staffed) as context:
        for _ in range(MOST_FOR_A_NAME + 1):
            assert log_in(context, "ann", PASSWORD, place="192.0.2.2").person == "ann"
        assert _tries(context, "192.0.2.2") == MOST_FOR_A_PLACE


def _tries(context: Context, place: str) -> int:
    """Failures that a place may still have, over many names."""
    for number in range(MOST_FOR_A_PLACE + 1):
        try:
            with pytest.raises(WrongPasswordError):
                log_in(context, f"n{number}", "wrong", place=place)
        except TooManyError:
            return number
    pytest.fail("a place was never told to wait")
