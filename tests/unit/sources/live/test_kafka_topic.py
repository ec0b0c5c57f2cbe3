"""A Kafka topic as a feed; the cluster is a fake with the client's own methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.sources.live.kafka_topic import KafkaTopic, TopicReader, open_topic
from routeproof.vocab.errors import DataRejectedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TOPIC = KafkaTopic(name="fills", servers="127.0.0.1:1", topic="drop", group="routeproof", provider="P")


@dataclass
class Record:
    """A record of the fake cluster."""

    partition_number: int
    at: int
    content: bytes | None = b""
    fault: str | None = None

    def error(self) -> str | None:
        """The client's name for a record that is none."""
        return self.fault

    def value(self) -> bytes | None:
        """Its bytes; null for a record that was removed."""
        return self.content

    def topic(self) -> str:
        """Always the same."""
        return TOPIC.topic

    def partition(self) -> int:
        """Its partition."""
        return self.partition_number

    def offset(self) -> int:
        """Its place there."""
        return self.at


@dataclass
class Cluster:
    """Gives records in portions and notes what is committed."""

    portions: list[list[Record]]
    committed: list[Any] = field(default_factory=list)
    closed: bool = False

    def consume(self, num_messages: int, timeout: float) -> list[Record]:
        """The next portion."""
        del num_messages, timeout
        return self.portions.pop(0) if self.portions else []

    def commit(self, *, offsets: Sequence[Any], asynchronous: bool) -> None:
        """Note them; only a durable answer counts."""
        assert not asynchronous
        self.committed += offsets

    def close(self) -> None:
        """Note it."""
        self.closed = True


def place(topic: str, partition: int, offset: int) -> tuple[str, int, int]:
    """The client's place, as a plain tuple."""
    return topic, partition, offset


def test_nothing_is_committed_before_somebody_says_so() -> None:
    """Values come in order; the offset that is committed is that behind the last value of each partition."""
    cluster = Cluster([[Record(0, 5, b"a"), Record(1, 8, b"b"), Record(0, 6, b"c")], []])
    reader = TopicReader(TOPIC, cluster, place)
    taken = reader.take()
    assert taken is not None
    assert taken.values == (b"a", b"b", b"c")
    assert cluster.committed == []
    assert reader.take() is None
    reader.commit(taken)
    assert sorted(cluster.committed) == [("drop", 0, 7), ("drop", 1, 9)]
    reader.close()
    assert cluster.closed


def test_a_removed_record_is_passed_over() -> None:
    """It has no bytes, and its offset counts."""
    cluster = Cluster([[Record(0, 1, None)]])
    taken = TopicReader(TOPIC, cluster, place).take()
    assert taken is not None
    assert (taken.values, taken.offsets) == ((), {("drop", 0): 2})


def test_an_error_of_the_cluster_is_told() -> None:
    """With the topic's name."""
    with pytest.raises(DataRejectedError, match="topic drop, found: broker gone"):
        TopicReader(TOPIC, Cluster([[Record(0, 1, None, "broker gone")]]), place).take()


def test_properties_are_read_from_their_own_file(tmp_path: Path) -> None:
    """A line without = is an error that names the file and the line, before anything is connected."""
    (tmp_path / "kafka.properties").write_text("# TLS\nsecurity.protocol=SSL\nnonsense\n")
    with pytest.raises(UsageError, match="line 3"):
        open_topic(TOPIC.model_copy(update={"properties": "kafka.properties"}), tmp_path)
