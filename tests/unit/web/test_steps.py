"""Steps of governance through forms and calls: recorded under the person's name, refused as on the command line."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from routeproof.app.context import open_context
from routeproof.app.ledger.verify import verify_workspace
from web_client import PASSWORD, Browser, staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path

OTHER = {"kind": "other", "title": "A look at KESTR"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one case."""
    root = staffed_workspace(tmp_path_factory.mktemp("web") / "w")
    ann = Browser(root, "ann")
    assert ann.call("POST", "/api/v1/cases/C-1/open", OTHER).status_code == 200
    return root


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    """A copy of its own for each test."""
    return shutil.copytree(made, tmp_path / "w")


def test_a_note_stands_in_the_record_with_its_signature(workspace: Path) -> None:
    """Signed with the key that the session opened; the record verifies."""
    ann = Browser(workspace, "ann")
    answer = ann.call("POST", "/api/v1/cases/C-1/notes", {"text": "The venue was halted."})
    assert answer.status_code == 200
    assert answer.json()["notes"][0]["by"] == "ann"
    assert "The venue was halted." in ann.get("/cases/C-1").text
    report = verify_workspace(workspace)
    assert report.ok, report.statement()


def test_a_form_leads_back_to_the_case(workspace: Path) -> None:
    """And says what was done, once."""
    ann = Browser(workspace, "ann")
    answer = ann.send("/cases/C-1/note", {"text": "By form."})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/C-1")
    assert "Done: write a note." in ann.get("/cases/C-1").text


def test_a_questionnaire_comes_back_as_a_sheet_of_a_known_kind(workspace: Path) -> None:
    """No file, another ending, other columns: malformed, and told by the name under which it was sent."""
    ann = Browser(workspace, "ann")
    added = {"name": "Nine Routing", "role": "technology_only"}
    assert ann.call("POST", "/api/v1/providers/P9/add", added).status_code == 200
    assert ann.send("/providers/P9/answers").status_code == 400
    for name in ("answers.exe", "answers.csv.exe", "answers"):
        answer = ann.send("/providers/P9/answers", files={"file": (name, b"question_id,answer\n")})
        assert answer.status_code == 400
        assert "ends in .csv, .json, .xlsx" in answer.text
    answer = ann.send("/providers/P9/answers", files={"file": ("../of/answers.csv", b"other,columns\n1,2\n")})
    assert answer.status_code == 400
    assert "<code>answers.csv</code>" in answer.text
    assert "scratch" not in answer.text


def test_a_duty_that_repeats_has_a_page_and_so_has_each_of_its_times(workspace: Path) -> None:
    """The rule of it says how often; what is owed is closed at its day."""
    cara = Browser(workspace, "cara")
    body = {"title": "Look at the keys", "owner": "ada", "due_on": "2026-07-31", "every_months": 3}
    assert cara.call("POST", "/api/v1/duties/keys/add", body).status_code == 200
    rule, time = cara.get("/duties/keys"), cara.get("/duties/keys:2026-07-31")
    assert (rule.status_code, time.status_code) == (200, 200)
    assert "every 3 months" in rule.text
    assert "/duties/keys/close" not in rule.text
    assert "/duties/keys%3A2026-07-31/close" in time.text or "/duties/keys:2026-07-31/close" in time.text


def test_who_saw_an_older_version_is_told_what_changed(workspace: Path) -> None:
    """409 with the version that stands and every member that differs, as JSON and as a page."""
    ann, sam = Browser(workspace, "ann"), Browser(workspace, "sam")
    seen = ann.get("/api/v1/cases/C-1").json()["version_hash"]
    assert sam.call("POST", "/api/v1/cases/C-1/assign", {"to": "ann"}).status_code == 200
    answer = ann.call("POST", "/api/v1/cases/C-1/notes", {"text": "Late.", "expected_version_hash": seen})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "outdated_version"
    assert error["current_version_hash"] == ann.get("/api/v1/cases/C-1").json()["version_hash"]
    assert {"path": "owner", "seen": None, "now": "ann"} in error["diff"]
    page = ann.send("/cases/C-1/note", {"text": "Late.", "expected_version_hash": seen})
    assert page.status_code == 409
    assert "What changed since you looked" in page.text


def test_what_is_not_there_is_not_found(workspace: Path) -> None:
    """404 for pages, looks and steps alike."""
    ann = Browser(workspace, "ann")
    assert ann.call("POST", "/api/v1/cases/C-9/notes", {"text": "?"}).status_code == 404
    assert ann.get("/cases/C-9").status_code == 404
    assert ann.get("/api/v1/cases/C-9").json()["error"]["code"] == "not_found"


