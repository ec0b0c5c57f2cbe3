"""Many inputs of one format through one child after the other; a child that dies is replaced and its input kept."""

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.formats import sample
from fuzz.sample import Sample, Seeds, read_seeds
from routeproof.sources.map_file import parse_map
from routeproof.sources.registry import SOURCES
from routeproof.sources.sandbox import Job, read_in_child
from routeproof.sources.source import ReadContext

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "fix"
ABORTED = f"code {-signal.SIGABRT}:"
"""How a parser that is not ours ends when a damaged length makes it ask for more memory than there is."""
PEAK_BYTES = 512 << 20
WALL_SECONDS = 120.0
"""How long a child that uses no CPU is waited for; its CPU seconds are limited by itself."""


@dataclass(slots=True)
class Report:
    """What a campaign found.

    Attributes:
        inputs: how many were read.
        verdicts: how many ended how.
        defects: number of the input to what does not hold.
        slowest: CPU ms of the slowest, its number and kind.
        peak: most memory of a child while it read one input, in bytes, its number and kind.
        deaths: children that died.
        contained: of these, how many die in the product's own child too, which refuses the file and says so.
    """

    inputs: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    defects: dict[int, str] = field(default_factory=dict)
    slowest: tuple[float, int, str] = (0.0, -1, "")
    peak: tuple[int, int, str] = (0, -1, "")
    deaths: int = 0
    contained: int = 0

    def line(self, name: str, seed: int) -> str:
        """The figures in one line."""
        ended = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        return (
            f"{name}, seed {seed}: {self.inputs} inputs, {len(self.defects)} defects, {self.deaths} children died, "
            f"{self.contained} of them in a foreign parser and contained; {ended}; "
            f"slowest {self.slowest[0]:.0f} ms CPU ({self.slowest[2]}, number {self.slowest[1]}), "
            f"peak {self.peak[0] >> 20} MiB ({self.peak[2]}, number {self.peak[1]})"
        )


def corpora() -> Path:
    """Where the published corpora are, if they are there."""
    declared = os.environ.get("ROUTEPROOF_SHARED_DATA")
    return (Path(declared) if declared else ROOT.parent / "shared" / "data") / "robustness"


def run(name: str, seed: int, numbers: range, folder: Path, saved: Path | None = None) -> Report:
    """Try the inputs of these numbers; inputs that show a defect are saved in a folder.

    Args:
        name: a format of `FORMATS`.
        seed: with a number, all that an input depends on, besides the corpora.
        numbers: which inputs.
        folder: scratch.
        saved: where to put inputs that show a defect.
    """
    report = Report()
    seeds = read_seeds(corpora(), CASES)
    child: Child | None = None
    is_fresh = True
    at = iter(numbers)
    number = next(at, None)
    try:
        while number is not None:
            if child is None:
                child, is_fresh = Child(name, seed, folder), True
            answer = child.ask(number)
            if ("died" in answer or answer.get("peak", 0) > PEAK_BYTES) and not is_fresh:
                child = child.end()  # what earlier inputs left behind does not count: once more, alone
                continue
            is_fresh = False
            if "died" in answer and answer["died"].startswith(ABORTED):
                answer["contained"] = _is_contained(sample(name, seed, number, seeds), folder)
            _note(report, number, answer)
            if number in report.defects and saved is not None:
                _save(name, seed, number, seeds, saved, report.defects[number])
            if "died" in answer or answer.get("peak", 0) > PEAK_BYTES:
                child = child.end()
            number = next(at, None)
    finally:
        if child is not None:
            child.end()
    return report


def _is_contained(made: Sample, folder: Path) -> bool:
    """The child that `ingest` starts ends too, and the file is refused for it."""
    if made.source not in SOURCES or not SOURCES[made.source].in_child or made.sections is None:
        return False
    path, out = folder / "dying", folder / "dying-out"
    path.write_bytes(made.content)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    (pieces,) = read_in_child(made.source, [Job(path, ReadContext("dying", "ab"))], parse_map(made.sections), out)
    return [reason for piece in pieces for reason in piece.rejects["reason"]] == ["reader_crashed"]


def _note(report: Report, number: int, answer: dict[str, Any]) -> None:
    report.inputs += 1
    how = str(answer.get("how", ""))
    if "died" in answer:
        report.deaths += 1
        if answer.get("contained"):
            report.contained += 1
            report.verdicts["contained"] += 1
            return
        report.verdicts["died"] += 1
        report.defects[number] = f"the child ended: {answer['died']}"
        return
    report.verdicts["defect" if answer["defect"] else answer["verdict"]] += 1
    report.slowest = max(report.slowest, (answer["cpu_ms"], number, how))
    report.peak = max(report.peak, (answer["peak"], number, how))
    if answer["defect"]:
        report.defects[number] = f"[{how}] {answer['defect']}"
    elif answer["peak"] > PEAK_BYTES:
        report.defects[number] = f"[{how}] {answer['peak'] >> 20} MiB of memory"


def _save(name: str, seed: int, number: int, seeds: Seeds, saved: Path, why: str) -> None:
    saved.mkdir(parents=True, exist_ok=True)
    made = sample(name, seed, number, seeds)
    stem = saved / f"{name}-{seed}-{number}"
    stem.with_suffix(".input").write_bytes(made.content)
    stem.with_suffix(".toml" if made.map_file is not None else ".json").write_bytes(
        made.map_file if made.map_file is not None else json.dumps(made.sections).encode()
    )
    stem.with_suffix(".txt").write_text(why, "utf-8", "backslashreplace")


class Child:
    """A reading process."""

    def __init__(self, name: str, seed: int, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._talk = (folder / "stderr").open("w+b")
        here = Path(__file__).resolve().parents[1]
        paths = [str(here), *([os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else [])]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(paths),
            "RUST_BACKTRACE": "0",
            "POLARS_MAX_THREADS": "1",
            "POLARS_ROW_GROUP_PREFETCH_SIZE": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fuzz.reader", name, str(seed), str(corpora()), str(CASES), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._talk,
            env=environment,
            cwd=ROOT,
        )
        self._selector = selectors.DefaultSelector()
        assert self._process.stdout is not None
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        ready = self._line()
        assert "ready" in ready, ready

    def ask(self, number: int) -> dict[str, Any]:
        """The answer for one input; `died` says how if there is none."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"%d\n" % number)
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not self._selector.select(WALL_SECONDS):
            self._process.kill()
            self._process.wait()
            return {"died": f"no answer within {WALL_SECONDS:.0f} s"}
        line = self._process.stdout.readline()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        code = self._process.wait()
        self._talk.seek(0)
        return {"died": f"code {code}: {self._talk.read()[-1500:].decode('utf-8', 'replace')}"}

    def end(self) -> None:
        """Let it go."""
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._talk.close()
