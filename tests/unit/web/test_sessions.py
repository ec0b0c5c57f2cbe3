"""A session is nobody else's: its cookie changes with its rights, ends at once, and no other site can use it."""

from __future__ import annotations

import re
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from examples import BY_NIGHT
from routeproof.app.context import open_context
from routeproof.web.all_routes import ALL
from web_client import PASSWORD, SOON, Browser

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.web.routing import Route

COOKIE = "routeproof_session"
CHANGES = [route for route in ALL if route.method not in {"GET", "HEAD"} and not route.is_public]


@pytest.fixture
def workspace(staffed: Path, tmp_path: Path) -> Path:
    """A copy of its own."""
    return shutil.copytree(staffed, tmp_path / "w")


def test_a_cookie_from_before_the_login_is_none_after_it(workspace: Path) -> None:
    """No fixation: what an attacker plants in a browser opens nothing once its owner logs in."""
    planted = "planted-by-somebody-else"
    browser = Browser(workspace)
    browser.client.cookies.set(COOKIE, planted)
    assert browser.log_in("ann").status_code == 303
    thief = Browser(workspace)
    thief.client.cookies.set(COOKIE, planted)
    assert thief.get("/me").status_code == 303


def test_a_role_that_is_withdrawn_acts_at_once(workspace: Path) -> None:
    """The next look of the same cookie is a stranger's; the next login has the role no more."""
    sam, cara = Browser(workspace, "sam"), Browser(workspace, "cara")
    assert sam.get("/exceptions").status_code == 200
    body = {"person": "sam", "role": "supervisor"}
    assert cara.call("POST", "/api/v1/people/roster/revoke", body).status_code == 200
    assert sam.get("/exceptions").status_code == 303
    assert sam.log_in("sam").status_code == 303
    assert sam.get("/exceptions").status_code == 403


def test_what_is_revoked_opens_nothing_within_a_second(workspace: Path) -> None:
    """A session that an administrator ended, one that its owner ended elsewhere, and a token."""
    ann, phone = Browser(workspace, "ann"), Browser(workspace, "ann")
    made = ann.call("POST", "/api/v1/tokens", {"scopes": ["read"], "expires_on": SOON}).json()
    program = Browser(workspace)
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert program.get("/api/v1/cases", headers=bearer).status_code == 200
    begun = time.monotonic()
    assert ann.call("DELETE", f"/api/v1/tokens/{made['id']}").status_code == 200
    assert program.get("/api/v1/cases", headers=bearer).status_code == 401
    assert ann.send("/me/sessions/end").status_code == 303
    assert phone.get("/me").status_code == 303
    assert ann.get("/me").status_code == 303
    assert time.monotonic() - begun < 5, "five requests; each acts on the next"


def test_a_person_makes_and_revokes_a_token_on_their_own_page(workspace: Path) -> None:
    """Its secret is on the page that answers, once; what it may and how long stand with the others."""
    ann, sam, program = Browser(workspace, "ann"), Browser(workspace, "sam"), Browser(workspace)
    made = ann.send("/me/tokens", {"name": "<b>nightly</b>", "expires_on": SOON, "may": "read"})
    assert made.status_code == 200
    assert "<b>nightly</b>" not in made.text
    secret, token = re.findall(r"rp_[\w-]+", made.text)[0], re.findall(r"T-[0-9a-f]{8}", made.text)[0]
    bearer = {"Authorization": f"Bearer {secret}"}
    assert program.get("/api/v1/cases", headers=bearer).status_code == 200
    assert secret not in ann.get("/me").text
    assert sam.send("/me/tokens/revoke", {"token": token}).status_code == 404
    assert ann.send("/me/tokens/revoke", {"token": token}).status_code == 303
    assert program.get("/api/v1/cases", headers=bearer).status_code == 401
    for wrong in ({"expires_on": "soon"}, {"expires_on": SOON, "may": "all"}, {"expires_on": "2099-12-31"}):
        assert ann.send("/me/tokens", wrong).status_code == 400
    assert program.client.post("/me/tokens", data={"expires_on": SOON}, headers=bearer).status_code in {401, 303}


