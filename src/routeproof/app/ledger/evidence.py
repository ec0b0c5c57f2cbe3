"""Documents that entries name are held with the right bytes, unless a later entry says that they expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.expiry import NamedDocuments
from routeproof.stores.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.ledger.report import Report
    from routeproof.ledger.entry import Recorded


def named_evidence(entries: Iterable[Recorded]) -> dict[str, int]:
    """Hash of every document that should be held, with the first entry that names it."""
    documents = NamedDocuments()
    for entry in entries:
        documents.see(entry.index, entry.fact)
    return documents.held


def evidence_path(context: Context, sha256: str) -> Path:
    """Where the document of that hash should stand: among the evidence, or among the lake's commits."""
    commit = context.workspace.lake_folder / "commits" / f"{sha256}.json"
    return commit if commit.exists() else context.workspace.evidence_folder / sha256


def check_evidence(context: Context, entries: Sequence[Recorded], report: Report) -> None:
    """Note every document that is missing or changed."""
    root = context.workspace.root
    for sha256, index in named_evidence(entries).items():
        path = evidence_path(context, sha256)
        name = path.relative_to(root).as_posix()
        try:
            found = sha256_of(path)
        except FileNotFoundError:
            report.add("deleted", "the evidence is missing and did not expire", index, name)
            continue
        except OSError as error:
            report.add("unreadable", f"the evidence cannot be read: {error.strerror}", index, name)
            continue
        if found != sha256:
            report.add("altered", "the evidence does not have the hash that the entry names", index, name)
