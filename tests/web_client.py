"""A browser without a screen: logs people in, keeps their cookies, sends forms with their token."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.testclient import TestClient

from routeproof.app.access.accounts import make_account
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.web.application import make_app
from routeproof.web.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from httpx import Response

SOON = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
"""A day on which a token may end."""
PASSWORD = "correct horse battery staple"  # noqa: S105  # of nobody real
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PEOPLE: dict[str, Any] = {
    "person": [
        {"id": "ann", "name": "Ann Alvarez", "roles": ["analyst"]},
        {"id": "vic", "name": "Vic Vendors", "roles": ["vendor_manager"]},
        {"id": "sam", "name": "Sam Sun", "roles": ["supervisor"]},
        {"id": "cem", "name": "Cem Committee", "roles": ["committee"]},
        {"id": "cara", "name": "Cara Compliance", "roles": ["compliance"]},
        {"id": "ada", "name": "Ada Admin", "roles": ["admin"]},
        {"id": "kim", "name": "Kim Keys", "roles": ["key_custodian"]},
        {
            "id": "eve",
            "name": "Eve Examiner",
            "roles": ["examiner"],
            "limits": {"examiner": {"from_on": date(2026, 7, 1), "to_on": date(2026, 9, 30)}},
        },
    ]
}
BY_ROLE = {person["roles"][0]: person["id"] for person in PEOPLE["person"]}


def staffed_workspace(root: Path) -> Path:
    """A workspace with one person per role, each with an account."""
    init_workspace(root, people=PEOPLE, passphrase=lambda _: PASSWORD.encode())
    with open_context(root) as context:
        for person in PEOPLE["person"]:
            make_account(context, person["id"], PASSWORD)
    return root


class Browser:
    """One person's browser."""

    def __init__(self, workspace: Path, person: str = "", **settings: bool | int | str) -> None:
        app = make_app(Settings(workspace=workspace, **{"log_level": "error", **settings}))  # type: ignore[arg-type]
        self.client = TestClient(
            app, base_url="http://127.0.0.1", follow_redirects=False, raise_server_exceptions=False
        )
        self.form_token = ""
        if person:
            assert self.log_in(person).status_code == 303

    def log_in(self, person: str, password: str = PASSWORD) -> Response:
        """Through the form, as people do."""
        page = self.client.get("/login")
        fields = {"username": person, "password": password, "csrf_token": form_token_in(page.text)}
        answer = self.client.post("/login", data=fields)
        if answer.status_code == 303:
            page = self.client.get("/me")
            self.form_token = form_token_in(page.text) if page.status_code == 200 else ""
        return answer

    def get(self, path: str, **more: Any) -> Response:  # noqa: ANN401
        """A look."""
        return self.client.get(path, **more)

    def send(self, path: str, fields: dict[str, str] | None = None, **more: Any) -> Response:  # noqa: ANN401
        """A form with its token."""
        return self.client.post(path, data={"csrf_token": self.form_token, **(fields or {})}, **more)

    def call(self, method: str, path: str, body: Any = None) -> Response:  # noqa: ANN401
        """A call of the API."""
        return self.client.request(method, path, json=body, headers={"X-CSRF-Token": self.form_token})


def form_token_in(html: str) -> str:
    """The token of a page's forms."""
    found = TOKEN.search(html)
    assert found is not None
    return found.group(1)
