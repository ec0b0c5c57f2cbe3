"""The mapping assistant: a delimited file, what its columns are, what its rows become, and the map to keep."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Body, Query
from pydantic import BaseModel, ConfigDict, Field

from routeproof.app.intake.ingest import ingest
from routeproof.app.intake.map_assistant import DELIMITERS, assisted, expect_file, map_file, mapped_tables
from routeproof.vocab.errors import UsageError
from routeproof.web.map_query import MapQuery
from routeproof.web.routing import Routes
from routeproof.web.uploads_kept import NAME_BYTES, keep_upload, kept_upload
from routeproof.web.visit import Gone, Sent, Visit

routes = Routes()
UNITS = ("iso", "s", "ms", "us", "ns")
ZONES = ("America/New_York", "UTC", "America/Chicago", "Europe/London", "Asia/Tokyo")
TOML = "application/toml"


class MapBody(BaseModel):
    """What a program asks of the assistant.

    Attributes:
        upload: name that `POST /api/v1/uploads` gave.
        table: canonical table.
        map: the map to try, as a map file has it; null asks for a guess.
    """

    model_config = ConfigDict(extra="forbid")
    upload: str = Field(max_length=64)
    table: str = Field(max_length=64)
    map: dict[str, Any] | None = None


@routes.page("/data/map", needs="data.ingest", template="mapping.html")
def mapping(visit: Visit, asked: Annotated[MapQuery, Query()]) -> dict[str, Any]:
    """A file and its map; without a file, the form that sends one."""
    around = {"asked": asked, "tables": mapped_tables(), "units": UNITS, "zones": ZONES, "delimiters": DELIMITERS}
    found = None
    if asked.upload:
        found = assisted(visit.context, kept_upload(visit, asked.upload), asked.table, asked.document())
    expect_file()
    return {**around, "found": found}


@routes.action("/data/map", needs="data.ingest")
def send(visit: Visit) -> Gone:
    """Keep a file for an hour and look at it."""
    sent = _sent(visit)
    expect_file()
    with sent.open("rb") as content:
        name = keep_upload(visit, secrets.token_hex(NAME_BYTES), sent.name, content)
    return Gone(f"/data/map?{urlencode({'upload': name, 'table': visit.form.get('table', '')})}")


@routes.page("/data/map.toml", needs="data.ingest", example=lambda _: "/data/map.toml?table=quotes&of=symbol&column=S")
def download(visit: Visit, asked: Annotated[MapQuery, Query()]) -> Sent:  # noqa: ARG001  # the address has all of it
    """The map as a file, for `routeproof ingest --map`."""
    return Sent(map_file(asked.document() or {"table": asked.table}).encode(), TOML, f"{asked.table}.toml")


@routes.action("/data/take", needs="data.ingest")
def take(visit: Visit) -> Gone:
    """Take the file in by the map that was looked at."""
    kept = kept_upload(visit, visit.form.get("upload", ""))
    by = kept.parent / ".map.toml"
    by.write_text(visit.form.get("map", ""), encoding="utf-8")
    report = ingest(visit.context, "csv", [kept], map_path=by, provider_id=visit.form.get("provider", ""))
    why = "".join(f"; {reason}" for reason in report.refused.values())
    return Gone("/data", f"{kept.name}: received {report.received:,}, accepted {report.accepted:,}{why}.")


@routes.api("POST", "/maps", needs="data.ingest")
def map_call(visit: Visit, body: Annotated[MapBody, Body()]) -> dict[str, Any]:
    """A first guess, or what the first rows become under a map."""
    found = assisted(visit.context, kept_upload(visit, body.upload), body.table, body.map)
    expect_file()
    return found


def _sent(visit: Visit) -> Path:
    if not visit.uploads:
        message = "expected a file, found none: choose one first"
        raise UsageError(message, where="file")
    return next(iter(visit.uploads.values()))
