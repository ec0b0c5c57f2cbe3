"""Pages over a filled demo: what each is for stands on it, within the days of an examiner, and files come down."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from routeproof.app.context import open_context
from routeproof.app.desk.effect.effect import proposal_effect
from web_client import Browser
from web_demo import DAYS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def filled(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo whose caches these tests may fill."""
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("desk") / "demo")


@pytest.fixture(scope="module")
def analyst(filled: Path) -> Browser:
    """Looks at everything."""
    return Browser(filled, "analyst")


@pytest.fixture(scope="module")
def examiner(filled: Path) -> Browser:
    """Sees the second half of 2026."""
    return Browser(filled, "examiner")


def test_what_is_remediated_stands_in_a_table_too(analyst: Browser) -> None:
    """The board is for a glance; the table has each file once, with its stage and what comes next."""
    page = analyst.get("/remediation").text
    board = set(re.findall(r'<h3><a href="(/remediation/[^"]+)"', page))
    table = re.search(r"<table><caption>Every remediation</caption>.*?</table>", page, re.DOTALL)
    assert table is not None
    assert set(re.findall(r'<th scope="row"><a href="(/remediation/[^"]+)"', table[0])) == board
    assert board


@pytest.mark.night
def test_venues_show_payments_gaps_and_what_others_publish(analyst: Browser) -> None:
    """P2 fills at a venue that it never disclosed; a wholesaler that nobody uses publishes; payers are points."""
    gaps = analyst.get("/api/v1/venues/access?of=2026Q3:P2").json()["gaps_by_venue"]
    assert {gap["venue"] for gap in gaps if gap["kind"] == "used_not_disclosed"} == {"ZQUV"}
    published = analyst.get("/api/v1/venues/published?of=2026Q3:P2").json()
    assert [row["reporter"] for row in published["quality"]["rows"]] == ["HRBW", "OAKW", "XNAS"]
    assert all(row["reports"] == 2 for part in published["routing"]["sections"] for row in part["rows"])
    page = analyst.get("/venues?of=2026Q3:P2").text
    for said in ("Price improvement by net payment", "used, never disclosed", "OAKW", "Set our own orders beside them"):
        assert said in page
    points = analyst.get("/api/v1/payments").json()["payments"]["points"]
    assert {point["side"] for point in points} <= {"pays the router", "charges it"}


def test_our_own_orders_stand_beside_public_ones_in_the_same_mix(analyst: Browser) -> None:
    """Public rows were made from our own report: with each cell there, all of our weight is matched."""
    rows = analyst.get("/api/v1/venues/beside?of=2026Q3:P2").json()["rows"]
    assert (rows[0]["side"], rows[0]["reporter"]) == ("own", "P2")
    assert [round(row["weight_matched"], 6) for row in rows[1:]] == [1.0, 1.0, 1.0]
    adjusted = {row["reporter"]: row["e_over_q_adjusted"] for row in rows}
    assert adjusted["OAKW"] / adjusted["XNAS"] == pytest.approx(0.79 / 1.04, rel=1e-3)
    assert analyst.get("/api/v1/venues/published?of=2026Q3:P2").status_code == 200  # made before the page asks
    assert "ours, same orders" in analyst.get("/venues?of=2026Q3:P2").text


def test_a_quarter_beyond_an_examiners_days_is_not_there(examiner: Browser) -> None:
    """Neither as a choice nor by its name."""
    assert examiner.get("/api/v1/venues/access?of=2026Q2:P2").status_code == 404
    assert examiner.get("/binders/2026Q2.zip").status_code == 404


def test_an_examiner_downloads_a_binder_with_its_verifier_and_a_letter(examiner: Browser) -> None:
    """The library's links lead to files; a binder is kept while nothing but looks goes on record."""
    page = examiner.get("/reports").text
    letter = re.search(r'"(/remediation/R1/documents/[0-9a-f]{64})" download="letter\.pdf"', page)
    assert letter is not None
    assert examiner.get(letter.group(1)).content.startswith(b"%PDF")
    first = examiner.get("/binders/2026Q3.zip")
    assert "verify.py" in zipfile.ZipFile(io.BytesIO(first.content)).namelist()
    assert examiner.get("/binders/2026Q3.zip").content == first.content


