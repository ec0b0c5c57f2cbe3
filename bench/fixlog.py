"""A FIX log of the benchmark's own, and how fast it becomes typed columns and a workspace."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Iterator

SOH = "\x01"
START_SECONDS = 13 * 3600 + 31 * 60
PER_SECOND = 40
FILLS = 3


def _stamp(number: int) -> str:
    second, part = divmod(number, PER_SECOND)
    at = START_SECONDS + second % 20_000
    return f"20260601-{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}.{part * 25_000:06d}"


def _message(kind: str, number: int, sender: str, target: str, fields: str) -> str:
    sent = _stamp(number)
    body = f"35={kind}|49={sender}|56={target}|34={number + 1}|52={sent}|60={sent}|{fields}".replace("|", SOH)
    head = f"8=FIX.4.4{SOH}9={len(body)}{SOH}"
    total = sum((head + body).encode()) % 256
    return f"{head}{body}10={total:03d}{SOH}\n"


def messages(count: int) -> Iterator[str]:
    """Orders, each followed by its acknowledgement-sized reports of three fills."""
    for number in range(count):
        order, part = divmod(number, FILLS + 1)
        side, symbol = 1 + order % 2, f"S{order % 500:04d}"
        terms = f"11=C{order:09d}|55={symbol}|54={side}|38=300|40=2|44={20 + order % 90}.05|59=0|"
        if part == 0:
            yield _message("D", number, "FIRM", "SOR", f"{terms}1=ACC{order % 97}|21=1|47=A|")
            continue
        filled = part * 100
        report = (
            f"{terms}37=P{order:09d}|17=E{number:010d}|150=F|39={2 if filled == 300 else 1}|32=100|"  # noqa: PLR2004
            f"31={20 + order % 90}.0{part}|14={filled}|151={300 - filled}|6={20 + order % 90}.02|30=XNAS|851=2|"
            f"15=USD|63=0|64=20260603|76=BRK|12=0.00|13=3|"
        )
        yield _message("8", number, "SOR", "FIRM", report)


def build_log(root: Path, count: int) -> Path:
    """The log with that many messages; made once."""
    path = root / f"fix-{count}.log"
    if not path.exists():
        root.mkdir(parents=True, exist_ok=True)
        making = path.with_suffix(".part")
        with making.open("w", encoding="ascii", newline="") as file:
            file.writelines(messages(count))
        making.replace(path)
    return path


def limit(path: Path) -> dict[str, float]:
    """The limit: counting the separators of the whole file in memory, one core."""
    content = path.read_bytes()
    meter = Meter(time.perf_counter)
    found = content.count(SOH.encode())
    return meter.read() | {"separators": float(found), "bytes": float(len(content))}


def tokenize(path: Path) -> dict[str, float]:
    """Typed columns of every message, checksum verified; compiled on a first stretch outside the clock."""
    import io  # noqa: PLC0415

    from routeproof.sources.fix.tokenizer import tokenize as pieces  # noqa: PLC0415

    with path.open("rb") as file:
        list(pieces(io.BytesIO(file.read(1 << 20)), name="warm"))
    meter = Meter(time.perf_counter)
    with path.open("rb") as file:
        received = [(piece.received, piece.accepted) for piece in pieces(file, name=path.name)]
    return meter.read() | {"messages": float(sum(r for r, _ in received)), "taken": float(sum(a for _, a in received))}


def ingest_log(path: Path) -> dict[str, float]:
    """`ingest fix-log` into an empty workspace, everything included."""
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.init_workspace import init_workspace  # noqa: PLC0415
    from routeproof.app.intake.ingest import ingest  # noqa: PLC0415

    folder = path.with_suffix(".workspace")
    shutil.rmtree(folder, ignore_errors=True)
    init_workspace(folder)
    meter = Meter(time.perf_counter)
    with open_context(folder) as context:
        report = ingest(context, "fix-log", [path], provider_id="P")
    figures = meter.read() | {"messages": float(report.received), "taken": float(report.accepted)}
    shutil.rmtree(folder)
    return figures


TASKS = {"limit": limit, "tokenize": tokenize, "ingest": ingest_log}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](Path(sys.argv[2]))))
