"""`kill -9` at any system call of a round of sending: the notices arrive, and a repetition is known by its id."""

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.points import KILLED, Faults, faults
from governance_desk import NS_PER_DAY, Clock
from loopback import ADDRESS, WebServer, web_server
from notify_desk import NotifyDesk, notice, notify_desk, webhook

SEED = int(os.environ.get("ROUTEPROOF_FAULT_SEED", "20260701"))
SAMPLE = int(os.environ.get("ROUTEPROOF_FAULT_POINTS", "4"))
MODULES = ("routeproof.app.notify.channels", "routeproof.app.notify.send", "sqlalchemy.dialects.sqlite")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    """One server of commands for all points."""
    with faults(tmp_path_factory.mktemp("faults"), MODULES) as server:
        yield server


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A web server."""
    with web_server() as server:
        yield server


def test_a_sample_of_points_loses_nothing(running: Faults, web: WebServer, tmp_path: Path) -> None:
    """The seed chooses them; ROUTEPROOF_FAULT_POINTS is how many."""
    kill_at_points(running, web, tmp_path, SAMPLE)


@pytest.mark.night
def test_no_point_loses_anything(running: Faults, web: WebServer, tmp_path: Path) -> None:
    """All system calls of a round that change the disk or speak to the server."""
    kill_at_points(running, web, tmp_path, None)


def kill_at_points(running: Faults, web: WebServer, folder: Path, count: int | None) -> None:
    """Kill the round at `count` points, or at all, each time on a fresh workspace."""
    desk = notify_desk(folder)
    desk.configure(webhook(web.port), f"{ADDRESS}:{web.port}")
    desk.clock = Clock(time.time_ns())  # the command that is killed reads the machine's
    desk.keep(notice(1), notice(2))
    arguments = ["notify", "send", "-w", f"{folder}/run"]
    points = running.points(fresh(desk.root, arguments))
    assert {point.call for point in points} & {"fsync", "fdatasync"}
    chosen = points if count is None else random.Random(SEED).sample(points, min(count, len(points)))  # noqa: S311
    killed = 0
    for point in chosen:
        web.requests.clear()
        run = running.kill_at(fresh(desk.root, arguments), point)
        assert run.code in {KILLED, 0}, f"seed {SEED}, {point}: {run.errors}"
        killed += run.code == KILLED
        told_once(NotifyDesk(folder / "run", Clock(time.time_ns() + NS_PER_DAY)), web, f"seed {SEED}, {point}")
    assert killed >= len(chosen) * 3 // 4
    print(f"notify send: {len(chosen)} of {len(points)} points, {killed} killed, seed {SEED}")  # noqa: T201


def told_once(desk: NotifyDesk, web: WebServer, where: str) -> None:
    """The next round ends it: one message, sent once or twice with the same id and bytes, and no third time."""
    desk.send()
    sent = len(web.requests)
    desk.send()
    assert sent in {1, 2}, where
    assert len(web.requests) == sent, where
    assert len({(request.headers["idempotency-key"], request.body) for request in web.requests}) == 1, where
    (told,) = desk.listed()["notifications"]
    assert (told["state"], told["count"]) == ("sent", 2), where


def fresh(root: Path, arguments: list[str]) -> list[str]:
    """A copy of the workspace in `run`, and the command on it."""
    shutil.rmtree(root.with_name("run"), ignore_errors=True)
    shutil.copytree(root, root.with_name("run"))
    return arguments
