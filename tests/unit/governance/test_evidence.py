"""Retention: nothing goes early, a hold wins, the hash stays, and a stopped run is completed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from governance_desk import NOON, Desk, new_desk
from routeproof.app.firm.policy import decide_policy, propose_policy
from routeproof.app.firm.procedures import propose_procedure
from routeproof.app.firm.retention import complete_expiry, evidence_listed, expire_evidence
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.objects.act import act
from routeproof.governance.decider import Command, Nothing, RefusalError
from routeproof.governance.duty.noun import DUTY
from routeproof.governance.evidence import EVIDENCE, EvidenceRecord, Standing
from routeproof.governance.roster import Roster
from routeproof.governance.wsp import WSP
from routeproof.policy.retention import Retention

if TYPE_CHECKING:
    from pathlib import Path

FOUNDED = datetime.fromtimestamp(NOON // 10**9, tz=UTC).date()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _document(desk: Desk, name: str = "visit") -> str:
    """The text of a duty of the firm's own: one document of the class `duties`, kept for six years."""
    around = lambda _: {"duties": {}}  # noqa: E731
    body = {"title": "Visit", "owner": "sam", "due_on": "2026-12-01", "text": f"What {name} is about"}
    with desk.context("sam") as context:
        state = act(context, DUTY, name, "add", body, around)
        return context.records.stream(f"duty/{name}")[state["version"] - 1].fact.evidence[0]


def _expire(desk: Desk, *wanted: str, by: str = "carl", on: date | None = None) -> list[str]:
    with desk.claiming(by, on) as context:
        return [item["id"] for item in expire_evidence(context, wanted)["expired"]]


def _refused(desk: Desk, *wanted: str, by: str = "carl", on: date | None = None) -> str:
    with pytest.raises(RefusalError) as refused:
        _expire(desk, *wanted, by=by, on=on)
    return refused.value.code


def _item(desk: Desk, sha256: str) -> dict[str, Any]:
    with desk.context() as context:
        (found,) = [item for item in evidence_listed(context)["items"] if item["sha256"] == sha256]
    return found


def test_a_document_goes_on_the_day_its_time_is_over_and_not_before(desk: Desk) -> None:
    """Six years after 2026-09-21 is 2032-09-21; the day before it is refused, whatever date is claimed."""
    sha256 = _document(desk)
    assert _item(desk, sha256)["keep_until"] == "2032-09-21"
    assert _refused(desk, sha256) == "criteria_not_met"
    assert _refused(desk, sha256, on=date(2040, 1, 1)) == "criteria_not_met"
    desk.clock.pass_days((date(2032, 9, 20) - FOUNDED).days)
    assert _refused(desk, sha256) == "criteria_not_met"
    assert _expire(desk) == []
    desk.clock.pass_days(1)
    assert _refused(desk, sha256, by="adam") == "not_permitted"
    assert _expire(desk) == [sha256]
    assert _item(desk, sha256)["state"] == "expired"
    assert _refused(desk, sha256) == "wrong_state"


def test_what_expired_leaves_hash_reason_and_a_record_that_verifies(desk: Desk) -> None:
    """The entry says by which policy; the object shows that its text is gone; verification is content."""
    sha256 = _document(desk)
    desk.clock.pass_days(6 * 366)
    _expire(desk)
    with desk.context() as context:
        (entry,) = context.records.stream(f"evidence/{sha256}")
        assert not context.evidence.has(sha256)
    verified = verify_workspace(desk.root)
    assert entry.fact.payload["sha256"] == sha256
    assert str(entry.fact.payload["policy"]).startswith("retention.duties = 6 years")
    assert desk.show(DUTY, "visit")["text"] == f"(expired; its evidence was {sha256})"
    assert verified.as_json()["ok"], verified.as_json()["problems"]


def test_a_hold_wins_until_it_is_released(desk: Desk) -> None:
    """By document, by object, by kind, or over everything; of another object it holds nothing."""
    sha256 = _document(desk)
    desk.clock.pass_days(7 * 366)
    holds: list[dict[str, Any]] = [
        {"documents": [sha256]},
        {"objects": ["duty/visit"]},
        {"objects": ["duty/"]},
        {"everything": True},
    ]
    for place, what in enumerate(holds):
        desk.act("carl", EVIDENCE, f"matter-{place}", "hold", {**what, "reason": "Letter"})
        assert _item(desk, sha256)["held_by"] == [f"matter-{place}"]
        assert desk.show(EVIDENCE, f"matter-{place}")["held_documents"] == what.get("documents", [])
        assert _refused(desk, sha256) == "criteria_not_met"
        assert _expire(desk) == []
        desk.act("cleo", EVIDENCE, f"matter-{place}", "release", {"reason": "Closed"})
    desk.act("carl", EVIDENCE, "other", "hold", {"objects": ["provider/", "review/"], "reason": "Letter"})
    desk.clock.pass_days(7 * 366)
    assert sha256 in _expire(desk)


