"""Liquidity access, kept: a quarter that was looked at once is not measured again until data, file or policy change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.background import kept_look
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.provider.liquidity_access import disclosed_in, gaps_by_venue, liquidity_access
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.app.measuring.background import Pending


def access_kept(
    context: Context, provider_id: str, quarter: str, wait_s: float | None = None
) -> dict[str, Any] | Pending:
    """As `liquidity_access`, with `gaps_by_venue` beside it.

    Raises:
        UsageError: as `liquidity_access`.
    """
    first, _ = quarter_days(quarter)
    whole = policy_in_force(context.records).whole
    made_of = {
        "provider": provider_id,
        "quarter": quarter,
        "disclosed": disclosed_in(context, provider_id, quarter),
        "material": str(whole.providers.material_venue_share.on_or_first(first).value),
    }

    def look(own: Context) -> dict[str, Any]:
        found = liquidity_access(own, provider_id, quarter)
        return {**found, "gaps_by_venue": gaps_by_venue(found["gaps"])}

    return kept_look(context, "access", made_of, look, wait_s)
