"""Minutes: everything that was recorded, who signed which version, and nothing that is not so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.desk.minutes import minutes_of, write_minutes
from routeproof.renderers.html import render_html
from routeproof.vocab.errors import UsageError
from unit.governance.review_case import REVIEW_ID, closed, do, look, meeting, opened, sign

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _page(desk: Desk, of: str = REVIEW_ID) -> str:
    with desk.context() as context:
        return render_html(minutes_of(context, of)).decode()


def test_an_open_review_is_a_draft(desk: Desk, tmp_path: Path) -> None:
    """Minutes of an open review say that they are a draft, that nothing is decided and nobody has signed."""
    opened(desk, tmp_path / "pack")
    page = _page(desk)
    for said in ("This review is open", "Nobody has signed", "No minutes are recorded", "not answered"):
        assert said in page


def test_they_hold_what_was_recorded(desk: Desk, tmp_path: Path) -> None:
    """Names, factors with the unconfirmed one marked, options by kind of estimate, votes, hashes, signatures."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting(recusals=[{"person": "cleo", "reason": "owns shares"}]))
    against = {"person": "sue", "finding": "F1", "vote": "for", "reason": "it is cheap"}
    do(desk, "ann", "record", {"votes": [against]})
    sign(desk, "sam", "cora")
    do(desk, "sam", "close")
    state, page = look(desk), _page(desk)
    for said in (
        "Sam, Cora, Cole",
        "owns shares",
        "(unconfirmed)",
        "send limit orders to the primary first",
        "benchmark",
        "price_improvement/limit becomes 0.0011",
        "it is cheap",
        "The committee met and decided.",
        state["version_hash"],
        *state["pack_files"].values(),
        "Checkpoint, line 1",
    ):
        assert said in page, said
    assert page.count("counts") >= 2
    assert "This review is open" not in page


def test_what_came_later_stands_at_the_end(desk: Desk, tmp_path: Path) -> None:
    """An addendum stands in the minutes, with who has still to acknowledge it."""
    closed(desk, tmp_path / "pack", votes=[])
    do(desk, "ann", "addendum", {"text": "A late bust of 5 October."})
    page = _page(desk)
    assert "A late bust of 5 October." in page
    assert "Cora, Sam" in page


def test_predictions_stand_with_what_became_of_them(desk: Desk, tmp_path: Path) -> None:
    """Last quarter's predictions stand with what became of them."""
    closed(desk, tmp_path / "pack", votes=[])
    opened(desk, tmp_path / "next", "2026Q4")
    page = _page(desk, "2026Q4-P")
    assert "measured 0.0008 does not reach the predicted 0.0011" in page


def test_the_files_are_the_same_when_written_again(desk: Desk, tmp_path: Path) -> None:
    """The files are the same when written again while nothing was recorded, under any person's markup."""
    closed(desk, tmp_path / "pack", votes=[], minutes="<script>alert(1)</script> #let x = 1")
    with desk.context() as context:
        first = write_minutes(context, REVIEW_ID, tmp_path / "one")
        again = write_minutes(context, REVIEW_ID, tmp_path / "two")
    assert first["files"] == again["files"]
    assert "<script>" not in (tmp_path / "one" / "minutes.html").read_text(encoding="utf-8")
    assert (tmp_path / "one" / "minutes.pdf").read_bytes().startswith(b"%PDF")


def test_there_are_none_of_a_review_that_is_not(desk: Desk, tmp_path: Path) -> None:
    """There are no minutes of a review that does not exist."""
    with pytest.raises(UsageError, match="2020Q1-P"), desk.context() as context:
        write_minutes(context, "2020Q1-P", tmp_path)
