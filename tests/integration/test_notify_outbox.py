"""The outbox: nothing is lost, nothing told twice but with the same id, quiet hours and digests by the clock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from governance_desk import Clock
from loopback import ADDRESS, web_server
from notify_desk import notice, notify_desk, webhook
from program import call
from routeproof.app.notify.outbox_tables import OutboxError
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback import WebServer
    from notify_desk import NotifyDesk

KEEPER = """
import os, signal, sys
from pathlib import Path
from routeproof.app.context import open_context
from routeproof.app.notify.channels import channels_of
from routeproof.app.notify.notify import keep_notices
from routeproof.rules.notice import Notice
with open_context(Path(sys.argv[1])) as context:
    found = Notice(rule="slow_fill", severity="high", finding="%032x" % 1, provider="ACME")
    keep_notices(context, channels_of(context.workspace), [found])
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def desk(tmp_path: Path) -> NotifyDesk:
    """A workspace."""
    return notify_desk(tmp_path)


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A web server."""
    with web_server() as server:
        yield server


def at(desk: NotifyDesk, text: str) -> None:
    """Set the clock to an instant in UTC."""
    desk.clock = Clock(int(datetime.fromisoformat(f"{text}+00:00").timestamp()) * 10**9)


def allowed(desk: NotifyDesk, port: int, more: str = "") -> None:
    """A webhook to the server, which may be spoken to."""
    desk.configure(webhook(port, more), f"{ADDRESS}:{port}")


def findings(web: WebServer) -> list[list[int]]:
    """Numbers of the findings of each request."""
    return [[int(item["finding"], 16) for item in json.loads(request.body)["notices"]] for request in web.requests]


def test_where_nothing_is_configured_nothing_happens(desk: NotifyDesk) -> None:
    """No outbox is made and nothing is sent."""
    desk.keep(notice(1))
    desk.send()
    assert desk.listed() == {"notifications": [], "total": 0, "owed": []}
    assert not desk.root.joinpath("notify").exists()


def test_what_is_handed_over_again_is_not_told_again(desk: NotifyDesk, web: WebServer) -> None:
    """A caller that is not sure whether it did hand a finding over does it again."""
    allowed(desk, web.port)
    assert desk.keep(notice(1)).known == 0
    desk.send()
    kept = desk.keep(notice(1), notice(2))
    assert (kept.now, kept.known) == (2, 1)
    desk.send()
    desk.send()
    assert findings(web) == [[1], [2]]


def test_what_comes_together_is_one_message(desk: NotifyDesk, web: WebServer) -> None:
    """A bad minute is no flood: the first hundred are listed, all are counted."""
    allowed(desk, web.port)
    desk.keep(*(notice(number, rule="fade" if number % 3 else "slow_fill") for number in range(150)))
    assert desk.send().sent == 1
    document = json.loads(web.requests[0].body)
    assert (document["count"], len(document["notices"]), document["omitted"]) == (150, 100, 50)
    assert [(group["rule"], group["count"]) for group in document["groups"]] == [("fade", 100), ("slow_fill", 50)]


def test_quiet_hours_in_a_night_that_is_an_hour_longer(desk: NotifyDesk, web: WebServer) -> None:
    """Quiet 22:00 to 07:00 in New York; on 2026-11-01 that is until 12:00 UTC. What is critical goes out at once."""
    allowed(desk, web.port, 'quiet_hours = ["22:00", "07:00"]\nbreaks_quiet = ["critical"]')
    at(desk, "2026-11-01T04:00")
    assert desk.keep(notice(1), notice(2, "critical")).later == 1
    desk.send()
    assert findings(web) == [[2]]
    at(desk, "2026-11-01T11:59")
    desk.keep(notice(3))
    desk.send()
    assert findings(web) == [[2]]
    at(desk, "2026-11-01T12:00")
    desk.send()
    assert findings(web) == [[2], [1, 3]]
    assert json.loads(web.requests[1].body)["kind"] == "digest"


def test_a_repetition_keeps_quiet_hours_too(desk: NotifyDesk, web: WebServer) -> None:
    """What failed in the evening is tried in the morning, and does not hold up what is critical."""
    allowed(desk, web.port, 'quiet_hours = ["22:00", "07:00"]\nbreaks_quiet = ["critical"]\nattempts = 1')
    web.answers[:] = [500]
    at(desk, "2026-07-02T01:59")  # 21:59
    desk.keep(notice(1))
    desk.send()
    at(desk, "2026-07-02T03:00")
    desk.keep(notice(2, "critical"))
    assert desk.send().sent == 1
    at(desk, "2026-07-02T11:00")
    desk.send()
    assert findings(web) == [[1], [2], [1]]


def test_what_could_not_be_sent_before_quiet_hours_waits_for_their_end(desk: NotifyDesk, web: WebServer) -> None:
    """It was kept at 21:59, and the program came back after midnight."""
    allowed(desk, web.port, 'quiet_hours = ["22:00", "07:00"]')
    at(desk, "2026-07-02T01:59")
    desk.keep(notice(1))
    at(desk, "2026-07-02T05:00")
    desk.send()
    assert web.requests == []
    at(desk, "2026-07-02T11:00")
    desk.send()
    assert findings(web) == [[1]]


def test_a_digest_has_everything_since_the_last_one(desk: NotifyDesk, web: WebServer) -> None:
    """At 17:30 in New York; a digest with nothing in it is not sent."""
    allowed(desk, web.port, 'mode = "digest"\ndigest_at = "17:30"')
    at(desk, "2026-07-01T14:00")
    desk.keep(notice(1), notice(2))
    at(desk, "2026-07-01T21:00")
    desk.keep(notice(3, rule="fade"))
    desk.send()
    assert web.requests == []
    (owed,) = desk.listed()["owed"]
    assert (owed["channel"], owed["because"], owed["count"]) == ("hook", "digest", 3)
    at(desk, "2026-07-01T21:31")
    desk.keep(notice(4))
    desk.send()
    assert findings(web) == [[1, 2, 3]]
    groups = json.loads(web.requests[0].body)["groups"]
    assert [(group["rule"], group["count"]) for group in groups] == [("slow_fill", 2), ("fade", 1)]
    at(desk, "2026-07-03T00:00")
    desk.send()
    assert findings(web) == [[1, 2, 3], [4]]
    at(desk, "2026-07-05T00:00")
    desk.send()
    assert len(web.requests) == 2


def test_a_program_that_is_killed_after_keeping_has_lost_nothing(desk: NotifyDesk, web: WebServer) -> None:
    """It is sent by the next one."""
    allowed(desk, web.port)
    desk.clock = Clock(time.time_ns())  # programs read the machine's
    run = subprocess.run([sys.executable, "-c", KEEPER, desk.root], check=False)
    assert run.returncode == -signal.SIGKILL
    desk.clock.pass_days(1)
    desk.send()
    assert findings(web) == [[1]]


def test_a_program_that_is_killed_while_sending_repeats_with_the_same_id(desk: NotifyDesk, web: WebServer) -> None:
    """The server has it and its answer never arrives: id and bytes are the same the second time; there is no third."""
    allowed(desk, web.port)
    desk.clock = Clock(time.time_ns())
    desk.keep(notice(1))
    victim = subprocess.Popen([sys.executable, "-m", "routeproof", "notify", "send", "-w", desk.root])

    def kill() -> int:
        os.kill(victim.pid, signal.SIGKILL)
        return 500

    web.answers[:] = [kill]
    assert victim.wait(60) == -signal.SIGKILL
    desk.clock.pass_days(1)
    assert desk.send().sent == 1
    desk.send()
    assert len(web.requests) == 2
    assert len({(request.headers["idempotency-key"], request.body) for request in web.requests}) == 1


def test_what_failed_for_good_is_sent_again_on_demand(desk: NotifyDesk, web: WebServer) -> None:
    """`notify send --failed`, with the id it had."""
    allowed(desk, web.port)
    web.answers[:] = [404]
    desk.clock = Clock(time.time_ns())
    desk.keep(notice(1))
    assert desk.send().failed == 1
    command = ("notify", "send", "-w", str(desk.root), "--json")
    idle = call(*command)
    assert json.loads(idle.stdout) == {"sent": 0, "waiting": 0, "failed": 0, "kept": 0}
    again = call(*command, "--failed")
    assert json.loads(again.stdout) == {"sent": 1, "waiting": 0, "failed": 0, "kept": 0}
    assert len(web.requests) == 2
    assert len(set(web.ids)) == 1


def test_what_was_told_is_forgotten_after_400_days(desk: NotifyDesk, web: WebServer) -> None:
    """What waits, or is kept for later, never is."""
    allowed(desk, web.port, 'mode = "digest"\ndigest_every_min = 60')
    desk.keep(notice(1))
    desk.clock.pass_days(1)
    desk.send()
    desk.keep(notice(2))
    desk.clock.pass_days(399.9)
    desk.send()
    assert desk.listed()["total"] == 2
    desk.clock.pass_days(0.2)
    web.answers[:] = [500] * 3
    desk.keep(notice(3))
    desk.clock.pass_days(0.1)
    desk.send()
    assert [item["state"] for item in desk.listed()["notifications"]] == ["waiting", "sent"]
    desk.clock.pass_days(500)
    desk.send()
    assert findings(web) == [[1], [2], [3], [3], [3], [3]]
    assert [item["state"] for item in desk.listed()["notifications"]] == ["sent"]


def test_the_commands(desk: NotifyDesk, web: WebServer) -> None:
    """A test goes out at once and is said to be one; the list shows what was sent, for people and programs."""
    allowed(desk, web.port, 'severities = ["low"]\nquiet_hours = ["00:00", "23:59"]')
    program = [sys.executable, "-m", "routeproof", "notify", "test", "hook", "-w", desk.root]
    tried = subprocess.run(program, capture_output=True, text=True, check=True)
    assert tried.stderr == "hook: sent, HTTP 204\n"
    document = json.loads(web.requests[0].body)
    assert (document["kind"], document["count"], document["notices"]) == ("test", 0, [])
    web.answers[:] = [500]
    again = call("notify", "test", "hook", "-w", str(desk.root), "--json")
    assert again.returncode == 1
    assert json.loads(again.stdout)["reason"] == "HTTP 500"
    unknown = call("notify", "test", "hock", "-w", str(desk.root))
    assert (unknown.returncode, unknown.stderr) == (
        2,
        "routeproof: expected a channel (hook), found 'hock' [NAME]\n",
    )
    at(desk, "2026-07-01T12:00")
    assert desk.keep(notice(1), notice(2, "low")).dropped == {"severity": 1}
    listed = call("notify", "list", "-w", str(desk.root), "--json")
    assert json.loads(listed.stdout)["owed"][0]["count"] == 1
    lines = call("notify", "list", "-w", str(desk.root))
    assert lines.stdout.splitlines()[-1].split()[2:] == ["hook", "quiet_hours", "1"]


def test_channels_of_a_further_file(desk: NotifyDesk, web: WebServer, tmp_path: Path) -> None:
    """They speak to hosts that the workspace allows, and to no others, whatever that file says."""
    further = tmp_path / "watch.toml"
    secret = json.dumps(str(desk.root / "keys/webhook"))
    text = webhook(web.port).replace('"keys/webhook"', secret)
    further.write_text(f'notify_hosts = ["{ADDRESS}:{web.port}"]\n{text}', encoding="utf-8")
    test = ("notify", "test", "hook", "-w", str(desk.root), "--config", str(further))
    barred = call(*test)
    assert barred.returncode == 2
    assert "expected notify_hosts to name" in barred.stderr
    desk.configure("", f"{ADDRESS}:{web.port}")
    assert call(*test).returncode == 0
    assert len(web.requests) == 1


def test_two_channels_of_one_name_are_refused(desk: NotifyDesk, web: WebServer) -> None:
    """Which one is meant could not be told."""
    allowed(desk, web.port)
    desk.configure(webhook(web.port))
    with pytest.raises(UsageError, match="found 'hook' twice"):
        desk.send()


def test_an_outbox_that_is_none_is_said_so(desk: NotifyDesk, web: WebServer) -> None:
    """What cannot be kept is not sent unkept."""
    allowed(desk, web.port)
    desk.root.joinpath("notify").mkdir()
    desk.root.joinpath("notify/outbox.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(OutboxError, match="expected an outbox that can be read and written"):
        desk.keep(notice(1))
