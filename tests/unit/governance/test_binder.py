"""The binder: what the quarter holds, checked by the verifier that comes in it, on nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.binder.build import build_binder
from routeproof.app.binder.objects import belongs_to_quarter
from routeproof.app.firm.duties import add_duty, close_duty, duties_shown
from routeproof.app.firm.policy import decide_policy
from routeproof.app.firm.procedures import propose_procedure
from routeproof.app.ledger.notes import append_notes
from routeproof.app.ledger.rebuild import rebuild_projections
from routeproof.governance.decider import RefusalError
from routeproof.governance.evidence import EVIDENCE
from routeproof.governance.wsp import WSP
from routeproof.vocab.errors import UsageError
from unit.governance.remediation_case import stands_after
from unit.governance.review_case import closed, opened

if TYPE_CHECKING:
    from pathlib import Path

JUNE = date(2026, 6, 1)
VOTES = [
    {"person": "cora", "finding": "F1", "vote": "for"},
    {"person": "sam", "finding": "F1", "vote": "for"},
    {"person": "cole", "finding": "F1", "vote": "against", "reason": "The sample is small."},
]
READABLE = ("index.html", "review/2026Q3-P/review.json", "procedures/in-force.csv", "policy.json")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with a closed review of 2026Q3, an open one of 2026Q2, and a procedure in force from August on."""
    found = new_desk(tmp_path / "workspace")
    with found.context("sam", JUNE) as context:
        propose_procedure(context, "sor", {"template": "sor-supervision", "effective_from": "2026-08-01"})
    found.act("carl", WSP, "sor", "approve", on=JUNE)
    with found.context("carl") as context:
        decide_policy(context, "approve", "founding")
    opened(found, tmp_path / "earlier", "2026Q2")
    closed(found, tmp_path / "pack", votes=VOTES)
    return found


def _build(desk: Desk, out: Path, quarter: str = "2026Q3") -> str:
    with desk.context() as context:
        return build_binder(context, quarter, out).sha256


