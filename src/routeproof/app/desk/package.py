"""What may be sent to a provider: the letter, its own figures, the plan; no account, nothing of another provider."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.letter import figures_of_quarter
from routeproof.app.desk.own_figures import figure_rows
from routeproof.app.objects.fold import object_of
from routeproof.app.objects.kept import readable
from routeproof.governance.decider import refuse
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.governance.remediation.state import Remediation

EPOCH = (1980, 1, 1, 0, 0, 0)
"""A zip's earliest time: the same content gives the same file."""
SHORTEST_NAME = 3


def write_package(context: Context, object_id: str, out: Path) -> dict[str, Any]:
    """Write the package as a zip; answers with its hash and each file's.

    Raises:
        UsageError: there is no such remediation, or no letter was sent yet.
        RefusalError: `not_permitted` if a text of the file names an account or another provider of the lake.
    """
    version = object_of(context.records, REMEDIATION, object_id)
    if version is None or not version.state.letters:
        found = "no remediation of that name" if version is None else "no letter: notify first"
        message = f"expected a remediation with a letter, found {found}"
        raise UsageError(message, where=object_id)
    remediation = readable(version.state, context.evidence)
    files = _files(context, remediation)
    _require_clean(context, remediation)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["SHA256SUMS"] = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items())).encode()
    content = _zip(files)
    write_whole(out, content)
    return {"out": str(out), "sha256": hashlib.sha256(content).hexdigest(), "files": hashes}


def _files(context: Context, remediation: Remediation) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for letter in remediation.letters:
        for name in ("letter.pdf", "letter.html"):
            files[f"{letter.id}-{name}"] = context.evidence.get(letter.files[name]).content
    pack = figures_of_quarter(context, remediation.quarter, remediation.provider).pack
    rows = figure_rows(pack)
    files["figures.json"] = _json({"provider": remediation.provider, "quarter": remediation.quarter, "figures": rows})
    files["figures.csv"] = _csv(rows)
    files["actions.json"] = _json({"remediation": remediation.id, "actions": _actions(remediation)})
    return files


def _actions(remediation: Remediation) -> list[dict[str, Any]]:
    shown = ("id", "text", "owner", "due_on", "expected_effect", "done_on")
    return [
        {name: item.model_dump(mode="json")[name] for name in shown}
        for item in remediation.actions
        if item.withdrawn_on is None
    ]


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    names = ("id", "title", "orders", "value", "unit", "lower", "upper", "n", "metric", "held_against", "outcome")
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _zip(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return packed.getvalue()


def _require_clean(context: Context, remediation: Remediation) -> None:
    """The people who wrote the letter and the plan may have named what must not leave: look before it does."""
    accounts, others = _not_to_leave(context, remediation.provider)
    for what, names in (("an account", accounts), ("another provider", others)):
        found = sorted(place for place, text in _written(remediation).items() if any(_has(text, one) for one in names))
        if found:
            refuse("not_permitted", f"expected a package without {what}, found one named in: {', '.join(found)}")


def _written(remediation: Remediation) -> dict[str, str]:
    """Every text of the package that a person wrote, by where it stands."""
    texts = {"finding": remediation.finding, "summary": remediation.summary}
    for letter in remediation.letters:
        texts[f"letter {letter.id}"] = f"{letter.addressee}\n{letter.body or ''}"
    for item in _actions(remediation):
        texts[f"action {item['id']}"] = json.dumps(item, ensure_ascii=False)
    return texts


def _not_to_leave(context: Context, provider: str) -> tuple[set[str], set[str]]:
    lake = context.lake
    if not lake.manifest(None).partitions:
        return set(), set()
    orders = lake.read("parent_orders", columns=["account_id", "provider_id"])
    accounts = {str(name) for name in orders["account_id"].drop_nulls().unique()} - {""}
    others = {str(name) for name in orders["provider_id"].drop_nulls().unique()} - {provider, ""}
    return accounts, others


def _has(text: str, name: str) -> bool:
    """Whether a text has the name as a word of its own; one of a letter or two only where it says what it is."""
    before = r"(?:provider|router|account|SOR)\s+" if len(name) < SHORTEST_NAME else r"(?<![\w])"
    return re.search(rf"{before}{re.escape(name)}(?![\w])", text, re.IGNORECASE) is not None
