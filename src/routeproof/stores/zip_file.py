"""A folder as a zip: the same files give the same bytes, whoever packs them and when."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

from routeproof.stores.files import publish, removed_after

if TYPE_CHECKING:
    from pathlib import Path

FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say: members carry no time of their own."""
PLAIN_FILE = 0o100644 << 16
UNIX = 3
LARGE = 1 << 31


def write_zip(folder: Path, out: Path) -> None:
    """Pack every file below `folder` into `out`, in order of path; whole and durable, or not there.

    Raises:
        OSError: if it cannot be written.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    with removed_after(out.with_name(f"{out.name}.part")) as temporary:
        with zipfile.ZipFile(temporary, "w") as packed:
            for name, path in files:
                _add(packed, name, path)
        publish(temporary, out)


def _add(packed: zipfile.ZipFile, name: str, path: Path) -> None:
    member = zipfile.ZipInfo(name, FIRST_MOMENT)
    member.compress_type, member.create_system, member.external_attr = zipfile.ZIP_DEFLATED, UNIX, PLAIN_FILE
    large = path.stat().st_size >= LARGE
    with path.open("rb") as source, packed.open(member, "w", force_zip64=large) as target:
        shutil.copyfileobj(source, target)
