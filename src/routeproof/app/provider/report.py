"""The yearly diligence report: gathered from the record, written as HTML, PDF and JSON, and issued on record."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from routeproof import __version__
from routeproof.app.objects.act import act, shown
from routeproof.app.objects.governed import objects_of
from routeproof.app.objects.kept import readable
from routeproof.app.provider.conflicts import declared_conflicts
from routeproof.app.provider.file import provider_of, questions_of
from routeproof.governance.config import CONFIG
from routeproof.governance.conflict import CONFLICT
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.sla.noun import SLA
from routeproof.ledger.canonical import canonical_bytes
from routeproof.renderers.html import render_html
from routeproof.renderers.json import render_json
from routeproof.renderers.pdf import render_pdf
from routeproof.reports.catalog.diligence_report import DiligenceInputs, diligence_report
from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

RENDERERS = {"diligence.json": render_json, "diligence.html": render_html, "diligence.pdf": render_pdf}


def report_on(context: Context, provider_id: str, folder: Path, to: str = "") -> dict[str, Any]:
    """Write the report on a provider as its file stands on the context's day; with a person, issue it on record.

    Args:
        context: the workspace; the report is issued by its person, if there is one.
        provider_id: whose file.
        folder: where `diligence.html`, `.pdf` and `.json` go.
        to: who it is issued to.

    Returns:
        `{"out", "digest", "files": {name: sha256}, "issued": entry or null}`.

    Raises:
        UsageError: if there is no such provider, or the folder cannot be written.
    """
    inputs = _inputs(context, provider_id)
    document = diligence_report(inputs)
    files = {}
    for name, render in RENDERERS.items():
        content = render(document)
        write_whole(folder / name, content)
        files[name] = hashlib.sha256(content).hexdigest()
    issued = None
    if context.acting is not None:
        body = {"report": str(folder / "diligence.pdf"), "to": to or "senior management"}
        issued = act(context, PROVIDER, provider_id, "report", body)["ledger_index"]
    return {"out": str(folder), "digest": inputs.digest, "files": files, "issued": issued}


def _inputs(context: Context, provider_id: str) -> DiligenceInputs:
    on = context.business_day
    file = shown(context, PROVIDER, provider_id, on=on)
    provider = provider_of(context, provider_id)
    questions = [
        {name: getattr(item, name) for name in ("id", "section", "question", "why", "citation", "grade", "check")}
        for item in questions_of(provider.round).values()
    ]
    conflicts = [
        CONFLICT.show(readable(item, context.evidence), on, {})
        for item in declared_conflicts(context.records)
        if item.provider == provider_id
    ]
    agreements = [
        {"agreement": sla.id, **evaluation.model_dump(mode="json", exclude={"result"})}
        for sla in objects_of(context.records, SLA)
        if sla.provider == provider_id
        for evaluation in sla.evaluations
    ]
    configurations = [
        {"record": item.id, **version}
        for item in objects_of(context.records, CONFIG)
        if item.provider == provider_id
        for version in CONFIG.show(item, on, {})["versions"]
    ]
    basis = [file["version_hash"], on.isoformat(), conflicts, agreements, configurations]
    return DiligenceInputs(
        file=file,
        questions=questions,
        conflicts=conflicts,
        agreements=agreements,
        configurations=configurations,
        firm=context.workspace.firm_id or "the firm",
        dated_on=on,
        version=__version__,
        digest=hashlib.sha256(canonical_bytes(basis)).hexdigest(),
    )
