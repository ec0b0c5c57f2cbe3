"""`python -m bench.web_load [--users 50] [--seconds 120] [--pause 5] [--orders 1] [--folder DIR]`: many people at once.

Makes a workspace of that many million orders with one account per role and open cases, starts `routeproof serve`, and
lets every user do one thing after the other with a pause between, as people do: look at their day, explore, look up
orders and their replay, triage, open a case, note something. Every note that was acknowledged has to be there once
afterwards. One JSON line on stdout. `--workspace` takes a workspace that is there, with accounts of the demo; it is
written to. With DATABASE_URL set, a new workspace keeps its record in PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bench.meter import cpu_seconds
from bench.rule605_report import FIRST_DAY, made_day, take_in
from routeproof.app.access.accounts import make_account
from routeproof.app.context import open_context
from routeproof.app.demo.cast import CAST, roster
from routeproof.app.init_workspace import init_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PASSWORD = "correct horse battery staple"  # noqa: S105  # of nobody real
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CASES = 200
DAYS = 62
AT_ONCE = 21
"""Days that are made and taken in together."""
PAUSE_S = 5.0
"""Usual mean of the pauses between two things that one person does."""
WORKERS = ("analyst", "supervisor", "compliance")
ORDER = re.compile(r'href="(/orders/[^"?]+)"')
CASE = re.compile(r'href="/cases/([^"/?]+)"')


@dataclass
class Seen:
    """What the users met.

    Attributes:
        ms: milliseconds from request to the last byte, by what was done.
        errors: answers that were none, by what and status.
        notes: acknowledged notes.
    """

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    notes: list[tuple[str, str]] = field(default_factory=list)


class User:
    """One person's browser, with a pause between two clicks."""

    def __init__(
        self, client: httpx.AsyncClient, number: int, seen: Seen, cases: Sequence[str], pause_s: float = PAUSE_S
    ) -> None:
        self.client, self.seen, self.cases, self.pause_s = client, seen, cases, pause_s
        self.number, self.chance, self.token, self.orders = number, random.Random(number), "", [""]  # noqa: S311

    async def come_in(self, person: str) -> None:
        """Log in as people do."""
        page = await self.client.get("/login")
        form = {"username": person, "password": PASSWORD, "csrf_token": TOKEN.findall(page.text)[0]}
        answer = await self.client.post("/login", data=form)
        if answer.status_code != 303:  # noqa: PLR2004  # HTTP
            message = f"expected {person} to get in, found {answer.status_code}: {answer.text[:200]}"
            raise RuntimeError(message)
        self.token = TOKEN.findall((await self.client.get("/me")).text)[0]
        self.orders = ORDER.findall((await self.client.get("/orders")).text) or [""]

    async def work(self, until: float) -> None:
        """One thing after the other."""
        await asyncio.sleep(self.chance.random() * self.pause_s)
        while time.monotonic() < until:
            await self._one(self.chance.choices(THINGS, WEIGHTS)[0])
            await asyncio.sleep(self.chance.expovariate(1 / self.pause_s))

    async def _one(self, what: str) -> None:
        begun = time.monotonic()
        if what == "note":
            await self._note()
        else:
            answer = await self.client.get(self._address(what))
            if answer.status_code != 200:  # noqa: PLR2004  # HTTP
                self.seen.errors[f"{what} {answer.status_code}"] += 1
        self.seen.ms[what].append((time.monotonic() - begun) * 1e3)

    def _address(self, what: str) -> str:
        match what:
            case "order":
                return self.chance.choice(self.orders) or "/orders"
            case "case":
                return f"/cases/{self.chance.choice(self.cases)}"
            case "explore":
                by = self.chance.choice(("venue", "symbol", "order_class", "day"))
                return f"/explore?by={by}&from={FIRST_DAY}&to={FIRST_DAY}"
        return what

    async def _note(self) -> None:
        case, text = self.chance.choice(self.cases), f"{self.number}-{len(self.seen.notes)}-{time.monotonic_ns()}"
        headers = {"X-CSRF-Token": self.token}
        answer = await self.client.post(f"/api/v1/cases/{case}/notes", json={"text": text}, headers=headers)
        if answer.status_code == 200:  # noqa: PLR2004  # HTTP
            self.seen.notes.append((case, text))
        else:
            self.seen.errors[f"note {answer.status_code}"] += 1


MIX = {
    "/": 15, "/exceptions": 15, "case": 15, "note": 10, "explore": 10, "/orders": 5, "order": 10, "/providers": 4,
    "/duties": 4, "/policy": 3, "/help": 3, "/scorecard": 3, "/reports": 3,
}  # fmt: skip
THINGS, WEIGHTS = list(MIX), list(MIX.values())


