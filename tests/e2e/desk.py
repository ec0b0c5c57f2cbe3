"""A desk: a folder with files and a workspace, and the program as a person would call it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from program import call

BUILD = ("review", "build", "2026Q3", "--provider", "P", "--declared", "declared.toml")


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder, and a workspace in it."""

    folder: Path

    def call(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of the program, run in this process and in the folder."""
        done = call(*words, *self._workspace(words), folder=self.folder)
        return done.returncode, done.stdout, done.stderr

    def run(self, *words: str) -> str:
        """Stdout of a call that must succeed."""
        code, out, talk = self.call(*words)
        assert code == 0, f"routeproof {' '.join(words)}: {code}\n{talk}"
        return out

    def start(self, *words: str, **environment: str) -> str:
        """The same as a program of its own, in another environment."""
        program = Path(sys.executable).with_name("routeproof")
        run = subprocess.run(
            [program, *words, *self._workspace(words)],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-3000:]
        return run.stdout

    def beside(self, *words: str) -> "subprocess.Popen[str]":
        """The program beside this one, with its output to read."""
        command = [sys.executable, "-m", "routeproof", *words, *self._workspace(words)]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def python(self, *words: str) -> tuple[int, str]:
        """Exit code and output of a file of the folder, run by this Python."""
        run = subprocess.run(
            [sys.executable, *words], cwd=self.folder, capture_output=True, text=True, check=False, timeout=90
        )
        return run.returncode, run.stdout + run.stderr

    def take_in(self, *names: str, people: str = "") -> None:
        """A workspace with the files `NAME.csv`, each by its map, in this order; `people`: TOML of its roster."""
        if people:
            (self.folder / "people.toml").write_text(people, encoding="utf-8")
        self.run("init", "workspace", *(("--people", "people.toml") if people else ()))
        for name in names:
            self.run("ingest", "csv", f"{name}.csv", "--map", f"{name}.toml")

    def build(self, out: str, *more: str) -> dict[str, Any]:
        """Build the pack of the declared benchmark; its JSON."""
        self.run(*BUILD, "--out", out, *more)
        return self.pack(out)

    def pack(self, out: str) -> dict[str, Any]:
        """The JSON of a built pack."""
        found: dict[str, Any] = json.loads((self.folder / out / "pack.json").read_bytes())
        return found

    def files(self, out: str) -> dict[str, bytes]:
        """Every file of a built pack."""
        return {path.name: path.read_bytes() for path in sorted((self.folder / out).iterdir())}

    def copied(self, folder: Path) -> "Desk":
        """Another desk with the same files, which a test may write to; the folder is made."""
        return Desk(Path(shutil.copytree(self.folder, folder)))

    @staticmethod
    def _workspace(words: tuple[str, ...]) -> tuple[str, ...]:
        return () if words[0] == "init" or words[:2] == ("lab", "simulate") else ("--workspace", "workspace")
