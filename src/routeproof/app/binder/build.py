"""The binder of a quarter: everything that was decided, on what, by whom, with the means to check it elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof import __version__
from routeproof.app.binder.objects import as_of, objects_of_quarter
from routeproof.app.binder.parts import (
    data_part,
    day_table,
    duties_part,
    editions,
    policy_part,
    procedures_by_day,
    receipts,
)
from routeproof.app.ledger.export import CHECKPOINT, Exported, export_ledger, sign_listing, verifier_source
from routeproof.app.ledger.log_key import log_key
from routeproof.app.objects.fold import roster_of
from routeproof.ledger.entry import read_entry
from routeproof.renderers.binder_page import render_binder
from routeproof.stores.evidence import ExpiredError
from routeproof.stores.files import sha256_of
from routeproof.stores.zip_file import write_zip
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_S, quarter_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.app.context import Context

LEDGER = "ledger"
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
SKIPPED_LEDGER = "listing"
Objects = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Binder:
    """What was written: the file, its SHA-256, how many files are in it, and the ledger's size and root."""

    path: Path
    sha256: str
    files: int
    size: int
    root: str


def build_binder(context: Context, quarter: str, out: Path, on_step: Callable[[str], None] = lambda _: None) -> Binder:
    """Write the binder of a quarter as one zip; the same record gives the same bytes.

    Everything is shown as of the day of the last entry. The ledger inside is whole, and so is its evidence: a log from
    which something was left out could not be checked. The readable part holds the quarter only.

    Raises:
        UsageError: no quarter, or a file that cannot be written.
        RefusalError: `wrong_state` if the quarter has no review.
        LedgerBrokenError: as `export_ledger`.
    """
    quarter_days(quarter)
    log_key(context)
    looked = as_of(context, _last_day(context))
    on_step("gathering what belongs to the quarter")
    objects = objects_of_quarter(looked, quarter)
    try:
        with tempfile.TemporaryDirectory(prefix="routeproof-binder-") as name:
            folder = Path(name)
            on_step("exporting the ledger")
            exported = export_ledger(context, folder / LEDGER)
            _write_parts(looked, quarter, objects, exported, folder)
            files = _files_around(folder)
            (folder / SKIPPED_LEDGER).write_bytes(sign_listing(context, files))
            count = sum(path.is_file() for path in folder.rglob("*"))
            on_step("packing")
            write_zip(folder, out)
    except OSError as error:
        message = f"expected a file that can be written, found: {error.strerror or error}"
        raise UsageError(message, where=str(out)) from error
    return Binder(out, sha256_of(out), count, exported.size, exported.root)


def _last_day(context: Context) -> date:
    size = context.records.size()
    (entry,) = context.records.entries(size - 1, size)
    return datetime.fromtimestamp(read_entry(entry).appended_at // NS_PER_S, tz=UTC).date()


def _write_parts(context: Context, quarter: str, objects: Objects, exported: Exported, folder: Path) -> None:
    documents = {
        f"{noun}/{_safe(item['id'])}": _write_object(context, folder, noun, item)
        for noun, items in objects.items()
        for item in items
    }
    days = procedures_by_day(context, quarter)
    held = editions(days)
    for name, item in held.items():
        _put(folder, f"procedures/{_safe(name)}.md", item["text"].encode())
        _put_json(folder, f"procedures/{_safe(name)}.json", {key: item[key] for key in item if key != "text"})
    _put(folder, "procedures/in-force.csv", day_table(days).encode())
    policy, duties = policy_part(context, quarter), duties_part(context, quarter)
    _put_json(folder, "policy.json", policy)
    _put_json(folder, "duties.json", duties)
    data = {item["id"]: data_part(context, quarter, _manifest(context, item)) for item in objects["review"]}
    _put_json(folder, "data.json", data)
    for name, content in receipts(context, objects):
        _put(folder, f"receipts/{name}", content)
    _put(folder, "verify.py", verifier_source())
    view = {
        "quarter": quarter,
        "firm": context.workspace.firm_id,
        "on": context.actor.business_on,
        "version": __version__,
        "names": {name: person.name for name, person in roster_of(context.records).people.items()},
        "objects": objects,
        "documents": documents,
        "procedures": [{**item, "file": f"procedures/{_safe(name)}.md"} for name, item in held.items()],
        "policy": policy,
        "duties": duties,
        "data": data,
        "ledger": {"size": exported.size, "root": exported.root, "vkey": str(log_key(context).verifier)},
    }
    _put(folder, "index.html", render_binder(view))


def _write_object(context: Context, folder: Path, noun: str, item: Mapping[str, Any]) -> list[dict[str, str]]:
    """The object as JSON, and beside it its documents; returns name, path and hash of each."""
    place = f"{noun}/{_safe(item['id'])}"
    _put_json(folder, f"{place}/{noun}.json", item)
    written = []
    for document in item.get("documents", ()):
        try:
            content = context.evidence.get(document["sha256"])
        except ExpiredError:
            written.append({"name": "(expired)", "path": "", "sha256": document["sha256"]})
            continue
        path = f"{place}/{document['sha256'][:8]}-{_safe(content.name)}"
        _put(folder, path, content.content)
        written.append({"name": content.name, "path": path, "sha256": hashlib.sha256(content.content).hexdigest()})
    if isinstance(item.get("minutes"), str):
        _put(folder, f"{place}/minutes.txt", item["minutes"].encode())
        path = f"{place}/minutes.txt"
        written.append({"name": "minutes.txt", "path": path, "sha256": sha256_of(folder / path)})
    return written


def _manifest(context: Context, review: Mapping[str, Any]) -> str:
    """Data manifest that the review's pack names; empty where the pack names none or has expired."""
    try:
        document = json.loads(context.evidence.get(review["pack"]["pack.json"]).content)
        return str(document["meta"].get("manifest", ""))
    except (ExpiredError, KeyError, ValueError, TypeError):
        return ""


def _files_around(folder: Path) -> dict[str, str]:
    """Hash of every file outside the ledger, and of its checkpoint, by path."""
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (path.relative_to(folder).parts[0] != LEDGER or path == folder / LEDGER / CHECKPOINT)
    }


def _safe(name: str) -> str:
    """A name that is a plain file name on every system."""
    return UNSAFE.sub("_", Path(name).name).lstrip(".")[:80] or "_"


def _put(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _put_json(folder: Path, name: str, value: object) -> None:
    _put(folder, name, (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode())
