"""The addresses that acceptor sessions are served on: sessions with one host and port share the listener."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from routeproof.sources.live.session import Listening
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.sources.live.session_config import FixSession

BACKLOG = 64


def open_listeners(
    sessions: Sequence[FixSession],
) -> tuple[list[tuple[socket.socket, list[FixSession]]], tuple[Listening, ...]]:
    """Listen for every acceptor.

    Returns:
        Each socket with the sessions that it serves; and where each session is, initiators included, in order.

    Raises:
        UsageError: an address cannot be listened on.
    """
    opened: dict[tuple[str, int], tuple[socket.socket, list[FixSession]]] = {}
    listening = []
    for session in sessions:
        if session.role == "initiator":
            listening.append(Listening(session.name, session.host, session.port))
            continue
        key = session.host, session.port
        if key not in opened:
            opened[key] = _opened(session, [listener for listener, _ in opened.values()]), []
        listener, served = opened[key]
        served.append(session)
        listening.append(Listening(session.name, session.host, listener.getsockname()[1]))
    return list(opened.values()), tuple(listening)


def _opened(session: FixSession, others: Sequence[socket.socket]) -> socket.socket:
    try:
        found = socket.getaddrinfo(session.host, session.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # A name like localhost may stand for both kinds of address; counterparties are given the old one.
        family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        for other in others:
            other.close()
        message = (
            f"expected to listen on port {session.port} for session {session.name}, found: {error}; choose another"
        )
        raise UsageError(message, where=session.host) from error
    return listener
