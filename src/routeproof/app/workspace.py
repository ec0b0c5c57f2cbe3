"""A workspace: one folder of one legal entity, with its settings, records, lake, raw bytes and keys."""

from __future__ import annotations

import contextlib
import fcntl
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKSPACE_VERSION = 1
SETTINGS = "routeproof.toml"


class WorkspaceError(UsageError):
    """There is no workspace here, or one that this program must not touch."""

    code = "no_workspace"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where a workspace keeps what.

    Attributes:
        root: the folder.
        firm_id: legal entity, on every canonical row.
    """

    root: Path
    firm_id: str

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


def open_workspace(root: Path) -> Workspace:
    """The workspace in a folder.

    Raises:
        WorkspaceError: if there is none, or a newer program made it.
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
    return Workspace(root=root, firm_id=str(settings.get("firm_id", "")))
