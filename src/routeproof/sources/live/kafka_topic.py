"""A Kafka topic as a feed: whole values in the order of their partitions; what was taken in is committed, no sooner.

The library is the extra `kafka`. Nothing is asked of the cluster but to read, and to remember how far this group came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from routeproof.vocab.errors import DataRejectedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MOST_RECORDS = 5_000
"""Records taken at a time."""


class KafkaTopic(BaseModel):
    """One `[[kafka]]` table.

    Attributes:
        name: how messages call it.
        servers: bootstrap servers, HOST:PORT.
        topic: whose values are FIX messages or lines of a FIX log, one or several in each.
        group: consumer group; its committed offsets say how far this workspace has come.
        provider: provider that the messages speak of.
        properties: a file of further settings of librdkafka, NAME=VALUE on each line, such as those of TLS and SASL; so
            that no secret stands in the configuration.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100, pattern=r"^[\w.:-]+$")
    servers: str = Field(min_length=1)
    topic: str = Field(min_length=1)
    group: str = Field(min_length=1)
    provider: str = Field(min_length=1)
    properties: str | None = Field(default=None, min_length=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """Values that came, and where the topic stands behind them.

    Attributes:
        values: in the order in which they came.
        offsets: (topic, partition) to the offset behind the last value.
    """

    values: tuple[bytes, ...]
    offsets: Mapping[tuple[str, int], int]


class Consumer(Protocol):
    """The part of a Kafka client that is used."""

    def consume(self, num_messages: int, timeout: float) -> Sequence[Any]:
        """Records that are there, waiting at most so long for the first."""
        ...

    def commit(self, *, offsets: Sequence[Any], asynchronous: bool) -> object:
        """Remember offsets for the group."""
        ...

    def close(self) -> None:
        """Leave the group."""
        ...


class TopicReader:
    """Reads one topic; offsets are committed when the values are in the lake, so a crash repeats and loses nothing."""

    def __init__(self, topic: KafkaTopic, consumer: Consumer, place: Any) -> None:  # noqa: ANN401  # the client's own type
        """`place` makes the client's (topic, partition, offset)."""
        self.topic, self._consumer, self._place = topic, consumer, place

    def take(self, timeout_s: float = 0.0) -> Taken | None:
        """Values that came since the last call; null if none did.

        Raises:
            DataRejectedError: the cluster answers with an error, or with a value that was removed.
        """
        records = self._consumer.consume(MOST_RECORDS, timeout_s)
        values: list[bytes] = []
        offsets: dict[tuple[str, int], int] = {}
        for record in records:
            error = record.error()
            if error is not None:
                message = f"expected records of topic {self.topic.topic}, found: {error}"
                raise DataRejectedError(message, where=self.topic.name)
            if record.value() is not None:
                values.append(bytes(record.value()))
            offsets[record.topic(), record.partition()] = record.offset() + 1
        return Taken(tuple(values), offsets) if records else None

    def commit(self, taken: Taken) -> None:
        """What was taken is in the lake."""
        places = [self._place(topic, partition, offset) for (topic, partition), offset in taken.offsets.items()]
        self._consumer.commit(offsets=places, asynchronous=False)

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()


def open_topic(topic: KafkaTopic, folder: Path) -> TopicReader:
    """A reader of the extra `kafka`.

    Args:
        topic: what to read.
        folder: that `properties` is relative to.

    Raises:
        UsageError: the extra is not installed, or the file of properties cannot be read.
    """
    given = _properties(topic, folder)
    try:
        import confluent_kafka  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        message = 'expected the extra kafka for [[kafka]], found no client; pip install "routeproof[kafka]"'
        raise UsageError(message, where="confluent_kafka") from error
    own = {
        "bootstrap.servers": topic.servers,
        "group.id": topic.group,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
    }
    consumer = confluent_kafka.Consumer({**given, **own})
    consumer.subscribe([topic.topic])
    return TopicReader(topic, consumer, confluent_kafka.TopicPartition)


def _properties(topic: KafkaTopic, folder: Path) -> dict[str, str]:
    if topic.properties is None:
        return {}
    path = folder / topic.properties
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"expected a readable file of properties for [[kafka]] {topic.name}, found: {error}"
        raise UsageError(message, where=str(path)) from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, equals, value = line.partition("=")
        if line.strip() and not line.lstrip().startswith("#"):
            if not equals:
                message = f"expected NAME=VALUE, found line {number} without ="
                raise UsageError(message, where=str(path))
            found[name.strip()] = value.strip()
    return found
