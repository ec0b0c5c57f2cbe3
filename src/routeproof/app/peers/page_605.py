"""The page of public Rule 605 figures, as HTML or PDF."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from typing import TYPE_CHECKING

from routeproof import __version__
from routeproof.app.peers.benchmark_605 import said_month
from routeproof.ledger.canonical import canonical_bytes
from routeproof.metrics.rule605.peer_sums import contradicts, with_shares
from routeproof.policy.disclosure605 import first_of
from routeproof.renderers.html import render_html
from routeproof.renderers.pdf import render_pdf
from routeproof.reports.catalog.rule605_benchmark import rule605_benchmark
from routeproof.reports.rule605.peer_charts import Benchmark605Inputs
from routeproof.stores.files import write_whole
from routeproof.stores.shipped_disclosure import load_disclosure605
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.peers.benchmark_605 import Benchmark605
    from routeproof.reports.document import Document

LEGACY_SIZES = {
    "21": "100-499 shares",
    "22": "500-1,999 shares",
    "23": "2,000-4,999 shares",
    "24": "5,000-9,999 shares",
}


def write_documents(
    context: Context, found: Benchmark605, provider: str, *, html: Path | None, pdf: Path | None
) -> None:
    """Write the page where a path is given.

    Raises:
        UsageError: there are no rows to show.
    """
    if html is None and pdf is None:
        return
    if not found.rows:
        message = f"expected rows to draw, found none: {' '.join(found.notes)}"
        raise UsageError(message, where="--html" if html is not None else "--pdf")
    document = document_of(context, found, provider)
    if html is not None:
        write_whole(html, render_html(document))
    if pdf is not None:
        write_whole(pdf, render_pdf(document))


def document_of(context: Context, found: Benchmark605, provider: str) -> Document:
    """The page; the same rows give the same bytes."""
    months = sorted({part.rpartition("-")[2] for part in found.parts})
    last = first_of(months[-1])
    period = said_month(months[0]) if len(months) == 1 else f"{said_month(months[0])} to {said_month(months[-1])}"
    return rule605_benchmark(
        Benchmark605Inputs(
            layout=found.layout,
            by=found.by,
            rows=[with_shares(row) for row in found.rows],
            doubted=frozenset(place for place, row in enumerate(found.rows) if contradicts(row)),
            said=_said(found.layout, last),
            notes=found.notes,
            period=period,
            provider=provider,
            origin=f"manifest {context.lake.manifest().id}, {len(found.parts)} reports of others",
            dated_on=last.replace(day=monthrange(last.year, last.month)[1]),
            version=__version__,
            digest=hashlib.sha256(canonical_bytes(dict(found.parts))).hexdigest(),
        )
    )


def _said(layout: str, last: date) -> dict[tuple[str, str], str]:
    """Words for the codes of a layout."""
    policy = load_disclosure605()
    types = policy.order_types[layout].on(last).value
    said = {("order_type", code): item.name for code, item in types.items()}
    said |= {("sp500", "Y"): "S&P 500", ("sp500", "N"): "other stocks"}
    for code in policy.order_sizes[layout].on(last).value:
        said["order_size", code] = LEGACY_SIZES.get(code) or f"from ${int(code):,}"
    return said | {("order_size", "199999"): "below $200,000"}