def test_the_board_and_the_files_say_where_things_stand(analyst: Browser) -> None:
    """R1 is under heightened monitoring, R2's letter is overdue; the file of P2 shows its breach and its settings."""
    stages = {stage["stage"]: stage["cards"] for stage in analyst.get("/api/v1/board").json()["stages"]}
    assert [card["id"] for card in stages["heightened"]] == ["R1"]
    (late,) = stages["opened"]
    assert (late["id"], late["next"], late["overdue"][0]["what"]) == ("R2", "notify", "notify")
    assert late["clock"]["due_on"] == "2026-10-25"
    assert "monitoring heightened" in analyst.get("/remediation/R1").text
    page = analyst.get("/providers/P2").text
    for said in ("Questionnaire", "Clauses of P2-2026", "Settings of P2-routing", "version 2 waits for approval"):
        assert said in page
    agreed = analyst.get("/api/v1/providers/P2/file").json()["agreements"][0]
    states = {clause["id"]: clause["state"] for clause in agreed["clauses"]}
    assert [name for name, state in states.items() if state == "breached"] == agreed["evaluation"]["breached"]


def test_my_day_names_data_that_did_not_come(analyst: Browser) -> None:
    """The last files of both providers are of 2 July; the next session was Monday 6 July."""
    page = analyst.get("/").text
    assert re.search(r"Nothing from P1 for \d+ trading days, since 2026-07-02", page)
    assert "2026-07-06" in page


def test_a_view_of_cases_is_kept_as_a_link_and_forgotten(analyst: Browser) -> None:
    """All states are meant where none was chosen."""
    kept = analyst.send("/exceptions/views", {"name": "mine", "owner": "analyst", "overdue": "yes"})
    assert kept.headers["location"] == "/exceptions?state=&owner=analyst&overdue=yes"
    assert "owner=analyst&amp;overdue=yes" in analyst.get("/exceptions").text
    analyst.send("/exceptions/views", {"name": "mine", "forget": "1"})
    assert "owner=analyst&amp;overdue=yes" not in analyst.get("/exceptions").text


def test_duties_move_with_their_proposal_and_a_margin_changes_words(filled: Path, analyst: Browser) -> None:
    """65 sessions instead of one for closing 1 July: due on 2 July without the proposal."""
    with open_context(filled) as context:
        effect = proposal_effect(context, "P2")["effect"]
    (row,) = [duty for duty in effect["duties"] if duty["period"] == "2026-07-01"]
    assert (row["what"], row["due_before"]) == ("moves", "2026-07-02")
    assert row["due_after"] > "2026-09-30"
    page = analyst.get("/policy/P2").text
    assert "duties are due on another day" in page


def test_a_rule_that_is_switched_off_loses_exactly_its_findings(filled: Path, analyst: Browser) -> None:
    """The day is judged twice: what is on record vanishes, nothing appears, and nothing of it goes on record."""
    found = analyst.get(f"/api/v1/findings?day={DAYS[0]}&limit=1000").json()["findings"]
    rules = [item["rule"] for item in found]
    rule = max(sorted(set(rules)), key=rules.count)
    body = {"key": f"rules.{rule}.enabled", "value": False, "effective_from": "2027-01-01", "reason": "A test."}
    proposal = analyst.call("POST", "/api/v1/policy/new/propose", body).json()["id"]
    assert "Compute the effect" in analyst.get(f"/policy/{proposal}").text
    with open_context(filled) as context:
        size = context.records.size()
        effect = proposal_effect(context, proposal, DAYS[0], judge=True)["effect"]
        assert context.records.size() == size
    (told,) = effect["rules"]
    assert (told["rule"], told["old"], told["vanish"]) == (rule, rules.count(rule), rules.count(rule))
    assert (told["new"], told["appear"], told["off_after"]) == (0, 0, True)
    assert "would vanish" in analyst.get(f"/policy/{proposal}?day={DAYS[0]}").text
