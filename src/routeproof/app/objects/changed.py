"""What changed of an object since somebody looked at it, so that a refusal can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.fold import happened, object_of, step
from routeproof.app.objects.kept import readable

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.app.objects.fold import Version
    from routeproof.governance.decider import Noun, S

MOST = 200


def changed_since(context: Context, noun: Noun[S], object_id: str, version_hash: str) -> dict[str, Any]:
    """The version that stands, and each member that differs from the version that was seen.

    Returns:
        `current_version_hash` and `diff`: rows of `path, seen, now`; no rows if the version that was seen never was.
    """
    now = object_of(context.records, noun, object_id)
    seen = _version_of(context, noun, object_id, version_hash)
    if now is None or seen is None:
        return {"current_version_hash": now.version_hash if now else "", "diff": []}
    before = _flat("", readable(seen.state, context.evidence).model_dump(mode="json"))
    after = _flat("", readable(now.state, context.evidence).model_dump(mode="json"))
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    rows = [{"path": path, "seen": before.get(path), "now": after.get(path)} for path in paths[:MOST]]
    return {"current_version_hash": now.version_hash, "diff": rows}


def _version_of(context: Context, noun: Noun[S], object_id: str, version_hash: str) -> Version[S] | None:
    version = None
    for entry in context.records.stream(noun.stream(object_id)):
        version = step(noun, version, happened(entry))
        if version.version_hash == version_hash:
            return version
    return None


def _flat(path: str, value: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = [(str(place), item) for place, item in enumerate(value)]  # type: ignore[assignment]
    else:
        return {path: value}
    return {k: v for name, item in members for k, v in _flat(f"{path}.{name}" if path else str(name), item).items()}
