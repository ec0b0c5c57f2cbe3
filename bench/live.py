"""How fast monitoring is: from a log through parse, state and all rules, and from a socket to the recorded finding.

POLARS_MAX_THREADS=1 taskset -c 0 python -m bench.live log   messages per second of one core through the engine
python -m bench.live socket --rate 1000 --seconds 60         p50, p99 from send to recorded, over one FIX session
python -m bench.live day --orders 500000                     executions per second of `exceptions run`, cold cache

Flow is made here: orders with acknowledgement and two fills, of 200 symbols; one fill of `--bad-every` is outside the
quote, which three rules tell of. Each symbol has a quote a second. With `--stale` it has one quote an hour before, so
that each fill is a finding too.
Over the session come the provider's reports; the orders stand in the firm's own log, which grows beside. A session's
SendingTime has to be that of today, and the flow is of a day gone by, so reports and acknowledgements may be years late
there: by the time of the session an order is overdue as soon as it is read.
With `--orphans` no log of orders is read: every fill is a finding.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof.app.context import open_context
from routeproof.app.firm.policy import decide_policy, propose_policy
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SYMBOLS = 200
BAD_EVERY = 10_000
TEN_YEARS_MS = 315_360_000_000
OWN_LOG = "orders.fix"
ORDERS_AT_ONCE = 10_000
LOOKS = 10
"""How often the memory is looked at."""

REPORTS = 3
"""Reports of each order."""

FOUNDED = date(2026, 6, 1)
PER_SECOND = 2000
"""Orders in a second of event time."""

MAP = """table = "quotes"
[columns]
symbol = "symbol"
at = "at"
bid = "bid"
ask = "ask"
[constants]
kind = "nbbo"
[time.at]
unit = "iso"
"""


FIRM = {
    "person": [
        {"id": "ann", "name": "Ann", "roles": ["analyst"]},
        {"id": "carl", "name": "Carl", "roles": ["compliance"]},
    ],
    "quorum": 1,
    "unprotected_keys": True,
}
"""Who proposes a policy and who approves it."""


def framed(fields: str) -> bytes:
    """A FIX 4.4 message of fields with their separators."""
    head = f"8=FIX.4.4\x019={len(fields)}\x01"
    return f"{head}{fields}10={sum((head + fields).encode()) % 256:03d}\x01".encode()


def at_ms(ms: int) -> str:
    """FIX time of a millisecond after 14:00 UTC of the day."""
    seconds, rest = divmod(ms, 1000)
    return f"20260701-{14 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def flow(orders: int, bad_every: int, per_second: int = PER_SECOND) -> Iterator[tuple[str, str]]:
    """Bodies (MsgType, fields after the header) of orders that come evenly, in order of time."""
    told = []
    for number in range(orders):
        ms = 1000 * number // per_second
        symbol = f"S{number % SYMBOLS:03d}"
        terms = f"11=C{number}\x0155={symbol}\x0154=1\x0138=200\x0140=1\x0159=0\x01"
        told.append((ms, "D", f"{terms}60={at_ms(ms)}\x01"))
        order = f"37=O{number}\x01{terms}"
        accepted = f"{order}17=A{number}\x01150=0\x0139=0\x0114=0\x01151=200\x016=0\x01"
        told.append((ms + 2, "8", f"{accepted}60={at_ms(ms + 2)}\x01"))
        for fill in range(2):
            price = "10.09" if (2 * number + fill) % bad_every == 0 else "10.03"
            done = 100 * (fill + 1)
            filled = f"{order}17=E{number}-{fill}\x01150=F\x0139={1 + fill}\x0132=100\x0131={price}\x0130=XNAS\x01"
            sums = f"14={done}\x01151={200 - done}\x016={price}\x01"
            told.append((ms + 5 + fill, "8", f"{filled}{sums}60={at_ms(ms + 5 + fill)}\x01"))
        if number % ORDERS_AT_ONCE == ORDERS_AT_ONCE - 1:
            told.sort(key=lambda message: message[0])
            yield from ((kind, body) for at, kind, body in told if at < ms)
            told = [message for message in told if message[0] >= ms]
    told.sort(key=lambda message: message[0])
    yield from ((kind, body) for _, kind, body in told)


def messages(orders: int, bad_every: int) -> Iterator[bytes]:
    """Whole messages of both directions."""
    numbers = {"FIRM": 0, "SOR": 0}
    for kind, body in flow(orders, bad_every):
        sender, target = ("FIRM", "SOR") if kind == "D" else ("SOR", "FIRM")
        numbers[sender] += 1
        sent = body.rpartition("60=")[2]
        yield framed(f"35={kind}\x0149={sender}\x0156={target}\x0134={numbers[sender]}\x0152={sent}{body}")


def workspace(folder: Path, seconds: int) -> Path:
    """A workspace with a quote of each symbol in each of so many seconds from 14:00 UTC; with 0 one at 13:00."""
    root = folder / "ws"
    init_workspace(root, people=FIRM, on=FOUNDED)
    times = [f"{14 + s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(seconds)] or ["13:00:00"]
    rows = "".join(f"S{number:03d},2026-07-01T{at}Z,10.00,10.04\n" for number in range(SYMBOLS) for at in times)
    (folder / "quotes.csv").write_text("symbol,at,bid,ask\n" + rows)
    (folder / "quotes.toml").write_text(MAP)
    with open_context(root) as context:
        ingest(context, "csv", [folder / "quotes.csv"], map_path=folder / "quotes.toml")
    return root


def allow_years_for_reports(root: Path) -> None:
    """By a policy that one proposed and another approved; the rules are judged all the same."""
    for number, (rule, key) in enumerate((("slow_report", "report_ms"), ("slow_acknowledgement", "ack_ms")), 1):
        why = "Times of today about another day"
        change = {"key": f"rules.{rule}", "value": {key: TEN_YEARS_MS}, "reason": why}
        with open_context(root, person="ann", on=FOUNDED) as context:
            propose_policy(context, {**change, "effective_from": FOUNDED.isoformat()})
        with open_context(root, person="carl", on=FOUNDED) as context:
            decide_policy(context, "approve", f"P{number}")


def quoted_s(orders: int) -> int:
    """Seconds in which so many orders come and are filled."""
    return orders // PER_SECOND + 5


def through_log(folder: Path, count: int, batch: int, bad_every: int, *, stale: bool) -> dict[str, object]:
    """Messages through the engine in micro-batches; the first batch warms up and is not counted."""
    from routeproof.app.watch.engine import Engine  # noqa: PLC0415  # slow to import
    from routeproof.app.watch.quotes import LiveQuotes  # noqa: PLC0415

    every = list(messages(count // 4 + 1, bad_every))[:count]
    with open_context(workspace(folder, 0 if stale else quoted_s(count // 4))) as context:
        engine = Engine(context, LiveQuotes(context.lake), {})
        engine.take("P", every[:batch])
        wall, cpu = time.perf_counter(), time.process_time()
        for begin in range(batch, count, batch):
            engine.take("P", every[begin : begin + batch])
            engine.go_on()
        engine.judge_windows()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    done = count - batch
    return {"messages": done, "batch": batch, "per_s": round(done / wall), "per_cpu_s": round(done / cpu),
            "findings": engine.recorded}  # fmt: skip


def through_socket(
    folder: Path, rate: int, seconds: int, bad_every: int, *, stale: bool, orphans: bool
) -> dict[str, object]:
    """One session at an even rate; from the send of a bad fill to the record of its finding."""
    root = workspace(folder, 0 if stale else quoted_s(rate * seconds // REPORTS))
    allow_years_for_reports(root)
    own_log = folder / OWN_LOG
    own_log.touch()
    tail = "" if orphans else f'[[tail]]\npath = "{own_log}"\nsource = "fix-log"\nprovider = "P"\n'
    (folder / "watch.toml").write_text(
        tail + '[[fix]]\nname = "d"\nrole = "acceptor"\nhost = "127.0.0.1"\nport = 0\nbegin_string = "FIX.4.4"\n'
        'sender_comp_id = "FIRM"\ntarget_comp_id = "SOR"\nprovider = "P"\nheartbeat_s = 30\n'
    )
    command = [sys.executable, "-m", "routeproof", "watch", "--config", str(folder / "watch.toml"), "-w", str(root)]
    held: list[dict[str, int]] = []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None  # noqa: S101
        port = json.loads(process.stdout.readline())["fix"][0]["port"]
        sent = _send(port, rate, seconds, bad_every, folder, lambda: held.append(_memory_mib(process.pid)))
        time.sleep(10)
        peak = _peak_mib(process.pid)
    finally:
        process.terminate()
        process.wait()
    with open_context(root) as context:
        rows = context.records.query(
            "SELECT at, recorded_at FROM findings WHERE rule = 'outside_nbbo' AND withdrawn = 0"
        )
        waits = sorted((int(str(recorded)) - sent[int(str(at))]) / 1e6 for at, recorded in rows if int(str(at)) in sent)
        findings = dict(context.records.query("SELECT rule, COUNT(*) FROM findings WHERE withdrawn = 0 GROUP BY rule"))
    found = len(waits)
    return {"rate": rate, "seconds": seconds, "sent": rate * seconds, "bad_fills": len(sent), "found": found,
            "findings": findings,
            "p50_ms": round(waits[found // 2]) if found else None,
            "p99_ms": round(waits[found * 99 // 100]) if found else None, "peak_rss_mib": peak,
            "memory_mib": held}  # fmt: skip


def _send(port: int, rate: int, seconds: int, bad_every: int, folder: Path, look: Callable[[], None]) -> dict[int, int]:
    """Send reports at a rate, orders into a log; instant of each bad fill to the wall-clock ns at which it was sent."""
    told = _kept(folder / "flow.txt", flow(rate * seconds // REPORTS + 1, bad_every))  # all before the clock runs
    connection = socket.create_connection(("127.0.0.1", port))
    number = 1
    now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
    connection.sendall(framed(f"35=A\x0149=SOR\x0156=FIRM\x0134=1\x0152={now}\x0198=0\x01108=30\x01"))
    connection.recv(4096)
    sent: dict[int, int] = {}
    begun, done, pending, orders, looks = time.monotonic(), 0, bytearray(), 0, 1
    log = (folder / OWN_LOG).open("ab", buffering=0)
    for kind, body in told:
        if kind == "D":
            orders += 1
            at = body.rpartition("60=")[2]
            log.write(framed(f"35=D\x0149=FIRM\x0156=SOR\x0134={orders}\x0152={at}{body}") + b"\n")
            continue
        number += 1
        now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
        pending += framed(f"35=8\x0149=SOR\x0156=FIRM\x0134={number}\x0152={now}\x01{body}")
        if "31=10.09" in body:
            sent[_ns(body.rpartition("60=")[2][:-1])] = time.time_ns()
        done += 1
        if done % max(1, rate // 200) == 0:
            connection.sendall(pending)
            pending.clear()
            if done >= looks * rate * seconds // LOOKS:
                looks += 1
                look()
            time.sleep(max(0.0, begun + done / rate - time.monotonic()))
        if done >= rate * seconds:
            break
    connection.sendall(pending)
    log.close()
    return sent


def _kept(path: Path, told: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The same messages, from a file: to make them, or to hold them, would take cores and memory of the watch."""
    with path.open("w") as file:
        file.writelines(f"{kind}{body}\n" for kind, body in told)
    return ((line[0], line[1:-1]) for line in path.open())


