"""Nobody comes in without a session, and nobody does what the matrix does not give them."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from routeproof.app.access.matrix import PUBLIC, matrix_in_force
from routeproof.app.context import open_context
from routeproof.web.all_routes import ALL
from routeproof.web.faults import asked_as
from routeproof.web.listing import ways_in
from routeproof.web.uploading import LONGEST_FIELD_BYTES
from web_client import BY_ROLE, PASSWORD, Browser, staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.web.routing import Route

ENDS_THE_SESSION = {"/logout", "/me/password", "/me/sessions/end"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one person per role."""
    return staffed_workspace(tmp_path_factory.mktemp("web") / "w")


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    """A copy of its own for a test that changes something."""
    return shutil.copytree(made, tmp_path / "w")


def address(route: Route) -> str:
    """An address of the route's shape; what it names need not be there."""
    return re.sub(r"\{[^}]*\}", "0", route.path)


@pytest.mark.parametrize("path", ["/", "/exceptions?state=open", "/nowhere", "/cases/C-1"])
def test_a_page_sends_a_stranger_to_the_login_and_back(made: Path, path: str) -> None:
    """Also for a path that is not there: a stranger learns of none."""
    answer = Browser(made).get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=%2F")


def test_a_call_tells_a_stranger_that_nobody_came_in(made: Path) -> None:
    """401 in the one shape of errors."""
    for path in ("/api/v1/cases", "/api/v1/nowhere"):
        answer = Browser(made).get(path)
        assert answer.status_code == 401
        assert set(answer.json()["error"]) == {"code", "message", "where", "request_id"}


def test_an_unknown_name_and_a_wrong_password_look_the_same(workspace: Path) -> None:
    """Byte for byte."""
    browser = Browser(workspace)
    one, other = browser.log_in("ann", "not the password"), browser.log_in("nobody", "not the password")
    assert (one.status_code, other.status_code) == (401, 401)
    assert one.text == other.text


def test_guessing_is_slowed_down_and_says_how_long(workspace: Path) -> None:
    """Eight failures for one name from one place; others are not locked out."""
    browser = Browser(workspace)
    answers = [browser.log_in("ann", f"guess {number}") for number in range(9)]
    assert [answer.status_code for answer in answers] == [401] * 8 + [429]
    assert answers[-1].headers["retry-after"] == "300"
    assert browser.log_in("ann").status_code == 429, "the right password comes too late now"
    assert browser.log_in("sam").status_code == 303, "another name is another matter"


def test_every_login_has_a_cookie_of_its_own_that_scripts_cannot_read(made: Path) -> None:
    """No session is fixed beforehand."""
    cookies = []
    for _ in range(2):
        browser = Browser(made)
        cookies.append(browser.log_in("ann").headers["set-cookie"].split(", ")[0])
    assert cookies[0] != cookies[1]
    for cookie in cookies:
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}


def test_behind_a_proxy_that_ends_tls_the_cookie_is_secure(made: Path) -> None:
    """And the browser is told to come by TLS alone."""
    browser = Browser(made, behind_proxy=True)
    browser.client.base_url = "https://desk.example"  # type: ignore[assignment]
    answer = browser.log_in("ann")
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


