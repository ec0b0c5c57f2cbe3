"""What channels are owed: notices are kept before anything is sent, and messages stay as they were made."""

from __future__ import annotations

import fcntl
import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from routeproof.app.notify.message import Message
from routeproof.app.notify.outbox_tables import outbox_database
from routeproof.ledger.canonical import canonical_bytes
from routeproof.renderers.notices.document import notices_document
from routeproof.rules.notice import notice_from, told
from routeproof.rules.notice_channel import Channel, quiet_until
from routeproof.stores.side_database import PRIVATE_FOLDER_MODE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.notify.message import Outcome
    from routeproof.rules.notice_plan import Due

ID_DIGITS = 32
State = Literal["waiting", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is to be sent.

    Attributes:
        message: as it was made.
        channel: name.
        urgent: whether it has a notice that breaks the quiet hours.
        deliveries: that were begun before.
    """

    message: Message
    channel: str
    urgent: bool
    deliveries: int


class Outbox:
    """The outbox of a workspace, in one file.

    A notice is kept once per channel, under the hash of the two; a message is named by the hash of its notices'.
    So what is handed over again after a crash adds nothing, and what is sent again has the same id and bytes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = outbox_database(path)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """One process sends at a time, others wait; a process that is killed lets go."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER_MODE)
        with self._path.with_suffix(".lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def heard(self, channels: Sequence[str], size: int) -> dict[str, int]:
        """How many entries of the record each channel has heard; `size` for one that was not known, noted."""
        with self._database.reading() as connection:
            known = {row["channel"]: row["heard"] for row in connection.execute("select * from listener")}
        if new := [(name, size) for name in channels if name not in known]:
            with self._database.transaction() as connection:
                connection.executemany("insert into listener values (?, ?) on conflict do nothing", new)
                known = {row["channel"]: row["heard"] for row in connection.execute("select * from listener")}
        return {name: known[name] for name in channels}

    def keep(self, owed: Iterable[Due], now: int, heard: Mapping[str, int] | None = None) -> int:
        """Keep notices, durable on return; how many were not here before.

        `heard` says, by channel, how many entries of the record it has heard now; it never goes back.
        """
        rows = [
            (
                _hash(due.channel, due.notice.key),
                due.channel,
                json.dumps(told(due.notice)),
                due.notice.severity,
                due.because,
                now,
                due.due_at,
            )
            for due in owed
        ]
        if not rows and not heard:
            return 0
        with self._database.transaction() as connection:
            connection.executemany(
                "update listener set heard = max(heard, ?) where channel = ?",
                [(until, name) for name, until in (heard or {}).items()],
            )
            before = connection.total_changes
            connection.executemany(
                "insert into item (id, channel, notice, severity, because, kept_at, due_at) "
                "values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
                rows,
            )
            return connection.total_changes - before

    def gather(self, channel: Channel, now: int) -> None:
        """Make messages of what the channel is owed by now: what goes at once in one, what was kept in a digest."""
        with self._database.transaction() as connection:
            owed = connection.execute(
                "select * from item where channel = ? and message is null and due_at <= ? order by kept_at, rowid",
                (channel.name, now),
            ).fetchall()
            # What was due before quiet hours, and could not be sent, is not sent in them.
            due = [row for row in owed if quiet_until(channel, now, row["severity"]) is None]
            at_once = [row for row in due if row["because"] == "immediate"]
            together = [row for row in due if row["because"] != "immediate"]
            for kind, rows in (("immediate", at_once), ("digest", together)):
                if rows:
                    _make(connection, channel, kind, rows, now)

    def waiting(self, channels: Sequence[str], now: int) -> list[Waiting]:
        """Messages of the channels that are to be tried now, the oldest first."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "select * from message where state = 'waiting' and next_at <= ? order by made_at, rowid", (now,)
            ).fetchall()
            addressees = connection.execute("select * from addressee order by rowid").fetchall()
        by: dict[tuple[str, bool], list[str]] = {}
        for row in addressees:
            by.setdefault((row["message"], bool(row["is_refused"])), []).append(row["address"])
        return [_waiting(row, by) for row in rows if row["channel"] in channels]

    def postpone(self, message_id: str, next_at: int) -> None:
        """Leave a message until later, untried."""
        with self._database.transaction() as connection:
            connection.execute("update message set next_at = ? where id = ?", (next_at, message_id))

    def settle(self, message_id: str, state: State, outcome: Outcome, *, attempts: int, now: int, next_at: int) -> None:
        """Note what a delivery came to, after `attempts`."""
        addressees = [(message_id, address, 0) for address in outcome.only]
        addressees += [(message_id, address, 1) for address in outcome.refused_for]
        with self._database.transaction() as connection:
            connection.execute("delete from addressee where message = ?", (message_id,))
            connection.executemany("insert into addressee values (?, ?, ?)", addressees)
            connection.execute(
                "update message set state = ?, reason = ?, deliveries = deliveries + 1, attempts = attempts + ?, "
                "tried_at = ?, next_at = ? where id = ?",
                (state, outcome.reason, attempts, now, next_at, message_id),
            )

    def is_taken_in_part(self, message_id: str) -> bool:
        """Whether some addressees have it, and others are owed it still."""
        with self._database.reading() as connection:
            return connection.execute("select 1 from addressee where message = ?", (message_id,)).fetchone() is not None

    def try_again(self, now: int) -> int:
        """Let messages that failed wait again, with their ids; how many."""
        with self._database.transaction() as connection:
            return connection.execute(
                "update message set state = 'waiting', deliveries = 0, next_at = ? where state = 'failed'", (now,)
            ).rowcount

    def forget(self, before: int) -> None:
        """Drop what was settled, and made before that instant, with its notices."""
        settled = "select id from message where state in ('sent', 'failed') and made_at < ?"
        with self._database.transaction() as connection:
            connection.execute(f"delete from addressee where message in ({settled})", (before,))  # noqa: S608
            connection.execute(f"delete from item where message in ({settled})", (before,))  # noqa: S608
            connection.execute(f"delete from message where id in ({settled})", (before,))  # noqa: S608

    def listed(self, state: str | None, channel: str | None, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Messages without their bodies, the newest first, and how many there are in all."""
        if not self._path.exists():
            return [], 0
        chosen = "where (?1 is null or state = ?1) and (?2 is null or channel = ?2)"
        with self._database.transaction() as connection:
            total = connection.execute(f"select count(*) from message {chosen}", (state, channel)).fetchone()[0]  # noqa: S608
            rows = connection.execute(
                f"select * from message {chosen} order by made_at desc, rowid desc limit ?3",  # noqa: S608
                (state, channel, limit),
            ).fetchall()
        return [{name: row[name] for name in row.keys() if name != "body"} for row in rows], total  # noqa: SIM118

    def owed(self) -> list[dict[str, Any]]:
        """Notices that are in no message yet: how many by channel, reason and instant."""
        if not self._path.exists():
            return []
        with self._database.transaction() as connection:
            rows = connection.execute(
                "select channel, because, due_at, count(*) as count from item where message is null "
                "group by channel, because, due_at order by due_at, channel, because"
            ).fetchall()
        return [dict(row) for row in rows]


def _waiting(row: sqlite3.Row, by: Mapping[tuple[str, bool], list[str]]) -> Waiting:
    only, refused_for = (tuple(by.get((row["id"], is_refused), ())) for is_refused in (False, True))
    message = Message(row["id"], row["body"], row["made_at"], only, refused_for)
    return Waiting(message, row["channel"], bool(row["urgent"]), row["deliveries"])


def _make(connection: sqlite3.Connection, channel: Channel, kind: str, rows: Sequence[sqlite3.Row], now: int) -> None:
    message_id = _hash(channel.name, *(row["id"] for row in rows))
    notices = [notice_from(json.loads(row["notice"])) for row in rows]
    document = notices_document(
        message_id, channel.name, "immediate" if kind == "immediate" else "digest", notices, now
    )
    urgent = any(row["severity"] in channel.breaks_quiet for row in rows)
    connection.execute(
        "insert into message (id, channel, kind, body, count, urgent, made_at, state, next_at) "
        "values (?, ?, ?, ?, ?, ?, ?, 'waiting', ?)",
        (message_id, channel.name, kind, canonical_bytes(document), len(rows), urgent, now, now),
    )
    connection.executemany("update item set message = ? where id = ?", [(message_id, row["id"]) for row in rows])


def _hash(*parts: str) -> str:
    return hashlib.sha256(canonical_bytes(list(parts))).hexdigest()[:ID_DIGITS]
