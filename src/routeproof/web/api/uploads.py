"""Files that a later call names: sent once, kept for an hour."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import File, UploadFile

from routeproof.web.routing import Routes
from routeproof.web.uploading import plain_name
from routeproof.web.uploads_kept import NAME_BYTES, keep_upload

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.api("POST", "/uploads", needs="anybody", scope="own")
def upload(visit: Visit, file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Keep a file for an hour; the name in the answer stands for it where a body has a file."""
    name = keep_upload(visit, secrets.token_hex(NAME_BYTES), plain_name(file.filename or ""), file.file)
    return {"upload": name}
