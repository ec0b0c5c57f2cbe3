"""Documents that stand behind an object, as they were filed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path as InPath

from routeproof.web.faults import NotFoundError
from routeproof.web.looks import AREAS, ID, WITHOUT_LIST, looked_at
from routeproof.web.places import PLACES
from routeproof.web.routing import Route, Routes
from routeproof.web.visit import Sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.web.visit import Visit

routes = Routes()
Hash = Annotated[str, InPath(pattern=r"^[0-9a-f]{64}$")]


def _sender(noun: str) -> Callable[..., Sent]:
    def send(visit: Visit, object_id: ID, sha256: Hash) -> Sent:
        known = {item["sha256"] for item in looked_at(visit, noun, object_id)["documents"]}
        if sha256 not in known:
            message = "expected a document of the object, found another hash"
            raise NotFoundError(message, where=sha256)
        document = visit.context.evidence.get(sha256)
        return Sent(document.content, "application/octet-stream", document.name or sha256)

    send.__doc__ = f"A document of: {noun}."
    return send


for _noun, _place in PLACES.items():
    if _noun not in WITHOUT_LIST:
        _path = f"/{_place}/{{id}}/documents/{{sha256}}"
        routes.add(Route(method="GET", path=_path, kind="page", needs=f"view.{AREAS[_noun]}", handler=_sender(_noun)))