def test_a_form_of_another_session_or_site_changes_nothing(workspace: Path) -> None:
    """Without the token of this very session, 403 and no change."""
    ann, sam = Browser(workspace, "ann"), Browser(workspace, "sam")
    theft = {"csrf_token": sam.form_token, "theme": "dark"}
    assert ann.client.post("/me/theme", data=theft).status_code == 403
    assert ann.client.post("/me/theme", data={"theme": "dark"}).status_code == 403
    cross = ann.send("/me/theme", {"theme": "dark"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    assert 'data-theme="dark"' not in ann.get("/").text
    assert ann.send("/me/theme", {"theme": "dark"}).status_code == 303
    assert 'data-theme="dark"' in ann.get("/").text


def test_logging_out_ends_the_session_at_once(workspace: Path) -> None:
    """The cookie that was kept opens nothing."""
    browser = Browser(workspace, "ann")
    cookie = browser.client.cookies["routeproof_session"]
    assert browser.send("/logout").status_code == 303
    browser.client.cookies.set("routeproof_session", cookie)
    assert browser.get("/").status_code == 303


def test_a_login_leads_nowhere_else(made: Path) -> None:
    """Whatever `next` says, one stays within the application."""
    browser = Browser(made)
    page = browser.get("/login?next=https://elsewhere.example/").text
    assert 'name="next" value="/"' in page
    assert 'name="next" value="/"' in browser.get("/login?next=//elsewhere.example").text


def test_every_route_needs_something_that_the_matrix_names(made: Path) -> None:
    """A route without a row would be for nobody; it fails here first."""
    with open_context(made) as context:
        known = {PUBLIC, *matrix_in_force(context)}
    assert {route.needs for route in ALL} <= known


SEEN_BY_DAY = ("analyst", "admin", "examiner")
"""Roles that between them differ on every route; the others by night."""


@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=[] if role in SEEN_BY_DAY else pytest.mark.night) for role in BY_ROLE]
)
def test_each_role_gets_what_the_matrix_gives_it_and_nothing_else(role: str, workspace: Path) -> None:
    """Every route by its own list: who may is never told that they may not; who may not is always told so."""
    with open_context(workspace) as context:
        rows = ways_in(context)
    browser = Browser(workspace, BY_ROLE[role])
    wrong = []
    for route, row in zip(ALL, rows, strict=True):
        if route.is_public or route.path in ENDS_THE_SESSION or route.path.startswith("/ledger/export"):
            continue
        if route.kind == "action":
            answer = browser.send(address(route), {"password": PASSWORD})
        else:
            answer = browser.call(route.method, address(route), {} if route.method == "POST" else None)
        told_no = answer.status_code == 403
        if told_no == (role in row["roles"]) or answer.status_code >= 500:
            wrong.append((route.method, route.path, answer.status_code, answer.text[-200:]))
    assert not wrong


def test_nothing_inline_and_nothing_from_elsewhere(made: Path) -> None:
    """The policy of the page, and the page itself."""
    page = Browser(made, "ann").get("/")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-request-id"]
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son\w+=", page.text)


def test_a_request_of_too_many_bytes_is_refused(made: Path) -> None:
    """413 before anything is read: JSON for a program, a page for people."""
    browser = Browser(made, "ann", largest_body_bytes=2_000)
    answer = browser.call("POST", "/api/v1/cases/S-1/open", {"kind": "other", "title": "x" * 5_000})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
    answer = browser.send("/me/theme", {"theme": "x" * 5_000})
    assert answer.status_code == 413
    assert "<h1>Too large</h1>" in answer.text


def test_a_body_that_says_no_size_is_counted_as_it_comes(made: Path) -> None:
    """Pieces without end end with 413, in a call as in a form."""
    browser = Browser(made, "ann", largest_body_bytes=2_000)
    headers = {"X-CSRF-Token": browser.form_token, "Content-Type": "application/json"}
    sent = browser.client.post("/api/v1/cases/S-1/open", content=iter([b"x" * 1_000] * 5), headers=headers)
    assert (sent.status_code, sent.json()["error"]["code"]) == (413, "too_large")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.client.post("/me/theme", content=iter([b"x" * 1_000] * 5), headers=headers).status_code == 413


def test_only_a_form_with_files_may_be_large(made: Path) -> None:
    """Text has a limit of its own, and so has each field of a form."""
    browser = Browser(made, "ann", largest_text_bytes=2_000)
    answer = browser.call("POST", "/api/v1/cases/S-1/open", {"kind": "other", "title": "x" * 5_000})
    assert answer.status_code == 413
    files = {"file": ("a.csv", b"a,b\n" * 1_000)}
    kept = browser.client.post("/api/v1/uploads", files=files, headers={"X-CSRF-Token": browser.form_token})
    assert kept.status_code == 200
    answer = Browser(made, "ann").send("/me/theme", {"theme": "x" * (LONGEST_FIELD_BYTES + 1)})
    assert answer.status_code == 413
    assert "in a field" in answer.text


def test_a_refusal_names_the_parameter_and_wears_the_persons_colours(workspace: Path) -> None:
    """Nobody asked an option of a command."""
    browser = Browser(workspace, "ann")
    browser.send("/me/theme", {"theme": "dark"})
    assert browser.get("/api/v1/measure?by=nope").json()["error"]["where"] == "by"
    assert [asked_as(one) for one in ("--from, --to", "--file", "R1--x")] == ["from, to", "body", "R1--x"]
    assert 'data-theme="dark"' in browser.get("/cases/NONE").text