def make_desk(folder: Path, orders: int, progress: Callable[[str], None]) -> Path:
    """A workspace of a quarter of orders, one account per role, open cases."""
    root = folder / "workspace"
    if root.exists():
        return root
    people, records = roster(datetime.now(UTC).date()), os.environ.get("DATABASE_URL", "")
    init_workspace(root, people=people, passphrase=lambda _: PASSWORD.encode(), records=records)
    with open_context(root) as context:
        for user, _, _ in CAST:
            make_account(context, user, PASSWORD)
    for first in range(0, DAYS, AT_ONCE):
        take_in(root, folder, [made_day(number, orders // DAYS) for number in range(first, min(first + AT_ONCE, DAYS))])
        progress(f"{min(first + AT_ONCE, DAYS)} of {DAYS} days")
    return root


async def loaded(base: str, users: int, seconds: float, pause_s: float = PAUSE_S) -> Seen:
    """What that many users meet in that time."""
    seen = Seen()
    opener = User(_client(base), -1, seen, ())
    await opener.come_in("analyst")
    cases = await _cases(opener)
    people = [User(_client(base), number, seen, cases, pause_s) for number in range(users)]
    for number, user in enumerate(people):
        await user.come_in(WORKERS[number % len(WORKERS)])
    until = time.monotonic() + seconds
    await asyncio.gather(*(user.work(until) for user in people))
    kept: dict[str, list[str]] = {}
    for case in {case for case, _ in seen.notes}:
        shown = (await opener.client.get(f"/api/v1/cases/{case}")).json()
        kept[case] = [note["text"] for note in shown["notes"]]
    lost = [text for case, text in seen.notes if kept[case].count(text) != 1]
    seen.errors |= {"note lost or doubled": len(lost)} if lost else {}
    return seen


async def _cases(opener: User) -> list[str]:
    """Ids of cases; where there are none, they are opened."""
    found = sorted(set(CASE.findall((await opener.client.get("/exceptions")).text)))
    if found:
        return found
    ids = [f"L-{number}" for number in range(CASES)]
    for case in ids:
        body = {"kind": "other", "title": f"A look at {case}"}
        headers = {"X-CSRF-Token": opener.token}
        answer = await opener.client.post(f"/api/v1/cases/{case}/open", json=body, headers=headers)
        answer.raise_for_status()
    return ids


def _client(base: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base, timeout=60, limits=httpx.Limits(max_connections=4))


def told(seen: Seen) -> dict[str, object]:
    """Quantiles over all that was done and by what it was."""
    whole = sorted(ms for group in seen.ms.values() for ms in group)
    by = {what: _quantiles(sorted(group)) for what, group in sorted(seen.ms.items())}
    return {"done": len(whole), **_quantiles(whole), "errors": dict(seen.errors), "notes": len(seen.notes), "by": by}


def _quantiles(ordered: Sequence[float]) -> dict[str, float]:
    last = len(ordered) - 1
    return {f"p{share}": round(ordered[min(last, len(ordered) * share // 100)], 1) for share in (50, 95, 99)}


@contextlib.contextmanager
def _server(root: Path, workers: int, log: Path) -> Iterator[str]:
    """The address of a server that goes when the work is done."""
    command = [sys.executable, "-m", "routeproof", "serve", "--port", "0", "--workers", str(workers)]
    with log.open("w") as talk:
        server = subprocess.Popen(  # our own program
            [*command, "--workspace", str(root)], stdout=subprocess.PIPE, stderr=talk, text=True
        )
        assert server.stdout is not None  # noqa: S101  # piped
        try:
            yield server.stdout.readline().removeprefix("ready ").strip()
        finally:
            server.terminate()
            server.wait(60)


def main() -> None:
    """Make, serve, load, tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.web_load")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--pause", type=float, default=PAUSE_S, help="seconds between two things of one person, mean")
    parser.add_argument("--orders", type=float, default=1.0, help="millions")
    parser.add_argument("--workers", type=int, default=1, help="processes of the server")
    parser.add_argument("--folder", type=Path, help="where the workspace stays; by default it is removed")
    parser.add_argument("--workspace", type=Path, help="a workspace with the demo's accounts, instead of a new one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-web-") as scratch:
        folder = given.folder or Path(scratch)
        root = given.workspace or make_desk(folder, int(given.orders * 1e6), lambda text: print(text, file=sys.stderr))
        with _server(root, given.workers, folder / "serve.log") as base:
            seen = asyncio.run(loaded(base, given.users, given.seconds, given.pause))
    asked = {"users": given.users, "pause_s": given.pause, "workers": given.workers}
    print(json.dumps({**asked, **told(seen), "cpu_s": round(cpu_seconds()), "load": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
