"""What stands around every answer, and what no request gets through."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.app.access.accounts import change_password
from routeproof.app.context import open_context
from routeproof.stores.read_only import mark_read_only
from routeproof.vocab.errors import UsageError
from routeproof.web.answers import answer
from routeproof.web.application import make_app
from routeproof.web.pace import BURST, Pace
from routeproof.web.serve import serve
from routeproof.web.settings import Settings
from routeproof.web.visit import Sent
from web_client import PASSWORD, SOON, Browser

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"' ${7*7} {{7*7}} javascript:alert(1)"


@pytest.fixture
def workspace(staffed: Path, tmp_path: Path) -> Path:
    """A copy of its own."""
    return shutil.copytree(staffed, tmp_path / "w")


TYPES = {
    "/login": "text/html; charset=utf-8",
    "/static/app.js": "text/javascript; charset=utf-8",
    "/healthz": "application/json",
    "/api/v1/cases": "application/json",
    "/openapi.json": "application/json",
    "/metrics": "text/plain; version=0.0.4; charset=utf-8",
    "/nowhere": None,
}


@pytest.mark.parametrize("path", TYPES)
def test_every_answer_says_what_a_browser_may_do_with_it(staffed: Path, path: str) -> None:
    """Come by TLS for two years; never guess a type, never embed, never tell others the address, never share."""
    browser = Browser(staffed, behind_proxy=True)
    browser.client.base_url = "https://desk.example"  # type: ignore[assignment]
    headers = browser.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers
    assert headers.get("content-type") == TYPES[path]


def test_a_record_that_takes_nothing_says_so_and_not_where_it_stands(workspace: Path) -> None:
    """503 from what records, in a call as on a page; who only looks is served, and the folder is nobody's business."""
    ann = Browser(workspace, "ann")
    mark_read_only(workspace, "disk full")
    call = ann.call("POST", "/api/v1/cases/S-1/open", {"kind": "other", "title": "T"})
    assert (call.status_code, call.json()["error"]["code"]) == (503, "ledger_read_only")
    assert call.json()["error"]["where"] == "records.sqlite"
    page = ann.send("/cases/S-1/open", {"kind": "other", "title": "T"})
    assert page.status_code == 503
    assert str(workspace) not in call.text + page.text
    assert ann.get("/readyz").status_code == 503
    assert ann.get("/cases").status_code in {200, 404}


def test_no_answer_leads_to_the_host_that_a_request_names(staffed: Path) -> None:
    """Neither to the login, nor from an address with a stroke too many."""
    ann = Browser(staffed, "ann")
    for browser, path in ((Browser(staffed), "/me"), (Browser(staffed), "/me/"), (ann, "/me/"), (ann, "/static")):
        found = browser.get(path, headers={"Host": "elsewhere.example"})
        assert found.status_code in {303, 307}
        assert found.headers["location"].startswith("/")
        assert not found.headers["location"].startswith("//")
    assert ann.get("/orders/?symbol=A").headers["location"] == "/orders?symbol=A"


@pytest.mark.parametrize("path", ["/healthz", "/login", "/static/app.css", "/me", "/api/v1/cases", "/nowhere"])
def test_a_look_at_the_head_alone_is_answered_as_a_look(staffed: Path, path: str) -> None:
    """Status and type of a GET, without a body."""
    ann = Browser(staffed, "ann")
    whole, head = ann.get(path), ann.client.head(path)
    assert (head.status_code, head.headers["content-type"]) == (whole.status_code, whole.headers["content-type"])
    assert head.content == b""


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "OPTIONS", "CONNECT", "PUT", "PATCH"])
def test_no_other_method_does_anything(staffed: Path, method: str) -> None:
    """Neither echo, nor preflight, nor a change by another name."""
    found = Browser(staffed, "ann").client.request(method, "/me")
    assert found.status_code == 405
    assert "routeproof_session" not in found.text


@pytest.mark.parametrize(
    "path", ["/static/", "/static", "/static/vendor/", "/static/../settings.py", "/static/%2e%2e/visit.py"]
)
def test_no_folder_is_listed(staffed: Path, path: str) -> None:
    """Nor is a file beside it sent."""
    found = Browser(staffed, "ann").get(path)
    assert found.status_code in {307, 404, 405}
    assert "charts.js" not in found.text
    assert "behind_proxy" not in found.text


def test_the_name_of_a_file_adds_no_header() -> None:
    """Whatever it holds."""
    name = 'a"b\r\nSet-Cookie: x=1;é.csv'
    sent = answer(None, None, Sent(b"", "text/csv", name))  # type: ignore[arg-type]  # a file needs neither
    said = sent.headers["content-disposition"]
    assert said.isascii()
    assert said.startswith(
        "attachment; filename=\"a_b__Set-Cookie__x_1__.csv\"; filename*=UTF-8''a%22b%0D%0ASet-Cookie"
    )
    assert "set-cookie" not in sent.headers


def test_methods_that_somebody_makes_up_are_counted_as_one(staffed: Path) -> None:
    """A row for each would be kept as long as the server lives, for whoever asks without coming in."""
    browser = Browser(staffed)
    for number in range(5):
        browser.client.request(f"MADE{number}", "/login")
    said = browser.get("/metrics").text
    assert "MADE" not in said
    assert 'method="other"' in said


