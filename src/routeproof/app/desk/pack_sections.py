"""Sections of the last pack that a review pinned, as values that a page can show without measuring anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import objects_of
from routeproof.governance.review.noun import REVIEW
from routeproof.stores.evidence import ExpiredError

if TYPE_CHECKING:
    from collections.abc import Collection

    from routeproof.app.context import Context

PACK = "pack.json"


def pinned_packs(context: Context) -> list[dict[str, str]]:
    """`review, quarter, provider` of every review whose pack is kept, the newest quarter first."""
    found = [item for item in objects_of(context.records, REVIEW) if context.evidence.has(item.pack.get(PACK, ""))]
    found.sort(key=lambda item: (item.quarter, item.id), reverse=True)
    return [{"review": item.id, "quarter": item.quarter, "provider": item.provider} for item in found]


def pack_sections(context: Context, review_id: str, wanted: Collection[str]) -> list[dict[str, Any]]:
    """Sections of the pack of a review, in the pack's order; none if its document has expired."""
    review = next((item for item in objects_of(context.records, REVIEW) if item.id == review_id), None)
    if review is None:
        return []
    try:
        document: dict[str, Any] = json.loads(context.evidence.get(review.pack[PACK]).content)
    except ExpiredError:
        return []
    return [section for section in document["sections"] if section["id"] in wanted]
