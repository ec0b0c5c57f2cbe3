"""The writer of the lake beside a watch: what it takes in at once, what waits to be asked for, and how long."""

from __future__ import annotations

import shutil
import threading
from time import perf_counter, sleep
from typing import TYPE_CHECKING

import pytest

from live_streams import framed
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.watch.beside.lake_writer import AGAIN_AFTER_S, LakeWriter, Portion
from routeproof.stores.held_back import ask

if TYPE_CHECKING:
    from pathlib import Path

DAY = "20260629"


def order(number: int) -> bytes:
    """An order to buy 1,000 at the market."""
    at = f"{DAY}-14:00:00.000"
    return framed(["35=D", "49=FIRM", "56=SOR", f"34={number}", f"52={at}", f"11=A{number}", "55=KESTR", "54=1",
                   "38=1000", "40=1", "59=0", f"60={at}"])  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A new workspace."""
    init_workspace(tmp_path / "ws")
    return tmp_path / "ws"


def test_what_is_judged_already_waits_for_a_question(root: Path) -> None:
    """What comes first is taken in at once, as is what more than doubles it; more of a hundred waits to be asked."""
    taken = threading.Event()

    def offered(numbers: range, *, can_wait: bool) -> Portion:
        raw = [order(number) + b"\n" for number in numbers]
        return Portion("a", "fix-log", None, "P", parts=raw, done=[taken.set], can_wait=can_wait)

    writer = LakeWriter(root, pytest.fail, frozenset, monotonic=lambda: 7.0)
    writer.start()
    for numbers in (range(1, 3), range(3, 100)):
        writer.offer(offered(numbers, can_wait=True))
        assert taken.wait(60)
        taken.clear()
    writer.offer(offered(range(100, 102), can_wait=True))
    assert not taken.wait(0.5)
    assert ask(root, 60)
    assert taken.is_set()
    with open_context(root, role="watch") as own:
        assert own.lake.read("parent_orders").height == 101
    writer.stop()


def test_the_first_commit_of_a_watch_keeps_nothing_waiting(root: Path) -> None:
    """It loads the program and is slow; what comes right after it, as a fill after its Logon does, goes on at once."""
    clock = [0.0]
    seen: list[float] = []
    writer = LakeWriter(root, pytest.fail, frozenset, monotonic=lambda: clock[0])

    def done() -> None:
        clock[0] += 60.0  # each commit takes a minute by this clock
        seen.append(perf_counter())

    writer.start()
    for number in (1, 2):
        writer.offer(Portion("a", "fix-log", None, "P", parts=[order(number)], done=[done]))
        while len(seen) < number:
            sleep(0.01)
    assert seen[1] - seen[0] < 20
    writer.stop()


def test_who_asks_after_a_long_commit_waits_a_second_and_not_for_its_pause(root: Path) -> None:
    """Commits of a minute by this clock: the pause after the second is four; a question is answered after a second."""
    clock = [0.0]
    taken = threading.Event()
    writer = LakeWriter(root, pytest.fail, frozenset, monotonic=lambda: clock[0])

    def done() -> None:
        clock[0] += 60.0
        taken.set()

    def offer(number: int) -> None:
        taken.clear()
        raw = [order(number)]
        writer.offer(Portion("a", "fix-log", None, "P", parts=raw, done=[done], can_wait=True))

    writer.start()
    for number in (1, 2):
        offer(number)
        assert taken.wait(60)
    offer(3)
    assert not ask(root, 0.5)
    clock[0] += 1.5
    assert ask(root, 60)
    assert taken.is_set()
    assert ask(root, 60)  # nothing waits: answered in the midst of the next pause
    writer.stop()


def test_what_the_disk_refused_is_tried_again_with_what_came_meanwhile(root: Path) -> None:
    """A file stands where the scratch folder should be; once it is gone, both orders are taken in, in their order."""
    clock, said, done = [0.0], [], threading.Event()
    with open_context(root) as context:
        scratch = context.workspace.scratch_folder
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.parent.mkdir(parents=True, exist_ok=True)
    scratch.write_bytes(b"")
    writer = LakeWriter(root, said.append, frozenset, monotonic=lambda: clock[0])
    writer.start()
    writer.offer(Portion("a", "fix-log", None, "P", parts=[order(1) + b"\n"]))
    while not said:
        sleep(0.01)
    writer.offer(Portion("a", "fix-log", None, "P", parts=[order(2) + b"\n"], done=[done.set]))
    scratch.unlink()
    assert not done.is_set()
    clock[0] += AGAIN_AFTER_S
    assert done.wait(60)
    writer.stop()
    assert "it is tried again" in said[0]
    with open_context(root) as context:
        assert context.lake.read("parent_orders").height == 2


def test_a_whole_file_of_which_not_all_is_taken_is_said(root: Path, tmp_path: Path) -> None:
    """A good one is no news; of a bad row the reason is told, and of a file without any row that it has none."""
    damaged = order(3).replace(b"38=1000", b"38=lots")
    files = {"good.log": order(1), "half.log": order(2) + b"\n" + damaged, "none.log": b"no message at all"}
    said: list[str] = []
    done = threading.Event()
    writer = LakeWriter(root, said.append, frozenset)
    writer.start()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content + b"\n")
        done.clear()
        writer.offer(Portion(f"drop-{name}", "fix-log", None, "P", path=tmp_path / name, done=[done.set]))
        assert done.wait(60)
    writer.stop()
    half, none = said
    assert half.startswith("half.log: 2 received, 1 accepted, 1 rejected (")
    assert none.startswith("none.log: 1 received, 0 accepted, 1 rejected (")
    assert "none of its 18 bytes are rows of fix-log" in none
