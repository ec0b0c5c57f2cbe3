"""Votes of a review: who may vote, whose vote counts, what is carried, and from when on people may vouch for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.desk.review import act_on_review
from routeproof.governance.conflict import CONFLICT
from routeproof.governance.decider import RefusalError
from routeproof.reports.catalog.review_minutes import _votes
from unit.governance.review_case import REVIEW_ID, closed, do, look, meeting, opened, refused_code, sign

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def test_who_is_recused_cannot_vote_nor_make_the_quorum(desk: Desk, tmp_path: Path) -> None:
    """Who is recused cannot vote nor make the quorum; a vote given before is not counted any more."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting())
    state = do(desk, "ann", "record", {"recusals": [{"person": "cora", "reason": "brother works there"}]})
    assert state["decisions"][0]["tally"] == {"for": 1, "against": 1, "abstain": 0}
    vote = {"votes": [{"person": "cora", "finding": "F1", "vote": "for"}]}
    assert refused_code(desk, "ann", "record", vote) == "recused"
    state = sign(desk, "sam", "cora")
    assert state["quorum"] == {"needed": 2, "signed": 1, "who": ["sam"]}
    assert [item["why"] for item in state["signatures"]] == ["", "recused"]


def test_a_declared_conflict_on_the_provider_bars_from_voting(desk: Desk, tmp_path: Path) -> None:
    """A declared conflict on the provider bars from voting and from the quorum; one on another provider does not."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting(votes=[]))
    _declare(desk, "C1", "cora", "P")
    _declare(desk, "C2", "cole", "Q")
    vote = {"finding": "F1", "vote": "for"}
    assert refused_code(desk, "ann", "record", {"votes": [{"person": "cora", **vote}]}) == "recused"
    do(desk, "ann", "record", {"votes": [{"person": "cole", **vote}]})
    state = sign(desk, "cora", "cole")
    assert state["quorum"]["who"] == ["cole"]
    assert state["conflicts"] == {"cora": ["C1"]}
    assert refused_code(desk, "sam", "close") == "no_quorum"


def _declare(desk: Desk, object_id: str, person: str, provider: str, on: date | None = None) -> None:
    body = {"kind": "personal_interest", "description": "shares", "person": person, "provider": provider}
    desk.act("carl", CONFLICT, object_id, "declare", body, on=on)


def test_dissents_are_kept(desk: Desk, tmp_path: Path) -> None:
    """Dissents are kept; a decision that not more are for than against is not carried, nor is a tie."""
    opened(desk, tmp_path / "pack")
    state = do(desk, "ann", "record", meeting())
    assert [(item["person"], item["vote"]) for item in state["dissents"]] == [("cole", "against")]
    assert state["missing"] == []  # two for, one against
    state = do(desk, "ann", "record", {"votes": [{"person": "carl", "finding": "F1", "vote": "against"}]})
    assert state["missing"] == ["votes.F1: not carried"]
    state = do(desk, "ann", "record", {"votes": [{"person": "carl", "finding": "F1", "vote": "for"}]})
    assert state["missing"] == []
    state = do(desk, "ann", "record", {"votes": [{"person": "sam", "finding": "F1", "vote": "abstain"}]})
    assert state["missing"] == []
    for person in ("cora", "sue", "carl"):
        state = do(desk, "ann", "record", {"votes": [{"person": person, "finding": "F1", "vote": "abstain"}]})
    assert state["missing"] == ["votes.F1: not carried"]


def test_a_conflict_declared_after_the_vote_takes_the_vote_away(desk: Desk, tmp_path: Path) -> None:
    """One for and one against are left, which carries nothing; it closes when somebody else is for it."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting())
    _declare(desk, "C1", "cora", "P")
    state = sign(desk, "sam", "carl")
    assert state["decisions"][0]["tally"] == {"for": 1, "against": 1, "abstain": 0}
    assert state["missing"] == ["votes.F1: not carried"]
    assert refused_code(desk, "sam", "close") == "incomplete"
    do(desk, "ann", "record", {"votes": [{"person": "sam", "finding": "F1", "vote": "for"}]})
    sign(desk, "sam", "carl")
    assert do(desk, "sam", "close")["state"] == "closed"


