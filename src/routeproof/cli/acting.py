"""Options and steps of every command that records: who acts, with which key, for which day."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.documents import read_document
from routeproof.cli.options import day_option, json_option, recorded_workspace_option
from routeproof.cli.printing import print_object
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.objects.act import Around
    from routeproof.governance.decider import Noun

PASSPHRASE = "ROUTEPROOF_PASSPHRASE"  # noqa: S105  # the name of a variable
as_option = click.option(
    "--as", "person", envvar="ROUTEPROOF_AS", default="", help="Person of the roster who acts (ROUTEPROOF_AS)."
)
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"File with the passphrase of the key; else {PASSPHRASE}, else a prompt.",
)
business_day_option = day_option("--on", words="Business date of the action; if omitted today, by New York time.")
file_option = click.option("--file", "document", help="Body as TOML or JSON; - is stdin.", metavar="FILE", default=None)

answer_option = click.option(
    "--answer",
    metavar="ADDRESS",
    help="What an analysis answers, asked as on its page: conflicts?provider=P2&from=DAY&to=DAY.",
)


@dataclass(frozen=True, slots=True)
class Acts:
    """What the options of a recording command say."""

    workspace: Path
    person: str
    passphrase_file: Path | None
    on: date | None
    as_json: bool


def recording(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of one that records; it receives them together as `acts`."""

    @functools.wraps(command)
    def with_acts(
        *arguments: Any,  # noqa: ANN401
        workspace: Path,
        person: str,
        passphrase_file: Path | None,
        on: date | None,
        as_json: bool,
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        acts = Acts(workspace, person, passphrase_file, on, as_json)
        return command(*arguments, acts=acts, **options)

    optioned: Callable[..., Any] = with_acts
    for option in (json_option, recorded_workspace_option, business_day_option, passphrase_option, as_option):
        optioned = option(optioned)
    return optioned


@contextlib.contextmanager
def acting_context(acts: Acts) -> Iterator[Context]:
    """The workspace, with the person who acts."""
    from routeproof.app.context import open_context  # noqa: PLC0415

    def passphrase(path: Path) -> bytes | None:
        return passphrase_for(path, acts.passphrase_file)

    with open_context(acts.workspace, person=acts.person, passphrase=passphrase, on=acts.on) as context:
        yield context


@contextlib.contextmanager
def entitled_context(acts: Acts, action: str) -> Iterator[Context]:
    """The workspace for work that the program may also do by itself, such as a nightly ingest.

    A person who is named must be permitted; without a name it is recorded for the account that runs the program.
    """
    from routeproof.app.objects.entitled import require_entitled  # noqa: PLC0415

    with acting_context(acts) as context:
        if context.acting is not None:
            require_entitled(context, context.acting, action)
        yield context


def passphrase_for(path: Path, file: Path | None) -> bytes | None:
    """The passphrase of a key file: from a file, the environment, or typed; nothing for an unprotected key."""
    from routeproof.stores.keys import is_protected  # noqa: PLC0415

    if path.exists() and not is_protected(path):
        return None
    return given_passphrase(file, f"Passphrase of {path.stem}")


def given_passphrase(file: Path | None, prompt: str, *, twice: bool = False) -> bytes | None:
    """A passphrase from a file, the environment or a prompt; nothing if there is none of them.

    Raises:
        UsageError: if the file cannot be read.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n").encode()
        except (OSError, UnicodeDecodeError) as error:
            message = f"expected a readable passphrase file, found: {error}"
            raise UsageError(message, where=str(file)) from error
    if PASSPHRASE in os.environ:
        return os.environ[PASSPHRASE].encode()
    if sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True)).encode()
    return None


def do(
    acts: Acts,
    noun: Noun[Any],
    object_id: str,
    verb: str,
    body: dict[str, Any] | None = None,
    *,
    document: str | None = None,
    around: Callable[[Context], Around] | None = None,
) -> None:
    """Act on an object and print it; the body is the document's members and, above them, those given."""
    from routeproof.app.objects.act import act  # noqa: PLC0415

    def step(context: Context, given: dict[str, Any]) -> dict[str, Any]:
        return act(context, noun, object_id, verb, given, around(context) if around else None)

    perform(acts, step, body, document=document)


def perform(
    acts: Acts,
    step: Callable[[Context, dict[str, Any]], dict[str, Any]],
    body: dict[str, Any] | None = None,
    *,
    document: str | None = None,
) -> None:
    """Take a step that gives an object's state, and print it; the body is made as in `do`."""
    given = {**(read_document(document) if document is not None else {}), **(body or {})}
    with acting_context(acts) as context:
        state = step(context, given)
    print_object(state, as_json=acts.as_json)
