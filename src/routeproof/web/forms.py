"""A form for any step: its fields follow from the shape of the step's body, and so does what is read from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError
from routeproof.web.form_shapes import STRUCTURED, Schema, as_text, bare, kind_of, plain, skeleton, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from routeproof.governance.decider import Body

BLANK_ROWS, BLANK_ROWS_WITHIN, MOST_ROWS = 3, 2, 500
KEY, VALUE = "key", "value"
SAID = 3
"""Members that tell a row."""
LONG = frozenset({"text", "reason", "note", "words", "rationale", "answer", "minutes", "evidence"})
"""Members that take a sentence or more."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be said in a field: titles by value, and whether there is nothing else to say."""

    titles: Mapping[str, str]
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        name: path of the body's member, `votes.0.person`.
        label: in words.
        kind: text, long, date, integer, number, switch, yesno, choice, lines, file, files, json, group, rows, pairs,
            suggest, which is a text with choices that need not be taken, or ticks, which are lines out of choices.
        required: whether it must be filled in.
        choices: of a choice.
        titles: of choices, where they are more than their words.
        value: that stands there at first.
        parts: fields of a group; one group for each row, those at the end empty.
    """

    name: str
    label: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    value: str = ""
    parts: tuple[Field, ...] = ()

    def title_of(self, choice: str) -> str:
        """What a choice is called."""
        return self.titles.get(choice) or choice.replace("_", " ")

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.value and all(part.is_empty for part in self.parts)

    @property
    def said(self) -> str:
        """The first words that stand in a row, by which it is told from others."""
        return ", ".join([part.title_of(part.value) for part in self.parts if part.value][:SAID])


def fields_of(
    body: type[Body], values: Mapping[str, Any] | None = None, offers: Mapping[str, Offer] | None = None
) -> list[Field]:
    """Fields of a body, in its order; `values` stand there at first, `offers` are made by a member's name."""
    found = [_field(body, name, part, required, (values or {}).get(name)) for name, part, required in _parts_of(body)]
    return [_offered(one, offers) for one in found] if offers else found


def _offered(one: Field, offers: Mapping[str, Offer]) -> Field:
    """The field with what is offered to it or to its parts."""
    if one.parts:
        return replace(one, parts=tuple(_offered(part, offers) for part in one.parts))
    offer = offers.get(one.name.rsplit(".", 1)[-1])
    if one.kind == "lines" and offer is not None and offer.is_all and offer.titles:
        known = {**offer.titles, **{name: name for name in one.value.split("\n") if name and name not in offer.titles}}
        return replace(one, kind="ticks", choices=tuple(known), titles=known)
    if one.kind != "text" or offer is None or not offer.titles:
        return one
    return replace(one, kind="choice" if offer.is_all else "suggest", choices=tuple(offer.titles), titles=offer.titles)


