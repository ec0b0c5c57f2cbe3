"""Which quarters of which providers the pages of venues can show: pinned packs first, then the newest quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.desk.pack_sections import pinned_packs
from routeproof.app.measuring.explored import usual_range
from routeproof.app.objects.governed import ids_of
from routeproof.governance.provider.noun import PROVIDER

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context


def venue_choices(context: Context, last_on: date | None = None) -> list[dict[str, str]]:
    """`quarter, provider, review`, and `of` (both in one word), newest first; `review` is empty without a pinned pack.

    Args:
        context: the workspace.
        last_on: last day that whoever asks reaches.
    """
    found: dict[tuple[str, str], str] = {}
    for pack in pinned_packs(context):
        found.setdefault((pack["quarter"], pack["provider"]), pack["review"])
    span = usual_range(context, last_on)
    if span is not None:
        newest = f"{span[0].year}Q{(span[0].month + 2) // 3}"
        for provider in ids_of(context.records, PROVIDER):
            found.setdefault((newest, provider), "")
    order = sorted(found, key=lambda key: (key[0], bool(found[key]), key[1]), reverse=True)
    return [
        {"quarter": quarter, "provider": provider, "review": found[quarter, provider], "of": f"{quarter}:{provider}"}
        for quarter, provider in order
    ]
