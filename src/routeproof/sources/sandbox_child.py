"""The child of `sandbox`: takes limits upon itself, reads the ordered files, writes Arrow files, answers per file."""

from __future__ import annotations

import json
import math
import os
import re
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routeproof.sources.map_file import FileMap
    from routeproof.sources.source import ReadContext, Source, SourceResult


def main(folder: Path) -> None:
    """Work off `order.json`; JSON lines on stdout: the rows of each piece when it is read, the answer for each file."""
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    cpu_seconds = order["cpu_seconds"] + math.ceil(time.process_time())  # a child that waited has loaded its parsers
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (order["memory_bytes"], order["memory_bytes"]))
    # Parsers come after the limits, but in a child that waited: it had loaded them, and had met no byte of a file.
    from routeproof.sources.map_file import parse_map  # noqa: PLC0415
    from routeproof.sources.registry import SOURCES  # noqa: PLC0415
    from routeproof.sources.source import ReadContext  # noqa: PLC0415

    source = SOURCES[order["source"]]
    file_map = parse_map(order["map"]) if order["map"] is not None else None
    for at, job in enumerate(order["jobs"]):
        path = Path(job.pop("path"))
        _say(answer(source, path, file_map, ReadContext(**job), folder, at))


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def answer(
    source: Source, path: Path, file_map: FileMap | None, context: ReadContext, folder: Path, at: int
) -> dict[str, object]:
    """Read one file into Arrow files in the folder, whatever is in it; what `sandbox.opened` takes."""
    from routeproof.vocab.errors import DataRejectedError, RouteproofError  # noqa: PLC0415

    pieces: list[dict[str, object]] = []
    try:
        for number, result in enumerate(source.read(path, file_map, context)):
            pieces.append(_write(result, folder, f"{at}.{number}"))
            _say({"rows": result.received})
    except DataRejectedError as error:
        pieces.append(_write(_refused(context, error.code, error.message), folder, f"{at}.end"))
    except RouteproofError as error:
        return {"error": {"code": error.code, "message": error.message, "where": error.where}}
    except MemoryError:
        pieces.append(_write(_refused(context, "reader_limit", "the reader ran out of memory"), folder, f"{at}.end"))
    except BaseException as error:  # noqa: BLE001  # the outermost edge; a panic of the parser is no `Exception`
        detail = f"the reader of the format stopped at: {stopped_at(error)}"
        pieces.append(_write(_refused(context, "unreadable_file", detail), folder, f"{at}.end"))
    return {"pieces": pieces}


def stopped_at(error: BaseException) -> str:
    """What a foreign parser says that it met: its first sentence, without its types and its advice to programmers."""
    text = str(error)
    innermost = text.rpartition('ErrString("')[2]
    first = re.split(r"\.\s|\n|\\n", innermost.strip())[0]
    return first[:300].removesuffix('"))').strip() or type(error).__name__


def _refused(context: ReadContext, reason: str, detail: str) -> SourceResult:
    from routeproof.sources.source import SourceResult, rejects_frame  # noqa: PLC0415

    row: dict[str, object] = {"file": context.file, "row": 0, "byte": 0, "reason": reason, "detail": detail, "raw": ""}
    return SourceResult(tables={}, rejects=rejects_frame([row]), received=1, accepted=0)


def _write(result: SourceResult, folder: Path, name: str) -> dict[str, object]:
    from routeproof.sources.runs import run_as_json, write_run  # noqa: PLC0415
    from routeproof.tables.registry import TABLES  # noqa: PLC0415

    files, runs = {}, []
    for table, frame in result.tables.items():
        file = f"{name}.{table}.arrow"
        if TABLES[table].is_series and not frame.is_empty():
            runs.append(run_as_json(write_run(table, frame, folder / file)))
            continue
        files[table] = file
        frame.write_ipc(folder / file, compression="uncompressed")
    rejects = f"{name}.rejects.arrow"
    result.rejects.write_ipc(folder / rejects)
    return {
        "tables": files,
        "runs": runs,
        "rejects": rejects,
        "received": result.received,
        "accepted": result.accepted,
        "noise": result.noise,
        "notes": result.notes,
    }


def awaited() -> None:
    """Load what reading takes, wait on stdin for the folder, and work it off; the end of stdin is the end of it."""
    from routeproof.sources import map_file, registry, runs, source  # noqa: F401, PLC0415

    told = sys.stdin.readline()
    if not told:
        return
    folder = Path(json.loads(told))
    with (folder / "stderr").open("ab") as talk:
        os.dup2(talk.fileno(), sys.stderr.fileno())
    main(folder)


if __name__ == "__main__":
    if sys.argv[1:]:
        main(Path(sys.argv[1]))
    else:
        awaited()
