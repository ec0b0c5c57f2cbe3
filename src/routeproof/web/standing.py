"""What stands already where a step would change it: its form begins with that, and sends on what was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORDED = (
    *("agenda", "attendance", "recusals", "factors", "findings", "decisions", "votes", "questions"),
    *("quarterly_enough", "minutes"),
)


def as_it_stands(step: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Members of the step's body, as the object has them; nothing for a step that begins with an empty form."""
    if not shown:
        return {}
    if step == "review.record":
        return {name: shown[name] for name in RECORDED if shown[name]}
    if step in {"review.sign", "review.countersign", "report.sign"}:
        return {"version": shown["version_hash"]}
    return {}
