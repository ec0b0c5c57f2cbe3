"""What each role does all day, through the real server in a real browser; what one leaves the next one finds."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from routeproof.app.context import open_context
from routeproof.app.ledger.verify import verify_workspace
from web_demo import DAYS, PACK, PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from browser_desk import Desk, Window

REVIEW = f"/reviews/{PACK.partition('/')[2]}"
DAY = f"from={DAYS[0]}&to={DAYS[1]}"


def test_an_analyst_explores_drills_to_an_order_and_opens_a_case(desk: Desk) -> None:
    """From a figure by venue to the orders behind it, to the replay of one, to a case about it."""
    window = desk.sit("analyst")
    page = window.page
    window.go("/explore")
    page.select_option("#by0", "venue")
    page.fill("#from", DAYS[0].isoformat())
    page.fill("#to", DAYS[1].isoformat())
    page.click("#question > button")
    page.wait_for_selector('figure.chart[data-state="drawn"]')
    page.click("table.figures-table >> text=orders >> nth=0")
    page.click("table.figures-table tbody th a")
    page.wait_for_selector('section.replay[data-state="drawn"]')
    order = page.url.rpartition("/")[2]
    window.step("Open a case", object_id="INQ-7", title="Why did this one take so long?")
    page.wait_for_url("**/cases/INQ-7")
    assert page.inner_text("h1") == "Why did this one take so long?"
    assert page.locator(f'main a[href="/orders/{order}"]').count() == 1
    assert window.said() == "Done: open a case."
    assert window.complaints == []


def test_a_supervisor_closes_the_day_with_a_password(desk: Desk) -> None:
    """A wrong password closes nothing; the right one does, and the record says who."""
    window = desk.sit("supervisor")
    window.go("/exceptions")
    window.page.click(f"nav >> text={DAYS[1]}")
    window.step("Close the day", password="not the password of mine")  # noqa: S106
    assert window.page.inner_text("h1") == "Who are you?"
    window.go(f"/days/{DAYS[1]}")
    assert window.page.inner_text("main .state") == "open"
    window.step("Close the day", password=PASSWORD)
    assert window.page.inner_text("main .state") == "closed"
    assert "Sam Okafor" in window.page.inner_text("table:has(caption:text('History'))")
    assert window.complaints == []


def test_a_signature_is_refused_after_an_edit_and_says_what_changed(desk: Desk) -> None:
    """Two members have one page: one signs, the minutes change, the other is shown the change and then signs anew."""
    second, third, writer = desk.sit("member2"), desk.sit("member3"), desk.sit("analyst")
    for window in (second, third, writer):
        window.go(REVIEW)
    second.step("Sign this version", password=PASSWORD)
    assert [row[0] for row in _rows(second, "Signatures")] == ["Cora Lindt", "Cole Baptiste"]
    minutes = writer.page.input_value("#record-minutes")
    writer.step("Record the meeting", minutes=f"{minutes}\nMs Tanaka asked for the figures of October.")
    assert all(row[3].startswith("no") for row in _rows(writer, "Signatures"))
    third.step("Sign this version", password=PASSWORD)
    assert third.page.inner_text("h1") == "Changed meanwhile"
    changed = {row[0]: row[2] for row in _rows(third, "What changed since you looked")}
    assert changed["minutes"].endswith("Ms Tanaka asked for the figures of October.")
    for window in (third, second):
        window.go(REVIEW)
        window.step("Sign this version", password=PASSWORD)
    assert [row[3] for row in _rows(second, "Signatures")][-2:] == ["yes", "yes"]
    assert second.complaints == third.complaints == writer.complaints == []


def test_a_member_closes_and_a_custodian_countersigns(desk: Desk) -> None:
    """With its quorum the review is closed for good; the firm's key is set under it."""
    member = desk.sit("member1")
    member.go(REVIEW)
    member.step("Close the review", password=PASSWORD)
    assert member.page.inner_text("main .state") == "closed"
    custodian = desk.sit("custodian")
    custodian.go(REVIEW)
    custodian.step("Countersign", password=PASSWORD)
    assert _rows(custodian, "History")[0][1:3] == ["countersigned", "Kim Sorensen key custodian"]
    assert member.complaints == custodian.complaints == []


