"""Kafka topics of a watch: what they bring goes to the engine and to the lake, and is committed once it is there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from routeproof.app.watch.beside.lake_writer import FIX_LOG, Portion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.app.watch.engine import Engine
    from routeproof.sources.live.kafka_topic import TopicReader


class Topics:
    """All topics."""

    def __init__(self, readers: Sequence[TopicReader], engine: Engine, offer: Callable[[Portion], None]) -> None:
        self._readers, self._engine, self._offer = readers, engine, offer

    def look(self) -> bool:
        """Take what came; whether anything did."""
        came = False
        for reader in self._readers:
            taken = reader.take()
            if taken is None:
                continue
            came = True
            provider = reader.topic.provider
            content = b"\n".join(taken.values) + b"\n"
            portion = Portion(f"kafka-{reader.topic.name}", FIX_LOG, None, provider, parts=[content], can_wait=True)
            portion.done.append(partial(reader.commit, taken))
            self._offer(portion)
            self._engine.hold_log(provider, content)
        return came

    def close(self) -> None:
        """Leave the groups; what was not committed comes again."""
        for reader in self._readers:
            reader.close()
