"""The programs that these tests run beside themselves, and the configurations that they read."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TESTS = Path(__file__).resolve().parent.parent
ECHO = TESTS / "fix_echo.py"
VERSIONS = {
    "fix40": ("TW40", "FIX.4.0", None),
    "fix41": ("TW41", "FIX.4.1", None),
    "fix42": ("TW42", "FIX.4.2", None),
    "fix43": ("TW43", "FIX.4.3", None),
    "fix44": ("TW44", "FIX.4.4", None),
    "fix50": ("TW50", "FIXT.1.1", "7"),
    "fix50sp1": ("TW50SP1", "FIXT.1.1", "8"),
    "fix50sp2": ("TW50SP2", "FIXT.1.1", "9"),
    "future": ("TW", "FIX.4.2", None),
    "validate": ("TW", "FIX.4.4", None),
}
"""Folder of scenarios: counterparty, BeginString and application version that they are written for."""

DICTIONARIES = {"future": "fix42", "validate": "fix44"}


@dataclass(frozen=True)
class Running:
    """A program that has said that it is ready."""

    process: subprocess.Popen[str]
    sessions: dict[str, dict[str, Any]]

    def address(self, session: str) -> tuple[str, int]:
        """Where a session is."""
        return self.sessions[session]["host"], self.sessions[session]["port"]


@contextlib.contextmanager
def running(program: Path, arguments: Sequence[str], log: Path) -> Iterator[Running]:
    """A program until the block ends; SIGTERM must end it with 0, unless the block has ended it."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent / "src")}
    command = [sys.executable, str(program), *arguments]
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, log.read_text("utf-8")
            yield Running(process, {each["name"]: each for each in json.loads(line)["fix"]})
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0, log.read_text("utf-8")
        finally:
            process.kill()


def session(name: str, **values: object) -> str:
    """A `[[fix]]` table, an acceptor on any port unless `values` say otherwise."""
    table = {
        "name": name,
        "role": "acceptor",
        "host": "127.0.0.1",
        "port": 0,
        "begin_string": "FIX.4.4",
        "sender_comp_id": "FIRM",
        "target_comp_id": "SOR",
        "provider": "P",
        **values,
    }
    return "[[fix]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())


def acceptance_config(shared_data: Path, folder: Path) -> Path:
    """One acceptor for all versions, with their dictionaries, that begins at 1 with each Logon."""
    for packed in (shared_data / "fix_dictionaries").glob("*.gz"):
        (folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    tables = [
        session(
            name,
            begin_string=begin,
            sender_comp_id="ISLD",
            target_comp_id=target,
            reset_on_logon=True,
            dictionary=f"{DICTIONARIES.get(name, name).upper()}.xml",
            **({"default_appl_ver_id": version} if version else {}),
        )
        for name, (target, begin, version) in VERSIONS.items()
    ]
    unchecked = {"sender_comp_id": "ISLD", "target_comp_id": "NO_CHECK_FIELDS_HAVE_VALUES", "reset_on_logon": True}
    tables.append(session("unchecked", **unchecked))
    path = folder / "acceptance.toml"
    path.write_text("".join(tables), "utf-8")
    return path
