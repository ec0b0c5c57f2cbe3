"""This quarter's bounds of a cell that a counterfactual option of the last review spoke of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.governance.review.bounds import Bounds
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context


def bounds_now(context: Context, quarter: str, provider: str, where: Mapping[str, str], manifest: str | None) -> Bounds:
    """Dollars a share that taking displayed quotes would have saved in the cell, as `counterfactual` bounds them.

    Args:
        context: the workspace.
        quarter: of the look-back.
        provider: whose review it is.
        where: `order_class`, `venue` of the cell; a `provider` in it has to be the review's.
        manifest: data that the quarter's pack was built from.
    """
    from routeproof.app.analysis.counterfactual.run import found_in, policy_of  # noqa: PLC0415  # slow to import
    from routeproof.app.analysis.ground import Span, ground_of  # noqa: PLC0415

    if where.get("provider", provider) != provider:
        return Bounds(reason=f"the option speaks of {where['provider']}, the review of {provider}")
    first, last = quarter_days(quarter)
    try:
        ground = ground_of(context, Span(first=first, last=last, provider=provider, manifest=manifest))
    except UsageError as error:
        return Bounds(reason=error.message)
    policy = policy_of(ground)
    sums = found_in(context, ground, policy).cells.where({**where, "provider": provider})
    if sums.routes < policy.least_routes:
        return Bounds(reason=f"{sums.routes} such routes this quarter; at least {policy.least_routes} are needed")
    least, most = sums.saved
    return Bounds(lower=sums.per_share(least), upper=sums.per_share(most))
