"""Our sessions in the words of QuickFIX's settings file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routeproof.sources.live.session_config import FixSession

TRANSPORT = "FIXT11.xml"
DTD = (b"<!DOCTYPE", b"<!ENTITY")


def settings_text(sessions: Iterable[tuple[FixSession, int]], store: Path) -> str:
    """Settings of these sessions, all of one role, each with the port that the engine itself uses on this machine.

    Raises:
        UsageError: a dictionary cannot be found, or is none.
    """
    return "[DEFAULT]\n" + "".join(_section(session, port, store) for session, port in sessions)


def dictionary_path(session: FixSession) -> Path | None:
    """The session's dictionary: the file that is named, else the one of that bare name that the engine brings along.

    Raises:
        UsageError: there is neither, or it is no dictionary.
    """
    if session.dictionary is None:
        return None
    return _checked(_found(session.dictionary, session), session)


def transport_path(dictionary: Path, session: FixSession) -> Path:
    """The dictionary of FIXT.1.1 itself: beside the application's, else the engine's own.

    Raises:
        UsageError: there is neither, or it is no dictionary.
    """
    beside = dictionary.with_name(TRANSPORT)
    return _checked(beside if beside.is_file() else _found(TRANSPORT, session), session)


def dictionary_paths(session: FixSession) -> tuple[Path, ...]:
    """The dictionaries of a session: none, its own, or transport and application.

    Raises:
        UsageError: one cannot be found, or is none.
    """
    path = dictionary_path(session)
    if path is None:
        return ()
    return (path,) if session.default_appl_ver_id is None else (transport_path(path, session), path)


def data_tags(session: FixSession) -> set[int]:
    """Fields whose value may hold any byte, by the session's dictionaries.

    Raises:
        UsageError: a dictionary cannot be found, or is none.
    """
    return {
        int(field.get("number", ""))
        for path in dictionary_paths(session)
        for field in ET.parse(path).iterfind("fields/field")  # noqa: S314 - it has no document type
        if field.get("type") == "DATA"
    }


def _found(name: str, session: FixSession) -> Path:
    path = Path(sys.prefix) / "share" / "quickfix" / name  # an absolute name stays what it is
    if path.is_file():
        return path
    message = f"expected the dictionary {name} of session {session.name}, found no such file; name one that exists"
    raise UsageError(message, where=name)


def _checked(path: Path, session: FixSession) -> Path:
    """A document type could make a small file grow without end when it is read, so none is taken."""
    content = path.read_bytes()
    if b"<fix" not in content or any(mark in content.upper() for mark in DTD):
        message = (
            f"expected a QuickFIX dictionary without a document type for session {session.name}, found something else"
        )
        raise UsageError(message, where=str(path))
    return path


def _section(session: FixSession, port: int, store: Path) -> str:
    at = (
        {"SocketAcceptPort": port}
        if session.role == "acceptor"
        else {"SocketConnectHost": "127.0.0.1", "SocketConnectPort": port, "ReconnectInterval": 1}
    )
    values = {
        "ConnectionType": session.role,
        "BeginString": session.begin_string,
        "SenderCompID": session.sender_comp_id,
        "TargetCompID": session.target_comp_id,
        **at,
        "SocketNodelay": "Y",
        "NonStopSession": "Y",
        "HeartBtInt": session.heartbeat_s,
        "ResetOnLogon": "Y" if session.reset_on_logon else "N",
        "FileStorePath": store,
        **_dictionaries(session),
    }
    return "[SESSION]\n" + "".join(f"{key}={value}\n" for key, value in values.items())


def _dictionaries(session: FixSession) -> dict[str, object]:
    version = {"DefaultApplVerID": session.default_appl_ver_id} if session.default_appl_ver_id else {}
    path = dictionary_path(session)
    if path is None:
        return {"UseDataDictionary": "N", **version}
    if not version:
        return {"UseDataDictionary": "Y", "DataDictionary": path}
    return {
        "UseDataDictionary": "Y",
        "AppDataDictionary": path,
        "TransportDataDictionary": transport_path(path, session),
        **version,
    }
