"""Growing files and drop folders of a watch: what they add goes to the engine and to the lake."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from routeproof.app.watch.beside.lake_writer import FIX_LOG, Portion
from routeproof.app.watch.drop_folder import DropFolder
from routeproof.app.watch.growing_file import GrowingFile
from routeproof.app.watch.positions import read_mark, write_mark
from routeproof.sources.map_file import FileMap, load_map
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routeproof.app.watch.config import Feed
    from routeproof.app.watch.engine import Engine
    from routeproof.app.watch.quotes import LiveQuotes


class Feeds:
    """All feeds that are files."""

    def __init__(
        self,
        tails: tuple[Feed, ...],
        drops: tuple[Feed, ...],
        engine: Engine,
        quotes: LiveQuotes,
        offer: Callable[[Portion], None],
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        """`offer` hands content to the lake; `folder` remembers how far it has growing files."""
        self._engine, self._quotes, self._offer = engine, quotes, offer
        self._folder, self._say = folder, say
        self._tails = [
            (feed, GrowingFile(feed.path, feed.source != FIX_LOG, read_mark(folder, feed.path))) for feed in tails
        ]
        self._drops = [(feed, DropFolder(feed.path)) for feed in drops]
        self._maps: dict[Path, FileMap] = {}

    def look(self, scratch: Path) -> bool:
        """Take what was added; whether anything was."""
        added = False
        for feed, file in self._tails:
            begun_again = file.begun_again
            content = file.added()
            if file.begun_again > begun_again:
                self._say(f"{feed.path}: another file, or shorter than what was read of it: read from its beginning")
            if content:
                added = True
                portion = self._portion(feed, f"tail-{feed.path.name}", head=file.mark.head)
                portion.can_wait = self._take(feed, content, file.mark.head, scratch)
                portion.parts.append(content)
                portion.done.append(partial(write_mark, self._folder, feed.path, file.mark))
                self._offer(portion)
        for feed, folder in self._drops:
            for path in folder.fresh():
                added = True
                if feed.source == FIX_LOG:
                    self._take(feed, path.read_bytes(), b"", scratch)
                self._offer(self._portion(feed, f"drop-{path.name}", path=path))
        return added

    def _portion(self, feed: Feed, name: str, *, head: bytes = b"", path: Path | None = None) -> Portion:
        return Portion(name, feed.source, feed.map, feed.provider, head=head, path=path)

    def _take(self, feed: Feed, content: bytes, head: bytes, scratch: Path) -> bool:
        """Take in what is judged as it comes; whether it is."""
        if feed.source == FIX_LOG:
            self._engine.hold_log(feed.provider, content)
            return True
        if feed.map is not None and self._map(feed.map).table == TABLES["quotes"].name:
            self._take_quotes(feed, head + content, scratch)
            return True
        return False

    def _take_quotes(self, feed: Feed, content: bytes, scratch: Path) -> None:
        assert feed.map is not None  # noqa: S101  # quotes are read by a map
        try:
            self._quotes.read(feed.source, self._map(feed.map), content, feed.path.name, scratch)
        except RouteproofError as error:  # the lake keeps and counts it; what else is listened to goes on
            self._say(f"{feed.path}: {error.message} [{error.where}]")

    def _map(self, path: Path) -> FileMap:
        if path not in self._maps:
            self._maps[path] = load_map(path)
        return self._maps[path]
