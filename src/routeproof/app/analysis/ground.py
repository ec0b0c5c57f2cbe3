"""What every analysis stands on: days of the lake as of one manifest, the rules in force, and who asked for what."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.policy_in_force import PolicyInForce, policy_in_force
from routeproof.app.shipped_rules import rules_of
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.evidence.answer import Answer
    from routeproof.tables.measured.day import DayRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What is asked of the record.

    Attributes:
        first: first trading day, or all.
        last: last trading day, or all.
        provider: only this provider's orders, or all.
        manifest: as known at this commit; the newest if omitted.
        seed: of everything drawn; that of policy if omitted.
    """

    first: date | None = None
    last: date | None = None
    provider: str | None = None
    manifest: str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A span found in the lake.

    Attributes:
        source: the lake as of the manifest.
        days: trading days with own flow within the span, ascending; never empty.
        rules: how days are measured.
        policy: what the firm decided.
        span: what was asked.
    """

    source: LakeSource
    days: tuple[date, ...]
    rules: DayRules
    policy: PolicyInForce
    span: Span

    def stamp(self, seed: int | None) -> dict[str, Any]:
        """What every answer carries: `provider, from, to, days, seed, manifest, policy_version`."""
        return {
            "provider": self.span.provider,
            "from": self.days[0].isoformat(),
            "to": self.days[-1].isoformat(),
            "days": len(self.days),
            "seed": seed,
            "manifest": self.source.manifest,
            "policy_version": self.policy.analyses,
        }


def ground_of(context: Context, span: Span) -> Ground:
    """Find the days of a span.

    Raises:
        UsageError: no own flow within the span, or none of the provider.
    """
    manifest = context.lake.manifest(span.manifest).id
    source, policy = LakeSource(context.lake, manifest), policy_in_force(context.records)
    days = tuple(day for day in source.days() if (span.first or day) <= day <= (span.last or day))
    if not days:
        between = f"{span.first or 'any'} and {span.last or 'any'}"
        message = f"expected days of the lake between {between}; {source.held()}"
        raise UsageError(message, where="--from, --to")
    if span.provider is not None:
        _require_provider(source, span.provider, days)
    return Ground(
        source=source, days=days, rules=rules_of(context.lake, manifest, policy.whole), policy=policy, span=span
    )


def plain(answer: Answer) -> dict[str, Any]:
    """An answer as JSON values, with `refused` beside its `reason`."""
    return {**asdict(answer), "assumptions": list(answer.assumptions), "refused": answer.refused}


def _require_provider(source: LakeSource, name: str, days: tuple[date, ...]) -> None:
    known: set[str] = set()
    for day in days:
        known |= source.providers(day)
        if name in known:
            return
    there = ", ".join(sorted(one or "(unnamed)" for one in known)) or "none"
    message = f"expected a provider of these days' orders, found none named {name!r}; providers there: {there}"
    raise UsageError(message, where="--provider")