def test_a_conflict_declared_after_the_closing_changes_nothing_of_it(desk: Desk, tmp_path: Path) -> None:
    """Its votes and signatures are shown as they counted when it closed."""
    before = closed(desk, tmp_path / "pack")
    desk.clock.pass_days(1)
    _declare(desk, "C1", "cora", "P", date(2026, 10, 2))
    after = look(desk)
    for name in ("decisions", "missing", "quorum", "signatures", "conflicts"):
        assert after[name] == before[name]


def test_nobody_signs_or_closes_before_the_quarter_is_over(desk: Desk, tmp_path: Path) -> None:
    """Neither truly nor by the business date; it may be opened and prepared before, and signed on the day after."""
    opened(desk, tmp_path / "pack")
    seen = do(desk, "ann", "record", meeting())["version_hash"]
    for now, on in ((date(2026, 9, 30), date(2026, 10, 1)), (date(2026, 10, 1), date(2026, 9, 30))):
        desk.clock.reach(now)
        for verb, body in (("sign", {"version": seen}), ("close", {})):
            with desk.claiming("sam", on) as context, pytest.raises(RefusalError, match="2026Q3 is over") as refused:
                act_on_review(context, REVIEW_ID, verb, body)
            assert refused.value.code == "wrong_state"
    assert len(sign(desk, "sam", "cora")["signatures"]) == 2


def test_a_look_back_is_not_on_a_day_that_has_passed(desk: Desk, tmp_path: Path) -> None:
    """The day of the decision itself is the first one."""
    opened(desk, tmp_path / "pack")
    decision = {"finding": "F1", "choice": "modify", "predicted": {"metric": "m", "value": 1}}
    body = meeting(decisions=[{**decision, "look_back_on": "2026-09-20"}])
    assert refused_code(desk, "ann", "record", body) == "incomplete"
    do(desk, "ann", "record", meeting(decisions=[{**decision, "look_back_on": "2026-09-21"}]))


def test_nobody_changes_what_a_member_said_of_themself(desk: Desk, tmp_path: Path) -> None:
    """A dissent stands as its member put it: no other vote, no removal, no recusal by somebody else."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting(votes=[]))
    against = {"votes": [{"person": "cole", "finding": "F1", "vote": "against", "reason": "The sample is small."}]}
    do(desk, "cole", "record", against)
    for body in (
        {"votes": [{"person": "cole", "finding": "F1", "vote": "for"}]},
        {"votes": [{"person": "cole", "finding": "F1", "vote": "abstain", "reason": "Never mind."}]},
        {"remove": {"votes": ["cole/F1"]}},
        {"recusals": [{"person": "cole", "reason": "He disagrees."}]},
    ):
        assert refused_code(desk, "cora", "record", body) == "not_permitted"
    again = {"votes": [{**against["votes"][0], "reason": "Never mind."}], "agenda": ["Once more"]}
    (dissent,) = do(desk, "ann", "record", again)["dissents"]
    assert (dissent["person"], dissent["reason"], dissent["own"]) == ("cole", "The sample is small.", True)
    state = do(desk, "cole", "record", {"votes": [{"person": "cole", "finding": "F1", "vote": "for"}]})
    assert (state["dissents"], state["votes"][0]["own"]) == ([], True)


def test_a_vote_that_somebody_recorded_for_a_member_says_so(desk: Desk, tmp_path: Path) -> None:
    """In what is shown and in the minutes, until the member says it."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting(votes=[]))
    vote = {"person": "cole", "finding": "F1", "vote": "for"}
    assert do(desk, "cora", "record", {"votes": [vote]})["votes"][0]["own"] is False
    assert "for, recorded for them" in str(_votes(look(desk), str))
    assert do(desk, "cole", "record", {"votes": [vote]})["votes"][0]["own"] is True
    assert "recorded for them" not in str(_votes(look(desk), str))
