"""FIX sessions as the configuration of `watch` names them: `[[fix]]` tables."""

from __future__ import annotations

import tomllib
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BeginString = Literal["FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1"]
COMP_ID = r"^[!-.0-\[\]-~]([ -.0-\[\]-~]*[!-.0-\[\]-~])?$"
"""CompIDs are parts of file names of the engine's store: printable ASCII without slashes, no space at either end."""
SYMBOL = r"^[!-~]([ -~]*[!-~])?$"
LOOPBACK = ("127.0.0.1", "::1")


class FixSession(BaseModel):
    """One session with one counterparty.

    Attributes:
        name: how status, findings and the journal call it.
        role: `acceptor` listens for the counterparty; `initiator` connects to it.
        host: address to listen on, or to connect to.
        port: its port; 0 (acceptors only) takes any free one.
        default_appl_ver_id: DefaultApplVerID (1137) of FIXT.1.1: 7 is FIX 5.0, 8 SP1, 9 SP2; null otherwise.
        sender_comp_id: our CompID.
        target_comp_id: theirs.
        table: `quotes` if market data arrives here; null for orders and their reports.
        provider: provider id of what arrives here; may be empty where that is market data.
        symbols: whose quotes are asked for with a MarketDataRequest after each Logon; none if empty.
        reset_on_logon: both sequences begin at 1 with each Logon.
        heartbeat_s: HeartBtInt that an initiator asks for; an acceptor takes the counterparty's.
        dictionary: QuickFIX-format file that messages are checked against; null for session checks only.
        allow_ip: addresses or networks that may connect (initiators: that may answer). Acceptors without it take
            this machine only, initiators whatever the host's name stands for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
    role: Literal["acceptor", "initiator"]
    host: str = Field(min_length=1)
    port: int = Field(ge=0, le=65535)
    begin_string: BeginString
    default_appl_ver_id: Literal["7", "8", "9"] | None = None
    sender_comp_id: str = Field(pattern=COMP_ID)
    target_comp_id: str = Field(pattern=COMP_ID)
    table: Literal["quotes"] | None = None
    provider: str = ""
    symbols: tuple[Annotated[str, Field(pattern=SYMBOL)], ...] = ()
    reset_on_logon: bool = False
    heartbeat_s: int = Field(default=30, ge=1, le=3600)
    dictionary: str | None = Field(default=None, min_length=1)
    allow_ip: tuple[str, ...] | None = None

    @field_validator("allow_ip", "symbols", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("allow_ip")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for text in value or ():
            ip_network(text)
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.begin_string == "FIXT.1.1") != (self.default_appl_ver_id is not None):
            message = "default_appl_ver_id (7, 8 or 9) belongs to begin_string FIXT.1.1, and only to it"
            raise ValueError(message)
        if self.role == "initiator" and self.port == 0:
            message = "port 0 means any free port, which only an acceptor can take"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _says_whose_orders_these_are(self) -> Self:
        if not self.provider and self.table is None:
            message = 'provider is required: whose orders arrive here; or table = "quotes", if market data does'
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _can_ask(self) -> Self:
        if self.symbols and (self.table is None or self.dictionary is None):
            message = (
                'symbols belongs to table = "quotes" with a dictionary: only by one can the engine write a request'
            )
            raise ValueError(message)
        return self

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...] | None:
        """What `allow_ip` comes to; null where any address may."""
        texts = self.allow_ip if self.allow_ip is not None else LOOPBACK if self.role == "acceptor" else None
        return None if texts is None else tuple(ip_network(text) for text in texts)

    def admits(self, address: str) -> bool:
        """Whether a counterparty at this IP address may be one end of the session."""
        networks = self.networks
        return networks is None or any(ip_address(address) in network for network in networks)

    @property
    def identity(self) -> tuple[str, str, str]:
        """What tells sessions apart on the wire: BeginString, our CompID, theirs."""
        return self.begin_string, self.sender_comp_id, self.target_comp_id


def fix_sessions(document: Mapping[str, object], path: Path) -> tuple[FixSession, ...]:
    """The `[[fix]]` tables of a configuration, in its order; dictionaries that stand beside the file get its folder.

    Args:
        document: the parsed configuration.
        path: the file it was read from.

    Raises:
        UsageError: a table is wrong; the message names it, the key, and what was expected.
    """
    tables = document.get("fix", [])
    if not isinstance(tables, list):
        message = "expected [[fix]] (two brackets: a list of tables), found [fix]; add the brackets"
        raise UsageError(message, where=str(path))
    sessions = tuple(_session(table, place, path) for place, table in enumerate(tables, 1))
    _refuse_twins("name", [session.name for session in sessions], path)
    _refuse_twins("begin_string, sender_comp_id and target_comp_id", [s.identity for s in sessions], path)
    return sessions


def load_fix_sessions(path: Path) -> tuple[FixSession, ...]:
    """Sessions of a configuration file.

    Raises:
        UsageError: there is no such file, it is not TOML, a table is wrong, or there is no session.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"expected a readable TOML file, found: {error}"
        raise UsageError(message, where=str(path)) from error
    sessions = fix_sessions(document, path)
    if not sessions:
        message = "expected at least one [[fix]] table, found none"
        raise UsageError(message, where=str(path))
    return sessions


def _session(table: object, place: int, path: Path) -> FixSession:
    try:
        session = FixSession.model_validate(table)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'table'}: {e['msg']}" for e in error.errors())
        message = f"expected [[fix]] table {place} to describe a session, found {problems}"
        raise UsageError(message, where=str(path)) from error
    if session.dictionary and (path.parent / session.dictionary).is_file():
        beside = str((path.parent / session.dictionary).resolve())
        return session.model_copy(update={"dictionary": beside})
    return session


def _refuse_twins(what: str, keys: Sequence[object], path: Path) -> None:
    twins = sorted({str(key) for key in keys if keys.count(key) > 1})
    if twins:
        message = f"expected each [[fix]] table to have its own {what}, found {twins[0]} twice; change one"
        raise UsageError(message, where=str(path))
