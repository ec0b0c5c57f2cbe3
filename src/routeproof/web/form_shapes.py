"""What a part of a body asks for, by its JSON schema: one value, a group of them, rows, or pairs."""

from __future__ import annotations

import json
from typing import Any

Schema = dict[str, Any]
KINDS = {"integer": "integer", "number": "number", "boolean": "switch", "string": "text"}
STRUCTURED = ("group", "rows", "pairs")
SKELETON_DEPTH = 3


def plain(part: Schema, whole: Schema) -> Schema:
    """A part with what it refers to in its place; of several shapes, the first that is not null."""
    if "$ref" in part:
        return plain(whole["$defs"][part["$ref"].rsplit("/", 1)[1]], whole)
    for several in ("anyOf", "oneOf"):
        if several in part:
            real = [one for one in part[several] if one.get("type") != "null"]
            return plain(real[0], whole)
    found = dict(part)
    if "items" in found:
        found["items"] = plain(found["items"], whole)
    if "properties" in found:
        found["properties"] = {name: plain(one, whole) for name, one in found["properties"].items()}
    for more in ("additionalProperties", "propertyNames"):
        if isinstance(found.get(more), dict):
            found[more] = plain(found[more], whole)
    return found


def kind_of(part: Schema) -> str:
    """Of text, date, integer, number, switch, choice, lines, group, rows, pairs and json."""
    if "enum" in part:
        return "choice"
    if part.get("format") == "date":
        return "date"
    match part.get("type", ""):
        case "array":
            items = part.get("items", {})
            return "lines" if items.get("type") == "string" else "rows" if items.get("properties") else "json"
        case "object":
            if part.get("properties"):
                return "group"
            return "pairs" if part.get("additionalProperties") else "json"
        case kind:
            return KINDS.get(str(kind), "json")


def skeleton(part: Schema, depth: int = 0) -> Any:  # noqa: ANN401  # JSON
    """What a value of the shape looks like, to be filled in."""
    if depth > SKELETON_DEPTH:
        return None
    kind = part.get("type")
    if kind == "object":
        return {name: skeleton(one, depth + 1) for name, one in part.get("properties", {}).items()}
    if kind == "array":
        return [skeleton(part.get("items", {}), depth + 1)]
    return {"integer": 0, "number": 0, "boolean": False}.get(str(kind), part.get("enum", [""])[0])


def bare(value: Any) -> Any:  # noqa: ANN401  # JSON
    """A value without members that say nothing, as a form gives it back."""
    if isinstance(value, dict):
        found = {name: bare(item) for name, item in value.items()}
        return {name: item for name, item in found.items() if item not in (None, "", [], {})} or None
    if isinstance(value, list | tuple):
        return [bare(item) for item in value]
    return value


def within(part: Schema, value: Any) -> Any:  # noqa: ANN401  # JSON
    """A value without members that its shape does not know, such as a tally beside a decision."""
    known = part.get("properties")
    if isinstance(value, dict) and known:
        return {name: within(known[name], item) for name, item in value.items() if name in known}
    if isinstance(value, list | tuple):
        return [within(part.get("items", {}), item) for item in value]
    return value


def as_text(kind: str, value: Any) -> str:  # noqa: ANN401  # JSON
    """A value as it stands in a field."""
    if value is None:
        return ""
    if kind == "lines":
        return "\n".join(map(str, value))
    if kind == "json":
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return str(value)