def _ns(text: str) -> int:
    hours, minutes, rest = text.split("-")[1].split(":")
    day = 1_782_864_000  # 2026-07-01 00:00 UTC
    return (day + 3600 * int(hours) + 60 * int(minutes)) * 10**9 + round(float(rest) * 1000) * 10**6


def through_day(folder: Path, orders: int, bad_every: int, *, stale: bool) -> dict[str, object]:
    """A whole day of the lake, judged cold."""
    root, log = workspace(folder, 0 if stale else quoted_s(orders)), folder / "day.log"
    with log.open("wb") as file:
        for message in messages(orders, bad_every):
            file.write(message + b"\n")
    with open_context(root) as context:
        ingest(context, "fix-log", [log], provider_id="P")
    command = [
        sys.executable,
        "-m",
        "routeproof",
        "exceptions",
        "run",
        "--day",
        "2026-07-01",
        "-w",
        str(root),
        "--json",
    ]
    wall = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - wall
    told = json.loads(done.stdout)
    return {"executions": 2 * orders, "seconds": round(wall, 2), "executions_per_s": round(2 * orders / wall),
            "findings": told["total"], "rules_not_judged": len(told["unjudged"])}  # fmt: skip


def _memory_mib(pid: int) -> dict[str, int]:
    """Memory of the judging process that is not of files, and of those that it started."""
    own, others = 0, 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue  # it has ended
        kib = int(told.get("RssAnon", "0 kB").split()[0])
        own += kib if int(told["Pid"]) == pid else 0
        others += kib if int(told["PPid"]) == pid else 0
    return {"judging": own // 1024, "beside": others // 1024}


def _peak_mib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


def main() -> None:
    """Run one measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    log = kinds.add_parser("log")
    log.add_argument("--messages", type=int, default=500_000)
    log.add_argument("--batch", type=int, default=50_000)
    wire = kinds.add_parser("socket")
    wire.add_argument("--rate", type=int, default=1_000)
    wire.add_argument("--seconds", type=int, default=60)
    wire.add_argument("--orphans", action="store_true")
    day = kinds.add_parser("day")
    day.add_argument("--orders", type=int, default=100_000)
    for kind in (log, wire, day):
        kind.add_argument("--stale", action="store_true")
        kind.add_argument("--bad-every", type=int, default=BAD_EVERY)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.kind == "log":
            found = through_log(folder, given.messages, given.batch, given.bad_every, stale=given.stale)
        elif given.kind == "socket":
            found = through_socket(
                folder, given.rate, given.seconds, given.bad_every, stale=given.stale, orphans=given.orphans
            )
        else:
            found = through_day(folder, given.orders, given.bad_every, stale=given.stale)
    print(json.dumps({**found, "machine": f"{os.cpu_count()} cores, {platform.machine()}"}))


if __name__ == "__main__":
    main()
