"""Whatever somebody types or sends, one event is one line of JSON, and it says what the program means."""

from __future__ import annotations

import json
import logging
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from routeproof.web.log import line_of, take_over_logging
from web_client import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORGED = '{"event": "request", "status": 200, "person": "ann"}'
NASTY = [
    f"\n{FORGED}",
    f"\r\n{FORGED}\r\n",
    f"\u2028{FORGED}\u2029\u0085\x0b\x0c",
    "\x1b[2J\x1b[31mred\x07\x08\x7f\x9b31m",
    "\u202egnp.exe\u2066\u200f\ufeff",
    "\ud83d",
    '"}\\',
    "\x00",
]


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    yield
    logging.captureWarnings(capture=False)
    logging.basicConfig(handlers=[], force=True)


def events(text: str) -> list[dict[str, Any]]:
    """Every line is one object of plain characters."""
    assert text.isascii()
    assert all(character.isprintable() or character == "\n" for character in text)
    return [dict(json.loads(line)) for line in text.splitlines()]


def test_requests_are_told_one_line_each(staffed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Paths, headers, names, passwords and fields of every nasty kind; the number of lines is known beforehand."""
    browser = Browser(shutil.copytree(staffed, tmp_path / "w"), log_level="info")
    page = browser.get("/login")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    capsys.readouterr()
    for nasty in NASTY:
        plain = nasty.encode("utf-8", "replace")
        header = plain.replace(b"\r", b"%0D").replace(b"\n", b"%0A").replace(b"\x00", b"%00")
        browser.get(f"/cases/{quote(plain, safe='')}", headers={"User-Agent": header, "X-Request-ID": header})
        fields = {"csrf_token": token, "username": plain.decode(), "password": plain.decode(), "next": plain.decode()}
        assert browser.client.post("/login", data=fields).status_code in {401, 429}
    told = events(capsys.readouterr().err)
    kinds = [event["event"] for event in told]
    assert kinds.count("request") == 2 * len(NASTY)
    assert set(kinds) <= {"request", "refused"}
    assert {event.get("person") for event in told} == {"", "(nobody)"}, "what was typed for a name is nobody's"
    assert all(event["at"] and event["level"] and event["request_id"] and event["client"] for event in told)


def test_who_is_refused_is_told(staffed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong password, a role that may not, a token that is none, a form of elsewhere: who, where, and why."""
    browser = Browser(shutil.copytree(staffed, tmp_path / "w"), "ann", log_level="warning")
    stranger = Browser(tmp_path / "w", log_level="warning")
    capsys.readouterr()
    browser.get("/admin")
    browser.client.post("/me/theme", data={"theme": "dark"})
    stranger.log_in("sam", "not the password")
    stranger.get("/api/v1/cases", headers={"Authorization": "Bearer rp_none"})
    told = [(one["event"], one["code"], one["status"], one["person"]) for one in events(capsys.readouterr().err)]
    assert told == [
        ("refused", "not_permitted", 403, "ann"),
        ("refused", "form_token", 403, "ann"),
        ("refused", "wrong_password", 401, "sam"),
        ("refused", "no_session", 401, ""),
    ]


def test_a_fault_is_told_with_its_trace_in_one_line(staffed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the fault's own words are somebody's."""
    browser = Browser(staffed, log_level="info")

    def broken() -> None:
        message = "".join(NASTY)
        raise RuntimeError(message)

    browser.client.app.add_api_route("/broken", broken)  # type: ignore[attr-defined]
    assert browser.get("/broken").status_code == 500
    fault, request = sorted(events(capsys.readouterr().err), key=lambda event: str(event["event"]))
    assert (fault["event"], request["status"]) == ("fault", 500)
    assert FORGED in fault["trace"]


def test_libraries_are_told_in_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """What a server or a library warns of, with a trace, too; a fault that was told is not told twice."""
    take_over_logging("info")
    for nasty in NASTY:
        logging.getLogger("uvicorn.error").warning("Invalid request: %s", nasty)
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\n")
    told = events(capsys.readouterr().err)
    assert [event["logger"] for event in told] == ["uvicorn.error"] * len(NASTY)


@pytest.mark.parametrize("nasty", NASTY)
def test_every_value_comes_back_as_it_was(nasty: str) -> None:
    """Escaped, not changed."""
    line = line_of("info", "request", {"said": nasty})
    assert line.count("\n") == 1
    assert json.loads(line)["said"] == nasty


def test_no_secret_is_told(staffed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither password, nor cookie, nor token, nor what is in the address."""
    browser = Browser(shutil.copytree(staffed, tmp_path / "w"), "ann", log_level="debug")
    browser.get("/explore?by=secretly")
    browser.get("/api/v1/cases", headers={"Authorization": "Bearer rp_secret"})
    told = capsys.readouterr().err
    for secret in (browser.client.cookies["routeproof_session"], browser.form_token, "rp_secret", "secretly"):
        assert secret not in told
    assert "correct horse" not in told