def body_of_form(
    body: type[Body], form: Mapping[str, str], files: Mapping[str, Path], stands: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What a form says, as the step's body; a field that was left empty is not there.

    What `stands` already, and is sent back as it is, is not there either: who adds a vote does not write the minutes.

    Raises:
        UsageError: a field that cannot be read.
    """
    found: dict[str, Any] = {}
    for name, part, _ in _parts_of(body):
        value = _said(body, name, part, form, files)
        if value is not None and stands and name in stands:
            value = _changed(value, bare(within(part, stands[name])))
        if value is not None:
            found[name] = value
    if form.get("expected_version_hash"):
        found["expected_version_hash"] = form["expected_version_hash"]
    return found


@cache
def _parts_of(body: type[Body]) -> tuple[tuple[str, Schema, bool], ...]:
    """Name, schema and whether it is demanded, of each member; bodies are few and stay as they are."""
    schema = body.model_json_schema()
    required = set(schema.get("required", ()))
    return tuple((name, plain(part, schema), name in required) for name, part in schema.get("properties", {}).items())


def _field(body: type[Body], name: str, part: Schema, required: bool, value: Any) -> Field:  # noqa: ANN401, FBT001
    kind = _kind(body, name, part)
    if kind in STRUCTURED:
        return _nested(body, name, part, value)
    if kind == "json" and value is None:
        value = skeleton(part)
    choices = tuple(map(str, part.get("enum", ())))
    return Field(name, _label(name), kind, required, choices, value=as_text(kind, value))


def _nested(body: type[Body], path: str, part: Schema, value: Any) -> Field:  # noqa: ANN401  # JSON
    """A field within another one; nothing is demanded of it, as its row may be left empty."""
    kind, label = _kind(body, path, part), _label(path)
    match kind:
        case "group":
            members = part["properties"].items()
            parts = tuple(_nested(body, f"{path}.{name}", one, (value or {}).get(name)) for name, one in members)
            return Field(path, label, kind, parts=parts)
        case "rows":
            rows = [*(value or ()), *[None] * _blanks(path)]
            parts = tuple(_nested(body, f"{path}.{place}", part["items"], row) for place, row in enumerate(rows))
            return Field(path, label, kind, parts=parts)
        case "pairs":
            pairs = [*(value or {}).items(), *[("", None)] * _blanks(path)]
            parts = tuple(_pair(body, f"{path}.{place}", part, *pair) for place, pair in enumerate(pairs))
            return Field(path, label, kind, parts=parts)
        case "switch":
            said = {True: "yes", False: "no"}.get(value, "")
            return Field(path, label, "yesno", choices=("yes", "no"), value=said)
        case "json" | "text" if path.rsplit(".", 1)[-1] in LONG:
            return Field(path, label, "long", value=as_text("json", value))
    return Field(path, label, kind, choices=tuple(map(str, part.get("enum", ()))), value=as_text(kind, value))


def _pair(body: type[Body], path: str, part: Schema, key: str, value: Any) -> Field:  # noqa: ANN401  # JSON
    named = Field(f"{path}.{KEY}", "name", "text", value=key)
    if choices := part.get("propertyNames", {}).get("enum"):
        named = Field(f"{path}.{KEY}", "name", "choice", choices=tuple(choices), value=key)
    return Field(path, "", "group", parts=(named, _nested(body, f"{path}.{VALUE}", _valued(part), value)))


def _valued(part: Schema) -> Schema:
    more = part["additionalProperties"]
    return more if isinstance(more, dict) else {}


def _blanks(path: str) -> int:
    return BLANK_ROWS_WITHIN if "." in path else BLANK_ROWS


def _label(path: str) -> str:
    last = path.rsplit(".", 1)[-1]
    return "" if last.isdigit() else last.replace("_", " ")


def _kind(body: type[Body], path: str, part: Schema) -> str:
    if path in body.attached:
        return "file"
    if f"{path}.*" in body.attached:
        return "files"
    kind = kind_of(part)
    if "." not in path and kind == "text" and (path in body.kept or path in LONG):
        return "long"
    return kind


def _said(body: type[Body], path: str, part: Schema, form: Mapping[str, str], files: Mapping[str, Path]) -> Any:  # noqa: ANN401
    """The value of a member; none where the form says nothing of it."""
    kind = _kind(body, path, part)
    if kind in {"file", "files"}:
        sent = [str(file) for name, file in files.items() if name == path or name.startswith(f"{path}.")]
        return (sent if kind == "files" else sent[0]) if sent else None
    if kind == "switch" and "." not in path:
        return form[path] in {"on", "true", "1"} if path in form else None
    if kind in STRUCTURED and not form.get(path, "").strip():
        return _structured(kind, path, part, form, lambda at, one: _said(body, at, one, form, files))
    text = form.get(path, "").strip().replace("\r\n", "\n")
    return _read("json" if kind in STRUCTURED else kind, path, text) if text else None


def _structured(kind: str, path: str, part: Schema, form: Mapping[str, str], said: Callable[[str, Schema], Any]) -> Any:  # noqa: ANN401  # JSON
    """What the fields of a group, of rows or of pairs say together; rows that were left empty are not there."""
    if kind == "group":
        found = {name: said(f"{path}.{name}", one) for name, one in part["properties"].items()}
        return {name: value for name, value in found.items() if value is not None} or None
    places = _places(path, form)
    if kind == "rows":
        return [row for at in places if (row := said(f"{path}.{at}", part["items"])) is not None] or None
    names = {at: form.get(f"{path}.{at}.{KEY}", "").strip() for at in places}
    pairs = {names[at]: said(f"{path}.{at}.{VALUE}", _valued(part)) for at in places if names[at]}
    return {name: value for name, value in pairs.items() if value is not None} or None


def _places(path: str, form: Mapping[str, str]) -> list[int]:
    """Numbers of the rows that a form has fields of."""
    begin = len(path) + 1
    found = {name[begin:].split(".", 1)[0] for name in form if name.startswith(f"{path}.")}
    return sorted(number for text in found if text.isdecimal() and (number := int(text)) < MOST_ROWS)


def _changed(value: Any, stands: Any) -> Any:  # noqa: ANN401  # JSON
    """What a form says beyond what stands; of rows, those that are new or were changed."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [row for row in value if row not in (stands or [])] or None
    return None if value == stands else value


def _read(kind: str, path: str, text: str) -> Any:  # noqa: ANN401  # a member of the body
    try:
        match kind:
            case "integer":
                return int(text)
            case "number":
                return json.loads(text, parse_constant=_no_constant)
            case "switch":
                return {"yes": True, "no": False}[text]
            case "lines":
                return [line.strip() for line in text.split("\n") if line.strip()]
            case "json":
                return _any(path, text)
    except (ValueError, KeyError) as error:
        message = f"expected {kind} in {_label(path)}, found {text[:40]!r}"
        raise UsageError(message, where=path) from error
    return text


def _any(path: str, text: str) -> Any:  # noqa: ANN401  # JSON
    """Any JSON; within a row, words may stand without their quotes."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError:
        if "." in path:
            return text
        raise


def _no_constant(text: str) -> None:
    message = f"{text} is no JSON"
    raise ValueError(message)
