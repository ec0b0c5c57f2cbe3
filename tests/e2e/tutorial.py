r"""Runs a tutorial: its files are written, its commands are called, what it says they answer is looked for.

In a tutorial (Markdown), a fenced block

- ```` ```toml NAME ```` or ```` ```text NAME ```` is a file of that name,
- ```` ```console ```` holds commands, each line after `$ `, one ending in `\\` continued; a line without `$` is a part
  of a line of the answer, in order (`…` stands for anything);
- `$ routeproof … # exit 5` must end with that code; without the mark it must end with 0.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e.desk import Desk

_BLOCK = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exit (\d+)$")


@dataclass
class Step:
    """One command: words, exit code, parts of its answer in order."""

    line: str
    exit_code: int = 0
    answers: list[str] = field(default_factory=list)


def run_tutorial(page: Path, desk: Desk) -> int:
    """Run all blocks of a page in the desk's folder; the number of commands."""
    count = 0
    for kind, name, content in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if name:
            (desk.folder / name).write_text(content, encoding="utf-8")
        elif kind == "console":
            for step in _steps(content):
                _run(step, desk)
                count += 1
    return count


def _steps(content: str) -> Iterator[Step]:
    step: Step | None = None
    for line in content.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            if step is not None:
                yield step
            mark = _EXIT.search(line)
            step = Step(_EXIT.sub("", line[2:]), int(mark[1]) if mark else 0)
        elif line.strip():
            assert step is not None, f"an answer before any command: {line}"
            step.answers.append(line.strip())
    if step is not None:
        yield step


def _run(step: Step, desk: Desk) -> None:
    words = shlex.split(step.line)
    assert words[0] == "routeproof", f"a tutorial calls routeproof, found {step.line}"
    code, out, talk = desk.call(*words[1:])
    assert code == step.exit_code, f"$ {step.line}\nexit {code}, expected {step.exit_code}\n{talk[-3000:]}"
    said = out + talk
    for answer in step.answers:
        pattern = ".*".join(re.escape(part) for part in answer.split("…"))
        found = re.search(pattern, said)
        assert found, f"$ {step.line}\nexpected: {answer}\nfound:\n{said[-3000:]}"
        said = said[found.end() :]
