"""The program as a person calls it, in this process: starting Python anew for each call would take longest of all."""

import contextlib
import io
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from routeproof.cli.main import main


def call(*words: str, folder: Path | None = None) -> "CompletedProcess[str]":
    """Exit code, stdout and stderr of a command, run in the folder."""
    written, talk = io.BytesIO(), io.StringIO()
    out = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    with (
        contextlib.chdir(folder or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(talk),
        pytest.raises(SystemExit) as stopped,
    ):
        main(list(words))
    return CompletedProcess(words, int(str(stopped.value.code or 0)), written.getvalue().decode(), talk.getvalue())
