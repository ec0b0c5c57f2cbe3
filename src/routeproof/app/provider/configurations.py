"""Two versions of a provider's settings, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.fold import object_of
from routeproof.governance.config import CONFIG, difference
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.governance.config import Configuration, Settings


def configuration_difference(
    context: Context, config_id: str, before: int | None = None, after: int | None = None
) -> dict[str, Any]:
    """`{"id", "from", "to", "added", "removed", "changed"}`; the newest version against the approved one before it.

    `from` is null where there is nothing before.

    Raises:
        UsageError: if there is no such record or version.
    """
    version = object_of(context.records, CONFIG, config_id)
    if version is None:
        message = f"expected a config named {config_id!r}, found none: `routeproof config list` names them"
        raise UsageError(message, where=config_id)
    state = version.state
    new = _version(state, after) if after is not None else state.versions[-1]
    earlier = [item for item in state.versions if item.approved_by is not None and item.number < new.number]
    old = _version(state, before) if before is not None else earlier[-1] if earlier else None
    found = difference(old.settings if old else {}, new.settings)
    return {"id": config_id, "from": old.number if old else None, "to": new.number, **found}


def _version(state: Configuration, number: int) -> Settings:
    for item in state.versions:
        if item.number == number:
            return item
    message = f"expected a version 1 to {len(state.versions)} of {state.id}, found {number}"
    raise UsageError(message, where=state.id)
