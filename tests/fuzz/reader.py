"""The child: reads one input after the other under limits, and says of each how it ended.

Arguments: format, seed, corpora folder, cases folder, scratch folder. A line on stdin is the number of an input; a line
of JSON on stdout is the answer.
"""

import gc
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import TextIO

from fuzz.disclosures import READERS
from fuzz.formats import sample
from fuzz.judge import FILE, SOURCE_ID, is_foreign, judge
from fuzz.sample import Sample, Seeds, read_seeds
from routeproof.sources import sandbox_child
from routeproof.sources.fix.fold.fold import fold_messages
from routeproof.sources.map_file import FileMap, load_map, parse_map
from routeproof.sources.registry import SOURCES
from routeproof.sources.sandbox import opened
from routeproof.sources.source import ReadContext, SourceResult
from routeproof.tables.wide import stacked
from routeproof.vocab.errors import RouteproofError

CPU_SECONDS = 10.0
COMPILING_CPU_SECONDS = 600.0
FOLD_EVERY = 4
"""Of FIX inputs, how many are tokenized for one that is folded to tables too, which takes three times as long."""
ROOM_BYTES = 1 << 30
"""Address space beyond what the idle child has: a run-away ends here, before the machine suffers."""


def main(name: str, seed: int, corpora: Path, cases: Path, folder: Path) -> None:
    """Answer until the numbers end."""
    answers = _own_line()
    seeds = read_seeds(corpora, cases)
    _warm(name, seeds, folder)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    size = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + ROOM_BYTES, size + ROOM_BYTES))
    _say(answers, {"ready": True})
    for line in sys.stdin:
        number = int(line)
        made = sample(name, seed, number, seeds)
        answer = attempt(made, folder, folds=number % FOLD_EVERY == 0)
        _say(answers, {"number": number, "how": made.how, **answer})


def attempt(made: Sample, folder: Path, cpu_seconds: float = CPU_SECONDS, *, folds: bool = True) -> dict[str, object]:
    """How one input ended: `verdict`, `defect` if something does not hold, CPU ms and peak memory of the reading."""
    path = folder / FILE
    path.write_bytes(made.content)
    gc.collect(0)
    _forget_peak()
    begin = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)  # unhandled, its signal ends the process wherever it is
    pieces: list[SourceResult] = []
    file_map: FileMap | None = None
    defect, verdict = "", "refused"
    try:
        if made.source in READERS:
            verdict = READERS[made.source](path, folder)
        else:
            file_map = _map(made, folder)
            pieces = read(made, path, file_map, folder, folds=folds)
    except RouteproofError as error:
        verdict = error.code
    except BaseException as error:  # noqa: BLE001  # a panic of a parser is no `Exception`
        defect = f"{type(error).__name__}: {error}\n{_where(error)}"
    signal.setitimer(signal.ITIMER_PROF, 0)
    spent, peak = (time.process_time() - begin) * 1e3, _peak_bytes()
    if pieces:
        try:
            verdict = judge(made, pieces, file_map.sections if file_map is not None else {})
        except Exception as error:  # noqa: BLE001  # whatever is wrong is what we look for
            defect = f"{type(error).__name__}: {error}\n{_where(error)}"
    del pieces
    shutil.rmtree(folder / "out", ignore_errors=True)
    return {"verdict": verdict, "defect": defect, "cpu_ms": round(spent, 1), "peak": peak}


def read(made: Sample, path: Path, file_map: FileMap | None, folder: Path, *, folds: bool) -> list[SourceResult]:
    """Pieces of the input as `ingest` reads it: by the child's code for foreign formats, else here, and `folds`."""
    source = SOURCES[made.source]
    context = ReadContext(FILE, SOURCE_ID, "FIRM")
    if not source.in_child:
        pieces = list(source.read(path, file_map, context))
        if folds:
            messages = stacked([piece.tables["fix_messages"] for piece in pieces])
            fold_messages(messages, file_map.sections if file_map else {})
        return pieces
    out = folder / "out"
    out.mkdir(exist_ok=True)
    answer = json.loads(json.dumps(sandbox_child.answer(source, path, file_map, context, out, 0)))
    pieces = opened(out, answer)
    if any("unreadable_file" in piece.rejects["reason"] for piece in pieces):
        _raise_ours(made, path, file_map, context)
    return pieces


def _map(made: Sample, folder: Path) -> FileMap | None:
    """The map as the child gets it: checked, sent as JSON, checked again."""
    if made.map_file is None:
        return None if made.sections is None else parse_map(json.loads(json.dumps(made.sections)))
    path = folder / "map.toml"
    path.write_bytes(made.map_file)
    loaded = load_map(path)
    assert loaded.digest
    return parse_map(json.loads(json.dumps(loaded.sections)))


def _raise_ours(made: Sample, path: Path, file_map: FileMap | None, context: ReadContext) -> None:
    """The error behind `unreadable_file`, unless it is a foreign parser's refusal of the bytes."""
    try:
        for _ in SOURCES[made.source].read(path, file_map, context):
            pass
    except BaseException as error:
        if not is_foreign(error):
            raise
    else:
        message = "unreadable_file, but the reader itself ended well: writing its rows failed"
        raise AssertionError(message)


def _warm(name: str, seeds: Seeds, folder: Path) -> None:
    """Compiled code is loaded, and libraries are, before anything is measured."""
    if name in ("fix", "map"):
        for number in range(3):
            attempt(sample("fix", 0, number, seeds), folder, COMPILING_CPU_SECONDS)
    if name == "xlsx":
        import fastexcel  # noqa: F401, PLC0415


def _where(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__)[-4:])


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def _peak_bytes() -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _own_line() -> TextIO:
    """Where answers go; what the product says on its standard output goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers


def _say(answers: TextIO, line: dict[str, object]) -> None:
    answers.write(json.dumps(line) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(Path, sys.argv[3:6]))
