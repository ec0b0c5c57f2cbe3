"""The one answer of several that an analysis puts at the top of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMBERS = (
    "estimand", "unit", "estimate", "lower", "upper", "n", "counted", "refused", "reason", "assumptions", "detectable",
)  # fmt: skip


def headline_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a plain answer, without the keys that say which one it is."""
    return {name: answer[name] for name in MEMBERS}
