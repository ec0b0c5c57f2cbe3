"""A witness on another host signs only what extends the last checkpoint that it saw (c2sp.org/tlog-witness)."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from routeproof.app.ledger.checkpoints import checkpoint_now
from routeproof.ledger import base64_strict
from routeproof.ledger.merkle import Tree
from routeproof.ledger.note import NoteError, split_note
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import LedgerBrokenError, RouteproofError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

TIMEOUT_S = 30.0
MOST_ANSWER_BYTES = 65_536
_OK, _CONFLICT, _UNPROCESSABLE = 200, 409, 422


class OutsideError(RouteproofError):
    """A service that was asked by name did not answer as it should."""

    code = "outside_service"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an HTTP service answered."""

    status: int
    body: bytes


class Post(Protocol):
    """How a body reaches a service."""

    def __call__(self, url: str, body: bytes, media_type: str) -> Answer:
        """Send and return what comes back, whatever its status."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A service that sends elsewhere was not named by the caller."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing."""


def post(url: str, body: bytes, media_type: str) -> Answer:
    """POST over HTTP or HTTPS; redirects and proxies are not followed.

    Raises:
        UsageError: if the URL is of another kind.
        OutsideError: if nothing answers.
    """
    if not url.startswith(("https://", "http://")):
        message = f"expected an http or https URL, found {url!r}"
        raise UsageError(message, where=url)
    request = urllib.request.Request(url, data=body, headers={"Content-Type": media_type})  # noqa: S310  # checked above
    opener = urllib.request.build_opener(_NoRedirect(), urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_S) as response:
            return Answer(response.status, response.read(MOST_ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(MOST_ANSWER_BYTES))
    except (OSError, ValueError) as error:
        message = f"expected the service to answer, found: {error}"
        raise OutsideError(message, where=url) from error


def witness_checkpoint(context: Context, url: str, send: Post = post) -> Path:
    """Have a witness sign the checkpoint of now; the note with its signatures is kept among the checkpoints.

    Raises:
        OutsideError: if the witness does not answer, does not know the log, or refuses.
        LedgerBrokenError: if the witness saw a history that this log does not extend.
    """
    signed = checkpoint_now(context)
    tree = Tree(context.records.leaves(0, signed.checkpoint.size))
    address = f"{url.rstrip('/')}/add-checkpoint"
    answer = send(address, _request(tree, 0, signed.note), "text/plain; charset=utf-8")
    if answer.status == _CONFLICT:
        answer = send(address, _request(tree, _old_size(answer, tree, url), signed.note), "text/plain; charset=utf-8")
    if answer.status in {_CONFLICT, _UNPROCESSABLE}:
        message = "the witness saw a history that this log does not extend: run `routeproof ledger verify`"
        raise LedgerBrokenError(message, where=url)
    if answer.status != _OK:
        message = f"expected the witness's signature, found HTTP {answer.status}: {answer.body[:200]!r}"
        raise OutsideError(message, where=url)
    note = signed.note + answer.body
    try:
        split_note(note)
    except NoteError as error:
        message = f"expected signature lines from the witness, found something else: {error}"
        raise OutsideError(message, where=url) from error
    path = context.workspace.checkpoints_folder / f"{signed.checkpoint.size}.note"
    write_whole(path, note)
    return path


def _request(tree: Tree, old: int, note: bytes) -> bytes:
    proof = tree.consistency(0, old, len(tree)) if old else []
    lines = [f"old {old}", *map(base64_strict.encode, proof), "", ""]
    return "\n".join(lines).encode() + note


def _old_size(answer: Answer, tree: Tree, url: str) -> int:
    text = answer.body.decode("ascii", "replace").strip()
    if not text.isdecimal():
        message = f"expected the size that the witness last signed, found {text[:80]!r}"
        raise OutsideError(message, where=url)
    if int(text) > len(tree):
        message = f"the witness signed {text} entries, found {len(tree)}: entries are missing at the end"
        raise LedgerBrokenError(message, where=url)
    return int(text)
