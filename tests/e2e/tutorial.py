r"""Runs a tutorial: its files are written, its commands are called, what it says they answer is looked for.

In a tutorial (Markdown), a fenced block

- ```` ```toml NAME ```` or ```` ```text NAME ```` is a file of that name,
- ```` ```console ```` holds commands, each line after `$ `, one ending in `\\` continued; a line without `$` is a part
  of a line of the answer, in order (`…` stands for anything);
- `$ routeproof … # exit 5` must end with that code; without the mark it must end with 0;
- `$ routeproof … # again until it is there` is called until its answer has what is looked for;
- `$ routeproof … &` goes on beside the others once it has said a first line, `$ kill %1` ends it in order;
- `$ python FILE …` runs a file of the tutorial;
- ```` ```returned ASKED FILE ```` is a questionnaire that came back, with one answer everywhere;
- ```` ```forge WHAT ```` is what a dishonest person does behind the program's back.

`{version}` is the version hash of the review that the line names, `{checkpoint}` the newest file in `outside/`.
"""

from __future__ import annotations

import csv
import json
import re
import shlex
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from e2e.desk import Desk

_BLOCK = re.compile(r"^```(\w+)(?: +([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exit (\d+)$")
_AGAIN = " # again until it is there"
PATIENCE_S = 180.0


@dataclass
class Step:
    """One command: words, exit code, parts of its answer in order."""

    line: str
    exit_code: int = 0
    again: bool = False
    answers: list[str] = field(default_factory=list)


def run_tutorial(
    page: Path,
    desk: Desk,
    forgers: Mapping[str, Callable[[Path, str], None]] | None = None,
    instead: Mapping[str, str] | None = None,
) -> int:
    """Run all blocks of a page in the desk's folder; the number of commands.

    `instead`: what this machine needs in place of what the page says, such as a port that is free.
    """
    text = page.read_text(encoding="utf-8")
    for said, needed in (instead or {}).items():
        assert said in text, said
        text = text.replace(said, needed)
    beside: list[subprocess.Popen[str]] = []
    try:
        return _run_blocks(text, desk, forgers, beside)
    finally:
        for process in beside:
            process.kill()
            process.communicate()


def _run_blocks(
    text: str,
    desk: Desk,
    forgers: Mapping[str, Callable[[Path, str], None]] | None,
    beside: list[subprocess.Popen[str]],
) -> int:
    count = 0
    for kind, name, content in _BLOCK.findall(text):
        if kind == "forge":
            assert forgers is not None, "a forger is needed"
            forgers[name](desk.folder / "workspace", content.strip())
        elif kind == "returned":
            _fill_in(desk.folder, *name.split(), content.strip())
        elif name:
            (desk.folder / name).write_text(content, encoding="utf-8")
        elif kind == "console":
            for step in _steps(content):
                _run(step, desk, beside)
                count += 1
    return count


def _fill_in(folder: Path, asked: str, returned: str, answer: str) -> None:
    """A questionnaire as a provider returns it: the same answer everywhere."""
    with (folder / asked).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / returned).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "answer": answer} for row in rows)


def _steps(content: str) -> Iterator[Step]:
    step: Step | None = None
    for line in content.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            if step is not None:
                yield step
            mark = _EXIT.search(line)
            step = Step(
                _EXIT.sub("", line[2:]).removesuffix(_AGAIN), int(mark[1]) if mark else 0, line.endswith(_AGAIN)
            )
        elif line.strip():
            assert step is not None, f"an answer before any command: {line}"
            step.answers.append(line.strip())
    if step is not None:
        yield step


def _filled(line: str, desk: Desk) -> str:
    if "{version}" in line:
        review = line.split()[3]
        line = line.replace("{version}", json.loads(desk.run("review", "show", review, "--json"))["version_hash"])
    if "{checkpoint}" in line:
        notes = sorted((desk.folder / "outside").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        line = line.replace("{checkpoint}", f"outside/{notes[-1].name}")
    return line


def _run(step: Step, desk: Desk, beside: list[subprocess.Popen[str]]) -> None:
    words = shlex.split(_filled(step.line, desk))
    if words[0] == "routeproof" and words[-1] == "&":
        beside.append(process := desk.beside(*words[1:-1]))
        assert process.stdout is not None
        code, said = 0, process.stdout.readline()
    elif words[0] == "python":
        code, said = desk.python(*words[1:])
    elif words == ["kill", "%1"]:
        beside[0].terminate()
        said, _ = beside[0].communicate(timeout=PATIENCE_S)
        code = beside[0].returncode
    else:
        code, said = _called(words, step, desk)
    assert code == step.exit_code, f"$ {step.line}\nexit {code}, expected {step.exit_code}\n{said[-3000:]}"
    lacking = _lacking(step, said)
    assert not lacking, f"$ {step.line}\nexpected: {lacking}\nfound:\n{said[-3000:]}"


def _called(words: list[str], step: Step, desk: Desk) -> tuple[int, str]:
    """Exit code and answer of a command of the program."""
    assert words[0] == "routeproof", f"a tutorial calls routeproof, found {step.line}"
    end = time.monotonic() + PATIENCE_S
    while True:
        code, out, talk = desk.call(*words[1:])
        if not step.again or not _lacking(step, out + talk) or time.monotonic() > end:
            return code, out + talk
        time.sleep(0.2)


def _lacking(step: Step, said: str) -> str:
    """The first expected part that is not in the answer, behind those before it; empty if all are."""
    for answer in step.answers:
        found = re.search(".*".join(re.escape(part) for part in answer.split("…")), said)
        if found is None:
            return answer
        said = said[found.end() :]
    return ""
