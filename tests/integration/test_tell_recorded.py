"""Channels are told what is on record: by whoever comes next, once, and nothing that was recorded before they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import new_desk
from integration.test_cases_of_findings import DAY, END, finding
from notify_desk import NotifyDesk
from program import call
from routeproof.app.cases.open_cases import work_findings
from routeproof.app.cases.work_cases import case_step, escalate, open_case
from routeproof.app.context import open_context
from routeproof.app.monitoring.run_day import run_day
from routeproof.app.monitoring.tell import know_channels, tell_recorded
from routeproof.app.notify.channels import channels_of
from routeproof.app.objects.findings import record_findings
from routeproof.app.watch.notifier import Notifier
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from governance_desk import Desk
    from routeproof.app.context import Context

NS_PER_DAY = 86_400 * 10**9


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role, and a channel that appends what it is given to a file."""
    desk = new_desk(tmp_path / "workspace")
    NotifyDesk(desk.root).configure(channel("pager", tmp_path / "told"))
    return desk


def channel(name: str, file: Path) -> str:
    """A command as a channel."""
    argv = json.dumps(["/bin/sh", "-c", f"cat >> {file}; echo >> {file}"])
    return f'[[notify]]\nname = "{name}"\nkind = "command"\nargv = {argv}\n'


def record(context: Context, *findings: dict[str, Any], gone: tuple[int, ...] = ()) -> None:
    """What a judgement does, without telling."""
    within = [finding(number)["id"] for number in gone]
    record_findings(context, DAY, {item["id"]: item for item in findings}, within=within)


def know(desk: Desk) -> None:
    """What each run does before it records."""
    with desk.context() as context:
        know_channels(context, channels_of(context.workspace))


def told(desk: Desk) -> list[dict[str, Any]]:
    """Notices that the channel is given now: what `notify send` tells and sends."""
    file = desk.root.parent / "told"
    file.unlink(missing_ok=True)
    assert call("notify", "send", "-w", str(desk.root)).returncode == 0
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [item for line in lines for item in json.loads(line)["notices"]]


def ids(notices: list[dict[str, Any]]) -> list[int]:
    """Numbers of the findings."""
    return [int(item["finding"], 16) for item in notices]


def test_what_a_run_recorded_and_did_not_tell_the_next_one_tells(desk: Desk) -> None:
    """The run ended after its findings were on record: nothing is lost, and nothing told twice."""
    know(desk)
    with desk.context() as context:
        record(context, finding(1), finding(2, status="waiting"))
    assert ids(told(desk)) == [1]
    with desk.context() as context:
        tell_recorded(context, channels_of(context.workspace))
        record(context, finding(3))
        tell_recorded(context, channels_of(context.workspace))
    assert ids(told(desk)) == [3]
    assert told(desk) == []


def test_a_run_sends_what_is_due_before_it_ends_and_says_so(desk: Desk) -> None:
    """A case that a person opened leaves with the run, for the pager; a digest keeps it for the evening."""
    digest = channel("evening", desk.root.parent / "later") + 'mode = "digest"\ndigest_at = "17:30"\n'
    NotifyDesk(desk.root).configure(digest)
    know(desk)
    with open_context(desk.root, person="ann") as context:  # the true clock: none of the case runs out
        open_case(context, "C1", {"kind": "complaint", "title": "why", "order_id": "O1"})
    run = ("exceptions", "run", "--day", str(DAY), "--as", "ann", "-w", str(desk.root))
    first, again = call(*run), call(*run, "--json")
    assert "notifications: 1 sent, 0 to be tried again, 0 failed. 1 kept for later." in first.stderr.splitlines()
    assert json.loads(again.stdout)["notices"] == {"sent": 0, "waiting": 0, "failed": 0, "kept": 1}
    (line,) = (desk.root.parent / "told").read_text("utf-8").splitlines()
    assert [item["event"] for item in json.loads(line)["notices"]] == ["opened"]
    assert not (desk.root.parent / "later").exists()
    assert (first.returncode, again.returncode) == (0, 0)


def test_a_watch_tells_what_is_recorded_beside_it(desk: Desk) -> None:
    """By whichever of its processes; at the latest as it ends."""
    know(desk)
    said: list[str] = []
    with desk.context() as context:
        notifier = Notifier(desk.root, channels_of(context.workspace), said.append)
        notifier.start()
        record(context, finding(1))
        notifier.stop()
    (line,) = (desk.root.parent / "told").read_text("utf-8").splitlines()
    assert (ids(json.loads(line)["notices"]), said) == ([1], [])