def test_a_vendor_manager_runs_the_yearly_refresh(desk: Desk, tmp_path: Path) -> None:
    """A new round, last year's answers in the questionnaire, one answer changed, all taken in, the change shown."""
    window = desk.sit("vendor_manager")
    window.go("/providers")
    window.page.click("text=P1")
    window.step("Begin the yearly refresh")
    with window.page.expect_download() as begun:
        window.page.click("main >> text=CSV")
    rows = list(csv.DictReader(io.StringIO(begun.value.path().read_text(encoding="utf-8-sig"))))
    for row in rows:
        row["answer"] = row["last_answer"]
    changed = next(row for row in rows if row["question_id"] == "VEN-4")
    changed["answer"] = "The venue committee meets weekly."
    filled = tmp_path / "filled.csv"
    with filled.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    window.page.set_input_files("#answers", filled)
    window.page.click("text=Take in")
    assert window.said() == "The answers are on file."
    assert window.page.inner_text("tr:has(td strong:text-is('changed')) th").startswith("VEN-4")
    assert window.page.locator("td strong:text-is('changed')").count() == 1
    assert window.complaints == []


def test_compliance_approves_what_another_proposed(desk: Desk) -> None:
    """A threshold proposed by an analyst is in force from its day once a second person approves it."""
    window = desk.sit("compliance")
    window.go("/policy")
    window.page.click("main li:has(.proposed) a >> nth=0")
    window.step("Approve, as a second person", password=PASSWORD)
    assert window.page.inner_text("main .state") in {"approved", "in force"}
    assert window.complaints == []


def test_an_admin_ends_the_sessions_of_somebody(desk: Desk) -> None:
    """At once: the next click of that person asks for a password."""
    gone = desk.stranger()
    desk.log_in(gone, "member3")
    admin = desk.sit("admin")
    admin.go("/admin")
    admin.page.click('[aria-label="End the sessions of member3"]')
    assert admin.said().startswith("Ended ")
    gone.go("/reviews")
    assert gone.page.url.endswith("/login?next=%2Freviews")
    desk.forget("member3")
    assert admin.complaints == gone.complaints == []


def test_an_examiner_takes_a_binder_and_verifies_it_elsewhere(desk: Desk, tmp_path: Path) -> None:
    """The verifier in the binder, Python alone and nothing of ours; a changed byte is found."""
    window = desk.sit("examiner")
    window.go(REVIEW)
    assert "Ed Whitlock" in window.page.inner_text(".watermark")
    with window.page.expect_download() as begun:
        window.page.click("text=binder of the quarter")
    binder = tmp_path / "binder.zip"
    begun.value.save_as(binder)
    with zipfile.ZipFile(binder) as packed:
        (tmp_path / "verify.py").write_bytes(packed.read("verify.py"))
    assert _verified(tmp_path, binder).returncode == 0
    content = bytearray(binder.read_bytes())
    content[len(content) // 2] ^= 1
    binder.write_bytes(content)
    assert _verified(tmp_path, binder).returncode != 0
    assert window.complaints == []


def test_after_all_of_it_the_record_verifies(desk: Desk) -> None:
    """Every entry of these stories is signed by the person of its window."""
    assert verify_workspace(desk.root).problems == []
    with open_context(desk.root) as context:
        assert context.records.size() > 0


def _verified(folder: Path, binder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", "-S", "verify.py", binder.name]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, check=False)


def _rows(window: Window, caption: str) -> list[list[str]]:
    """Texts of a table's cells, row by row."""
    table = window.page.locator("table", has=window.page.locator("caption", has_text=caption)).first
    table.wait_for()
    return table.evaluate(
        "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