@pytest.mark.parametrize(
    ("person", "matter", "verb", "body", "code"),
    [
        ("sam", "m", "hold", {"everything": True, "reason": "x"}, "not_permitted"),
        ("carl", "m", "hold", {"reason": "x"}, "incomplete"),
        ("carl", "a" * 64, "hold", {"everything": True, "reason": "x"}, "incomplete"),
        ("carl", "m", "hold", {"documents": ["deadbeef"], "reason": "x"}, "incomplete"),
        ("carl", "m", "hold", {"documents": ["0" * 64], "reason": "x"}, "incomplete"),
        ("carl", "m", "hold", {"objects": ["duty/visits"], "reason": "x"}, "incomplete"),
        ("carl", "m", "hold", {"objects": ["dutys/"], "reason": "x"}, "incomplete"),
        ("carl", "m", "hold", {"objects": ["duty"], "reason": "x"}, "incomplete"),
        ("carl", "held", "hold", {"everything": True, "reason": "x"}, "wrong_state"),
        ("carl", "released", "release", {"reason": "x"}, "wrong_state"),
        ("carl", "never", "release", {"reason": "x"}, "wrong_state"),
        ("sam", "held", "release", {"reason": "x"}, "not_permitted"),
    ],
)
def test_holds_that_are_refused(
    desk: Desk, person: str, matter: str, verb: str, body: dict[str, Any], code: str
) -> None:
    """Roles, empty holds, names taken, holds that are not in force."""
    for name in ("held", "released"):
        desk.act("carl", EVIDENCE, name, "hold", {"objects": ["duty/"], "reason": "Letter"})
    desk.act("carl", EVIDENCE, "released", "release", {"reason": "Closed"})
    with pytest.raises(RefusalError) as refused:
        desk.act(person, EVIDENCE, matter, verb, body)
    assert refused.value.code == code


def test_a_run_that_was_stopped_between_entry_and_erasure_is_completed(desk: Desk) -> None:
    """The entry stands, the file still does: the next run removes it and records nothing twice."""
    sha256 = _document(desk)
    desk.clock.pass_days(6 * 366)
    with desk.context() as context:
        left = context.evidence.get(sha256)
        path = desk.root / "evidence" / sha256
        before = path.read_bytes()
    _expire(desk)
    path.write_bytes(before)
    with desk.context("carl") as context:
        assert complete_expiry(context) == [sha256]
        assert not path.exists()
        assert len(context.records.stream(f"evidence/{sha256}")) == 1
    assert left.content.decode() == "What visit is about"


def test_the_text_of_a_procedure_stays_while_it_is_in_force(desk: Desk) -> None:
    """Unchanged for ten years and still in force: kept. Retired, it stays for six years more."""
    with desk.context("sam") as context:
        propose_procedure(context, "desk", {"title": "D", "text": "[A-1] Look.", "effective_from": "2026-09-22"})
    text = desk.act("carl", WSP, "desk", "approve")["editions"][0]["text"]
    assert text == "[A-1] Look."
    with desk.context() as context:
        (sha256,) = context.records.stream("wsp/desk")[0].fact.evidence
    desk.clock.pass_days(10 * 365)
    assert _expire(desk) == []
    desk.act("carl", WSP, "desk", "retire", {"from_on": "2036-10-01", "reason": "Merged"})
    desk.clock.pass_days(6 * 365)
    assert _refused(desk, sha256) == "criteria_not_met"
    desk.clock.pass_days(60)
    assert sha256 in _expire(desk)


def test_a_longer_period_counts_for_documents_that_are_there_already(desk: Desk) -> None:
    """Ten years by decision of two persons: after seven nothing goes."""
    sha256 = _document(desk)
    change = {"key": "retention.duties.years", "value": 10, "effective_from": "2026-10-01", "reason": "Counsel"}
    with desk.context("ann") as context:
        propose_policy(context, change)
    with desk.context("carl") as context:
        decide_policy(context, "approve", "P1")
    desk.clock.pass_days(7 * 366)
    assert _refused(desk, sha256) == "criteria_not_met"
    assert _item(desk, sha256)["keep_until"] == "2036-09-21"


DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
HOLDS = st.lists(st.tuples(st.sampled_from(["document", "object", "kind", "all", "other"]), st.booleans()), max_size=4)


@examples(1_000)
@given(last=DAYS, years=st.integers(1, 12), today=DAYS, on=DAYS, holds=HOLDS)
def test_no_policy_and_no_hold_lets_anything_go_early(
    last: date, years: int, today: date, on: date, holds: list[tuple[str, bool]]
) -> None:
    """Against a reading of its own: by the parts of the date, and by whether any hold in force names the document."""
    sha256, stream = "ab" * 32, "review/2026Q3"
    what = {
        "document": {"documents": (sha256,)},
        "object": {"objects": (stream,)},
        "kind": {"objects": ("review/",)},
        "all": {"everything": True},
        "other": {"objects": ("review/2026Q", "rev", "duty/"), "documents": ("cd" * 32,)},
    }
    records = [
        EvidenceRecord.model_validate(
            {"id": f"m{place}", "state": "held" if held else "released", "by": "c", "on": last, **what[kind]}
        )
        for place, (kind, held) in enumerate(holds)
    ]
    standing = Standing(
        record_class="reviews",
        last_used_on=last,
        keep_until=Retention(years=years).ends_on(last),
        held_by=tuple(item.id for item in records if item.covers(sha256, [stream])),
        policy="p",
        gone=False,
    )
    now = int(datetime.combine(today, time(12), UTC).timestamp()) * 10**9
    around = {"documents": {sha256: standing}, "now": now}
    command = Command(
        verb="expire", id=sha256, body=Nothing(), by="c", role="compliance", on=on, roster=Roster(), around=around
    )
    day = min(today, on)
    elapsed = (day.year - last.year, day.month, day.day) >= (years, last.month, last.day)
    held = any(in_force and kind != "other" for kind, in_force in holds)
    try:
        events = EVIDENCE.verbs["expire"].decide(None, command)
    except RefusalError:
        assert held or not elapsed
    else:
        assert elapsed
        assert not held
        assert [event.type for event in events] == ["evidence.expired"]
        assert day - last >= timedelta(days=365 * years)
