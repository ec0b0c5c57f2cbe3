"""An analysis that is done once and kept: by data, policy, program and what was asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.background import kept_look, look_if_kept
from routeproof.app.policy_in_force import policy_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.analysis.ground import Span
    from routeproof.app.analysis.kinds import Kind
    from routeproof.app.context import Context
    from routeproof.app.measuring.background import Pending


def analysis_kept(
    context: Context, kind: Kind, span: Span, given: Mapping[str, str], wait_s: float | None = None
) -> dict[str, Any] | Pending:
    """What an analysis answers; `given` as `Kind.given` has it, `wait_s` as in `background.awaited`.

    Raises:
        RouteproofError: whatever the analysis said.
    """
    asked = dict(given)
    made_of = _made_of(context, span, asked)
    return kept_look(context, _name(kind), made_of, lambda own: kind.look(own, span, asked), wait_s)


def analysis_if_kept(context: Context, kind: Kind, span: Span, given: Mapping[str, str]) -> dict[str, Any] | None:
    """What an analysis answered when somebody asked; null while nobody did, or while it is being made."""
    found = look_if_kept(context, _name(kind), _made_of(context, span, given))
    return found if isinstance(found, dict) else None


def _name(kind: Kind) -> str:
    return f"analysis-{kind.name}"


def _made_of(context: Context, span: Span, given: Mapping[str, str]) -> dict[str, Any]:
    return {"span": asdict(span), "given": dict(given), "policy": policy_in_force(context.records).analyses}
