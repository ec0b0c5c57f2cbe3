"""Work on a review: opened over a pack, recorded, signed, closed, superseded, added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.desk.look_back import (
    QuarterFigures,
    predictable,
    review_id,
    reviews_of,
    scored_predictions,
)
from routeproof.app.desk.pinned_pack import Pack, is_on_record, read_pack
from routeproof.app.desk.preparing.quarter_pack import fresh_pack, pack_folder
from routeproof.app.desk.restate import changed_of, restatements_of
from routeproof.app.objects.act import act, shown
from routeproof.app.objects.fold import object_of, roster_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.provider.conflicts import declared_conflicts
from routeproof.app.review.order import Order
from routeproof.governance.conflict import barred
from routeproof.governance.review.noun import REVIEW
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days

UNPROTECTED = "unprotected: keys of this workspace have no passphrase; who can read a key file can sign with it"
PROTECTED = "protected by a passphrase"

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.governance.review.state import Review
    from routeproof.stores.records import Records


def open_review(
    context: Context,
    quarter: str,
    provider: str,
    folder: Path | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Open the review of a quarter over a pack; last quarter's predictions are scored.

    Without a folder it is the pack that was built last, if it still says all that there is to say, else a new one.

    Raises:
        UsageError: no quarter, a pack of another quarter or provider, or nothing to build one from.
        RefusalError: the review exists, or the person may not open one.
    """
    quarter_days(quarter)
    _require_new(context, review_id(quarter, provider))
    folder = folder or fresh_pack(context, quarter, provider)
    return _opened(context, "open", review_id(quarter, provider), quarter, provider, folder, on_step)


def supersede_review(
    context: Context,
    old_id: str,
    reason: str,
    folder: Path | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Open a further review of the same quarter in place of a closed one, which stays as it is.

    Raises:
        UsageError: there is no review of that name.
        RefusalError: `wrong_state` if it is not closed, or superseded already.
    """
    old = object_of(context.records, REVIEW, old_id)
    if old is None:
        message = f"expected a review to supersede, found none named {old_id!r}: `routeproof review list` names them"
        raise UsageError(message, where=old_id)
    quarter, provider = old.state.quarter, old.state.provider
    number = [item.id for item in reviews_of(context.records, quarter, provider)].index(old_id) + 2
    new_id = review_id(quarter, provider, number)
    return _opened(context, "supersede", new_id, quarter, provider, folder, on_step, supersedes=old_id, reason=reason)


def _require_new(context: Context, object_id: str) -> None:
    """Ask the decider before a pack is built for nothing; it refuses, and its refusal is recorded."""
    if object_of(context.records, REVIEW, object_id) is not None:
        placeholder = {"quarter": "", "provider": "", "pack": {}, "pack_files": {}, "digest": "", "on_record": False}
        act(context, REVIEW, object_id, "open", placeholder)


def _opened(
    context: Context,
    verb: str,
    object_id: str,
    quarter: str,
    provider: str,
    folder: Path | None,
    on_step: Callable[[str], None],
    *,
    supersedes: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    if folder is None:
        folder = pack_folder(context.workspace, object_id)
        from routeproof.app.review.build_review import build_review  # noqa: PLC0415  # measuring is slow to import

        build_review(context, Order(quarter=quarter, provider=provider), folder, on_step=on_step)
    pack = read_pack(folder, quarter, provider)
    figures = QuarterFigures(context, pack, quarter, provider)
    scored_predictions(context.records, figures, may_measure=True)

    def around(records: Records) -> Mapping[str, Any]:
        old = object_of(records, REVIEW, supersedes) if supersedes else None
        predictions = scored_predictions(records, figures, may_measure=False)
        return {
            "factors": policy_in_force(records).whole.oversight.factors_on(context.today),
            "predictions": [item.model_dump(mode="json") for item in predictions],
            "supersedes": supersedes,
            "old": old.state if old else None,
        }

    with pack.laid_out() as paths:
        body = _opening(context, pack, quarter, provider, paths)
        act(context, REVIEW, object_id, verb, body if reason is None else {**body, "reason": reason}, around)
    return review_shown(context, object_id)


def _opening(context: Context, pack: Pack, quarter: str, provider: str, paths: Mapping[str, str]) -> dict[str, Any]:
    return {
        "quarter": quarter,
        "provider": provider,
        "pack": dict(paths),
        "pack_files": pack.hashes(),
        "digest": str(pack.document.get("digest", "")),
        "on_record": is_on_record(context.records, pack, quarter, provider),
    }


def act_on_review(context: Context, object_id: str, verb: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Record, sign, close, countersign, add or acknowledge, with the conflicts that are declared on the provider.

    A quarter is over when both the true day and the business date are behind its end; in a made-up history the latter.
    """
    day = context.business_day if context.simulated else min(context.business_day, context.today)

    def around(records: Records) -> Mapping[str, Any]:
        version = object_of(records, REVIEW, object_id)
        provider = version.state.provider if version else ""
        conflicts = barred(declared_conflicts(records), provider, context.business_day, context.today)
        return {"conflicts": conflicts, "day": day}

    done = act(context, REVIEW, object_id, verb, body, around)
    return {**review_shown(context, object_id), **signed_off(context, done)}


def signed_off(context: Context, done: Mapping[str, Any]) -> dict[str, Any]:
    """After a sign-off: where its receipt is, and how the key was kept that signed; nothing after another step."""
    if "receipt" not in done:
        return {}
    return {
        "receipt": done["receipt"],
        "keys": UNPROTECTED if roster_of(context.records).unprotected_keys else PROTECTED,
    }


def review_shown(context: Context, object_id: str) -> dict[str, Any]:
    """The review with conflicts on its provider, later changes, and the one that supersedes it.

    Raises:
        UsageError: if there is none of that name.
    """
    version = object_of(context.records, REVIEW, object_id)
    if version is None:
        return shown(context, REVIEW, object_id)
    review = version.state
    others = reviews_of(context.records, review.quarter, review.provider)
    around = {
        "conflicts": _conflicts(context, review),
        "superseded_by": next((item.id for item in others if item.supersedes == object_id), None),
        "metrics": predictable(),
        "later_changes": _listed_later(context, review),
    }
    return shown(context, REVIEW, object_id, around)


def _conflicts(context: Context, review: Review) -> Mapping[str, list[str]]:
    """Persons whose vote and signature do not count; of a closed review, by what was declared when it closed."""
    day = review.closed_on or context.business_day
    known = [item for item in declared_conflicts(context.records) if item.declared_on <= day]
    return barred(known, review.provider, day)


def _listed_later(context: Context, review: Review) -> list[dict[str, Any]]:
    """Figures of a closed review that have moved since, each below what policy calls material."""
    if review.state != "closed":
        return []
    last = restatements_of(context.records, review.quarter, review.provider)[-1:]
    named = ("figure", "old", "new", "rows", "cause")
    return [
        {"restatement": item.id, **{name: change[name] for name in named}}
        for item in last
        for change in changed_of(context, item)
        if not change["material"]
    ]
