"""The ledger: how long it is, checkpoints, verification, receipts, everything to check it elsewhere."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path as InPath
from fastapi import Query

from routeproof.app.ledger.checkpoints import checkpoint_now
from routeproof.app.ledger.export import export_ledger, verifier_source
from routeproof.app.ledger.receipts import receipt_of
from routeproof.app.ledger.standing import standing
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.measuring.background import Pending, kept_look, look_if_kept
from routeproof.stores.zip_file import write_zip
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_S
from routeproof.web.faults import NotFoundError
from routeproof.web.routing import Routes
from routeproof.web.visit import Sent

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.web.visit import Visit

routes = Routes()
PLAIN = "text/plain; charset=utf-8"
VERIFIED = "verified"
WAIT_S, STEP_S = 0.2, 10
"""How long a page waits, and for how many seconds one verification is the one of now."""
Index = Annotated[int, InPath(ge=0, le=2**53)]


@routes.page("/ledger", needs="view.ledger", template="ledger.html")
def ledger(visit: Visit, before: int | None = None) -> dict[str, Any]:
    """How the ledger stands."""
    return {**standing(visit.context, before), "report": None, "pending": None}


@routes.page("/ledger/verified", needs="view.ledger", template="ledger.html")
def verified(visit: Visit, at: Annotated[int, Query(ge=0, le=2**53)] = 0) -> dict[str, Any]:
    """Derive everything again, now, and say what was found; `at` is the second for which it was begun."""
    found = look_if_kept(visit.context, VERIFIED, {"at": at})
    if found is None:
        at = visit.context.clock() // NS_PER_S // STEP_S * STEP_S
        found = kept_look(visit.context, VERIFIED, {"at": at}, verified_now, WAIT_S)
    pending = found.seconds if isinstance(found, Pending) else None
    return {**standing(visit.context), "report": None if pending is not None else found, "pending": pending, "at": at}


def verified_now(context: Context) -> dict[str, Any]:
    """What a verification finds, and what it comes to in words."""
    report = verify_workspace(context.workspace.root)
    return {**report.as_json(), "statement": report.statement()}


@routes.page("/ledger/checkpoint.note", needs="view.ledger")
def checkpoint(visit: Visit) -> Sent:
    """A signed checkpoint of now, to keep elsewhere."""
    signed = checkpoint_now(visit.context)
    return Sent(signed.note, PLAIN, f"checkpoint-{signed.checkpoint.size}.note")


@routes.page("/ledger/verify.py", needs="view.ledger")
def verifier(_: Visit) -> Sent:
    """The verifier: one file, Python's standard library alone."""
    return Sent(verifier_source(), "text/x-python; charset=utf-8", "verify.py")


@routes.page("/ledger/export.zip", needs="view.ledger")
def export(visit: Visit) -> Sent:
    """The whole ledger with its evidence and its verifier."""
    visit.context.workspace.scratch_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="export-", dir=visit.context.workspace.scratch_folder) as scratch:
        exported = export_ledger(visit.context, Path(scratch) / "ledger")
        write_zip(exported.path, packed := Path(scratch) / "ledger.zip")
        return Sent(packed.read_bytes(), "application/zip", f"ledger-{exported.size}.zip")


@routes.page("/ledger/receipts/{index}", needs="view.ledger", example=lambda _: "/ledger/receipts/0")
def receipt(visit: Visit, index: Index) -> Sent:
    """The proof that an entry is in the ledger."""
    try:
        return Sent(receipt_of(visit.context, index), PLAIN, f"receipt-{index}.tlog-proof")
    except UsageError as error:
        raise NotFoundError(error.message) from error


@routes.api("GET", "/ledger/checkpoint", needs="view.ledger")
def checkpoint_call(visit: Visit) -> dict[str, Any]:
    """The checkpoint of now: size, root, and the signed note."""
    signed = checkpoint_now(visit.context)
    return {
        "size": signed.checkpoint.size,
        "root": signed.checkpoint.root.hex(),
        "note": signed.note.decode(),
    }


@routes.api("GET", "/ledger/verification", needs="view.ledger")
def verification_call(visit: Visit) -> dict[str, Any]:
    """What a verification finds now."""
    found: dict[str, Any] = verify_workspace(visit.context.workspace.root).as_json()
    return found
