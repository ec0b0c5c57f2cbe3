"""A workspace: one folder of one legal entity, with its settings, records, lake, raw bytes and keys."""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.stores.records_place import Server
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

WORKSPACE_VERSION = 2
SETTINGS = "routeproof.toml"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


class WorkspaceError(UsageError):
    """There is no workspace here, or one that this program must not touch."""

    code = "no_workspace"


class OldWorkspaceError(UsageError):
    """An earlier version of the program made this workspace, and it was not migrated."""

    code = "old_workspace"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where a workspace keeps what.

    Attributes:
        root: the folder.
        firm_id: legal entity, on every canonical row.
        version: of the arrangement of files and tables.
        server: the PostgreSQL database that holds the records; none if a file of the workspace does.
    """

    root: Path
    firm_id: str
    version: int = WORKSPACE_VERSION
    server: Server | None = None

    @property
    def records_place(self) -> Path | Server:
        """Where the records are."""
        return self.server or self.records_path

    @property
    def records_path(self) -> Path:
        """SQLite database of events."""
        return self.root / "records.sqlite"

    @property
    def lake_folder(self) -> Path:
        """Parquet files and commit documents."""
        return self.root / "lake"

    @property
    def raw_folder(self) -> Path:
        """Bytes as they came in."""
        return self.root / "raw"

    @property
    def evidence_folder(self) -> Path:
        """Documents that ledger entries name by hash."""
        return self.root / "evidence"

    @property
    def keys_folder(self) -> Path:
        """Private keys, outside the database."""
        return self.root / "keys"

    @property
    def checkpoints_folder(self) -> Path:
        """Signed checkpoints of the ledger, kept hourly and at sign-offs."""
        return self.root / "checkpoints"

    @property
    def cache_folder(self) -> Path:
        """Measured rows kept between questions; may be deleted at any time."""
        return self.root / "cache" / "measured"

    @property
    def answers_folder(self) -> Path:
        """Answers to questions that were asked before; may be deleted at any time."""
        return self.root / "cache" / "answers"

    @property
    def streams_folder(self) -> Path:
        """Daily streams kept between runs of the rules; may be deleted at any time."""
        return self.root / "cache" / "streams"

    @property
    def choices_folder(self) -> Path:
        """First venues of each day kept between runs of the rules; may be deleted at any time."""
        return self.root / "cache" / "choices"

    @property
    def heard_folder(self) -> Path:
        """What messages of a day said that decides how others are folded; may be deleted at any time."""
        return self.root / "cache" / "heard"

    @property
    def replays_folder(self) -> Path:
        """Replays of orders that were looked at; may be deleted at any time."""
        return self.root / "cache" / "replays"

    @property
    def outbox_path(self) -> Path:
        """SQLite database of what notification channels are owed and were sent; apart from the record."""
        return self.root / "notify" / "outbox.sqlite"

    @property
    def access_path(self) -> Path:
        """SQLite database of accounts, sessions and tokens; apart from the record, which names no secret."""
        return self.root / "access" / "access.sqlite"

    @property
    def scratch_folder(self) -> Path:
        """Results in the making; may be deleted whenever nothing runs."""
        return self.root / "scratch"

    @contextlib.contextmanager
    def lake_lock(self) -> Iterator[None]:
        """One writer of the lake at a time, across processes; others wait."""
        self.lake_folder.mkdir(parents=True, exist_ok=True)
        with (self.lake_folder / ".lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def open_workspace(root: Path, *, older: bool = False) -> Workspace:
    """The workspace in a folder; one that an older program made only if `older`.

    Raises:
        WorkspaceError: if there is none, or a newer program made it.
        OldWorkspaceError: if an older program made it.
    """
    path = root / SETTINGS
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"expected a workspace (a folder with {SETTINGS}), found none: run `routeproof init {root}`"
        raise WorkspaceError(message, where=str(root)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"expected readable settings, found: {error}"
        raise WorkspaceError(message, where=str(path)) from error
    version = settings.get("workspace_version")
    if not isinstance(version, int) or version > WORKSPACE_VERSION:
        message = f"expected workspace_version up to {WORKSPACE_VERSION}, found {version!r}: use a newer routeproof"
        raise WorkspaceError(message, where=str(path))
    if version < WORKSPACE_VERSION and not older:
        message = (
            f"expected workspace_version {WORKSPACE_VERSION}, found {version}: make a copy, then run "
            f"`routeproof migrate -w {root}`"
        )
        raise OldWorkspaceError(message, where=str(path))
    return Workspace(root, str(settings.get("firm_id", "")), version, _server(root, settings))


def _server(root: Path, settings: Mapping[str, object]) -> Server | None:
    url = settings.get("records")
    if url is None:
        return None
    schema, role = str(settings.get("records_schema", "public")), str(settings.get("records_role", ""))
    if not (_NAME.fullmatch(schema) and _NAME.fullmatch(role or "none")):
        message = f"expected plain names for records_schema and records_role, found {schema!r} and {role!r}"
        raise WorkspaceError(message, where=str(root / SETTINGS))
    return Server(url=str(url), schema=schema, folder=root, role=role)


def settings_text(workspace: Workspace) -> str:
    """What `routeproof.toml` of a new workspace says."""
    lines = {"workspace_version": workspace.version, "firm_id": workspace.firm_id}
    if workspace.server:
        lines |= {"records": workspace.server.url, "records_schema": workspace.server.schema}
        lines |= {"records_role": workspace.server.role} if workspace.server.role else {}
    # A JSON text is a TOML text too, except for the one escape that TOML lacks.
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in lines.items())
