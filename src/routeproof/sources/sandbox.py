"""Vendor files are parsed in a child process with memory and CPU limits; results come back as Arrow files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.runs import open_run
from routeproof.sources.source import ReadContext, SourceResult, rejects_frame
from routeproof.sources.spare_child import PROGRAM, SPARE, environment
from routeproof.vocab.errors import DataRejectedError, MapError, RouteproofError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from routeproof.sources.map_file import FileMap

MEMORY_BYTES = 8 << 30
CPU_SECONDS = 120
CPU_SECONDS_PER_MB = 2.0

_ERRORS: dict[str, type[RouteproofError]] = {"wrong_map": MapError}


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read.

    Attributes:
        path: where its bytes are.
        context: name and provenance.
    """

    path: Path
    context: ReadContext


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: bytes of address space, CPU seconds per file beyond `CPU_SECONDS_PER_MB`."""

    memory_bytes: int = MEMORY_BYTES
    cpu_seconds: int = CPU_SECONDS


def read_in_child(
    source: str,
    jobs: Sequence[Job],
    file_map: FileMap | None,
    folder: Path,
    *,
    limits: Limits | None = None,
    on_done: Callable[[Job], None] = lambda _: None,
    on_rows: Callable[[int], None] = lambda _: None,
) -> list[list[SourceResult]]:
    """Read files in as many children as there are cores; a file that stops its child is refused, the rest still read.

    Args:
        source: registered source name.
        jobs: files.
        file_map: map for all of them.
        folder: empty folder for the children's results.
        limits: of each child.
        on_done: told after each file.
        on_rows: told the rows of each piece that has been read, from any thread.

    Returns:
        Pieces per job, in the order of the jobs; a file that stopped its child gives one reject.

    Raises:
        MapError: if the map does not fit a file.
    """
    cores = os.cpu_count() or 1
    workers = min(len(jobs), cores)
    share = -(-len(jobs) // workers) if workers else 1
    threads = max(1, cores // max(workers, 1))

    def read_share(first: int) -> list[list[SourceResult]]:
        return _read_share(
            source,
            jobs[first : first + share],
            file_map,
            folder / f"share{first}",
            limits or Limits(),
            threads,
            (on_done, on_rows),
        )

    with ThreadPoolExecutor(max_workers=max(workers, 1)) as pool:
        return [pieces for part in pool.map(read_share, range(0, len(jobs), share)) for pieces in part]


def _read_share(
    source: str,
    jobs: Sequence[Job],
    file_map: FileMap | None,
    folder: Path,
    limits: Limits,
    threads: int,
    told: tuple[Callable[[Job], None], Callable[[int], None]],
) -> list[list[SourceResult]]:
    """One child after the other until every job has an answer."""
    on_done, on_rows = told
    results: list[list[SourceResult]] = []
    while len(results) < len(jobs):
        done = len(results)
        for pieces in _run(source, jobs[done:], file_map, folder / f"run{done}", limits, threads, on_rows):
            results.append(pieces)
            on_done(jobs[len(results) - 1])
    return results


def _run(
    source: str,
    jobs: Sequence[Job],
    file_map: FileMap | None,
    folder: Path,
    limits: Limits,
    threads: int,
    on_rows: Callable[[int], None],
) -> Iterator[list[SourceResult]]:
    folder.mkdir(parents=True)
    size_mb = sum(job.path.stat().st_size for job in jobs) / 1e6
    order = {
        "source": source,
        "map": file_map.sections if file_map is not None else None,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": int(limits.cpu_seconds + CPU_SECONDS_PER_MB * size_mb),
        "jobs": [_plain_job(job) for job in jobs],
    }
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
    with _begun(folder, threads) as child:
        answered = 0
        try:
            for line in child.stdout or ():
                answer = json.loads(line)
                if "rows" in answer:
                    on_rows(answer["rows"])
                    continue
                yield opened(folder, answer)
                answered += 1
        except BaseException:
            child.kill()  # a wrong map is wrong for every file; nobody waits for the others
            raise
        code = child.wait()
    if answered < len(jobs):
        yield [_stopped(jobs[answered], code, folder)]


def _begun(folder: Path, threads: int) -> subprocess.Popen[bytes]:
    """A child at work on a folder's order: the one that waits, where it may use as many threads, else a new one."""
    with (folder / "stderr").open("wb") as talk:
        waiting = SPARE.sent_to(folder) if threads == (os.cpu_count() or 1) else None
        return waiting or subprocess.Popen(  # noqa: S603  # our own program, no shell
            [*PROGRAM, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=talk,
            env=environment(threads),
        )


def _plain_job(job: Job) -> dict[str, object]:
    context = job.context
    return {
        "path": str(job.path),
        "file": context.file,
        "source_id": context.source_id,
        "firm_id": context.firm_id,
        "provider_id": context.provider_id,
        "policy": dict(context.policy),
    }


def opened(folder: Path, answer: dict[str, object]) -> list[SourceResult]:
    """Pieces of one file from the child's answer and the Arrow files beside it.

    Raises:
        MapError: if the map does not fit the file.
        DataRejectedError: for any other error that the child told of.
    """
    error = answer.get("error")
    if isinstance(error, dict):
        raise _ERRORS.get(error["code"], DataRejectedError)(error["message"], where=error["where"])
    pieces = answer["pieces"]
    assert isinstance(pieces, list)  # noqa: S101  # our own child wrote it
    return [_piece(folder, piece) for piece in pieces]


def _piece(folder: Path, piece: dict[str, object]) -> SourceResult:
    names, runs = piece["tables"], piece["runs"]
    assert isinstance(names, dict)  # noqa: S101  # our own child wrote it
    assert isinstance(runs, list)  # noqa: S101  # our own child wrote it
    return SourceResult(
        tables={table: pl.read_ipc(folder / file) for table, file in names.items()},
        rejects=pl.read_ipc(folder / str(piece["rejects"])),
        received=int(str(piece["received"])),
        accepted=int(str(piece["accepted"])),
        noise=int(str(piece["noise"])),
        notes=piece["notes"] if isinstance(piece["notes"], dict) else {},
        runs={run["table"]: open_run(folder, run) for run in runs},
    )


def _stopped(job: Job, code: int, folder: Path) -> SourceResult:
    talk = (folder / "stderr").read_bytes()[-400:].decode("utf-8", "replace").strip()
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        reason, detail = "reader_limit", "the reader used up its CPU time"
    elif code < 0:
        reason, detail = "reader_crashed", f"the reader ended by {signal.Signals(-code).name}"
    else:
        reason, detail = "reader_crashed", f"the reader ended with code {code}: {talk}"
    row = {"file": job.context.file, "row": 0, "byte": 0, "reason": reason, "detail": detail, "raw": ""}
    return SourceResult(tables={}, rejects=rejects_frame([row]), received=1, accepted=0)
