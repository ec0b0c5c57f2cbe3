"""What `watch` listens to: FIX sessions, growing files, drop folders."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from routeproof.sources.live.kafka_topic import KafkaTopic
from routeproof.sources.live.session_config import FixSession, fix_sessions
from routeproof.sources.registry import SOURCES
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES = ("fix", "tail", "drop", "kafka", "notify")
WHOLE_FILES = ("parquet", "xlsx")
"""Sources that cannot be read line by line."""


class Feed(BaseModel):
    """Files that are read as `ingest` reads them.

    Attributes:
        path: the growing file, or the folder.
        source: registered source.
        map: TOML map, where the source needs one.
        provider: provider that the rows speak of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    source: str
    map: Path | None = None
    provider: str = ""

    @model_validator(mode="after")
    def _is_readable(self) -> Feed:
        if self.source not in SOURCES:
            message = f"expected a source ({', '.join(SOURCES)}), found {self.source!r}"
            raise ValueError(message)
        if SOURCES[self.source].needs_map and self.map is None:
            message = f"expected map = FILE.toml: a {self.source} file does not say what its columns mean"
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """What is listened to.

    Attributes:
        fix: sessions.
        tails: files that grow; those of quotes feed the reference.
        drops: folders into which whole files are renamed.
        topics: Kafka topics of FIX messages.
        path: the file, whose `[[notify]]` tables are read by `app.notify`.
    """

    fix: tuple[FixSession, ...]
    tails: tuple[Feed, ...]
    drops: tuple[Feed, ...]
    topics: tuple[KafkaTopic, ...]
    path: Path


def load_watch_config(path: Path) -> WatchConfig:
    """The configuration of `watch`; paths in it are relative to its folder.

    Raises:
        UsageError: the file cannot be read, or something in it is not what it should be.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"expected a readable configuration, found: {error}"
        raise UsageError(message, where=str(path)) from error
    unknown = document.keys() - set(TABLES)
    if unknown or not document.keys() & {"fix", "tail", "drop", "kafka"}:
        message = f"expected tables out of {', '.join(f'[[{name}]]' for name in TABLES)}, found {', '.join(document)}"
        raise UsageError(message, where=str(path))
    return WatchConfig(
        fix=fix_sessions(document, path),
        tails=tuple(_tail(item, path) for item in _tables(document, "tail", path)),
        drops=tuple(_feed(item, path, "drop") for item in _tables(document, "drop", path)),
        topics=tuple(_topic(item, path) for item in _tables(document, "kafka", path)),
        path=path,
    )


def _tables(document: Mapping[str, Any], name: str, path: Path) -> list[Any]:
    found = document.get(name, [])
    if not (isinstance(found, list) and all(isinstance(item, dict) for item in found)):
        message = f"expected [[{name}]] (two brackets: a list of tables), found {name} = {str(found)[:60]}"
        raise UsageError(message, where=str(path))
    return found


def _tail(item: Any, path: Path) -> Feed:  # noqa: ANN401  # TOML
    """A feed that grows line by line."""
    feed = _feed(item, path, "tail")
    if feed.source in WHOLE_FILES:
        message = (
            f"expected a source that grows by lines in [[tail]], found {feed.source!r}: use [[drop]] for whole files"
        )
        raise UsageError(message, where=str(path))
    if feed.path.is_dir():
        message = "expected a file in [[tail]] path, found a folder: use [[drop]] for a folder of whole files"
        raise UsageError(message, where=str(feed.path))
    return feed


def _topic(item: Any, path: Path) -> KafkaTopic:  # noqa: ANN401  # TOML
    try:
        return KafkaTopic.model_validate(item)
    except ValidationError as error:
        wanted = "name, servers, topic, group, provider, properties?"
        raise UsageError(_problems("kafka", wanted, error), where=str(path)) from error


def _problems(name: str, wanted: str, error: ValidationError) -> str:
    found = "; ".join(
        f"{'.'.join(map(str, item['loc'])) or name}: {item['msg']}" for item in error.errors(include_url=False)
    )
    return f"expected [[{name}]] with {wanted}, found: {found}"


def _feed(item: Any, path: Path, name: str) -> Feed:  # noqa: ANN401  # TOML
    try:
        feed = Feed.model_validate(item)
    except ValidationError as error:
        raise UsageError(_problems(name, "path, source, map?, provider?", error), where=str(path)) from error
    folder = path.resolve().parent
    return feed.model_copy(update={"path": folder / feed.path, "map": None if feed.map is None else folder / feed.map})
