"""`kill -9` of a PostgreSQL backend and of the postmaster: what was acknowledged is there after recovery, once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from postgres import PATIENCE_S, OwnServer, own_server
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.ledger.verify import verify_workspace
from routeproof.ledger.entry import Fact

SEED = int(os.environ.get("ROUTEPROOF_FAULT_SEED", "20260701"))
APPENDS = """
import sys
from pathlib import Path
from routeproof.app.context import open_context
from routeproof.ledger.entry import Fact
with open_context(Path(sys.argv[1])) as context:
    ((backend,),) = context.records.query("SELECT pg_backend_pid()")
    print(backend, flush=True)
    for number in range(1_000_000):
        texts = [f"{sys.argv[2]} {number} {part}" for part in "xy"]
        facts = [Fact("w", "note", {"text": text}, "2026-07-02", "a", "r", "s") for text in texts]
        print(*context.records.append(facts), flush=True)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """A server that may be killed, whatever DATABASE_URL says."""
    with own_server() as started:
        yield started


@pytest.mark.parametrize("rounds", [1, pytest.param(50, marks=pytest.mark.night)])
@pytest.mark.parametrize("victim", ["backend", "postmaster"])
def test_a_killed_server_keeps_what_it_acknowledged(
    server: OwnServer, tmp_path: Path, victim: str, rounds: int
) -> None:
    """A writer appends pairs until the server goes; then the record verifies, and the next writer goes on."""
    chance = random.Random(f"{SEED} {victim}")  # noqa: S311  # a choice that can be made again
    init_workspace(tmp_path / "w", records=server.url)
    acknowledged: dict[int, str] = {}
    for number in range(rounds):
        acknowledged |= write_until_killed(server, tmp_path / "w", victim, number, chance)
        texts = texts_by_index(tmp_path / "w")
        assert {index: texts.get(index) for index in acknowledged} == acknowledged, f"seed {SEED}, round {number}"
        assert len(set(texts.values())) == len(texts), f"seed {SEED}, round {number}"
    report = verify_workspace(tmp_path / "w")
    assert report.ok, report.problems
    print(f"{victim}: {rounds} kills, {len(acknowledged)} acknowledged entries, seed {SEED}")  # noqa: T201


def write_until_killed(
    server: OwnServer, root: Path, victim: str, number: int, chance: random.Random
) -> dict[int, str]:
    """Let a writer work, kill what it speaks to, start that again; returns what was acknowledged, text by index."""
    said, complained = root.parent / f"said-{number}", root.parent / f"complained-{number}"
    with said.open("w") as output, complained.open("w") as errors:
        writer = subprocess.Popen([sys.executable, "-c", APPENDS, str(root), f"{number}"], stdout=output, stderr=errors)
    ends = time.monotonic() + PATIENCE_S
    while said.read_text("utf-8").count("\n") < 2:  # the backend, and a first pair
        assert time.monotonic() < ends, complained.read_text("utf-8")
        time.sleep(0.02)
    backend = int(said.read_text("utf-8").split()[0])
    time.sleep(chance.uniform(0.0, 0.3))
    if victim == "backend":
        psutil.Process(backend).send_signal(signal.SIGKILL)
    else:
        server.kill()
    assert writer.wait(timeout=PATIENCE_S) != 0
    assert "UnreachableError" in complained.read_text("utf-8")
    server.start()
    lines = said.read_text("utf-8").splitlines(keepends=True)[1:]
    pairs = [line.split() for line in lines if line.endswith("\n")]
    return {
        int(index): f"{number} {order} {part}"
        for order, pair in enumerate(pairs)
        for index, part in zip(pair, "xy", strict=True)
    }


def texts_by_index(root: Path) -> dict[int, str]:
    """Every note of the ledger by its index; indexes are dense."""
    with open_context(root) as context:
        context.records.append([Fact("s", "mark", {}, "2026-07-02", "a", "r", "s")])
        entries = [json.loads(entry) for entry in context.records.entries()]
    assert [entry["index"] for entry in entries] == list(range(len(entries)))
    return {entry["index"]: entry["payload"]["text"] for entry in entries if entry["type"] == "note"}
