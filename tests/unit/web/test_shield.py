"""What stands around every answer, and what no request gets through."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from routeproof.app.access.accounts import change_password
from routeproof.app.context import open_context
from routeproof.vocab.errors import UsageError
from routeproof.web.pace import BURST, Pace
from web_client import PASSWORD, Browser, staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)>"\' ${7*7} {{7*7}} javascript:alert(1)'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one person per role."""
    return staffed_workspace(tmp_path_factory.mktemp("web") / "w")


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    """A copy of its own."""
    return shutil.copytree(made, tmp_path / "w")


@pytest.mark.parametrize("path", ["/login", "/static/app.js", "/nowhere", "/healthz", "/api/v1/cases", "/openapi.json"])
def test_every_answer_says_what_a_browser_may_do_with_it(made: Path, path: str) -> None:
    """By TLS: come by TLS for two years; never guess a type, never embed, never tell others the address, never share."""
    browser = Browser(made, behind_proxy=True)
    browser.client.base_url = "https://desk.example"  # type: ignore[assignment]
    headers = browser.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "OPTIONS", "CONNECT", "PUT", "PATCH"])
def test_no_other_method_does_anything(made: Path, method: str) -> None:
    """Neither echo, nor preflight, nor a change by another name."""
    answer = Browser(made, "ann").client.request(method, "/me")
    assert answer.status_code == 405
    assert "routeproof_session" not in answer.text


def test_what_a_person_writes_is_shown_as_text(workspace: Path) -> None:
    """On the page it runs nothing; by the API it comes back byte for byte."""
    ann = Browser(workspace, "ann")
    assert ann.call("POST", "/api/v1/cases/C-1/open", {"kind": "other", "title": SCRIPT}).status_code == 200
    assert ann.call("POST", "/api/v1/cases/C-1/notes", {"text": SCRIPT}).status_code == 200
    page = ann.get("/cases/C-1").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in page
    assert ann.get("/api/v1/cases/C-1").json()["notes"][0]["text"] == SCRIPT


def test_a_flood_is_slowed_down_and_others_are_not() -> None:
    """So many at once, then no more from this client."""
    pace = Pace()
    taken = sum(pace.has_time_for("one") for _ in range(int(BURST) * 2))
    assert BURST <= taken < BURST + 60
    assert pace.has_time_for("other")


def test_logging_out_clears_what_the_browser_kept(workspace: Path) -> None:
    """What was on the screen is not in its cache."""
    assert "cache" in Browser(workspace, "ann").send("/logout").headers["clear-site-data"]


def test_a_password_that_anybody_would_try_is_refused(workspace: Path) -> None:
    """Too short, too long, or little but names; a sentence of any characters is taken, and kept as it is."""
    with open_context(workspace) as context:
        for weak in ("short", "x" * 257, "ann.alvarez.ann", "Routeproof-Password1", "password1234", "a" * 20):
            with pytest.raises(UsageError):
                change_password(context, "ann", PASSWORD, weak)
    browser = Browser(workspace, "ann")
    sentence = " Ünïcode sentence, with spaces \u0007and a bell; " + "x" * 100
    changed = browser.send("/me/password", {"old": PASSWORD, "new": sentence})
    assert changed.status_code == 303
    assert browser.get("/me").status_code == 303, "every session ended"
    assert browser.log_in("ann", sentence).status_code == 303
    browser.client.cookies.clear()
    assert browser.log_in("ann", sentence.strip()).status_code == 401
