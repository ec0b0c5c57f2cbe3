"""A quarter on its way to a review, in the browser: measured, its analyses adopted, opened, voted on."""

from __future__ import annotations

import re
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from web_client import Browser
from web_demo import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

ASKED = {"quarter": "2026Q3", "provider": "P1"}
CARD = "/scorecard?provider=P1&quarter=2026Q3"
REVIEW = "/reviews/2026Q3-P1"
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def filled(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo: P2's quarter is under review, P1's is not."""
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("preparing") / "demo")


def awaited(browser: Browser, path: str) -> str:
    """A page once nothing is under way on it any more."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        answer = browser.get(path)
        if answer.status_code == 200 and "aria-busy" not in answer.text:
            return str(answer.text)
        time.sleep(0.1)
    raise AssertionError(path)


def test_a_quarter_comes_from_its_flow_to_a_review_with_votes(filled: Path) -> None:
    """My day says that it waits; the pack is built meanwhile; an adopted text stands in the pack that is pinned."""
    analyst, member = Browser(filled, "analyst"), Browser(filled, "member2")
    assert "2026Q3 of P1 is over and has no review" in analyst.get("/").text
    assert "Measure the quarter" in analyst.get("/reviews").text
    sent = analyst.send("/scorecard/build", ASKED)
    assert (sent.status_code, sent.headers["location"]) == (303, CARD)
    assert "Adopt or edit" in awaited(analyst, CARD)
    words = {**ASKED, "row": "fill_time", "text": "Fills of P1 are as fast as agreed."}
    assert analyst.send("/scorecard/adopt", words).headers["location"] == f"{CARD}#fill_time"
    page = analyst.get(CARD).text
    assert "Ann Alvarez" in page
    assert "1 of 5 adopted by people" in page
    assert "1 of 5 adopted" in analyst.get("/reviews").text
    analyst.send("/reviews/begin", ASKED)
    awaited(analyst, "/reviews")
    rows = {row["id"]: row for row in analyst.get("/api/v1/scorecard?provider=P1&quarter=2026Q3").json()["rows"]}
    assert rows["fill_time"]["analysis"] == "Fills of P1 are as fast as agreed."
    assert (rows["fill_time"]["analysis_status"], rows["fill_time"]["analysis_by"]) == ("edited", "Ann Alvarez")
    assert "Before it can be closed: 8 factors to consider" in analyst.get(REVIEW).text
    assert "Vote on F1" not in member.get(REVIEW).text
    finding = {"findings.0.id": "F1", "findings.0.text": "Nothing is amiss."}
    assert analyst.send(f"{REVIEW}/record", finding).status_code == 303
    assert "Vote on F1" in member.get(REVIEW).text
    assert "Vote on F1" not in analyst.get(REVIEW).text
    vote = {
        "votes.0.person": "member2",
        "votes.0.finding": "F1",
        "votes.0.vote": "against",
        "votes.0.reason": "Too early.",
    }
    assert member.send(f"{REVIEW}/record", vote).status_code == 303
    assert "Your vote: against" in member.get(REVIEW).text


@pytest.mark.night
def test_my_day_leads_from_a_vote_to_the_end(filled: Path) -> None:
    """Each person is asked for the step that the review waits for, and for no other one; then it is closed."""
    people = {name: Browser(filled, name) for name in ("analyst", "member1", "member2", "custodian")}
    factors = analyst_factors(people["analyst"])
    meeting = {
        "agenda": "Execution quality of P1",
        "attendance": "member1\nmember2",
        "minutes": "Ms Lindt took the chair.",
        "decisions.0.finding": "F1",
        "decisions.0.choice": "justify",
        "decisions.0.rationale": "Nothing to change.",
        **factors,
    }
    assert people["analyst"].send(f"{REVIEW}/record", meeting).status_code == 303
    assert asked(people["member1"]) == "vote"
    vote = {"votes.0.person": "member1", "votes.0.finding": "F1", "votes.0.vote": "for"}
    assert people["member1"].send(f"{REVIEW}/record", vote).status_code == 303
    agreed = {"votes.0.person": "member2", "votes.0.finding": "F1", "votes.0.vote": "for"}
    assert people["member2"].send(f"{REVIEW}/record", agreed).status_code == 303  # one to one carries nothing
    for name in ("member1", "member2"):
        assert asked(people[name]) == "read and sign"
        assert "Close the review" not in people[name].get(REVIEW).text
        version = people[name].get("/api/v1/reviews/2026Q3-P1").json()["version_hash"]
        assert people[name].send(f"{REVIEW}/sign", {"version": version, "password": PASSWORD}).status_code == 303
    assert asked(people["member1"]) == "close it"
    assert "Everything is there: it can be closed." in people["member1"].get(REVIEW).text
    assert asked(people["custodian"]) == ""
    assert people["member1"].send(f"{REVIEW}/close", {"password": PASSWORD}).status_code == 303
    assert asked(people["member1"]) == ""
    assert asked(people["custodian"]) == "countersign for the firm"


def analyst_factors(analyst: Browser) -> dict[str, str]:
    """The form's factors, each with evidence and nothing else said of it."""
    factors = analyst.get("/api/v1/reviews/2026Q3-P1").json()["factors"]
    return {
        f"factors.{place}.{name}": text
        for place, factor in enumerate(factors)
        for name, text in (("code", factor["code"]), ("evidence", "pack"))
    }


def asked(browser: Browser) -> str:
    """What My day asks of a person for the review of P1; empty if nothing."""
    found = re.search(rf'<a href="{REVIEW}">([^<]*)</a>', browser.get("/").text)
    return found.group(1) if found else ""


def test_what_nobody_may_or_can_is_refused(filled: Path) -> None:
    """By role, and where there is no flow of that quarter."""
    analyst, compliance = Browser(filled, "analyst"), Browser(filled, "compliance")
    assert compliance.send("/scorecard/adopt", {**ASKED, "row": "fill_time"}).status_code == 403
    assert compliance.send("/reviews/begin", ASKED).status_code == 403
    for wrong in ({**ASKED, "quarter": "2019Q1"}, {**ASKED, "provider": "P9"}, {**ASKED, "quarter": "soon"}):
        assert analyst.send("/scorecard/build", wrong).status_code == 400
        assert analyst.call("POST", "/api/v1/packs", wrong).status_code == 400
    asked = {"quarter": "2026Q3", "provider": "P2", "row": "fill_time"}
    adopted = analyst.call("POST", "/api/v1/packs/adoptions", asked)
    assert adopted.json()["text"] == adopted.json()["draft"]
