"""Files that a program sends before the call that names them: kept for an hour, each person's apart."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_S
from routeproof.web.scanning import require_clean

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from routeproof.web.visit import Visit

KEPT_NS = 3600 * NS_PER_S
NAME_BYTES = 16
_NAME = re.compile(r"^[0-9a-f]{32}$")


def _folder(visit: Visit) -> Path:
    return visit.context.workspace.scratch_folder / "uploads" / visit.person


def keep_upload(visit: Visit, name: str, file_name: str, content: BinaryIO) -> str:
    """Keep a file under a name of its own, and forget those whose hour is over.

    Raises:
        RouteproofError: as `require_clean`.
    """
    folder = _folder(visit)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if visit.context.clock() - old.stat().st_mtime_ns > KEPT_NS:
            shutil.rmtree(old, ignore_errors=True)
    (folder / name).mkdir()
    with (folder / name / file_name).open("wb") as file:
        shutil.copyfileobj(content, file)
    require_clean(folder / name / file_name, visit.request.app.state.settings.scanner)
    return name


def kept_upload(visit: Visit, name: str) -> Path:
    """The file of an upload of the same person.

    Raises:
        UsageError: if there is none of that name.
    """
    folder = _folder(visit) / name
    found = (
        [item for item in folder.iterdir() if not item.name.startswith(".")]
        if _NAME.match(name) and folder.is_dir()
        else []
    )
    if not found:
        message = "expected the name that an upload was given (POST /api/v1/uploads), found another one"
        raise UsageError(message, where=name[:80])
    return found[0]
