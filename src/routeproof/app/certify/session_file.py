"""The session file of a certification: the test system's FIX session, and what marks a test order."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from routeproof.lab.certification.messages import Marks
from routeproof.lab.certification.script import Instrument
from routeproof.sources.live.session_config import FixSession, fix_sessions
from routeproof.vocab.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SESSION_FILE = "certification.toml"
"""In the workspace, where no other is named."""
FIX = "fix"
PLAIN = r"^[\x20-\x7e]+$"
"""What a field of a message may hold: nothing that ends it."""


class SessionFile(BaseModel):
    """What is certified against.

    Attributes:
        test_system: whether the session leads to a test system; nothing is sent where it is not.
        text: Text (58) of every message.
        account: Account (1) of every message.
        logon_within_s: wait for the Logon.
        instruments: what instruments of scripts are on this test system, by the scripts' names.
        session: the initiator session.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    test_system: bool = False
    text: str = Field(default="CERTIFICATION", pattern=PLAIN, max_length=60)
    account: str = Field(default="TEST", pattern=PLAIN, max_length=30)
    logon_within_s: int = Field(default=30, ge=1, le=600)
    instruments: dict[str, Instrument] = Field(default_factory=dict)
    session: FixSession

    @property
    def marks(self) -> Marks:
        """What marks the orders."""
        return Marks(text=self.text, account=self.account)

    @property
    def told(self) -> str:
        """The session in a line, for people and the record."""
        one = self.session
        return f"{one.begin_string} {one.sender_comp_id} to {one.target_comp_id} at {one.host}:{one.port}"


def load_session_file(path: Path, provider: str) -> SessionFile:
    """Read a session file for the certification of a provider.

    Raises:
        UsageError: it cannot be read, or does not describe one initiator session with this provider.
        RefusedError: it does not say `test_system = true`.
    """
    document = _document(path)
    sessions = fix_sessions({FIX: document.pop(FIX, [])}, path)
    if document.get("test_system") is not True:
        message = (
            f"expected test_system = true at the top of the file, found {document.get('test_system', 'nothing')!r}: "
            "test orders are sent to a test system only; say so there if this is one"
        )
        raise RefusedError(message, where=str(path))
    fitting = [item for item in sessions if item.role == "initiator" and item.provider == provider]
    if len(sessions) != 1 or not fitting:
        found = ", ".join(f"{item.name} ({item.role}, provider {item.provider})" for item in sessions) or "none"
        message = f'expected one [[fix]] table with role = "initiator" and provider = "{provider}", found {found}'
        raise UsageError(message, where=str(path))
    try:
        return SessionFile.model_validate({**document, "session": fitting[0]})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        message = f"expected test_system, text, account, logon_within_s, [instruments] and [[fix]], found {problems}"
        raise UsageError(message, where=str(path)) from error


def _document(path: Path) -> dict[str, Any]:
    try:
        document: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"expected a readable session file (TOML), found: {error}"
        raise UsageError(message, where=str(path)) from error
    return dict(document)
