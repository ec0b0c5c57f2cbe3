"""Codes of RFC 6238: the one of now, once."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from routeproof.app.access.second_factor import give_code, set_factor
from routeproof.app.context import open_context
from routeproof.governance.decider import RefusalError
from web_client import staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""Of RFC 6238, appendix B, whose codes of eight digits end in those of six below."""
CODES = {
    59: "287082",
    1_111_111_109: "081804",
    1_111_111_111: "050471",
    1_234_567_890: "005924",
    2_000_000_000: "279037",
}


def test_the_published_codes_are_taken_each_once(tmp_path: Path) -> None:
    """In order of time; used again, or late by two steps, none of them counts."""
    with open_context(staffed_workspace(tmp_path / "w")) as context:

        def at(seconds: int):  # noqa: ANN202  # a context
            return replace(context, clock=lambda: seconds * 10**9)

        set_factor(at(59), "ann", SECRET, CODES[59])
        for seconds, code in list(CODES.items())[1:]:
            give_code(at(seconds), "ann", code, place="here")
            with pytest.raises(RefusalError):
                give_code(at(seconds), "ann", code, place=f"again at {seconds}")
        with pytest.raises(RefusalError):
            give_code(at(2_000_000_090), "ann", CODES[2_000_000_000], place="later")


def test_logging_in_stops_at_the_code(tmp_path: Path) -> None:
    """With the password alone no page opens."""
    from web_client import Browser  # noqa: PLC0415

    root = staffed_workspace(tmp_path / "w")
    with open_context(root) as context:
        set_factor(replace(context, clock=lambda: 59 * 10**9), "ann", SECRET, CODES[59])
    browser = Browser(root)
    page = browser.client.get("/login").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"username": "ann", "password": "correct horse battery staple", "csrf_token": token, "next": "/duties"}
    answer = browser.client.post("/login", data=fields)
    assert answer.headers["location"] == "/login/second?next=%2Fduties"
    assert browser.get("/duties").status_code == 303
    assert browser.get("/api/v1/cases").status_code == 401
    asked = browser.get(answer.headers["location"])
    token = asked.text.split('name="csrf_token" value="')[1].split('"')[0]
    wrong = browser.client.post("/login/second", data={"csrf_token": token, "code": "000000", "next": "/duties"})
    assert wrong.status_code == 401
    assert browser.get("/duties").status_code == 303
