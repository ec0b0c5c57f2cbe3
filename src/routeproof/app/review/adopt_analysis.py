"""Adopt a draft analysis: a named person takes it as it stands, or puts a text of their own in its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.fold import roster_of
from routeproof.app.review.adoptions import EVENT, verdicts_in
from routeproof.app.review.benchmark import ROWS
from routeproof.app.review.earlier_builds import builds
from routeproof.ledger.entry import Fact
from routeproof.stores.evidence import ExpiredError
from routeproof.vocab.errors import LedgerBrokenError, UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context

LONGEST_TEXT = 8_000
"""Characters of an adopted text; it stands whole in the ledger entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """What is adopted, by whom.

    Attributes:
        quarter: `2026Q3`.
        provider: under review.
        row: scorecard row.
        by: name of the person who answers for the text.
        security: empty for the scorecard of all securities.
        text: in place of the draft; the draft as it stands if omitted.
    """

    quarter: str
    provider: str
    row: str
    by: str
    security: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was recorded: the draft, the text that stands in its place, and the pack that the draft was read in."""

    draft: str
    text: str
    digest: str


def name_of_acting(context: Context) -> str:
    """Full name of the person who acts; empty where the program acts by itself."""
    return roster_of(context.records).name_of(context.acting.person) if context.acting else ""


def adopt_analysis(context: Context, request: Adopting) -> Adopted:
    """Record the adoption of an analysis of the last pack that was built; the next build prints it.

    Raises:
        UsageError: no pack of that review was built, it has no such row or security, or the name or text is missing
            or too long.
        LedgerBrokenError: the drafts or the scorecard that the pack recorded are gone or changed.
    """
    quarter_days(request.quarter)
    if not request.by.strip():
        message = "expected the name of the person who adopts the analysis, found an empty one"
        raise UsageError(message, where="--by")
    stream = f"review/{request.quarter}/{request.provider}"
    built, draft = _draft(context, stream, request)
    digest = built["digest"]
    text = draft if request.text is None else request.text.strip()
    if not 0 < len(text) <= LONGEST_TEXT:
        message = f"expected a text of 1 to {LONGEST_TEXT:,} characters, found {len(text):,}"
        raise UsageError(message, where="--text")
    actor = context.actor
    verdicts = _verdicts(context, built, request)
    payload = {
        "row": request.row,
        "security": request.security,
        "by": request.by.strip(),
        "draft": draft,
        "text": text,
        "digest": digest,
    } | ({"verdicts": list(verdicts)} if verdicts else {})
    fact = Fact(
        stream=stream,
        type=EVENT,
        payload=payload,
        business_on=actor.business_on,
        actor=actor.name,
        role=actor.role,
        session=actor.session,
    )
    context.records.append([fact])
    return Adopted(draft=draft, text=text, digest=digest)


def _draft(context: Context, stream: str, request: Adopting) -> tuple[Mapping[str, Any], str]:
    """What was recorded of the last pack, and the draft as it was printed there."""
    built = builds(context.records, stream)
    if not built:
        message = (
            f"expected a built pack of {request.provider} for {request.quarter}: run `routeproof review build` first"
        )
        raise UsageError(message, where="--provider")
    payload = built[-1]
    drafts = _recorded(context, payload.get("drafts", ""), "drafts")
    if request.security not in drafts:
        known = ", ".join(sorted(name for name in drafts if name)) or "none"
        message = f"expected a security of the pack ({known}), found {request.security!r}"
        raise UsageError(message, where="--security")
    if request.row not in drafts[request.security]:
        message = f"expected a scorecard row ({', '.join(ROWS)}), found {request.row!r}"
        raise UsageError(message, where="--row")
    return payload, drafts[request.security][request.row]


def _verdicts(context: Context, built: Mapping[str, Any], request: Adopting) -> tuple[str, ...]:
    """Verdicts of the row's market and limit cells as printed there; none where an earlier program built the pack."""
    if not built.get("scorecard"):
        return ()
    kept = _recorded(context, built["scorecard"], "scorecard")
    scores = (kept["scorecard"], *kept.get("securities", ()))
    rows = (row for score in scores if (score["security"] or "") == request.security for row in score["rows"])
    return next((verdicts_in(row) for row in rows if row["id"] == request.row), ())


def _recorded(context: Context, sha256: str, what: str) -> Any:  # noqa: ANN401  # JSON
    try:
        return json.loads(context.evidence.get(sha256).content)
    except ExpiredError as error:
        message = f"expected the {what} of the last pack, found none: build the pack again"
        raise LedgerBrokenError(message, where=f"evidence/{sha256}") from error
