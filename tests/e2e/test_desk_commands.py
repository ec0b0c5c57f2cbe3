"""Policy, procedures, duties, documents and the binder as a person at the command line meets them."""

import json
import zipfile
from typing import Any

import pytest
from icalendar import Calendar

from e2e.article_case import MONTH, tables, write_files
from e2e.desk import Desk
from routeproof.cli.main import cli, main

PEOPLE = """
quorum = 1
unprotected_keys = true
[[person]]
id = "ann"
name = "Ann Alder"
roles = ["analyst"]
[[person]]
id = "sam"
name = "Sam Sorrel"
roles = ["supervisor"]
[[person]]
id = "carl"
name = "Carl Cedar"
roles = ["compliance"]
[[person]]
id = "cleo"
name = "Cleo Clover"
roles = ["compliance"]
"""
MARGIN = {"key": "margins.price_improvement_usd_per_share", "value": 0.5, "effective_from": "2026-06-15"}


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace with four people."""
    made = Desk(tmp_path_factory.mktemp("desk"))
    (made.folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    made.run("init", "workspace", "--people", "people.toml", "--on", "2026-06-01")
    return made


def _write(desk: Desk, name: str, body: dict[str, Any]) -> str:
    (desk.folder / name).write_text(json.dumps(body), encoding="utf-8")
    return name


def _json(desk: Desk, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run(*words, "--json"))
    return found


def _refused(desk: Desk, *words: str) -> tuple[int, str]:
    code, _, talk = desk.call(*words, "--json")
    return code, str(json.loads(talk.splitlines()[-1])["error"]["code"])


@pytest.mark.night
def test_a_margin_by_two_persons_moves_the_verdicts_of_a_pack_and_the_pack_says_so(desk: Desk) -> None:
    """Margin 0.5 USD a share from 15 June: entered after the quarter began, whatever business date it is given."""
    write_files(desk.folder, tables(MONTH))
    for name in ("quotes", "orders", "executions"):
        desk.run("ingest", "csv", f"{name}.csv", "--map", f"{name}.toml")
    before = desk.build("before")
    assert _comparison(before)["margin"] == 0.0002
    assert "nobody has adopted" in json.dumps(before)
    shipped = _json(desk, "measure", "--metrics", "e_over_q")["meta"]["policy"]
    body = _write(desk, "margin.json", {**MARGIN, "reason": "For the test"})
    proposed = _json(desk, "policy", "propose", "--file", body, "--as", "ann", "--on", "2026-06-10")
    assert {"id", "state", "version", "version_hash", "ledger_index"} <= proposed.keys()
    assert (proposed["id"], proposed["state"]) == ("P1", "proposed")
    assert _refused(desk, "policy", "approve", "P1", "--as", "ann") == (5, "own_work")
    assert _refused(desk, "policy", "approve", "P1", "--as", "carl", "--on", "2026-06-16") == (5, "criteria_not_met")
    desk.run("policy", "approve", "P1", "--as", "carl", "--on", "2026-06-12")
    desk.run("policy", "approve", "founding", "--as", "carl", "--on", "2026-06-12")
    after = desk.build("after")
    assert _comparison(after)["margin"] == 0.5
    said = json.dumps(after)
    assert "Adopted by carl on 2026-06-12, after the period had begun." in said
    assert "(P1) was entered on" in said
    assert after["digest"] != before["digest"]
    assert _json(desk, "measure", "--metrics", "e_over_q")["meta"]["policy"] not in (shipped, None)
    again = desk.build("as-built", "--as-built", before["digest"])
    assert desk.files("as-built")["pack.json"] == desk.files("before")["pack.json"]
    assert again["digest"] == before["digest"]


def _comparison(pack: dict[str, Any]) -> dict[str, Any]:
    rows = {item["id"]: item for item in pack["scorecard"]["rows"]}
    found: dict[str, Any] = rows["price_improvement"]["cells"]["market"]["comparison"]
    return found


def test_policy_is_shown_by_date(desk: Desk) -> None:
    """Shipped and not adopted; unconfirmed values say so, also to people."""
    shown = _json(desk, "policy", "show", "--on", "2026-09-30")
    values = {item["key"]: item for item in shown["in_force"]}
    assert shown["state"] == "shipped, not adopted"
    assert values["margins.e_over_q"]["value"] == 0.03
    assert values["duties.report_606"]["unconfirmed"] is True
    text = desk.run("policy", "show")
    assert "UNCONFIRMED" in text
    assert "margins.e_over_q = 0.03" in text
    assert desk.run("policy", "list").startswith("founding")
    assert _refused(desk, "policy", "propose", "--key", "no.such", "--as", "ann") == (2, "usage")
    unknown = ("policy", "propose", "--key", "no.such", "--value", "1", "--effective-from", "2027-01-01")
    assert _refused(desk, *unknown, "--reason", "x", "--as", "ann") == (2, "usage")
    assert _refused(desk, "policy", "show", "P7") == (2, "usage")


def test_procedures_from_a_template_to_a_report(desk: Desk) -> None:
    """Written to files, adapted, proposed, approved by another person, shown sentence by sentence, attested."""
    with pytest.raises(SystemExit) as written:
        main(["wsp", "template", "sor-supervision", "--out", str(desk.folder / "drafts")])
    assert written.value.code == 0
    text = desk.folder / "drafts" / "sor-supervision.md"
    text.write_text(text.read_text("utf-8") + "\n- A sentence that nobody bound.\n", encoding="utf-8")
    files = ("--text", "drafts/sor-supervision.md", "--bindings", "drafts/sor-supervision.toml")
    first = ("wsp", "propose", "sor", *files, "--effective-from", "2026-07-01", "--on", "2026-06-20")
    assert _json(desk, *first, "--as", "carl")["state"] == "proposed"
    assert _refused(desk, "wsp", "approve", "sor", "--as", "carl", "--on", "2026-06-21") == (5, "own_work")
    assert _json(desk, "wsp", "approve", "sor", "--as", "cleo", "--on", "2026-06-21")["state"] == "approved"
    (held,) = _json(desk, "wsp", "show", "--on", "2026-07-01")["procedures"]
    assert held["coverage"]["sentences"] == held["coverage"]["bound"] + 1
    assert _json(desk, "wsp", "show", "--on", "2026-06-30")["procedures"] == []
    assert "NOT BOUND" in desk.run("wsp", "show", "--on", "2026-07-01")
    report = _json(desk, "wsp", "report", "--period", "2026Q3")
    assert [item["text"] for item in report["unbound"]] == ["A sentence that nobody bound."]
    assert "report:quarterly_pack" in [item["control"] for item in report["not_run"]]
    assert report["unknown"] == []
    assert "Controls without evidence in the period" in desk.run("wsp", "report", "--period", "2026Q3")
    attested = _json(desk, "wsp", "attest", "sor", "--text", "Walked through", "--as", "sam", "--on", "2026-07-02")
    assert attested["attested"][0]["by"] == "sam"
    assert "sor" in desk.run("wsp", "list")


def test_duties_are_listed_closed_and_put_into_a_calendar(desk: Desk) -> None:
    """The keys of the surface, the file that calendars read, the refusals."""
    found = _json(desk, "duties", "--on", "2026-08-15", "--ics", "duties.ics")
    assert {"id", "rule", "owner", "due_on", "state", "evidence"} <= found["duties"][0].keys()
    states = {item["id"]: item["state"] for item in found["duties"]}
    assert (states["report_606:2026Q2"], states["report_606:2026Q3"]) == ("overdue", "due")
    events = Calendar.from_ical((desk.folder / "duties.ics").read_bytes()).walk("VEVENT")
    assert len(events) == len(found["duties"])
    (desk.folder / "606.xml").write_text("<report/>", encoding="utf-8")
    close = ("duty", "close", "report_606:2026Q2", "--evidence", "606.xml", "--as", "carl", "--on", "2026-08-15")
    assert _json(desk, *close)["state"] == "done"
    assert _refused(desk, *close) == (5, "wrong_state")
    assert "OVERDUE" in desk.run("duties", "--on", "2026-08-15")
    done = {item["id"]: item for item in _json(desk, "duties", "--on", "2026-08-15")["duties"]}["report_606:2026Q2"]
    assert (done["state"], done["late"]) == ("done", True)
    assert _json(desk, "duty", "show", "report_606:2026Q2", "--on", "2026-08-15")["documents"][0]["name"] == "606.xml"


def test_documents_are_held_and_nothing_goes_before_its_time(desk: Desk) -> None:
    """A date given by hand does not age a document; a hold is compliance's."""
    body = _write(desk, "visit.json", {"title": "Visit", "owner": "sam", "due_on": "2026-12-01", "text": "Why"})
    desk.run("duty", "add", "visit", "--file", body, "--as", "sam")
    (item,) = _json(desk, "evidence", "list")["items"]
    assert (item["state"], item["class"]) == ("kept", "duties")
    early = ("evidence", "expire", item["sha256"], "--as", "carl", "--on", "2090-01-01")
    assert _refused(desk, *early) == (5, "criteria_not_met")
    hold = ("evidence", "hold", "inquiry", "--object", "duty/", "--reason", "Letter")
    assert _refused(desk, *hold, "--as", "sam") == (5, "not_permitted")
    assert _json(desk, *hold, "--as", "carl")["state"] == "held"
    assert "held by inquiry" in desk.run("evidence", "list")
    assert _json(desk, "evidence", "release", "inquiry", "--reason", "Closed", "--as", "cleo")["state"] == "released"
    assert _json(desk, "evidence", "expire", "--as", "carl")["expired"] == []


def test_a_binder_needs_a_review(desk: Desk) -> None:
    """Exit 5, with what to do; nothing is written."""
    assert _refused(desk, "binder", "2026Q3", "--out", "q.zip") == (5, "wrong_state")
    assert _refused(desk, "binder", "third", "--out", "q.zip") == (2, "usage")
    assert not (desk.folder / "q.zip").exists()
    assert not zipfile.is_zipfile(desk.folder / "q.zip")


def test_every_command_of_the_desk_has_an_example() -> None:
    """`--help` shows how it is called."""
    for name in ("policy", "wsp", "duties", "duty", "evidence", "binder"):
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        for one in getattr(command, "commands", {name: command}).values():
            assert f"Example: routeproof {name}" in (one.help or ""), one.name
