"""Sessions with one host and port share a listener, and a port that is taken is named."""

import socket

import pytest

from routeproof.sources.live.listeners import open_listeners
from routeproof.sources.live.session_config import FixSession
from routeproof.vocab.errors import UsageError


def session(name: str, host: str, port: int, role: str = "acceptor") -> FixSession:
    """A session that is told apart by its name."""
    return FixSession.model_validate(
        {
            "name": name,
            "role": role,
            "host": host,
            "port": port,
            "begin_string": "FIX.4.4",
            "sender_comp_id": "FIRM",
            "target_comp_id": name,
            "provider": "P",
        }
    )


def test_one_host_and_port_is_one_listener() -> None:
    """Port 0 included; an initiator listens nowhere."""
    sessions = [
        session("A", "127.0.0.1", 0),
        session("B", "127.0.0.1", 0),
        session("C", "198.51.100.7", 9000, "initiator"),
        session("D", "localhost", 0),
    ]
    listeners, listening = open_listeners(sessions)
    ports = [listener.getsockname()[1] for listener, _ in listeners]
    assert [[each.name for each in served] for _, served in listeners] == [["A", "B"], ["D"]]
    assert [(each.name, each.port) for each in listening] == [
        ("A", ports[0]),
        ("B", ports[0]),
        ("C", 9000),
        ("D", ports[1]),
    ]
    assert listeners[1][0].family == socket.AF_INET
    for listener, _ in listeners:
        listener.close()


def test_a_port_that_is_taken_is_named() -> None:
    """With the session that wants it."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="for session A, found"):
        open_listeners([session("A", "127.0.0.1", taken.getsockname()[1])])
