"""Texts and files of a command become evidence: the event carries their hash, the store their bytes."""

from __future__ import annotations

import mimetypes
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from routeproof.governance.decider import Body, refuse
from routeproof.stores.evidence import ExpiredError
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import EARLIEST_DAY, LATEST_DAY, is_sensible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.governance.decider import S
    from routeproof.stores.evidence import EvidenceStore

LACKING = frozenset({"missing", "string_too_short"})
"""Pydantic's words for what is not there."""
B = TypeVar("B", bound=Body)
TEXT = "text/plain; charset=utf-8"


def body_of(model: type[B], given: Mapping[str, Any]) -> B:
    """The body, held against its shape; a text of blanks is none.

    Raises:
        UsageError: naming every field that is missing, unknown or wrong.
        RefusalError: `incomplete`, where the rule of a step asks for what is missing, and nothing else is wrong.
    """
    values: Any = dict(given)
    for path in model.kept:
        values = change_at(values, path, lambda text: text if text.strip() else "")
    try:
        body = model.model_validate(values)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}"
            for item in error.errors(include_url=False, include_context=False)
        ]
        lacking = [".".join(map(str, item["loc"])) for item in error.errors() if item["type"] in LACKING]
        if model.lacking_refuses and len(lacking) == len(problems):
            refuse("incomplete", f"expected {', '.join(lacking)}, which this step needs; found nothing there")
        known = ", ".join(model.model_fields) or "nothing"
        message = f"expected a body with {known}; found: {'; '.join(problems)}"
        raise UsageError(message, where="--file") from error
    _require_days(body, ())
    return body


def _require_days(value: Any, where: tuple[str, ...]) -> None:  # noqa: ANN401  # a body, or what is in it
    """A day that nobody can mean would be recorded, and reckoned with ever after."""
    match value:
        case BaseModel():
            for name in value.model_fields_set:
                _require_days(getattr(value, name), (*where, name))
        case dict():
            for name, item in value.items():
                _require_days(item, (*where, str(name)))
        case list() | tuple():
            for at, item in enumerate(value):
                _require_days(item, (*where, str(at)))
        case date() if not is_sensible(value):
            message = f"expected a day from {EARLIEST_DAY} to {LATEST_DAY}, found {value.isoformat()}"
            raise UsageError(message, where=".".join(where))


def change_at(value: Any, path: str, change: Callable[[str], Any]) -> Any:  # noqa: ANN401  # JSON in, JSON out
    """A copy of a JSON value with each text at `path` changed; `*` stands for every item or member."""
    head, _, rest = path.partition(".")
    if not head:
        return change(value) if isinstance(value, str) else value
    if isinstance(value, list) and head == "*":
        return [change_at(item, rest, change) for item in value]
    if isinstance(value, dict):
        names = list(value) if head == "*" else [head]
        return {**value, **{name: change_at(value[name], rest, change) for name in names if name in value}}
    return value


def store_kept(body: Body, evidence: EvidenceStore, stored: list[str]) -> Body:
    """The body with its texts and files in the store and their hashes in its place; `stored` collects the hashes.

    Raises:
        UsageError: if an attached file cannot be read.
    """
    values: Any = body.model_dump(mode="json", exclude_unset=True)

    def keep_text(name: str) -> Callable[[str], str]:
        def keep(text: str) -> str:
            if not text:
                return text
            stored.append(evidence.put(text.encode(), media_type=TEXT, name=name))
            return stored[-1]

        return keep

    def keep_file(given: str) -> str:
        stored.append(_put_file(evidence, Path(given)))
        return stored[-1]

    for path in body.kept:
        values = change_at(values, path, keep_text(f"{path.replace('.*', '')}.txt"))
    for path in body.attached:
        values = change_at(values, path, keep_file)
    return type(body).model_validate(values)


def _put_file(evidence: EvidenceStore, path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"expected a readable file to attach, found: {error.strerror}"
        raise UsageError(message, where=str(path)) from error
    media_type, _ = mimetypes.guess_type(path.name)
    return evidence.put(content, media_type=media_type or "application/octet-stream", name=path.name)


def readable(state: S, evidence: EvidenceStore) -> S:
    """The state with its kept texts in place of their hashes; what expired says so."""

    def read(sha256: str) -> str:
        if not sha256:
            return ""
        try:
            return evidence.get(sha256).content.decode()
        except ExpiredError:
            return f"(expired; its evidence was {sha256})"

    values: Any = state.model_dump(mode="json")
    for path in state.kept:
        values = change_at(values, path, read)
    return type(state).model_validate(values)


def documents(state: S, evidence: EvidenceStore) -> list[dict[str, Any]]:
    """Files that stand in a state: hash, name, media type; name and type are null where the file has expired."""
    found: list[str] = []

    def note(sha256: str) -> str:
        found.append(sha256)
        return sha256

    values: Any = state.model_dump(mode="json")
    for path in state.attached:
        change_at(values, path, note)
    return [_described(sha256, evidence) for sha256 in found]


def _described(sha256: str, evidence: EvidenceStore) -> dict[str, Any]:
    try:
        document = evidence.get(sha256)
    except ExpiredError:
        return {"sha256": sha256, "name": None, "media_type": None, "held": False}
    return {"sha256": sha256, "name": document.name, "media_type": document.media_type, "held": True}
