"""A bad day through the program: findings, cases, a suppression, an inquiry, harm, and the day's close.

Orders of one security at a quote of 10.00 to 10.01, each filled a second later. By hand: O1 buys 100 at 10.05, O2 sells
200 at 9.99, O3 buys 100 at 10.005 inside the quote; O4, of another security, buys 100 at 10.02 at the same quote.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from e2e.article_case import HEADERS, MAPS
from e2e.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = "quorum = 2\nunprotected_keys = true\n" + "".join(
    f'[[person]]\nid = "{name}"\nname = "{name.title()}"\nroles = ["{role}"]\n'
    for name, role in (
        ("ann", "analyst"),
        ("abe", "analyst"),
        ("sam", "supervisor"),
        ("sue", "supervisor"),
        ("carl", "compliance"),
        ("cleo", "compliance"),
        ("cora", "committee"),
        ("cole", "committee"),
        ("adam", "admin"),
        ("kim", "key_custodian"),
    )
)
DAY, NEXT = "2026-07-06", "2026-07-07"
FILLS = {
    "O1": ("ABC", "buy", "100", "10.05"),
    "O2": ("ABC", "sell", "200", "9.99"),
    "O3": ("ABC", "buy", "100", "10.005"),
}
OTHER = {"O4": ("XYZ", "buy", "100", "10.02")}
END = ("--disposition", "explained", "--root-cause", "venue", "--rationale", "Reported by the venue")


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace with people, and the bad day taken in."""
    made = Desk(tmp_path_factory.mktemp("cases"))
    (made.folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    made.run("init", "workspace", "--people", "people.toml")
    for name, text in MAPS.items():
        (made.folder / f"{name}.toml").write_text(text, encoding="utf-8")
    _take_in(made, "first", DAY, {**FILLS, **OTHER})
    return made


@pytest.fixture
def desk(stocked: Desk, tmp_path: Path) -> Desk:
    """A copy of it that a test may write to."""
    return stocked.copied(tmp_path / "desk")


def _take_in(desk: Desk, file: str, day: str, fills: dict[str, tuple[str, str, str, str]]) -> None:
    """Files of some orders, a minute apart from 14:00 UTC on, and the quotes of both securities."""
    lines: dict[str, list[str]] = {name: [] for name in HEADERS}
    lines["quotes"] = [f"{symbol},{day}T13:59:00+00:00,10.00,10.01" for symbol in ("ABC", "XYZ")]
    for place, (order, (symbol, side, shares, price)) in enumerate(fills.items()):
        at = f"{day}T14:{place:02}"
        lines["orders"].append(f"{order},P,{symbol},{side},{at}:01+00:00,{shares},market,")
        lines["executions"].append(f"{order}-f,{order},{symbol},{side},{at}:02+00:00,{price},{shares},XNAS")
    for name, rows in lines.items():
        (desk.folder / f"{file}-{name}.csv").write_text("\n".join((HEADERS[name], *rows, "")), encoding="utf-8")
        desk.run("ingest", "csv", f"{file}-{name}.csv", "--map", f"{name}.toml")


def _ask(desk: Desk, *words: str, code: int = 0) -> Any:  # noqa: ANN401  # JSON
    found, out, talk = desk.call(*words, "--json")
    assert found == code, f"{words}: {found}\n{talk}"
    return json.loads(out)


def _refused(desk: Desk, *words: str) -> str:
    code, _, talk = desk.call(*words, "--json")
    assert code == 5, talk
    return str(json.loads(talk)["error"]["code"])


def _outside(desk: Desk) -> dict[str, Any]:
    """Cases by order, of the fills outside the quote."""
    found = _ask(desk, "case", "list", "--rule", "outside_nbbo")["items"]
    shown = [_ask(desk, "case", "show", item["id"]) for item in found]
    return {item["order_id"]: item for item in shown}


def test_final_findings_open_one_case_per_order_with_its_evidence(desk: Desk) -> None:
    """O1, O2 and O4; the document has the judged rows and the quote before them; a second run opens nothing."""
    ran = _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    assert ran["waiting"] == 0
    cases = _outside(desk)
    assert set(cases) == {"O1", "O2", "O4"}
    one = cases["O1"]
    assert (one["state"], one["priority"], one["owner"], one["provider"]) == ("open", "high", None, "P")
    own = _ask(desk, "exceptions", "list", "--case", one["id"])["findings"]
    assert sorted(one["findings"]) == sorted(item["id"] for item in own)
    (finding,) = (item for item in own if item["rule"] == "outside_nbbo")
    assert (finding["case"], finding["order_id"]) == (one["id"], "O1")
    (pin,) = one["evidence"]
    assert len(pin["sha256"]) == 64
    assert pin["rows"]
    assert set(one["clocks"]) == {"acknowledge_by", "investigate_by", "close_by"}
    assert [item["type"] for item in one["timeline"]] == ["case.opened"]
    again = _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    assert (again["cases_opened"], again["joined"], again["recorded"]) == ([], 0, 0)
    assert _ask(desk, "rebuild", "--check")["ok"] is True
    assert _ask(desk, "ledger", "verify")["ok"] is True


def test_a_case_is_worked_closed_and_seconded_by_another_person(desk: Desk) -> None:
    """Who submits never approves; what is closed stays closed."""
    _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    name = _outside(desk)["O1"]["id"]
    assert _ask(desk, "case", "acknowledge", name, "--as", "sam")["owner"] == "sam"
    assert _ask(desk, "case", "assign", name, "abe", "--as", "sam")["owner"] == "abe"
    noted = _ask(desk, "case", "note", name, "Asked the provider", "--as", "abe")
    assert (noted["state"], noted["notes"][0]["text"]) == ("investigating", "Asked the provider")
    closed = _ask(desk, "case", "close", name, *END, "--as", "abe")
    assert (closed["state"], closed["disposition"], closed["root_cause"]) == ("awaiting_review", "explained", "venue")
    assert closed["rationale"] == "Reported by the venue"
    assert _refused(desk, "case", "review", name, "--approve", "--as", "abe") == "own_work"
    assert _refused(desk, "case", "review", name, "--approve", "--as", "sam") == "own_work"
    back = _ask(desk, "case", "review", name, "--return", "Where is the letter?", "--as", "sue")
    assert (back["state"], back["disposition"]) == ("investigating", None)
    _ask(desk, "case", "close", name, *END, "--as", "abe")
    done = _ask(desk, "case", "review", name, "--approve", "--as", "sue")
    assert (done["state"], done["overdue"], done["reviewed_by"]) == ("closed", False, "sue")
    for words in (("note", name, "more"), ("acknowledge", name), ("assign", name, "ann"), ("close", name, *END)):
        assert _refused(desk, "case", *words, "--as", "sam") == "wrong_state"
    assert _ask(desk, "case", "list", "--state", "closed")["total"] == 1
    assert _ask(desk, "rebuild", "--check")["ok"] is True


def test_several_cases_are_closed_with_one_reason(desk: Desk) -> None:
    """Each is an entry of its own; one that is closed already is told and does not stop the others."""
    _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    names = [item["id"] for item in _outside(desk).values()]
    _ask(desk, "case", "close", names[0], *END, "--as", "ann")
    found = _ask(desk, "case", "close", *names, *END, "--as", "ann", code=5)
    assert [row["error"] and row["error"]["code"] for row in found["items"]] == ["wrong_state", None, None]
    assert {row["state"] for row in found["items"]} == {"awaiting_review"}
    reviewed = _ask(desk, "case", "review", *names, "--approve", "--as", "sam")
    assert {row["state"] for row in reviewed["items"]} == {"closed"}


def test_a_finding_after_the_close_opens_a_case_that_names_the_earlier_one(desk: Desk) -> None:
    """A second bad fill of O1 arrives when its case is closed; a second one of O2 joins its open case."""
    _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    cases = _outside(desk)
    _ask(desk, "case", "close", cases["O1"]["id"], *END, "--as", "ann")
    _ask(desk, "case", "review", cases["O1"]["id"], "--approve", "--as", "sam")
    rows = [
        f"{name}-g,{name},ABC,{side},{DAY}T14:30:00+00:00,{price},10,XNAS"
        for name, side, price in (("O1", "buy", "10.06"), ("O2", "sell", "9.98"))
    ]
    (desk.folder / "late.csv").write_text("\n".join((HEADERS["executions"], *rows, "")), encoding="utf-8")
    desk.run("ingest", "csv", "late.csv", "--map", "executions.toml")
    ran = _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    (opened,) = ran["cases_opened"]
    assert _ask(desk, "case", "show", opened)["earlier"] == cases["O1"]["id"]
    joined = _ask(desk, "case", "show", cases["O2"]["id"])
    assert len(joined["findings"]) == ran["joined"] + len(cases["O2"]["findings"])
    assert joined["timeline"][-1]["type"] == "case.finding_added"
    assert _ask(desk, "rebuild", "--check")["ok"] is True


def test_what_is_suppressed_is_counted_and_opens_no_case(desk: Desk) -> None:
    """Asked for by one person, approved by another; only within its scope, and not after its day."""
    asked = _ask(
        desk,
        *("suppress", "add", "--rule", "outside_nbbo", "--scope", "symbol=XYZ", "--reason", "Known fault"),
        *("--until", DAY, "--on", "2026-07-01", "--as", "ann"),
    )
    assert (asked["id"], asked["state"]) == ("S-1", "proposed")
    words = ("suppress", "add", "--rule", "outside_nbbo", "--reason", "x", "--until", DAY, "--as", "ann")
    for scopes in (("symbol=A", "symbol=B"), ("symbol=",), ("symbol",)):
        assert desk.call(*words, *(word for scope in scopes for word in ("--scope", scope)))[0] == 2
    assert _refused(desk, "suppress", "approve", "S-1", "--as", "ann") == "own_work"
    _ask(desk, "suppress", "approve", "S-1", "--as", "sam")
    ran = _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    assert ran["suppressed"] == 1
    assert set(_outside(desk)) == {"O1", "O2"}
    (quiet,) = _ask(desk, "exceptions", "list", "--symbol", "XYZ", "--rule", "outside_nbbo")["findings"]
    assert (quiet["suppressed_by"], quiet["case"]) == ("S-1", None)
    (item,) = _ask(desk, "suppress", "list")["items"]
    assert (item["suppressed"], item["in_force"], item["expired"]) == (1, False, True)
    _take_in(desk, "second", NEXT, {"O5": ("XYZ", "buy", "100", "10.02")})
    assert _ask(desk, "exceptions", "run", "--day", NEXT, code=1)["suppressed"] == 0
    assert "O5" in _outside(desk)
    assert _ask(desk, "rebuild", "--check")["ok"] is True


def test_an_inquiry_has_the_replay_of_its_order_and_harm_is_exact(desk: Desk) -> None:
    """O1 paid 0.04 a share on 100 shares more than the offer when it came: 4 dollars; O3 did better: none."""
    for order, harm, difference in (("O1", "4", "4"), ("O3", "0", "-0.5")):
        body = f'kind = "inquiry"\ntitle = "Why this price?"\nexecution_id = "{order}-f"\n'
        (desk.folder / "q.toml").write_text(body, encoding="utf-8")
        opened = _ask(desk, "case", "open", f"Q-{order}", "--file", "q.toml", "--as", "ann")
        assert opened["orders"] == [order]
        assert (opened["provider"], opened["day"], opened["symbol"], opened["subject"]) == ("P", DAY, "ABC", None)
        named = _ask(desk, "case", "list", "--provider", "P", "--text", f"abc {order} why")["items"]
        assert [item["id"] for item in named] == [f"Q-{order}"]
        (pin,) = opened["evidence"]
        assert [item["name"] for item in opened["documents"]] == ["replay.json"]
        assert len(pin["rows"]) == 2
        found = _ask(desk, "case", "harm", f"Q-{order}", "--as", "ann")["harm"]
        assert (found["total_usd"], found["of"]) == (harm, 1)
        assert found["orders"][0] == {
            "order_id": order,
            "shares": "100",
            "harm_usd": harm,
            "difference_usd": difference,
            "unknown_fills": 0,
            "reason": None,
        }
    (desk.folder / "proof.txt").write_text("wire 17", encoding="utf-8")
    pay = 'decision = "pay"\nrationale = "Ours"\nproof = ["proof.txt"]\n'
    pay += '[[amounts]]\norder_id = "O1"\namount_usd = "4.00"\n'
    (desk.folder / "pay.toml").write_text(pay, encoding="utf-8")
    paid = _ask(desk, "case", "reimburse", "Q-O1", "--file", "pay.toml", "--as", "sam")["reimbursements"]
    assert [(item["total_usd"], item["by"], item["level"]) for item in paid] == [("4.00", "sam", "order")]
    assert _refused(desk, "case", "reimburse", "Q-O3", "--file", "pay.toml", "--as", "sam") == "incomplete"
    (desk.folder / "q.toml").write_text('kind = "inquiry"\ntitle = "x"\norder_id = "NONE"\n', encoding="utf-8")
    assert desk.call("case", "open", "Q-X", "--file", "q.toml", "--as", "ann")[0] == 2
    assert _ask(desk, "rebuild", "--check")["ok"] is True


def test_late_data_of_a_day_are_seen_by_the_days_that_look_back_on_it(desk: Desk) -> None:
    """A fill of DAY comes when DAY and NEXT were judged: both are judged again, once, and a person is told so."""
    late = f"O3-g,O3,ABC,buy,{DAY}T14:30:00+00:00,10.07,10,XNAS"
    (desk.folder / "late.csv").write_text("\n".join((HEADERS["executions"], late, "")), encoding="utf-8")
    desk.run("exceptions", "run", "--day", NEXT)
    _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    assert _ask(desk, "exceptions", "run", "--stale")["days"] == []
    desk.run("ingest", "csv", "late.csv", "--map", "executions.toml")
    assert _ask(desk, "day", "show", NEXT)["stale"]
    told = desk.call("exceptions", "run", "--day", DAY)[2]
    assert f"note: 1 judged days, the first {NEXT}, have other data or history now" in told
    again = _ask(desk, "exceptions", "run", "--stale")
    assert [one["day"] for one in again["days"]] == [NEXT]
    assert _ask(desk, "exceptions", "run", "--stale")["days"] == []
    assert desk.call("exceptions", "run", "--stale", "--day", DAY)[0] == 2


def test_harm_is_out_of_date_once_the_data_of_its_day_changed(desk: Desk) -> None:
    """Rows of the day after leave it as it is; a further fill of the day does not, until it is computed again."""
    body = 'kind = "inquiry"\ntitle = "Why this price?"\nexecution_id = "O1-f"\n'
    (desk.folder / "q.toml").write_text(body, encoding="utf-8")
    _ask(desk, "case", "open", "Q", "--file", "q.toml", "--as", "ann")
    assert _ask(desk, "case", "harm", "Q", "--as", "ann")["harm"]["outdated"] is False
    _take_in(desk, "next", NEXT, {"N1": ("ABC", "buy", "100", "10.01")})
    assert _ask(desk, "case", "show", "Q")["harm"]["outdated"] is False
    late = f"O1-g,O1,ABC,buy,{DAY}T14:30:00+00:00,10.06,10,XNAS"
    (desk.folder / "late.csv").write_text("\n".join((HEADERS["executions"], late, "")), encoding="utf-8")
    desk.run("ingest", "csv", "late.csv", "--map", "executions.toml")
    assert _ask(desk, "case", "show", "Q")["harm"]["outdated"] is True
    assert "outdated: yes" in desk.run("case", "show", "Q")
    again = _ask(desk, "case", "harm", "Q", "--as", "ann")["harm"]
    assert (again["total_usd"], again["outdated"]) == ("4.5", False)


def test_a_day_that_nobody_judged_is_judged_as_it_is_closed(desk: Desk) -> None:
    """Whoever closes it hears how much is new, and where to look; the sign-off counts it."""
    code, _, told = desk.call("day", "close", DAY, "--as", "sam", "--on", NEXT)
    assert code == 0, told
    assert f"judging {DAY}" in told
    found = _ask(desk, "exceptions", "list", "--day", DAY)
    assert f"note: {found['total']} findings are new: routeproof exceptions list --day {DAY}" in told
    closed = _ask(desk, "day", "show", DAY)
    assert (closed["state"], sum(closed["findings"].values())) == ("closed", found["total"])


def test_a_day_is_closed_once_judged_and_what_comes_later_amends_it(desk: Desk) -> None:
    """14 rows came in; the duty to close it is overdue until then."""
    ran = _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    duties = {item["id"]: item["state"] for item in _ask(desk, "duties", "--on", "2026-07-08")["duties"]}
    assert (duties[f"day_close:{DAY}"], duties[f"day_close:{NEXT}"]) == ("overdue", "due")
    assert _refused(desk, "day", "close", DAY, "--as", "ann") == "not_permitted"
    closed = _ask(desk, "day", "close", DAY, "--as", "sam", "--on", NEXT)
    assert (closed["day"], closed["state"], closed["findings"]["outside_nbbo"]) == (DAY, "closed", 3)
    counts = closed["completeness"]
    assert (counts["received"], counts["accepted"], counts["rejected"]) == (10, 10, 0)
    assert counts["analysed"] + counts["excluded"] == 10
    assert (closed["open_cases"], closed["overdue_cases"]) == (len(ran["cases_opened"]), 0)
    assert (desk.folder / "workspace" / "receipts" / f"{closed['ledger_index']}.receipt").is_file()
    assert _refused(desk, "day", "close", DAY, "--as", "sue") == "wrong_state"
    assert _ask(desk, "day", "show", DAY)["amendments"] == []
    duties = {item["id"]: item["state"] for item in _ask(desk, "duties", "--on", "2026-07-08")["duties"]}
    assert duties[f"day_close:{DAY}"] == "done"
    late = f"O3-g,O3,ABC,buy,{DAY}T14:30:00+00:00,10.07,10,XNAS"
    (desk.folder / "late.csv").write_text("\n".join((HEADERS["executions"], late, "")), encoding="utf-8")
    desk.run("ingest", "csv", "late.csv", "--map", "executions.toml")
    again = _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    (amendment,) = _ask(desk, "day", "show", DAY)["amendments"]
    assert amendment["of"] == again["recorded"] + again["amended"] + again["withdrawn"] > 0
    assert _ask(desk, "day", "show", DAY)["state"] == "closed"
    assert _ask(desk, "rebuild", "--check")["ok"] is True
    assert _ask(desk, "ledger", "verify")["ok"] is True


def test_a_case_that_is_not_there_is_an_error_of_usage_for_every_verb(desk: Desk) -> None:
    """Exit code 2, with the command that names those there are; of several ids each is told."""
    (desk.folder / "pay.toml").write_text('decision = "decline"\nrationale = "x"\n', encoding="utf-8")
    every = (
        *(("show", "C-0"), ("acknowledge", "C-0"), ("note", "C-0", "x"), ("assign", "C-0", "abe"), ("harm", "C-0")),
        *(("link", "C-0", "case", "C-0"), ("close", "C-0", *END), ("review", "C-0", "--approve")),
        ("reimburse", "C-0", "--file", "pay.toml"),
    )
    for words in every:
        code, _, talk = desk.call("case", *words, *(("--as", "sam") if words[0] != "show" else ()), "--json")
        told = json.loads(talk)["error"]
        assert (code, told["where"]) == (2, "C-0"), words
        assert told["message"] == "expected a case named 'C-0', found none: `routeproof case list` names them"
    both = _ask(desk, "case", "close", "C-0", "C-1", *END, "--as", "sam", code=5)
    assert [row["error"]["code"] for row in both["items"]] == ["usage", "usage"]


def test_views_keep_filters_under_a_name(desk: Desk) -> None:
    """A view narrows as its filters do; one that nobody saved is an error of usage."""
    _ask(desk, "exceptions", "run", "--day", DAY, code=1)
    name = _outside(desk)["O2"]["id"]
    _ask(desk, "case", "acknowledge", name, "--as", "ann")
    _ask(desk, "case", "view", "save", "mine", "--owner", "ann", "--state", "alive")
    assert [item["id"] for item in _ask(desk, "case", "view", "use", "mine")["items"]] == [name]
    (saved,) = _ask(desk, "case", "view", "list")["items"]
    assert saved == {"name": "mine", "filter": {"owner": "ann", "state": "alive"}}
    assert desk.call("case", "view", "use", "yours")[0] == 2
    codes = _ask(desk, "case", "codes")
    assert "explained" in codes["dispositions"]
    assert "venue" in codes["root_causes"]


def test_a_rule_that_is_none_is_an_error_rather_than_calm(desk: Desk) -> None:
    """A misspelt filter must not look like a day without findings; a rule that did not fire lists none."""
    for words in (("exceptions", "list"), ("case", "list")):
        code, out, talk = desk.call(*words, "--rule", "outside_nbo", "--json")
        assert (code, out, json.loads(talk)["error"]["where"]) == (2, "", "--rule")
        assert _ask(desk, *words, "--rule", "outside_nbbo")["total"] == 0
