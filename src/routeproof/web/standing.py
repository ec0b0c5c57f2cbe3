"""What stands already where a step would change it: its form begins with that, and sends on what was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.metrics.registry import ALL as METRICS
from routeproof.web.forms import Offer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RECORDED = (
    *("agenda", "attendance", "recusals", "factors", "findings", "decisions", "votes", "questions"),
    *("quarterly_enough", "minutes"),
)

LONGEST_OFFER = 80


def as_it_stands(step: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Members of the step's body, as the object has them; nothing for a step that begins with an empty form."""
    if not shown:
        return {}
    if step == "review.record":
        return {name: shown[name] for name in RECORDED if shown[name]} | {"factors": _factors(shown["factors"])}
    if step in {"review.sign", "review.countersign", "report.sign"}:
        return {"version": shown["version_hash"]}
    return {}


def offers_within(step: str, shown: Mapping[str, Any]) -> dict[str, Offer]:
    """What the object itself offers in the form, by the name of the member that a field is of."""
    if step != "review.record" or not shown:
        return {}
    findings = {item["id"]: f"{item['id']}: {item['text']}"[:LONGEST_OFFER] for item in shown["findings"]}
    return {
        "code": Offer({factor["code"]: factor["title"] for factor in shown["factors"]}, is_all=True),
        "finding": Offer(findings),
        "metric": Offer({metric.name: metric.label for metric in METRICS}),
    }


def _factors(factors: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Factors for their form: one that was not considered yet says its name alone, so that evidence is enough."""
    return [factor if factor["considered"] else {"code": factor["code"]} for factor in factors]
