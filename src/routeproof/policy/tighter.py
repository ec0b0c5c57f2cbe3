"""What heightened monitoring may tighten: the thresholds of each rule that differ by provider, and which way.

Not listed, and so not tightened, is what is no bound: a width of windows or history, a count that only joins what is
told, a value that the rule takes for all providers alike, and every threshold of a rule that no provider scopes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from routeproof.policy.monitoring import Scoped
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from routeproof.policy.monitoring import Limits, Value

Side = Literal["lower", "higher"]
PREFIX = "rules."
"""Policy writes a threshold `rules.RULE.THRESHOLD`; a remediation may leave the first word out."""
_LOWER: dict[str, str] = {
    "adverse_markout": "least_history least_n least_worse_bps least_z",
    "cancel_burst": "cancels cancel_share",
    "clock_skew": "beyond_ms undeclared_ms records",
    "configuration_differs": "least_routes least_n",
    "dearer_venue": "routes dear_share",
    "disclosed_venue_unused": "least_n",
    "fade": "routes fade_share miss_share control_ratio",
    "internalisation_share": "least_history least_n most_share least_rise least_z",
    "iso_misuse": "decision_ms sweep_ms",
    "lot_size_handling": "fill_ms",
    "low_fill_rate": "least_history least_n least_z interval_z least_drop",
    "nothing_received": "earlier_days least_share",
    "off_hours": "grace_ms auction_ms",
    "outside_nbbo": "tolerance_usd walk_usd",
    "partial_then_abandoned": "offered_shares",
    "payer_concentration": "least_n most_share most_hhi least_share payer_multiple least_worse_usd least_z",
    "payment_up_quality_down": "least_history least_rise_usd least_fall_usd least_z",
    "poor_fill": "spreads cost_bps harm_usd",
    "price_disimprovement": "tolerance_usd walk_usd",
    "provider_outage": "answer_s orders outage_s",
    "regular_timestamps": "records round_share interval_share",
    "reject_burst": "rejects reject_share",
    "resting_order_traded_through": "grace_ms through_usd prints printed_shares reached_ms",
    "routing_share_drift": "least_history least_n least_change least_z disclosed_tolerance",
    "sequence_gap": "missing",
    "slow_acknowledgement": "ack_ms",
    "slow_fill": "fill_ms",
    "slow_onward_route": "firm_ms onward_ms median_ms median_routes",
    "slow_report": "report_ms",
    "stale_reference_quote": "stale_ms",
    "trade_through": "tolerance_usd walk_usd",
    "unannounced_logic_change": "least_days least_n least_share_moved notice_days",
    "vendor_figure_differs": "price_usd improvement_usd sum_usd_per_share least_orders",
    "vendor_file_incomplete": "least_orders",
    "vendor_file_late": "grace_days",
    "vendor_file_restated": "least_rows",
}
_HIGHER: dict[str, str] = {
    "configuration_differs": "least_default_share",
    "partial_then_abandoned": "quote_age_ms",
    "regular_timestamps": "chance",
    "unannounced_logic_change": "error",
}
_SIDES: tuple[tuple[dict[str, str], Side], ...] = ((_LOWER, "lower"), (_HIGHER, "higher"))
TIGHTER: Mapping[tuple[str, str], Side] = {
    (rule, key): side for listed, side in _SIDES for rule, keys in listed.items() for key in keys.split()
}
"""By rule and threshold: which way a value is tighter, so that the rule fires on more."""


def named(key: str) -> tuple[str, str]:
    """Rule and threshold of a key as it is written; the threshold is empty where only one word stands."""
    rule, _, threshold = key.removeprefix(PREFIX).partition(".")
    return rule, threshold


def whole_key(key: str, metrics: Collection[str]) -> str:
    """A key as it is recorded: a threshold in one bare word gets the name of the one rule that can be tightened by it.

    Args:
        key: as it is written; one with a dot, or the name of a rule or of a metric, stays as it is.
        metrics: names of metrics.

    Raises:
        UsageError: for a bare word that is neither, or that may mean several.
    """
    if "." in key or any(key == rule for rule, _ in TIGHTER):
        return key
    found = [f"{rule}.{threshold}" for rule, threshold in TIGHTER if threshold == key]
    if key in metrics:
        if found:
            message = f"expected RULE.THRESHOLD, found {key!r}, which is a metric too: write {' or '.join(found)}"
            raise UsageError(message, where=key)
        return key
    if len(found) == 1:
        return found[0]
    if found:
        message = f"expected RULE.THRESHOLD, found {key!r}, which {len(found)} rules have: write {' or '.join(found)}"
    else:
        known = ", ".join(sorted({threshold for _, threshold in TIGHTER}))
        message = f"expected RULE.THRESHOLD or a metric, found {key!r}, which is neither; thresholds are {known}"
    raise UsageError(message, where=key)


def speaks_of_rule(limits: Mapping[str, Limits], subjects: Collection[str], key: str) -> bool:
    """Whether a key is meant for a rule: it names one, or has the form `RULE.THRESHOLD` and is no key of policy."""
    rule, threshold = named(key)
    return rule in limits or key.startswith(PREFIX) or (bool(threshold) and rule not in subjects)


def refused(limits: Mapping[str, Limits], provider: str, key: str, value: float) -> str | None:
    """Why a threshold that speaks of a rule cannot be recorded under heightened monitoring; null where it can.

    Args:
        limits: of the rules in force, without heightened monitoring.
        provider: whose.
        key: as it is written.
        value: in the threshold's unit.
    """
    rule, threshold = named(key)
    if rule not in limits:
        return f"expected RULE.THRESHOLD (`routeproof rules` lists them), found {key!r}: no rule is named {rule!r}"
    side = TIGHTER.get((rule, threshold))
    if side is None:
        can = ", ".join(f"{name}.{one}" for name, one in TIGHTER if name == rule) or "none"
        return f"expected a threshold of {rule} that differs by provider ({can}), found {key!r}"
    now = limits[rule].within(provider=provider).value(threshold)
    if _tighter(side, now, value) == value:
        return None
    return f"expected {key} {'at most' if side == 'lower' else 'at least'} {now:g} as in force now, found {value:g}"


def tightened(rule: str, limits: Limits, provider: str, key: str, value: float) -> Limits:
    """The limits of a rule, for one provider no looser than a value; what policy holds tighter already stays so."""
    side = TIGHTER.get((rule, key))
    if side is None:
        return limits
    own = {"provider": provider}
    extra = [Scoped(own, {key: _tighter(side, limits.value(key), value)})]
    extra += [Scoped({**item.where, **own}, {key: held}) for item, held in _held(limits, provider, side, key, value)]
    return replace(limits, scoped=(*limits.scoped, *extra))


def _held(limits: Limits, provider: str, side: Side, key: str, value: float) -> Iterator[tuple[Scoped, Value]]:
    for item in limits.scoped:
        if key in item.values and item.where.get("provider", provider) == provider:
            yield item, _tighter(side, item.values[key], value)


def _tighter(side: Side, one: Value, other: float) -> Value:
    """The tighter of two values; thresholds with a side are numbers."""
    first = float(one) if isinstance(one, int | float | str) else other
    is_tighter = other < first if side == "lower" else other > first
    return other if is_tighter else one