def test_who_speaks_as_a_proxy_and_is_none_is_told_of_once(staffed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its word is not taken: the cookie would be one for plain HTTP, and the log says why."""
    browser = Browser(staffed, behind_proxy=True, log_level="warning")
    for _ in range(2):
        browser.get("/login", headers={"X-Forwarded-Proto": "https"})
    said = [line for line in capsys.readouterr().err.splitlines() if "proxy_not_trusted" in line]
    assert len(said) == 1
    assert '"trusted": "127.0.0.1,::1"' in said[0]


def test_what_is_said_after_a_step_travels_as_the_session_does(staffed: Path) -> None:
    """By TLS alone where the session came by TLS."""
    browser = Browser(staffed, behind_proxy=True)
    browser.client.base_url = "https://desk.example"  # type: ignore[assignment]
    assert browser.log_in("ann").status_code == 303
    done = browser.send("/exceptions/views", {"name": "mine", "state": "open"})
    (said,) = [value for value in done.headers.get_list("set-cookie") if value.startswith("routeproof_said")]
    assert "Secure" in said


def test_a_body_of_which_nothing_more_comes_is_given_up(staffed: Path) -> None:
    """408, and the place is free again; a body that has ended is waited for no more."""
    app = make_app(Settings(workspace=staffed, log_level="error", patience_s=0.05))
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not asked:
            asked.append(1)
            return {"type": "http.request", "body": b"username=", "more_body": True}
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401  # ASGI
        sent.append(message)

    asked: list[int] = []
    headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"900"), (b"host", b"h")]
    scope = {"type": "http", "method": "POST", "path": "/login", "raw_path": b"/login", "query_string": b""}
    scope |= {"headers": headers, "client": ("192.0.2.7", 1), "server": ("h", 80), "scheme": "http", "root_path": ""}
    call = app({**scope, "http_version": "1.1", "asgi": {"version": "3.0"}}, receive, send)
    with ThreadPoolExecutor(1) as pool:  # a loop of its own: another test's may run in this thread
        pool.submit(asyncio.run, call).result()
    assert sent[0]["status"] == 408


def test_plain_http_is_for_loopback(staffed: Path) -> None:
    """Passwords do not travel in the clear."""
    with pytest.raises(UsageError, match="behind-proxy"):
        serve(Settings(workspace=staffed), host="0.0.0.0", port=0)  # noqa: S104  # refused before anything listens


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


def test_an_address_is_decoded_once(staffed: Path) -> None:
    """What stands behind two layers of escapes leads nowhere; what stands behind one is what it says."""
    browser = Browser(staffed)
    assert 'name="next" value="/duties"' in browser.get("/login?next=%2fduties").text
    assert 'name="next" value="/"' in browser.get("/login?next=%252f%252felsewhere.example").text
    assert 'name="next" value="/"' in browser.get("/login?next=%2f%2felsewhere.example").text


@pytest.mark.night
def test_no_query_is_made_of_what_is_typed(workspace: Path) -> None:
    """Quotes and comments of SQL name nobody and nothing, and end nothing of others."""
    ann = Browser(workspace, "ann")
    token = ann.call("POST", "/api/v1/tokens", {"scopes": ["read"], "expires_on": "2099-12-31"})
    assert token.status_code == 400, "a year at most"
    token = ann.call("POST", "/api/v1/tokens", {"scopes": ["read"], "expires_on": SOON})
    assert ann.send("/me/sessions/end", {"hash": "' or '1'='1"}).status_code == 303
    assert ann.get("/me").status_code == 200
    assert ann.call("DELETE", "/api/v1/tokens/T-1'%20or%20'1'='1").status_code == 400
    assert ann.send("/me/passkeys/remove", {"passkey": "' or 1=1 --", "password": PASSWORD}).status_code == 404
    bearer = {"Authorization": f"Bearer {token.json()['token']}"}
    assert Browser(workspace).get("/api/v1/tokens", headers=bearer).status_code == 200
    for name in ("ann' --", "' or '1'='1", 'ann"; drop table account; --'):
        assert Browser(workspace).log_in(name).status_code == 401
    assert Browser(workspace).log_in("ann").status_code == 303


def test_a_flood_is_slowed_down_and_others_are_not() -> None:
    """So many at once, then no more from this client."""
    pace = Pace()
    taken = sum(pace.has_time_for("one") for _ in range(int(BURST) * 2))
    assert BURST <= taken < BURST + 60
    assert pace.has_time_for("other")


def test_a_password_that_anybody_would_try_is_refused(workspace: Path) -> None:
    """Too short, too long, little but names and rows of keys, or on a list; a sentence is taken, and kept as it is."""
    listed = "a sentence that leaked"
    (workspace / "passwords").mkdir()
    (workspace / "passwords" / "leaked.txt").write_text(f"{listed}\n")
    named = ("ann.alvarez.ann", "Routeproof-Password1", "password1234", "a" * 20, "qwertyuiop12345", listed)
    with open_context(workspace) as context:
        for weak in ("short", "x" * 257, *named):
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