def test_a_body_of_another_shape_is_malformed_and_says_where(workspace: Path) -> None:
    """400 naming the member."""
    answer = Browser(workspace, "ann").call("POST", "/api/v1/cases/C-1/notes", {"txt": "?"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "malformed"
    assert "text" in answer.json()["error"]["message"]


def test_a_signature_asks_for_the_password_once_more(workspace: Path) -> None:
    """Without it nothing is signed."""
    cara = Browser(workspace, "cara")
    path = "/api/v1/policy/founding/approve"
    assert cara.call("POST", path, {}).status_code == 400
    wrong = cara.call("POST", path, {"password": "another"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "reauthenticate")
    assert cara.send("/policy/founding/approve", {"password": "another"}).status_code == 401
    right = cara.call("POST", path, {"password": PASSWORD})
    assert right.status_code == 200
    assert right.json()["state"] == "approved"


def test_no_form_reads_a_file_of_the_server(workspace: Path, tmp_path: Path) -> None:
    """A path that is typed where a file belongs names nothing."""
    secret = tmp_path / "secret.txt"
    secret.write_text("nothing for the web")
    ann = Browser(workspace, "ann")
    call = ann.call("POST", "/api/v1/cases/C-1/notes", {"text": "Look.", "evidence": [str(secret)]})
    assert call.status_code == 400
    form = ann.send("/cases/C-1/note", {"text": "Look.", "evidence": str(secret)})
    assert form.status_code == 303
    assert ann.get("/api/v1/cases/C-1").json()["documents"] == []


def test_no_field_of_json_reads_a_file_of_the_server(workspace: Path, tmp_path: Path) -> None:
    """Nor where the file's place is deep within a field: the look of a reliance names a document."""
    secret = tmp_path / "secret.txt"
    secret.write_text("nothing for the web")
    sam = Browser(workspace, "sam")
    added = {"name": "Acme", "role": "member_agent"}
    assert Browser(workspace, "ann").call("POST", "/api/v1/providers/ACME/add", added).status_code == 200
    look = json.dumps({"document": str(secret), "on": "2026-07-01", "by": "sam", "text": "Looked at."})
    answer = sam.send("/providers/ACME/reliance", {"look": look})
    assert answer.status_code == 400
    assert "expected a file that is sent along" in answer.text


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\evil.txt", ".hidden", "a/b\x00.txt", "=cmd|'/c calc'!A1"])
def test_a_file_that_was_sent_is_kept_under_a_harmless_name(workspace: Path, name: str) -> None:
    """Its bytes come back as they were; its name leads nowhere."""
    ann = Browser(workspace, "ann")
    sent = ann.send("/cases/C-1/note", {"text": "See."}, files={"evidence": (name, b"what was found")})
    assert sent.status_code == 303
    (document,) = ann.get("/api/v1/cases/C-1").json()["documents"]
    assert "/" not in document["name"]
    assert not document["name"].startswith(".")
    answer = ann.get(f"/cases/C-1/documents/{document['sha256']}")
    assert answer.content == b"what was found"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_an_examiner_sees_their_days_and_each_look_is_on_record(workspace: Path) -> None:
    """Beyond their days there is nothing: 404, also in lists."""
    ann, eve = Browser(workspace, "ann"), Browser(workspace, "eve")
    for name, day in (("C-in", "2026-07-15"), ("C-out", "2026-10-02")):
        assert ann.call("POST", f"/api/v1/cases/{name}/open", {**OTHER, "day": day}).status_code == 200
    assert eve.get("/api/v1/cases/C-in").status_code == 200
    assert eve.get("/api/v1/cases/C-out").status_code == 404
    assert eve.get("/cases/C-out").status_code == 404
    listed = {case["id"] for case in eve.get("/api/v1/cases").json()["items"]}
    assert "C-in" in listed
    assert "C-out" not in listed
    assert "Shown to Eve Examiner (eve), examiner" in eve.get("/cases/C-in").text
    with open_context(workspace) as context:
        entries = context.records.stream("access")
    reads = [entry.fact.payload for entry in entries if entry.fact.type == "access.read"]
    assert {read["person"] for read in reads} == {"eve"}
    paths = [read["path"] for read in reads]
    assert paths.count("/api/v1/cases/C-in") == 1
    assert "/cases/C-out" in paths


def test_a_token_opens_what_its_scopes_say_until_it_is_revoked(workspace: Path) -> None:
    """Read, write, revoked; the secret is shown once."""
    ann, program = Browser(workspace, "ann"), Browser(workspace)
    asked = {"scopes": ["read"], "expires_on": "2999-01-01"}
    assert ann.call("POST", "/api/v1/tokens", asked).status_code == 400
    day = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    secrets = {}
    for scope in ("read", "write"):
        made = ann.call("POST", "/api/v1/tokens", {"scopes": [scope], "expires_on": day}).json()
        secrets[scope] = made
    look = {"Authorization": f"Bearer {secrets['read']['token']}"}
    change = {"Authorization": f"Bearer {secrets['write']['token']}"}
    note = {"text": "By a program."}
    assert program.client.get("/api/v1/cases/C-1", headers=look).status_code == 200
    assert program.client.post("/api/v1/cases/C-1/notes", json=note, headers=look).status_code == 403
    assert program.client.post("/api/v1/cases/C-1/notes", json=note, headers=change).status_code == 200
    assert ann.call("DELETE", f"/api/v1/tokens/{secrets['write']['id']}").status_code == 200
    assert program.client.post("/api/v1/cases/C-1/notes", json=note, headers=change).status_code == 401
    assert secrets["read"]["token"] not in ann.get("/me").text
