"""What the firm decided about its providers' files, by date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline
from routeproof.policy.numbers import TEN_YEARS_MONTHS, share, whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from routeproof.policy.dated import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPolicy:
    """Timelines by subject.

    Attributes:
        refresh_months: between an approval and the next refresh.
        reliance_look_months: between two looks at the method of a review that is relied on.
        material_venue_share: share of the tape, of 1, from which a venue is material in a symbol.
        certification_scripts: that must have passed before going live: `NAME` as shipped, or `NAME@SHA256`.
    """

    refresh_months: Timeline[int]
    reliance_look_months: Timeline[int]
    material_venue_share: Timeline[Decimal]
    certification_scripts: Timeline[tuple[str, ...]]


def provider_policy(document: Mapping[str, Any]) -> ProviderPolicy:
    """Build the policy from its TOML document.

    Raises:
        UsageError: as `policy.book.timeline`.
    """
    months = whole(1, TEN_YEARS_MONTHS)
    return ProviderPolicy(
        refresh_months=timeline("refresh_months", document["refresh_months"], months),
        reliance_look_months=timeline("reliance_look_months", document["reliance_look_months"], months),
        material_venue_share=timeline("material_venue_share", document["material_venue_share"], share),
        certification_scripts=timeline("certification_scripts", document["certification_scripts"], _scripts),
    )


def _scripts(value: list[str]) -> tuple[str, ...]:
    if not value:
        message = "expected at least one certification script: nobody goes live without a pass"
        raise ValueError(message)
    return tuple(value)
