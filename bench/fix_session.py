"""One live FIX session over loopback, from the counterparty's socket to the journal: the engine's own limit.

python -m bench.fix_session [MESSAGES]

Needs the extra `fix`. The counterparty is a plain socket that sends execution reports as fast as they are taken, and
then a TestRequest; the clock stops when its Heartbeat comes back, since by then every message is durable.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RECEIVER = Path(__file__).resolve().parent.parent / "tests" / "fix_session" / "receiver.py"
MESSAGES = 100_000
CONFIG = """
[[fix]]
name = "dropcopy"
role = "acceptor"
host = "127.0.0.1"
port = 0
begin_string = "FIX.4.4"
sender_comp_id = "FIRM"
target_comp_id = "SOR"
provider = "P"
"""
FILL = (
    "6=10.25|11=c{0}|14=100|17=e{0}|20=0|31=10.25|32=100|37=o{0}|38=100|39=2|40=2|44=10.25|54=1|55=IBM|59=0|"
    "60={1}|150=F|151=0|30=XNAS|"
)


def message(kind: str, number: int, body: str) -> bytes:
    """A message of SOR to FIRM; fields have `|` behind each."""
    now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
    fields = f"35={kind}|34={number}|49=SOR|52={now}|56=FIRM|{body}".replace("|", "\x01").encode()
    start = b"8=FIX.4.4\x019=%d\x01" % len(fields) + fields
    return start + b"10=%03d\x01" % (sum(start) % 256)


def wait_for(connection: socket.socket, mark: bytes) -> None:
    """Read until a message with this mark has come."""
    held = b""
    while mark not in held:
        chunk = connection.recv(1 << 16)
        if not chunk:
            sys.exit(f"the session ended; it said {held!r}")
        held = held[-4096:] + chunk


def sync_ms(folder: Path) -> float:
    """Median of 50 writes and syncs of 64 KiB, milliseconds: what group commit spreads over many messages."""
    times = []
    with (folder / "probe").open("wb", buffering=0) as probe:
        for _ in range(50):
            probe.write(bytes(1 << 16))
            begin = time.perf_counter()
            os.fdatasync(probe.fileno())
            times.append(time.perf_counter() - begin)
    return sorted(times)[len(times) // 2] * 1000


def measure(count: int, folder: Path) -> float:
    """Seconds from the first byte sent until all is acknowledged."""
    config = folder / "watch.toml"
    config.write_text(CONFIG, "utf-8")
    command = [sys.executable, str(RECEIVER), "--config", str(config), "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout is not None  # noqa: S101 - it was asked for
        ready = json.loads(receiver.stdout.readline())["fix"][0]
        now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
        content = b"".join(message("8", number, FILL.format(number, now)) for number in range(2, count + 2))
        with socket.create_connection((ready["host"], ready["port"])) as sor:
            sor.sendall(message("A", 1, "98=0|108=30|"))
            wait_for(sor, b"\x0135=A\x01")
            begin = time.perf_counter()
            sor.sendall(content + message("1", count + 2, "112=END|"))
            wait_for(sor, b"\x01112=END\x01")
            seconds = time.perf_counter() - begin
            sor.sendall(message("5", count + 3, ""))
        receiver.terminate()
        stopped = json.loads(receiver.stdout.read().splitlines()[-1])
        kept = stopped["messages"]
        if kept < count + 3:
            sys.exit(f"expected {count + 3} messages in the journal, found {kept}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{(used.ru_utime + used.ru_stime) / count * 1e6:.1f} CPU microseconds a message, start included")
    print(f"{len(content) // count} bytes a message, {kept} in the journal")
    return seconds


def main() -> None:
    """Print the limit, and on which machine it was measured."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="fix-bench-") as folder:
        sync = sync_ms(Path(folder))
        seconds = measure(count, Path(folder))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, sync {sync:.1f} ms")
    print(f"one session, {count} messages in {seconds:.2f} s: {count / seconds:,.0f} messages/s to durable")
    print(f"with one sync a message the disk alone would allow {1000 / sync:,.0f}")


if __name__ == "__main__":
    main()
