"""Restate a quarter: its figures as they were reviewed, as they are now, and what that means for a closed review."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.look_back import review_id, reviews_of
from routeproof.app.desk.pinned_pack import JSON_FILE, options_of
from routeproof.app.desk.restated_clauses import changed_clauses
from routeproof.app.objects.act import act, shown
from routeproof.app.objects.fold import object_of
from routeproof.app.objects.governed import objects_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.review.benchmark import Declared
from routeproof.app.review.earlier_builds import builds
from routeproof.app.review.order import Order, switches_against
from routeproof.governance.restatement import RESTATEMENT
from routeproof.governance.review.changed_figures import SCORECARD, Builds, Figure, changes, figures_of
from routeproof.governance.review.noun import REVIEW
from routeproof.ledger.canonical import canonical_bytes
from routeproof.stores.evidence import ExpiredError
from routeproof.vocab.errors import RefusedError, UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.restatement import Restatement
    from routeproof.governance.review.state import Review
    from routeproof.policy.whole import WholePolicy
    from routeproof.stores.records import Records

Pack = dict[str, Any]


def restate(
    context: Context,
    quarter: str,
    provider: str,
    asked: Order | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Compare a quarter's figures with what they are now; opens a restatement if any changed.

    A material change opens an addendum to the closed review of the quarter; what is below is listed there. Where the
    same comparison was made before, that restatement is shown.

    Args:
        context: the workspace.
        quarter: `2026Q3`.
        provider: under review.
        asked: benchmark and control flow; those of the earlier build if omitted.
        on_step: told what is being done, for people who wait.

    Raises:
        UsageError: no pack of that quarter and provider was ever built, or it does not build again.
        RefusalError: the person may not open a restatement.
    """
    quarter_days(quarter)
    old, source = _earlier(context, quarter, provider, asked, on_step)
    order = asked or _order(old, quarter, provider)
    on_step("measuring the quarter as it is now")
    new = _measured(context, order, on_step)
    between = _between(context, order, old, new, on_step)
    is_policy = old["meta"]["policy"] != new["meta"]["policy"]
    compared = Builds(old=figures_of(old), between=figures_of(between), new=figures_of(new), is_policy=is_policy)
    policy = policy_in_force(context.records).whole
    found = changes(compared, _material(policy, quarter_days(quarter)[0]))
    sla = changed_clauses(context, provider, quarter, old["meta"]["manifest"], new["meta"]["manifest"])
    if not found and not sla:
        return _unchanged(quarter, provider, old, new)
    object_id = _opened(context, _Compared(quarter, provider, old, new, source, found, sla))
    _add_to_review(context, object_id, quarter, provider, [*found, *sla])
    return restatement_shown(context, object_id)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two packs of a quarter and what differs."""

    quarter: str
    provider: str
    old: Pack
    new: Pack
    source: str
    found: list[dict[str, Any]]
    sla: list[dict[str, Any]]


def _measured(context: Context, order: Order, on_step: Callable[[str], None]) -> Pack:
    """The pack of an order, measured now, as it would be read from `pack.json`."""
    from routeproof.app.review.build_review import measure_pack  # noqa: PLC0415  # measuring is slow to import

    found: Pack = json.loads(json.dumps(measure_pack(context, order, on_step).plain()))
    return found


def _earlier(
    context: Context, quarter: str, provider: str, asked: Order | None, on_step: Callable[[str], None]
) -> tuple[Pack, str]:
    """The pack that the last review pinned; else the last one built, built again from what the record held then."""
    for review in reversed(reviews_of(context.records, quarter, provider)):
        try:
            return json.loads(context.evidence.get(review.pack[JSON_FILE]).content), f"pinned by {review.id}"
        except ExpiredError:
            continue
    found = builds(context.records, Order(quarter=quarter, provider=provider).stream)
    if not found:
        message = f"expected a pack of {provider} for {quarter} to restate, found none built or pinned"
        raise UsageError(message, where="--provider")
    payload = found[-1]
    on_step("building the earlier pack again")
    order = asked or _as_recorded(quarter, provider, payload.get("options", {}))
    as_built = replace(order, as_built=payload["digest"])
    return _measured(context, as_built, on_step), f"last build {payload['digest']}"


def _as_recorded(quarter: str, provider: str, options: Mapping[str, Any]) -> Order:
    """The order of a build, from the options that its entry names; builds of earlier versions name none."""
    declared = {
        row: Declared(value=float(value), source=source) for row, (value, source) in options.get("declared", {}).items()
    }
    against = options.get("against")
    return Order(
        quarter=quarter,
        provider=provider,
        against=against,
        control=options.get("control"),
        analyses=bool(options.get("analyses")),
        declared=declared,
        switches=switches_against(against),
    )


def _order(old: Pack, quarter: str, provider: str) -> Order:
    """The same question as the earlier build asked, of today's data."""
    options = options_of(old["meta"])
    against = options.get("against")
    return Order(
        quarter=quarter,
        provider=provider,
        against=against,
        control=options.get("control"),
        analyses=bool(options.get("analyses")),
        declared=_declared(old),
        switches=switches_against(against),
    )


def _declared(old: Pack) -> dict[str, Declared]:
    """Declared figures as the earlier pack's provenance prints them: `0.0012, source`."""
    found: dict[str, Declared] = {}
    blocks = [block for section in old.get("sections", ()) for block in section["blocks"]]
    for block in blocks:
        for label, text in block.get("entries", ()) if block["type"] == "ProvenanceBlock" else ():
            value, _, source = text.partition(", ")
            if label.startswith("Declared ") and source:
                found[label.removeprefix("Declared ")] = Declared(value=float(value), source=source)
    return found