def test_a_token_makes_no_other(workspace: Path) -> None:
    """Else it would outlive its last day, and its end by its owner."""
    ann, program = Browser(workspace, "ann"), Browser(workspace)
    asked = {"scopes": ["read", "write"], "expires_on": SOON}
    bearer = {"Authorization": f"Bearer {ann.call('POST', '/api/v1/tokens', asked).json()['token']}"}
    refused = program.client.post("/api/v1/tokens", json=asked, headers=bearer)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_permitted")


def test_an_account_that_is_disabled_ends_its_sessions_and_tokens(workspace: Path) -> None:
    """By an administrator, at once, with the account; or its sessions alone."""
    ann, ada = Browser(workspace, "ann"), Browser(workspace, "ada")
    token = ann.call("POST", "/api/v1/tokens", {"scopes": ["read"], "expires_on": SOON}).json()["token"]
    assert ada.send("/admin/sessions/end", {"person": "ann"}).status_code == 303
    assert ann.get("/me").status_code == 303
    assert ann.log_in("ann").status_code == 303
    assert ada.send("/admin/accounts/disable", {"person": "ann"}).status_code == 303
    assert ann.get("/me").status_code == 303
    assert ann.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert ann.log_in("ann").status_code == 401


def test_lists_of_sessions_tokens_and_accounts_hold_no_secret(staffed: Path) -> None:
    """What an administrator sees opens nothing: no cookie, no token, no hash of a password."""
    ann, ada = Browser(staffed, "ann"), Browser(staffed, "ada")
    token = ann.call("POST", "/api/v1/tokens", {"scopes": ["read"], "expires_on": SOON}).json()["token"]
    shown = ada.get("/admin").text + ann.get("/me").text + ann.get("/api/v1/tokens").text
    for secret in (token, ann.client.cookies[COOKIE], "argon2"):
        assert secret not in shown


def test_no_other_site_changes_anything(staffed: Path) -> None:
    """Every route that changes something: no form token, somebody else's, from another site, from a sister site.

    Every fifth by day. 403 each time, whatever the person may, and the record is as long as before.
    """
    ann, sam = Browser(staffed, "ann"), Browser(staffed, "sam")
    with open_context(staffed) as context:
        before = context.records.size()
    ways = {
        "no token": {},
        "another session's": {"X-CSRF-Token": sam.form_token},
        "another site": {"X-CSRF-Token": ann.form_token, "Sec-Fetch-Site": "cross-site"},
        "credentials that a browser sends by itself": {"Authorization": "Basic YW5uOng="},
        "a sister site": {"X-CSRF-Token": ann.form_token, "Sec-Fetch-Site": "same-site"},
    }
    wrong = [
        (what, route.method, route.path, status)
        for route in (CHANGES if BY_NIGHT else CHANGES[::5])
        for what, headers in ways.items()
        if (status := _sent(ann, route, headers)) != 403
    ]
    assert wrong == []
    assert len(CHANGES) > 100
    with open_context(staffed) as context:
        assert context.records.size() == before
    assert ann.get("/me").status_code == 200, "nobody was logged out either"


def test_nobody_is_logged_in_by_another_site(staffed: Path) -> None:
    """The login's form has a token of its own."""
    browser = Browser(staffed)
    fields = {"username": "ann", "password": PASSWORD}
    assert browser.client.post("/login", data=fields).status_code == 403
    assert browser.client.post("/login", data={**fields, "csrf_token": "guess"}).status_code == 403
    assert COOKIE not in browser.client.cookies


def _sent(browser: Browser, route: Route, headers: dict[str, str]) -> int:
    address = re.sub(r"\{[^}]*\}", "X-1", route.path)
    if route.kind == "action":
        return browser.client.post(address, data={"password": PASSWORD}, headers=headers).status_code
    return browser.client.request(route.method, address, json={}, headers=headers).status_code
