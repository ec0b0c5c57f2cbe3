"""A pack has the analyses that could be asked, and says of the others why they could not."""

import pytest

from routeproof.app.analysis.in_pack import answered
from routeproof.vocab.errors import LedgerBrokenError, UsageError


def test_what_cannot_be_asked_is_refused_with_its_reason() -> None:
    """A provider without a file has no answers to test; that is no reason to have no pack."""

    def ask() -> dict[str, object]:
        message = "expected a provider named 'P2', found none"
        raise UsageError(message)

    assert answered(ask) == {
        "refused": True,
        "reason": "expected a provider named 'P2', found none",
        "assumptions": (),
    }


def test_an_answer_stays_as_it_is() -> None:
    """Nothing is added to it."""
    found = {"refused": False, "estimate": 1.5}
    assert answered(lambda: found) is found


def test_a_broken_record_is_no_answer() -> None:
    """Whoever builds a pack hears of it."""

    def ask() -> dict[str, object]:
        message = "an entry does not verify"
        raise LedgerBrokenError(message)

    with pytest.raises(LedgerBrokenError):
        answered(ask)
