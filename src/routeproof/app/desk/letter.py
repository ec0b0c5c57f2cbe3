"""The letter to a provider, drafted from the quarter's pinned pack, or measured where none is pinned."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from routeproof import __version__
from routeproof.app.desk.look_back import reviews_of
from routeproof.app.desk.own_figures import own_figures
from routeproof.app.desk.pinned_pack import JSON_FILE
from routeproof.app.objects.fold import object_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.review.order import Order
from routeproof.governance.provider.noun import PROVIDER
from routeproof.ledger.canonical import canonical_bytes
from routeproof.reports.catalog.provider_letter import LetterInputs, letter_text, provider_letter
from routeproof.stores.evidence import ExpiredError
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.remediation.state import Remediation


@dataclass(frozen=True, slots=True)
class Figures:
    """A pack's content for one provider's quarter.

    Attributes:
        pack: as `pack.json` says it; empty where nothing could be measured.
        source: what it rests on, in a word and a hash.
        reason: why there is none.
    """

    pack: Mapping[str, Any]
    source: str
    reason: str = ""


def figures_of_quarter(context: Context, quarter: str, provider: str) -> Figures:
    """The figures that the quarter's last review pinned; measured now where there is none."""
    for review in reversed(reviews_of(context.records, quarter, provider)):
        try:
            content = context.evidence.get(review.pack[JSON_FILE]).content
        except ExpiredError:
            continue
        return Figures(json.loads(content), f"pack.json {review.pack_files[JSON_FILE]}")
    try:
        from routeproof.app.review.build_review import measure_pack  # noqa: PLC0415  # measuring is slow to import

        measured = measure_pack(context, Order(quarter=quarter, provider=provider))
    except RouteproofError as error:
        return Figures({}, "nothing measured", error.message)
    return Figures(json.loads(json.dumps(measured.plain())), f"manifest {measured.review.manifest}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted letter: its text, its files by name, and what its figures rest on."""

    text: str
    files: Mapping[str, bytes]
    source: str
    figures: int

    @contextmanager
    def laid_out(self) -> Iterator[dict[str, str]]:
        """The files in a folder of their own while they are stored."""
        with TemporaryDirectory(prefix="routeproof-letter-") as folder:
            for name, content in self.files.items():
                Path(folder, name).write_bytes(content)
            yield {name: str(Path(folder, name)) for name in self.files}


def draft_letter(context: Context, remediation: Remediation, addressee: str, body: str, on: date) -> Draft:
    """The letter as text, PDF, HTML and JSON."""
    from routeproof.renderers.html import render_html  # noqa: PLC0415  # slow to import
    from routeproof.renderers.json import render_json  # noqa: PLC0415
    from routeproof.renderers.pdf import render_pdf  # noqa: PLC0415

    figures = figures_of_quarter(context, remediation.quarter, remediation.provider)
    inputs = _inputs(context, remediation, figures, addressee, body, on)
    document = provider_letter(inputs)
    files = {
        "letter.html": render_html(document),
        "letter.pdf": render_pdf(document),
        "letter.json": render_json(document),
    }
    return Draft(letter_text(inputs), files, figures.source, len(inputs.figures))


def _inputs(
    context: Context, remediation: Remediation, figures: Figures, addressee: str, body: str, on: date
) -> LetterInputs:
    steps = policy_in_force(context.records).whole.oversight.steps.on_or_first(on).value
    said = canonical_bytes([remediation.id, addressee, body, on.isoformat(), figures.source])
    return LetterInputs(
        remediation=remediation.id,
        firm=context.workspace.firm_id or "(firm not named)",
        provider=remediation.provider,
        named=_name_of(context, remediation.provider),
        quarter=remediation.quarter,
        addressee=addressee,
        finding=remediation.finding,
        summary=remediation.summary,
        body=body,
        dated_on=on,
        receipt_days=steps["acknowledge"].due_days,
        reply_days=steps["investigate"].due_days,
        figures=own_figures(figures.pack),
        no_figures=f"No figure of the quarter stands behind this letter: {figures.reason or 'none has a value'}.",
        provenance=_provenance(figures),
        version=__version__,
        digest=hashlib.sha256(said).hexdigest(),
    )


def _provenance(figures: Figures) -> tuple[tuple[str, str], ...]:
    """What rebuilds the figures, without the command: its options may name other providers."""
    meta = figures.pack.get("meta", {})
    named = (("Data manifest", "manifest"), ("Policy", "policy"), ("Pack digest", "digest"), ("Program", "version"))
    known = tuple((label, str(meta[name])) for label, name in named if meta.get(name))
    return (("Source", figures.source), *known)


def _name_of(context: Context, provider: str) -> str:
    """The provider's name by its file; empty where there is no file."""
    file = object_of(context.records, PROVIDER, provider)
    return file.state.name if file else ""