def test_a_channel_that_is_new_is_not_told_the_past(desk: Desk, tmp_path: Path) -> None:
    """It is owed what is recorded once the program has seen it; others go on."""
    know(desk)
    with desk.context() as context:
        record(context, finding(1))
    NotifyDesk(desk.root).configure(channel("late", tmp_path / "late"))
    know(desk)
    with desk.context() as context:
        record(context, finding(2))
    assert ids(told(desk)) == [1, 2]
    (line,) = (tmp_path / "late").read_text("utf-8").splitlines()
    assert ids(json.loads(line)["notices"]) == [2]


def test_channels_that_cannot_be_used_are_refused_before_anything_is_recorded(desk: Desk) -> None:
    """A host that is not allowed: once that is corrected, the run finds and tells as if it were the first."""
    text = '[[notify]]\nname = "hook"\nkind = "webhook"\nurl = "https://hooks.firm.example/x"\nsecret_file = "s"\n'
    NotifyDesk(desk.root).configure(text)
    with desk.context() as context:
        before = context.records.size()
        with pytest.raises(UsageError, match=r"expected notify_hosts to name hooks\.firm\.example"):
            run_day(context, DAY)
        assert context.records.size() == before


def test_a_finding_that_says_something_else_is_told_again(desk: Desk) -> None:
    """Its figure, not its status, its policy or its executions; the receiver can tell it from the first one."""
    know(desk)
    with desk.context() as context:
        record(context, finding(1))
    (first,) = told(desk)
    with desk.context() as context:
        record(context, finding(1, observed="60000"))
    (again,) = told(desk)
    assert (first["observed"], again["observed"], again["finding"]) == ("6000", "60000", first["finding"])
    assert (again["sentence"][:29], again["amended"]) == ("Slow fill, amended (medium), ", True)
    assert "amended" not in first
    with desk.context() as context:
        record(context, finding(1, observed="60000", policy_version="q", execution_ids=["E"]))
        record(context, finding(1, observed="60000", status="waiting"))
    assert told(desk) == []


def test_what_waits_is_told_once_it_is_final_and_only_as_it_then_is(desk: Desk) -> None:
    """A live watch amends often: of several amendments since the last look the last is told, of a withdrawal none."""
    know(desk)
    with desk.context() as context:
        record(context, finding(1, status="waiting"), finding(2))
        record(context, finding(1, status="waiting", observed="7000"))
        record(context, finding(1, observed="8000"))
        record(context, finding(1, observed="9000"))
        record(context, gone=(2,))
    assert [(item["finding"], item["observed"]) for item in told(desk)] == [(finding(1)["id"], "9000")]


def test_events_of_cases_are_told_without_what_people_wrote(desk: Desk) -> None:
    """Opened by a person, waiting for a review, returned, overdue; a case of findings is told by these."""
    know(desk)
    with desk.context() as context:
        record(context, finding(1))
        (name,) = work_findings(context, DAY).opened
    assert [(item.get("event"), item["rule"]) for item in told(desk)] == [(None, "slow_fill")]
    with desk.context("ann") as context:
        body = {"kind": "complaint", "title": "Mr Smith, account 4711", "provider": "SMITH", "symbol": "SMITH"}
        open_case(context, "SMITH-4711", body)
        index = context.records.stream("case/SMITH-4711")[0].index
        case_step(context, name, "close", END)
    with desk.context("sam") as context:
        case_step(context, name, "review", {"approve": False, "text": "Ask Mr Smith"})
    notices = told(desk)
    assert [(item["case"], item["event"], item["rule"]) for item in notices] == [
        (f"entry-{index}", "opened", "complaint"),
        (name, "awaiting_review", "slow_fill"),
        (name, "returned", "slow_fill"),
    ]
    desk.clock.now += 400 * NS_PER_DAY
    with desk.context() as context:
        escalate(context)
    late = told(desk)
    assert {item["event"] for item in late} == {"acknowledge_overdue", "investigate_overdue", "close_overdue"}
    assert f"Case {name} close overdue: slow fill" in " ".join(item["sentence"] for item in late)
    assert "SMITH" not in json.dumps([*notices, *late]).upper()
    assert "4711" not in json.dumps([*notices, *late])
