"""`report` and `disclosure` as people and programs call them: the documents they print, the exit codes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from disclosure_desk import disclosure_desk
from e2e.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The eleven orders, in the workspace that the commands use."""
    folder: Path = tmp_path_factory.mktemp("report-commands")
    disclosure_desk(folder)
    return Desk(folder)


def _json(desk: Desk, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run(*words, "--json"))
    return found


def test_a_public_report_from_making_to_its_duty(desk: Desk) -> None:
    """The maker prints exactly its surface; the pages stand beside; signing names the bytes; the list knows it."""
    (desk.folder / "texts.toml").write_text('XNAS = "It pays."\nARCX = "It does not."\n', "utf-8")
    files = ("--out", "a.xml", "--html", "a.html", "--pdf", "a.pdf", "--material-aspects", "texts.toml")
    told = _json(desk, "report", "606a1", "--quarter", "2026Q3", *files)
    content = (desk.folder / "a.xml").read_bytes()
    assert told == {
        "path": "a.xml",
        "sha256": hashlib.sha256(content).hexdigest(),
        "orders_in": 11,
        "excluded": {"refused": 1, "not_held": 1, "not_customer_order": 1, "directed": 1},
        "warnings": [],
    }
    assert (desk.folder / "a.pdf").read_bytes().startswith(b"%PDF")
    assert b"Reconciliation" in (desk.folder / "a.html").read_bytes()
    signed = _json(desk, "report", "sign", "a.xml", "--version", told["sha256"], "--as", "sam")
    assert (signed["state"], signed["sha256"]) == ("signed", told["sha256"])
    _json(desk, "report", "publish", "a.xml", "--at", "https://firm.example/606", "--as", "carl")
    restated = _json(desk, "report", "restate", "a.xml", "--reason", "looked again", "--as", "ann")
    assert (restated["unchanged"], restated["diff"]) == (True, [])
    assert _json(desk, "report", "list")["items"][0]["state"] == "published"
    assert _json(desk, "report", "show", "606a1-2026Q3")["published"] == "https://firm.example/606"


def test_no_report_is_owed_below_a_level(desk: Desk) -> None:
    """Exit code 5, the code, and both figures; a voluntary one is made."""
    asked = ("report", "606b3", "--customer", "A1", "--to", "2026-07-31", "--out", "b.xml")
    code, out, talk = desk.call(*asked, "--json")
    error = json.loads(talk)["error"]
    assert (code, out, error["code"]) == (5, "", "de_minimis")
    assert "11.76 %" in error["message"]
    assert "168.33 USD" in error["message"]
    assert not (desk.folder / "b.xml").exists()
    assert _json(desk, *asked, "--voluntary")["excluded"] == {"refused": 1, "held": 4, "options": 1}


def test_a_request_from_its_day_to_its_delivery(desk: Desk) -> None:
    """Made for the customer who asked, signed, delivered; an unsigned one is not."""
    _json(desk, "disclosure", "request", "R1", "--kind", "606b1", "--customer", "A1", "--as", "ann")
    told = _json(desk, "report", "606b1", "--customer", "A1", "--to", "2026-07-31", "--out", "c.xml")
    deliver = ("disclosure", "deliver", "R1", "--report", "606b1-1", "--how", "secure mail", "--as", "ann")
    code, _, talk = desk.call(*deliver, "--json")
    assert (code, json.loads(talk)["error"]["code"]) == (5, "wrong_state")
    _json(desk, "report", "sign", "c.xml", "--version", told["sha256"], "--as", "sam")
    assert _json(desk, *deliver)["state"] == "delivered"
    (line,) = _json(desk, "disclosure", "list")["items"]
    assert (line["id"], line["state"], line["kind"]) == ("R1", "delivered", "606b1")


def test_people_read_lines(desk: Desk) -> None:
    """Without --json."""
    asked = ("report", "606b1", "--customer", "A2", "--to", "2026-07-31", "--out", "d.xml")
    out = desk.run(*asked)
    assert "4 orders looked at, 4 in the report" in out
    assert "606b1" in desk.run("report", "list")
    code, _, talk = desk.call("report", "606b1", "--customer", "nobody", "--to", "2026-07-31", "--out", "e.xml")
    assert code == 2
    assert "found none" in talk
