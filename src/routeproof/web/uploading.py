"""Forms and their files: fields as text, files in a folder of the workspace that goes with the request."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from routeproof.web.faults import TooLargeError
from routeproof.web.scanning import require_clean

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

MOST_FIELDS = 2_000
MOST_FILES = 20
LONGEST_FIELD_BYTES = 1 << 20
_TOO_LONG = "exceeded maximum size"
"""By these words the framework says which of its limits it was."""
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What moves a cursor, ends a line or turns the direction of writing, so that a name looks like another one."""

LONGEST_NAME_BYTES = 200
"""A file system takes 255."""


@contextlib.asynccontextmanager
async def sent_form(request: Request, scratch: Path) -> AsyncIterator[tuple[dict[str, str], dict[str, Path]]]:
    """Fields and files of a form; a file keeps its name as far as it can harm nothing, and is gone afterwards."""
    folder, scanner = _folder(scratch), request.app.state.settings.scanner
    try:
        fields: dict[str, str] = {}
        files: dict[str, Path] = {}
        async with _read(request) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    if value.filename:
                        known = name if name not in files else f"{name}.{len(files)}"
                        files[known] = await _kept(value, folder / str(len(files)))
                        await run_in_threadpool(require_clean, files[known], scanner)
                else:
                    fields[name] = value if name not in fields else f"{fields[name]}\n{value}"
        yield fields, files
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def _read(request: Request) -> AsyncIterator[FormData]:
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD_BYTES)
    except HTTPException as error:
        if _TOO_LONG not in str(error.detail):
            raise
        message = f"expected at most {LONGEST_FIELD_BYTES:,} bytes in a field, found more"
        raise TooLargeError(message) from error
    try:
        yield form
    finally:
        await form.close()


def plain_name(name: str) -> str:
    """The name of a file in any script, as far as it can harm nothing: no folders, no hidden files, no control codes.

    Of a long one the end is kept, where the ending stands.
    """
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1])
    return plain.encode()[-LONGEST_NAME_BYTES:].decode(errors="ignore").lstrip(". ") or "file"


def _folder(scratch: Path) -> Path:
    scratch.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="upload-", dir=scratch))


async def _kept(sent: UploadFile, folder: Path) -> Path:
    path = _place(folder, plain_name(sent.filename or ""))
    with path.open("wb") as file:
        while piece := await sent.read(1 << 20):
            file.write(piece)
    return path


def _place(folder: Path, name: str) -> Path:
    folder.mkdir()
    return folder / name