def _between(context: Context, order: Order, old: Pack, new: Pack, on_step: Callable[[str], None]) -> Pack:
    """The old data by today's program and policy: tells what moved a figure. The old pack itself if neither changed."""
    same = ("policy", "version", "metric_versions")
    if all(old["meta"][name] == new["meta"][name] for name in same):
        return old
    if old["meta"]["manifest"] == new["meta"]["manifest"]:
        return new
    on_step("measuring the earlier data by today's policy and metrics")
    earlier = replace(order, manifest=old["meta"]["manifest"])
    return _measured(context, earlier, on_step)


def _material(policy: WholePolicy, first: date) -> Callable[[str, Figure, Figure], bool]:
    """Whether a scorecard figure moved by more than policy lets pass."""
    limits = policy.oversight.materiality.on_or_first(first).value

    def is_material(name: str, old: Figure, new: Figure) -> bool:
        if not name.startswith(f"{SCORECARD}/"):
            return False
        if not isinstance(old.value, int | float) or not isinstance(new.value, int | float):
            return old.value != new.value
        moved = abs(new.value - old.value)
        try:
            margin = policy.book.margin(new.metric, first).value
        except RefusedError:
            return moved > limits.relative * abs(old.value)
        return moved > limits.of_margin * margin

    return is_material


def _unchanged(quarter: str, provider: str, old: Pack, new: Pack) -> dict[str, Any]:
    return {
        "id": None,
        "state": "unchanged",
        "quarter": quarter,
        "provider": provider,
        "old": _basis(old, ""),
        "new": _basis(new, ""),
        "changed": [],
        "flipped": [],
        "sla": [],
    }


def _basis(pack: Pack, source: str) -> dict[str, str]:
    meta = pack["meta"]
    return {**{name: str(meta[name]) for name in ("digest", "manifest", "policy", "version")}, "source": source}


def _opened(context: Context, compared: _Compared) -> str:
    """The id of the restatement; of the earlier one where the same builds were compared before."""
    quarter, provider, found = compared.quarter, compared.provider, compared.found
    earlier = restatements_of(context.records, quarter, provider)
    digests = (compared.old["meta"]["digest"], compared.new["meta"]["digest"])
    for item in earlier:
        if (item.old.digest, item.new.digest) == digests:
            return item.id
    body = {
        "quarter": quarter,
        "provider": provider,
        "old": _basis(compared.old, compared.source),
        "new": _basis(compared.new, "measured now"),
        "counts": {
            "changed": len(found),
            "flipped": sum(item["flipped"] for item in (*found, *compared.sla)),
            "material": sum(item["material"] for item in (*found, *compared.sla)),
            "by_cause": dict(Counter(item["cause"] for item in found)),
        },
        "sla": compared.sla,
    }
    object_id = f"{review_id(quarter, provider)}-{len(earlier) + 1}"
    with TemporaryDirectory(prefix="routeproof-restatement-") as folder:
        path = Path(folder) / "changes.json"
        path.write_bytes(canonical_bytes(found))
        act(context, RESTATEMENT, object_id, "open", {**body, "changes": str(path)}, _around(context))
    return object_id


def _around(context: Context) -> Callable[[Records], Mapping[str, Any]]:
    day = context.business_day
    return lambda records: {
        "sign_days": policy_in_force(records).whole.oversight.sign_days.on_or_first(day).value,
    }


def _add_to_review(
    context: Context, restatement: str, quarter: str, provider: str, found: list[dict[str, Any]]
) -> None:
    """Open an addendum where a closed review rests on a figure that moved materially, once per restatement."""
    review = _closed_review(context.records, quarter, provider)
    material = [item for item in found if item["material"]]
    if review is None or not material or any(item.restatement == restatement for item in review.addenda):
        return
    named = "; ".join(f"{item['figure']} {item['old']} → {item['new']}" for item in material[:10])
    more = f"; and {len(material) - 10} more" if len(material) > 10 else ""  # noqa: PLR2004  # as many as above
    text = f"Restatement {restatement}: {len(material)} figures moved materially. {named}{more}"
    act(context, REVIEW, review.id, "addendum", {"text": text, "restatement": restatement})


def _closed_review(records: Records, quarter: str, provider: str) -> Review | None:
    closed = [review for review in reviews_of(records, quarter, provider) if review.state == "closed"]
    return closed[-1] if closed else None


def restatements_of(records: Records, quarter: str, provider: str) -> list[Restatement]:
    """Restatements of a quarter, oldest first."""
    found = [item for item in objects_of(records, RESTATEMENT) if (item.quarter, item.provider) == (quarter, provider)]
    return sorted(found, key=lambda item: int(item.id.rpartition("-")[2]))


def sign_restatement(context: Context, object_id: str, version: str | None) -> dict[str, Any]:
    """Sign a restatement, as another person than who opened it."""
    done = act(context, RESTATEMENT, object_id, "sign", {} if version is None else {"version": version})
    return {**restatement_shown(context, object_id), "receipt": done["receipt"]}


def restatement_shown(context: Context, object_id: str) -> dict[str, Any]:
    """The restatement with every changed figure.

    Raises:
        UsageError: if there is none of that name.
    """
    version = object_of(context.records, RESTATEMENT, object_id)
    if version is None:
        return shown(context, RESTATEMENT, object_id)
    state = version.state
    review = _closed_review(context.records, state.quarter, state.provider)
    around = {"changed": changed_of(context, state), "review": review.id if review else None}
    return shown(context, RESTATEMENT, object_id, around)


def changed_of(context: Context, restatement: Restatement) -> list[dict[str, Any]]:
    """The changed figures from evidence; none where they have expired."""
    try:
        found: list[dict[str, Any]] = json.loads(context.evidence.get(restatement.changes).content)
    except ExpiredError:
        return []
    return found
