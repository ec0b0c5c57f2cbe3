"""The provider file, the conflicts register, agreements and settings as a person at the command line meets them."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from e2e.article_case import tables, write_files
from e2e.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = """\
unprotected_keys = true
person = [
    { id = "ann", name = "Ann", roles = ["analyst"] },
    { id = "sam", name = "Sam", roles = ["supervisor"] },
    { id = "sue", name = "Sue", roles = ["supervisor"] },
    { id = "cora", name = "Cora", roles = ["committee"] },
]
"""
ACME = 'name = "Acme Routing"\nrole = "technology_only"\nvenues = ["XNAS", "ARCX"]\n'
TERMS = """\
provider = "P"
effective_from = 2026-01-01
fee_usd_per_month = 10000

[[clause]]
id = "PI"
metric = "price_improvement_usd_per_share"
where = ["order_class=market"]
at_least = 0.002
consequence = { percent_of_fee = 5 }

[[clause]]
id = "FADE"
metric = "fade"
at_most = 0.1
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people."""
    desk = Desk(tmp_path)
    (tmp_path / "people.toml").write_text(PEOPLE, "utf-8")
    desk.run("init", "workspace", "--people", "people.toml")
    return desk


def _ask(desk: Desk, *words: str) -> Any:  # noqa: ANN401  # JSON
    return json.loads(desk.run(*words, "--json"))


def _refused(desk: Desk, exit_code: int, *words: str) -> str:
    code, out, talk = desk.call(*words, "--json")
    assert (code, out) == (exit_code, "")
    error = json.loads(talk)["error"]
    assert error["message"]
    return str(error["code"])


def _write(desk: Desk, name: str, text: str) -> str:
    (desk.folder / name).write_text(text, "utf-8")
    return name


def _fill(desk: Desk, suffix: str) -> None:
    """Answer every question in the file that was sent out, but the first in CSV, which stays blank."""
    path = desk.folder / f"questions{suffix}"
    if suffix == ".json":
        rows = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps([row | {"answer": "yes"} for row in rows]), "utf-8")
        return
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["question_id", "question", "answer", "evidence"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows([row | {"answer": "" if place == 0 else "yes"} for place, row in enumerate(rows)])


def test_a_provider_is_onboarded_and_approved_by_another(desk: Desk) -> None:
    """Asked, answered by file, refused while an answer is missing or to who entered it, then approved for a year."""
    added = _ask(desk, "provider", "add", "ACME", "--file", _write(desk, "a.toml", ACME), "--as", "ann")
    assert {"id", "state", "version", "version_hash", "ledger_index"} <= added.keys()
    assert added["state"] == "onboarding"
    assert added["reliance_5310_09c"]["offered"] is False
    desk.run("provider", "questionnaire", "ACME", "--out", "questions.csv")
    _fill(desk, ".csv")
    answered = _ask(desk, "provider", "answers", "ACME", "--file", "questions.csv", "--as", "ann")
    assert len(answered["unanswered"]) == 1
    assert _refused(desk, 5, "provider", "approve", "ACME", "--as", "sam") == "incomplete"
    desk.run("provider", "questionnaire", "ACME", "--out", "questions.json")
    _fill(desk, ".json")
    _ask(desk, "provider", "answers", "ACME", "--file", "questions.json", "--as", "sam")
    assert _refused(desk, 5, "provider", "approve", "ACME", "--as", "sam") == "own_work"
    assert _refused(desk, 5, "provider", "approve", "ACME", "--as", "joe") == "unknown_person"
    approved = _ask(desk, "provider", "approve", "ACME", "--as", "sue", "--on", "2026-09-30")
    assert (approved["state"], approved["refresh_due_on"], approved["unanswered"]) == ("approved", "2027-09-30", [])
    assert _ask(desk, "provider", "show", "ACME", "--on", "2027-10-01")["state"] == "refresh_due"
    assert [item["id"] for item in _ask(desk, "provider", "list")["items"]] == ["ACME"]


def test_a_refresh_carries_last_years_answers_along_in_every_format(desk: Desk) -> None:
    """In columns of their own; what comes back in a workbook is read like any other."""
    _ask(desk, "provider", "add", "ACME", "--file", _write(desk, "a.toml", ACME), "--as", "ann")
    desk.run("provider", "questionnaire", "ACME", "--out", "questions.json")
    _fill(desk, ".json")
    _ask(desk, "provider", "answers", "ACME", "--file", "questions.json", "--as", "ann")
    _ask(desk, "provider", "approve", "ACME", "--as", "sam")
    _ask(desk, "provider", "refresh", "ACME", "--as", "ann")
    desk.run("provider", "questionnaire", "ACME", "--out", "again.csv")
    with (desk.folder / "again.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["answer"], row["last_answer"]) for row in rows} == {("", "yes")}
    desk.run("provider", "questionnaire", "ACME", "--out", "again.xlsx")
    assert _refused(desk, 2, "provider", "answers", "ACME", "--file", "again.xlsx", "--as", "ann") == "usage"
    renewed = _ask(desk, "provider", "answers", "ACME", "--file", "questions.json", "--as", "ann")
    assert renewed["changes"]["same"] == len(rows)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question_id,answer\nXXX-1,yes\n", "XXX-1"),
        ("question_id,answer\nVEN-1,yes\nVEN-1,no\n", "VEN-1 again"),
        ("question_id,question,answer\nVEN-1,Something else?,yes\n", "as it was asked"),
        ("question_id,reply\nVEN-1,yes\n", "reply"),
        ("question_id,answer\nVEN-1,\n", "at least one"),
    ],
)
def test_an_answer_file_that_does_not_fit_is_named_by_row(desk: Desk, text: str, said: str) -> None:
    """An unknown question, one twice, one reworded, another column, no answer: nothing is recorded."""
    _ask(desk, "provider", "add", "ACME", "--file", _write(desk, "a.toml", ACME), "--as", "ann")
    path = _write(desk, "answers.csv", text)
    code, _, talk = desk.call("provider", "answers", "ACME", "--file", path, "--as", "ann")
    assert code == 2
    assert said in talk
    assert "answers.csv" in talk
    assert len(_ask(desk, "provider", "show", "ACME")["history"]) == 1


def test_a_body_that_does_not_fit_names_its_fields(desk: Desk) -> None:
    """Exit 2; and without a name nobody acts."""
    wrong = _write(desk, "w.toml", 'name = "x"\nroll = "member_agent"\n')
    code, _, talk = desk.call("provider", "add", "ACME", "--file", wrong, "--as", "ann")
    assert code == 2
    assert "roll" in talk
    assert "role" in talk
    assert _refused(desk, 5, "provider", "add", "ACME", "--file", _write(desk, "a.toml", ACME)) == "unknown_person"
    assert _refused(desk, 2, "provider", "show", "NONE") == "usage"


def test_compare_and_report_are_read_by_people(desk: Desk) -> None:
    """Side by side as text, and the yearly report as files whose second making gives the same bytes."""
    for name, role in (("ACME", "technology_only"), ("BOLT", "member_agent")):
        body = _write(desk, "a.toml", ACME.replace("technology_only", role))
        _ask(desk, "provider", "add", name, "--file", body, "--as", "ann")
    table = desk.run("provider", "compare", "ACME", "BOLT")
    assert "technology_only" in table.splitlines()[3]
    first = _ask(desk, "provider", "report", "ACME", "--out", "one", "--as", "sam", "--on", "2026-09-30")
    second = _ask(desk, "provider", "report", "ACME", "--out", "two", "--on", "2026-09-30")
    assert first["files"] == second["files"]
    assert (first["issued"] is not None, second["issued"]) == (True, None)
    assert (desk.folder / "one" / "diligence.pdf").read_bytes().startswith(b"%PDF")
    shown = _ask(desk, "provider", "show", "ACME")
    assert shown["reports"][0]["to"] == "senior management"


def test_a_conflict_is_declared_and_listed(desk: Desk) -> None:
    """With its parties; the person concerned does not end it."""
    body = 'kind = "personal_interest"\ndescription = "shares"\nperson = "cora"\nprovider = "ACME"\n'
    _ask(desk, "provider", "add", "ACME", "--file", _write(desk, "a.toml", ACME), "--as", "ann")
    _ask(desk, "conflict", "declare", "stake", "--file", _write(desk, "c.toml", body), "--as", "cora")
    (item,) = _ask(desk, "conflict", "list")["items"]
    assert (item["person"], item["provider"], item["state"]) == ("cora", "ACME", "declared")
    end = _write(desk, "e.toml", 'reason = "sold"\n')
    assert _refused(desk, 5, "conflict", "end", "stake", "--file", end, "--as", "cora") == "own_work"
    assert _ask(desk, "conflict", "end", "stake", "--file", end, "--as", "sam")["state"] == "ended"


def test_settings_are_compared_before_they_are_approved(desk: Desk) -> None:
    """The second version against the first."""
    for place, aggression in enumerate((3, 4)):
        text = f'provider = "ACME"\nreason = "x"\neffective_from = 2026-0{place + 7}-01\n'
        text += f"[settings]\nlevel = {aggression}\n"
        _ask(desk, "config", "propose", "ACME", "--file", _write(desk, "s.toml", text), "--as", "ann")
        if place == 1:
            assert "~ level: 3 -> 4" in desk.run("config", "diff", "ACME")
        _ask(desk, "config", "approve", "ACME", "--as", "sam")
    assert _ask(desk, "config", "show", "ACME", "--on", "2026-07-31")["settings"] == {"level": 3}
    assert _ask(desk, "config", "show", "ACME", "--on", "2026-08-01")["settings"] == {"level": 4}


@pytest.mark.night
def test_the_agreement_is_evaluated_and_a_breach_becomes_a_case(desk: Desk) -> None:
    """0.0015 USD a share against 0.002 promised: 5% of a quarter's 30,000; no routes, so fade is null, not kept."""
    write_files(desk.folder, tables())
    for name in ("quotes", "orders", "executions"):
        desk.run("ingest", "csv", f"{name}.csv", "--map", f"{name}.toml")
    question = ("sla", "evaluate", "--provider", "P", "--period", "2026Q3")
    assert _ask(desk, *question, "--as", "ann")["template"] is True
    assert _ask(desk, "case", "list")["total"] == 0
    _ask(desk, "sla", "propose", "A", "--file", _write(desk, "t.toml", TERMS), "--as", "ann")
    _ask(desk, "sla", "approve", "A", "--as", "sam", "--on", "2026-01-02")
    found = _ask(desk, *question, "--as", "ann")
    kept = {"id", "metric", "observed", "threshold", "breached", "n", "credit_usd"}
    improvement, fade = found["clauses"]
    assert kept <= improvement.keys()
    assert improvement["observed"] == pytest.approx(0.0015)
    assert (improvement["breached"], improvement["n"], improvement["credit_usd"]) == (True, 117, 1500.0)
    assert (fade["observed"], fade["breached"], fade["credit_usd"]) == (None, None, None)
    (case,) = _ask(desk, "case", "list")["items"]
    assert (case["id"], case["state"], case["provider"]) == ("A-2026Q3-PI", "open", "P")
    assert "PI" in desk.run(*question)
    assert json.loads(_ask(desk, "case", "show", case["id"])["rows"])["of"] == 39
    rebuilt = _ask(desk, "rebuild", "--check")
    assert (rebuilt["ok"], rebuilt["differences"]) == (True, [])
    assert _ask(desk, "ledger", "verify")["ok"] is True
