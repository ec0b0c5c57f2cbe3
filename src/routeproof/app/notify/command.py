"""Hand a message to a program of this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

from routeproof.app.notify.message import Message, Outcome, failed

if TYPE_CHECKING:
    from routeproof.app.notify.channel_kinds import LocalCommand

MESSAGE_ID = "ROUTEPROOF_MESSAGE_ID"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""Variables that the program sees; a passphrase in ours is not among them."""


def run_command(channel: LocalCommand, message: Message) -> Outcome:
    """One attempt: the document on standard input, the message's id in the environment; exit code 0 is success.

    A program that is not done in time is ended, with all that it started in its process group.
    """
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {MESSAGE_ID: message.id}
    try:
        process = subprocess.Popen(  # noqa: S603  # configured by the firm, no shell
            channel.argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        return failed(f"the program does not start: {error.strerror or error}")
    with process:
        try:
            process.communicate(message.body, channel.timeout_s)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return failed(f"not done within {channel.timeout_s:g} s, ended")
    if process.returncode == 0:
        return Outcome(sent=True, reason="exit code 0")
    if process.returncode < 0:
        return failed(f"ended by signal {-process.returncode}")
    return failed(f"exit code {process.returncode}")
