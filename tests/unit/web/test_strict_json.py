"""What is sent is of the type that is described, or it is malformed: nothing is turned into what was not meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from web_client import Browser, staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def ann(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """An analyst."""
    root: Path = staffed_workspace(tmp_path_factory.mktemp("strict") / "w")
    return Browser(root, "ann")


@pytest.mark.parametrize("day", ["0", "1751328000", "2026-7-1", "2026-07-01T00:00:00", ""])
def test_a_parameter_that_is_a_day_is_written_as_one(ann: Browser, day: str) -> None:
    """Zero is not the first day of 1970."""
    assert ann.get("/api/v1/policy", params={"on": day}).status_code == 400
    assert ann.get("/api/v1/policy", params={"on": "2026-07-01"}).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_that_nobody_can_mean_is_refused(ann: Browser, day: str) -> None:
    """Neither asked for nor recorded: what is reckoned from it would fail, today and ever after."""
    for path in ("/duties", "/api/v1/duties", "/policy", "/wsp"):
        assert ann.get(path, params={"on": day}).status_code in {400, 403}, path
    answer = ann.call("POST", "/api/v1/cases/S-9/open", {"kind": "other", "title": "T", "due_on": day})
    assert answer.status_code == 400
    assert answer.json()["error"]["where"] == "due_on"
    assert ann.get("/api/v1/cases/S-9").status_code == 404


def test_a_form_may_leave_a_day_open(ann: Browser) -> None:
    """A page's filter that was emptied is no filter; another text is no day."""
    assert ann.get("/policy", params={"on": ""}).status_code == 200
    assert ann.get("/policy", params={"on": "0"}).status_code == 400


@pytest.mark.parametrize(
    ("member", "value"), [("due_on", 0), ("due_on", "0"), ("title", 5), ("evidence", "none"), ("kind", True)]
)
def test_a_member_of_another_type_is_malformed_and_named(ann: Browser, member: str, value: Any) -> None:  # noqa: ANN401
    """No number is a day, no text a list."""
    body = {"kind": "other", "title": "T", member: value}
    answer = ann.call("POST", "/api/v1/cases/S-1/open", body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "malformed"
    assert member in answer.json()["error"]["message"]
    assert ann.get("/api/v1/cases/S-1").status_code == 404


def test_a_day_that_is_one_is_taken(ann: Browser) -> None:
    """As ISO 8601 writes it."""
    body = {"kind": "other", "title": "T", "due_on": "2026-07-09"}
    assert ann.call("POST", "/api/v1/cases/S-2/open", body).status_code == 200


def test_a_wrong_method_is_told_all_that_there_are(ann: Browser) -> None:
    """Not those of the first route of the path alone."""
    answer = ann.call("PUT", "/api/v1/tokens")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


def test_a_file_in_the_description_is_bytes_and_of_no_type(ann: Browser) -> None:
    """Bytes that spell a number are a file too; a string of JSON they are not."""
    whole = ann.get("/openapi.json").json()
    file = whole["components"]["schemas"]["Body_post_api_v1_uploads"]["properties"]["file"]
    assert file["contentMediaType"] == "application/octet-stream"
    assert "type" not in file
    sent = ann.client.post(
        "/api/v1/uploads", files={"file": ("file", b"-5.8e16")}, headers={"X-CSRF-Token": ann.form_token}
    )
    assert sent.status_code == 200
