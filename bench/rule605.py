"""Public Rule 605 files of the benchmark's own, and how fast they become typed, checked rows and a workspace.

`python -m bench.rule605 limit|read|validate|ingest MEGABYTES [FOLDER]` builds a legacy file of that size and reads it:
counting separators (the limit), with every check of a row, as a whole `validate 605` or `ingest rule605`. The file is
removed again, unless a folder is given: there it stays and is used again.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Iterator

SYMBOLS = 4_000
TYPES, SIZES = (11, 12, 13, 14, 15), (21, 22, 23, 24)
FIRST_STATED = (11, 12)


def rows(reporter: str, month: str) -> Iterator[str]:
    """One reporter's month: each symbol, type and size; parts add up to their wholes."""
    for number in range(SYMBOLS):
        symbol = f"{chr(65 + number % 26)}{chr(65 + number // 26 % 26)}{chr(65 + number // 676 % 26)}"
        for kind in TYPES:
            for size in SIZES:
                seed = number * 7919 + kind * 104_729 + size
                improved, at, outside = seed % 900_000, seed % 70_000, seed % 3_000
                executed = improved + at + outside
                cancelled = seed % 500_000
                spread = f"{seed % 500 / 10_000:.4f}"
                head = (
                    f"T|{reporter}|{month}|{symbol}|{kind}|{size}|{seed % 9_000}|{executed + cancelled}|"
                    f"{cancelled}|{executed}|0|{executed}|0|0|0|0|-{spread}"
                )
                tail = f"|{spread}|{improved}|0.0061|0.2|{at}|1.4|{outside}|0.0312|2.5"
                yield head + (tail if kind in FIRST_STATED else "|" * 9) + "\n"


def build(root: Path, megabytes: int) -> Path:
    """The file of that size, reporter after reporter; made once."""
    path = root / f"rule605-{megabytes}.txt"
    if path.exists():
        return path
    root.mkdir(parents=True, exist_ok=True)
    block = "".join(rows("TAAAA", "201612")).encode()
    making = path.with_suffix(".part")
    with making.open("wb") as file:
        number = 0
        while file.tell() < megabytes * 1_000_000:
            code = "T" + "".join(chr(65 + number // 26**place % 26) for place in range(4))
            file.write(block.replace(b"|TAAAA|", f"|{code}|".encode()))
            number += 1
    making.replace(path)
    return path


def limit(path: Path) -> dict[str, float]:
    """The limit: counting the separators, block by block, one core."""
    meter = Meter(time.perf_counter)
    found = 0
    with path.open("rb") as file:
        while block := file.read(8 << 20):
            found += block.count(b"|")
    return meter.read() | {"separators": float(found), "bytes": float(path.stat().st_size)}


def read(path: Path) -> dict[str, float]:
    """Typed rows with every check but that of doubled keys, which needs all rows; nothing is kept."""
    from routeproof.sources.rule605.read import read_file  # noqa: PLC0415
    from routeproof.sources.rule605.sniff import sniff  # noqa: PLC0415
    from routeproof.stores.shipped_disclosure import load_disclosure605  # noqa: PLC0415

    meter = Meter(time.perf_counter)
    batches = [(batch.received, batch.rows.height) for batch in read_file(path, sniff(path), load_disclosure605())]
    return meter.read() | _counted(path, sum(r for r, _ in batches), sum(a for _, a in batches))


def validate(path: Path) -> dict[str, float]:
    """`validate 605`."""
    from routeproof.app.disclosure.validate_605 import validate_file  # noqa: PLC0415

    meter = Meter(time.perf_counter)
    found = validate_file(path)
    return meter.read() | _counted(path, found.rows, found.rows - len(found.problems))


def ingest(path: Path) -> dict[str, float]:
    """`ingest rule605` into an empty workspace, everything included."""
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.disclosure.ingest_605 import ingest_605  # noqa: PLC0415
    from routeproof.app.init_workspace import init_workspace  # noqa: PLC0415

    folder = path.with_suffix(".workspace")
    shutil.rmtree(folder, ignore_errors=True)
    init_workspace(folder)
    meter = Meter(time.perf_counter)
    with open_context(folder) as context:
        report = ingest_605(context, [path])
    figures = meter.read() | _counted(path, report.rows, report.accepted)
    shutil.rmtree(folder)
    return figures


def _counted(path: Path, rows: int, taken: int) -> dict[str, float]:
    return {"rows": float(rows), "taken": float(taken), "bytes": float(path.stat().st_size)}


TASKS = {"limit": limit, "read": read, "validate": validate, "ingest": ingest}


def main(task: str, megabytes: int, folder: Path) -> None:
    """Build the file, do the task, say what it took: one JSON line."""
    figures = TASKS[task](build(folder, megabytes))
    rates = {f"mb_per_{name}": figures["bytes"] / 1e6 / figures[name] for name in ("wall_s", "cpu_s")}
    said = {name: round(value, 2) for name, value in (figures | rates).items()}
    print(json.dumps(said | {"load": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-605-") as scratch:
        main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3] if len(sys.argv) > 3 else scratch))  # noqa: PLR2004
