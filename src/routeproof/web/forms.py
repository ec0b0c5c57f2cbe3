"""A form for any step: its fields follow from the shape of the step's body, and so does what is read from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routeproof.governance.decider import Body

Schema = dict[str, Any]
KINDS = {"integer": "integer", "number": "number", "boolean": "switch", "string": "text"}
SKELETON_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        name: of the body's member.
        label: in words.
        kind: text, long, date, integer, number, switch, choice, lines, file, files or json.
        required: whether it must be filled in.
        choices: of a choice.
        value: that stands there at first.
    """

    name: str
    label: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()
    value: str = ""


def fields_of(body: type[Body], values: Mapping[str, Any] | None = None) -> list[Field]:
    """Fields of a body, in its order; `values` stand there at first."""
    schema = body.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        _field(body, name, _plain(part, schema), name in required, (values or {}).get(name))
        for name, part in schema.get("properties", {}).items()
    ]


def body_of_form(body: type[Body], form: Mapping[str, str], files: Mapping[str, Path]) -> dict[str, Any]:
    """What a form says, as the step's body; a field that was left empty is not there.

    Raises:
        UsageError: a field that cannot be read.
    """
    found: dict[str, Any] = {}
    for field in fields_of(body):
        if field.kind in {"file", "files"}:
            sent = [str(path) for name, path in files.items() if name.split(".", 1)[0] == field.name]
            if sent:
                found[field.name] = sent if field.kind == "files" else sent[0]
        elif field.kind == "switch":
            if field.name in form:
                found[field.name] = form[field.name] in {"on", "true", "1"}
        elif text := form.get(field.name, "").strip():
            found[field.name] = _read(field, text.replace("\r\n", "\n"))
    if form.get("expected_version_hash"):
        found["expected_version_hash"] = form["expected_version_hash"]
    return found


def _field(body: type[Body], name: str, part: Schema, required: bool, value: Any) -> Field:  # noqa: ANN401, FBT001
    kind = _kind(body, name, part)
    label = name.replace("_", " ")
    shown = json.dumps(value, indent=2, ensure_ascii=False) if kind == "json" and value is not None else value
    if kind == "json" and value is None:
        shown = json.dumps(_skeleton(part, 0), indent=2)
    if kind == "lines" and value is not None:
        shown = "\n".join(map(str, value))
    return Field(
        name, label, kind, required, tuple(map(str, part.get("enum", ()))), "" if shown is None else str(shown)
    )


def _kind(body: type[Body], name: str, part: Schema) -> str:
    if name in body.attached:
        return "file"
    if f"{name}.*" in body.attached:
        return "files"
    if name in body.kept or name in {"text", "reason", "note", "words"}:
        return "long"
    return _kind_of_schema(part)


def _kind_of_schema(part: Schema) -> str:
    if "enum" in part:
        return "choice"
    if part.get("format") == "date":
        return "date"
    kind = part.get("type", "")
    if kind == "array":
        items = part.get("items", {})
        return "lines" if items.get("type") == "string" and "enum" not in items else "json"
    return KINDS.get(kind, "json")


def _plain(part: Schema, whole: Schema) -> Schema:
    """A part with what it refers to in its place; of several shapes, the first that is not null."""
    if "$ref" in part:
        return _plain(whole["$defs"][part["$ref"].rsplit("/", 1)[1]], whole)
    for several in ("anyOf", "oneOf"):
        if several in part:
            real = [one for one in part[several] if one.get("type") != "null"]
            return _plain(real[0], whole)
    plain = dict(part)
    if "items" in plain:
        plain["items"] = _plain(plain["items"], whole)
    if "properties" in plain:
        plain["properties"] = {name: _plain(one, whole) for name, one in plain["properties"].items()}
    if isinstance(plain.get("additionalProperties"), dict):
        plain["additionalProperties"] = _plain(plain["additionalProperties"], whole)
    return plain


def _skeleton(part: Schema, depth: int) -> Any:  # noqa: ANN401  # JSON
    """What a value of the shape looks like, to be filled in."""
    if depth > SKELETON_DEPTH:
        return None
    kind = part.get("type")
    if kind == "object":
        return {name: _skeleton(one, depth + 1) for name, one in part.get("properties", {}).items()}
    if kind == "array":
        return [_skeleton(part.get("items", {}), depth + 1)]
    return {"integer": 0, "number": 0, "boolean": False}.get(str(kind), part.get("enum", [""])[0])


def _read(field: Field, text: str) -> Any:  # noqa: ANN401  # a member of the body
    try:
        match field.kind:
            case "integer":
                return int(text)
            case "number":
                return json.loads(text, parse_constant=_no_constant)
            case "lines":
                return [line.strip() for line in text.split("\n") if line.strip()]
            case "json":
                return json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        message = f"expected {field.kind} in {field.label}, found {text[:40]!r}"
        raise UsageError(message, where=field.name) from error
    return text


def _no_constant(text: str) -> None:
    message = f"{text} is no JSON"
    raise ValueError(message)
