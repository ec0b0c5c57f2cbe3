"""An RFC 3161 token over a checkpoint: a time-stamping authority says when it existed at the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.ledger.checkpoints import checkpoint_now, keep_checkpoint
from routeproof.app.ledger.witness import OutsideError, Post, post
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

_OK = 200


def timestamp_checkpoint(context: Context, url: str, send: Post = post) -> Path:
    """Have the checkpoint of now time-stamped; the answer is kept beside it as `SIZE.tsr`.

    The token is over the bytes of the checkpoint's note. Its chain of certificates is for whoever relies on it to
    verify; here the answer is held against the question: its status, and that it is about these bytes.

    Raises:
        UsageError: if the extra `timestamp` is not installed.
        OutsideError: if the authority does not answer, refuses, or answers another question.
    """
    try:
        from rfc3161_client import TimestampRequestBuilder, decode_timestamp_response  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = "expected the time-stamp client, found none: install routeproof[timestamp]"
        raise UsageError(message, where="--timestamp") from error
    signed = checkpoint_now(context)
    keep_checkpoint(context, always=True)
    question = TimestampRequestBuilder().data(signed.note).build()
    answer = send(url, question.as_bytes(), "application/timestamp-query")
    if answer.status != _OK:
        message = f"expected a time-stamp, found HTTP {answer.status}"
        raise OutsideError(message, where=url)
    try:
        response = decode_timestamp_response(answer.body)
        granted = response.status in {0, 1}
        same = granted and response.tst_info.message_imprint.message == question.message_imprint.message
    except ValueError as error:
        message = f"expected an RFC 3161 answer, found something else: {error}"
        raise OutsideError(message, where=url) from error
    if not same:
        message = "expected a time-stamp over this checkpoint, found a refusal or one over something else"
        raise OutsideError(message, where=url)
    path = context.workspace.checkpoints_folder / f"{signed.checkpoint.size}.tsr"
    write_whole(path, answer.body)
    return path