def _verify(path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """The verifier out of the zip, by an interpreter that sees nothing of the program."""
    verifier = path.with_name(f"verify-{path.stem}.py")
    with zipfile.ZipFile(path) as packed:
        verifier.write_bytes(packed.read("verify.py"))
    run = subprocess.run(
        [sys.executable, "-I", str(verifier), str(path), "--json", *more], capture_output=True, text=True, check=False
    )
    return run.returncode, json.loads(run.stdout)


def test_its_own_verifier_finds_it_whole(desk: Desk, tmp_path: Path) -> None:
    """Exit 0, every entry seen, nothing unlisted."""
    _build(desk, tmp_path / "q.zip")
    code, report = _verify(tmp_path / "q.zip")
    assert (code, report["ok"], report["problems"]) == (0, True, [])
    with desk.context() as context:
        assert report["entries"] == context.records.size()


@pytest.mark.parametrize(
    "name", ["index.html", "review/2026Q3-P/review.json", "procedures/in-force.csv", "policy.json"]
)
def test_a_changed_or_missing_file_is_found(desk: Desk, tmp_path: Path, name: str) -> None:
    """Minutes that read otherwise in the page, a review without a vote, a day without procedure: all located."""
    _build(desk, tmp_path / "q.zip")
    for change in ("altered", "deleted"):
        other = tmp_path / f"{change}.zip"
        with zipfile.ZipFile(tmp_path / "q.zip") as packed, zipfile.ZipFile(other, "w") as target:
            for member in packed.namelist():
                content = packed.read(member)
                if member == name and change == "deleted":
                    continue
                target.writestr(member, content.replace(b"e", b"o", 1) if member == name else content)
        code, report = _verify(other)
        assert code == 4
        assert [(item["kind"], item["file"]) for item in report["problems"]] == [(change, name)]


def test_pages_of_one_day_do_not_stand_around_the_ledger_of_another(desk: Desk, tmp_path: Path) -> None:
    """Each half is signed and whole; the later ledger has an entry of which the earlier pages say nothing."""
    _build(desk, tmp_path / "a.zip")
    with desk.context("ann") as context:
        list(append_notes(context, ["figures were wrong"]))
    _build(desk, tmp_path / "b.zip")
    with (
        zipfile.ZipFile(tmp_path / "a.zip") as earlier,
        zipfile.ZipFile(tmp_path / "b.zip") as later,
        zipfile.ZipFile(tmp_path / "mixed.zip", "w") as target,
    ):
        for packed, of_ledger in ((earlier, False), (later, True)):
            for member in packed.namelist():
                if member.startswith("ledger/") is of_ledger:
                    target.writestr(member, packed.read(member))
    code, report = _verify(tmp_path / "mixed.zip")
    assert code == 4
    assert [(item["kind"], item["file"]) for item in report["problems"]] == [("altered", "ledger/checkpoint")]


def test_a_folder_that_holds_something_is_found(desk: Desk, tmp_path: Path) -> None:
    """A member that calls itself a folder is still read by whoever unpacks it."""
    _build(desk, tmp_path / "q.zip")
    with zipfile.ZipFile(tmp_path / "q.zip", "a") as packed:
        packed.writestr("hidden/", "We never met.")
    code, report = _verify(tmp_path / "q.zip")
    assert code == 4
    assert ("unreadable", "hidden/") in [(item["kind"], item["file"]) for item in report["problems"]]


def test_an_added_file_is_found(desk: Desk, tmp_path: Path) -> None:
    """What was slipped in is named."""
    _build(desk, tmp_path / "q.zip")
    with zipfile.ZipFile(tmp_path / "q.zip", "a") as packed:
        packed.writestr("review/2026Q3-P/second-minutes.txt", "We never met.")
    code, report = _verify(tmp_path / "q.zip")
    assert (code, report["problems"][0]["kind"]) == (4, "inserted")


def test_it_holds_the_quarter_and_no_other_in_its_readable_part(desk: Desk, tmp_path: Path) -> None:
    """Review, pack files, minutes, votes with dissent, procedures day by day, receipts; nothing of 2026Q2."""
    _build(desk, tmp_path / "q.zip")
    with zipfile.ZipFile(tmp_path / "q.zip") as packed:
        names = [name for name in packed.namelist() if not name.startswith("ledger/")]
        review = json.loads(packed.read("review/2026Q3-P/review.json"))
        page = packed.read("index.html").decode()
        days = packed.read("procedures/in-force.csv").decode().splitlines()
        assert packed.read("review/2026Q3-P/minutes.txt").decode() == "The committee met and decided."
        (pack_json,) = [name for name in names if name.endswith("-pack.json")]
        assert json.loads(packed.read(pack_json))["meta"]["period"] == "2026Q3"
    assert not [name for name in names if "2026Q2" in name]
    assert "2026Q2" not in page
    assert [vote["person"] for vote in review["dissents"]] == ["cole"]
    assert sum(name.startswith("receipts/") for name in names) == len(review["history"]) == 5
    assert (days[1], days[31], len(days)) == ("2026-07-01,(none in force),,,", "2026-07-31,(none in force),,,", 93)
    assert days[32].startswith("2026-08-01,sor,1,")
    for said in (
        "The committee met and decided.",
        "Limit orders fall behind.",
        "Cole: against - The sample is small.",
        "Adopted by carl",
    ):
        assert said in page
    assert "<script" not in page
    assert 'src="http' not in page


@pytest.mark.parametrize(
    ("noun", "name", "state", "belongs"),
    [
        ("provider", "P", {}, True),
        ("provider", "Q", {}, False),
        ("internalised", "2026Q3", {}, True),
        ("internalised", "2026Q2", {}, False),
        ("restatement", "S1", {"quarter": "2026Q3", "provider": "P"}, True),
        ("restatement", "S2", {"quarter": "2026Q2", "provider": "P"}, False),
        ("review", "2026Q2-P", {"quarter": "2026Q2", "provider": "P"}, False),
        ("config", "P", {"provider": "P"}, True),
        ("conflict", "C1", {"provider": "Q"}, False),
        ("remediation", "R1", {"quarter": "2026Q2", "provider": "P", "opened_on": "2026-05-01"}, True),
        ("remediation", "R2", {"quarter": "2026Q2", "provider": "Q", "opened_on": "2026-05-01"}, False),
        ("remediation", "R3", {"provider": "P", "opened_on": "2026-05-01", "concluded": {"on": "2026-06-30"}}, False),
        ("remediation", "R4", {"provider": "P", "opened_on": "2026-10-01"}, False),
        ("case", "X1", {"provider": None, "opened_on": "2026-09-30", "closed_on": None}, True),
        ("case", "X2", {"provider": "P", "opened_on": "2026-05-01", "closed_on": "2026-07-01"}, True),
        ("case", "X3", {"provider": "P", "opened_on": "2026-05-01", "closed_on": "2026-06-30"}, False),
    ],
)
def test_whatbelongs_to_quarter_to_the_third_quarter_of_a_review_of_p(
    noun: str, name: str, state: dict[str, Any], *, belongs: bool
) -> None:
    """Its own things, and what was being worked on between 1 July and 30 September."""
    assert belongs_to_quarter(noun, name, state, "2026Q3", {"P"}) is belongs


def test_its_receipts_stand_alone(desk: Desk, tmp_path: Path) -> None:
    """One step of the review, proved by its receipt and the verifier."""
    _build(desk, tmp_path / "q.zip")
    with zipfile.ZipFile(tmp_path / "q.zip") as packed:
        (name,) = [name for name in packed.namelist() if name.endswith("review.closed.receipt")]
        (tmp_path / "closed.receipt").write_bytes(packed.read(name))
        (tmp_path / "verify.py").write_bytes(packed.read("verify.py"))
    command = [sys.executable, "-I", str(tmp_path / "verify.py"), "receipt", str(tmp_path / "closed.receipt")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_same_record_gives_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    """Also on another day; an entry more makes another binder."""
    first = _build(desk, tmp_path / "a.zip")
    desk.clock.pass_days(9)
    assert _build(desk, tmp_path / "b.zip") == first
    desk.act("sam", WSP, "sor", "attest", {"text": "Walked through"})
    assert _build(desk, tmp_path / "c.zip") != first


def test_a_quarter_without_a_review_has_no_binder(desk: Desk, tmp_path: Path) -> None:
    """Refused with what to do; what is no quarter is a usage error; nothing is left behind."""
    with pytest.raises(RefusalError, match="review open 2025Q1"):
        _build(desk, tmp_path / "q.zip", "2025Q1")
    with pytest.raises(UsageError):
        _build(desk, tmp_path / "q.zip", "2025")
    assert not (tmp_path / "q.zip").exists()


def test_text_that_looks_like_markup_is_text(desk: Desk, tmp_path: Path) -> None:
    """A finding cannot put a script into the page."""
    opened(desk, tmp_path / "later", "2026Q4")
    body = {"findings": [{"id": "F1", "text": "<script>alert(1)</script>"}], "minutes": "<b>"}
    with desk.context("ann") as context:
        from routeproof.app.desk.review import act_on_review  # noqa: PLC0415

        act_on_review(context, "2026Q4-P", "record", body)
    _build(desk, tmp_path / "q.zip", "2026Q4")
    with zipfile.ZipFile(tmp_path / "q.zip") as packed:
        assert b"<script" not in packed.read("index.html")


def test_a_remediation_is_told_with_its_letter_its_plan_and_its_duties(desk: Desk, tmp_path: Path) -> None:
    """Letter, actions, what is overdue; the actions are duties with the plan's dates."""
    stands_after(desk, "heighten")
    _build(desk, tmp_path / "q.zip")
    with zipfile.ZipFile(tmp_path / "q.zip") as packed:
        page = packed.read("index.html").decode()
        letter = json.loads(packed.read("remediation/R1/remediation.json"))["letters"][0]
    for said in ("Remediation R1", "Limit orders fill less often than agreed.", "Put the old order back", letter["id"]):
        assert said in page
    with desk.context() as context:
        listed = {item["id"]: item for item in duties_shown(context, date(2026, 11, 1))["duties"]}
    assert {name: item["state"] for name, item in listed.items() if name.startswith("remediation_action")} == {
        "remediation_action:R1:A1": "overdue",
        "remediation_action:R1:A2": "due",
    }
    assert _verify(tmp_path / "q.zip")[0] == 0


def test_a_closed_review_closes_its_duty(desk: Desk) -> None:
    """The review's own event is the evidence, for its provider and quarter only."""
    with desk.context() as context:
        listed = {item["id"]: item for item in duties_shown(context, date(2026, 12, 1))["duties"]}
    assert listed["quarterly_review:P:2026Q3"]["state"] == "done"
    assert listed["quarterly_review:P:2026Q2"]["state"] == "overdue"
    assert listed["look_back:2026Q3-P:F1"]["due_on"] == "2027-01-31"


def test_everything_that_is_shown_follows_from_the_entries(desk: Desk) -> None:
    """Replay gives every row that lists show, of the nouns of this desk too."""
    desk.act("carl", EVIDENCE, "inquiry", "hold", {"everything": True, "reason": "Letter"})
    with desk.context("carl") as context:
        add_duty(context, "visit", {"title": "Visit", "owner": "sam", "due_on": "2026-12-01"})
        close_duty(context, "visit", {"text": "Seen"})
        found = rebuild_projections(context, change=False)
    assert found.differences == []
    assert found.projections["governance_objects"] >= 7
