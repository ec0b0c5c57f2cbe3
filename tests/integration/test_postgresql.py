"""Records in PostgreSQL: the same promises as in a file, held by constraints, grants, triggers and one row's lock."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from postgres import logged_in
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.workspace import open_workspace
from routeproof.ledger.entry import Fact
from routeproof.stores.commits import Actor, SourceOutcome, commit, source_outcomes
from routeproof.stores.records import Records
from routeproof.stores.records_database import BusyError, UnreachableError
from routeproof.stores.records_place import Server
from routeproof.stores.records_server import prepare_server
from routeproof.stores.records_tables import APPEND_ONLY
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import LedgerBrokenError, UsageError

FACT = Fact("s", "note", {"text": "a"}, "2026-07-02", "a", "r", "s")
APPENDS = """
import sys, time
from pathlib import Path
from routeproof.app.workspace import open_workspace
from routeproof.ledger.entry import Fact
from routeproof.stores.records import Records
records = Records(open_workspace(Path(sys.argv[1])).records_place, time.time_ns)
for number in range(10):
    print(*records.append([Fact("w", "note", {"text": f"{sys.argv[2]} {number}"}, "2026-07-02", "a", "r", "s")]))
"""
CHANGES = [statement.format(table) for table in APPEND_ONLY for statement in ("DELETE FROM {}", "TRUNCATE {}")] + [
    "UPDATE ledger_entries SET entry = ''",
    "UPDATE ledger_leaves SET leaf = ''",
]


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Server:
    """Room for one workspace's records."""
    return prepare_server(database_url, tmp_path, os.urandom(4).hex())


@pytest.fixture
def records(place: Server) -> Iterator[Records]:
    """Records whose clock stands still; a writer waits a fifth of a second for another."""
    store = Records(place, lambda: 1_000, timeout_s=0.2)
    yield store
    store.close()


def test_a_workspace_keeps_its_records_there(database_url: str, tmp_path: Path) -> None:
    """Lake, outcomes and entries are read back; nothing is in a file of the workspace."""
    workspace = init_workspace(tmp_path / "w", records=database_url)
    with open_context(tmp_path / "w") as context:
        day = {"symbol": ["IBM"], "at": [1], "bid": [10], "trading_day": ["2026-07-01"]}
        frame = pl.DataFrame(day).with_columns(pl.col("trading_day").str.to_date())
        partition = context.lake.write("quotes", "2026-07-01", TABLES["quotes"].conform(frame))
        outcome = SourceOutcome("ab", "r", {"n": 1})
        for again in (outcome, SourceOutcome("ab", "r", {"n": 2})):
            actor = Actor("os:ann", "operator", "s1", "2026-07-02")
            manifest = commit(workspace.lake_folder, context.lake, context.records, [partition], [again], actor)
        assert context.lake.read("quotes", manifest=manifest[:12]).height == 1
        assert source_outcomes(context.records) == [SourceOutcome("ab", "r", {"n": 2})]
        types = [json.loads(entry)["type"] for entry in context.records.entries()]
    assert types == ["workspace.created", "ledger.key_created", "lake.committed", "lake.committed"]
    assert not workspace.records_path.exists()


def test_streams_of_a_kind_are_found_byte_by_byte(records: Records) -> None:
    """However the database sorts words; as in a file."""
    for stream in ("case/2", "case/1/x", "case-b/1", "cases/1", "Case/1", "case", "case0"):
        records.append([replace(FACT, stream=stream)])
    assert sorted(records.streams_below("case/")) == ["case/1/x", "case/2"]


def test_two_workspaces_share_a_database(database_url: str, tmp_path: Path) -> None:
    """The second one gets a schema of its own."""
    places = [init_workspace(tmp_path / name, records=database_url).server for name in "ab"]
    with open_context(tmp_path / "a") as context:
        context.records.append([FACT])
        assert len(context.records.stream("s")) == 1
    with open_context(tmp_path / "b") as context:
        assert context.records.stream("s") == []
    assert places[0] is not None
    assert places[1] is not None
    assert places[0].schema != places[1].schema
    with logged_in(database_url) as connection:
        connection.exec_driver_sql(f'DROP SCHEMA "{places[1].schema}" CASCADE')


@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_may_not_change_an_entry(records: Records, place: Server, statement: str) -> None:
    """Where the login may create roles, the tables belong to another role, which granted appending alone."""
    if not place.role:
        pytest.skip("the login of DATABASE_URL may not create roles")
    records.append([FACT])
    with pytest.raises(LedgerBrokenError, match="permission denied"):
        records.query(statement)
    assert records.size() == 1


@pytest.mark.parametrize("statement", [*CHANGES, "INSERT INTO ledger_entries (entry_index, entry) VALUES (2, '')"])
def test_triggers_refuse_it_to_the_owner_too(records: Records, place: Server, statement: str) -> None:
    """Also without the search path that the application sets."""
    records.append([FACT])
    qualified = statement.replace("ledger_", f"{place.schema}.ledger_", 1)
    bare = make_url(place.url).difference_update_query(["options"]).render_as_string(hide_password=False)
    with logged_in(bare) as connection, pytest.raises(DBAPIError, match=r"append-only|are dense"):
        connection.exec_driver_sql(qualified)
    assert records.size() == 1


def test_another_program_may_append_the_next_entry_by_its_two_columns(records: Records, place: Server) -> None:
    """As it may in a file; the trigger asks for the next index and no more."""
    records.append([FACT])
    with logged_in(place.url) as connection:
        connection.exec_driver_sql("INSERT INTO ledger_entries (entry_index, entry) VALUES (1, 'x'), (2, 'y')")
    assert records.entries(1) == [b"x", b"y"]


def test_a_login_without_the_right_to_create_roles_still_has_the_triggers(database_url: str, tmp_path: Path) -> None:
    """The tables are its own then, and the settings name no role."""
    parsed = make_url(database_url)
    name = f"routeproof_test_{os.urandom(4).hex()}"
    schema = parsed.query["options"].removeprefix("-csearch_path=")
    with logged_in(database_url) as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD 'p'")
        connection.exec_driver_sql(f"GRANT CREATE, USAGE ON SCHEMA {schema} TO {name}")
    login = parsed.set(username=name, password="p").render_as_string(hide_password=False)  # noqa: S106  # made above
    place = prepare_server(login, tmp_path, "00")
    assert place.role == ""
    store = Records(place, lambda: 1)
    store.append([FACT])
    with pytest.raises(LedgerBrokenError, match="append-only"):
        store.query("DELETE FROM ledger_entries")
    store.close()


def test_a_second_writer_waits_and_then_says_busy(records: Records, place: Server) -> None:
    """And the record stays usable."""
    other = Records(place, lambda: 1, timeout_s=0.2)

    def decide(_: Records) -> list[Fact]:
        with pytest.raises(BusyError):
            other.append([FACT])
        return [FACT]

    assert records.decide(decide) == [0]
    assert other.append([FACT]) == [1]
    other.close()


def test_writers_in_several_processes_share_one_head(database_url: str, tmp_path: Path) -> None:
    """Dense indexes, each acknowledged once."""
    init_workspace(tmp_path / "w", records=database_url)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDS, str(tmp_path / "w"), str(n)], stdout=subprocess.PIPE, text=True
        )
        for n in range(3)
    ]
    acknowledged = {}
    for number, process in enumerate(started):
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        acknowledged |= {int(index): f"{number} {order}" for order, index in enumerate(output.split())}
    with open_context(tmp_path / "w") as context:
        payloads = [json.loads(entry)["payload"] for entry in context.records.entries()]
    found = {index: payload["text"] for index, payload in enumerate(payloads) if "text" in payload}
    assert found == acknowledged
    assert len(found) == 30


def test_a_backend_that_is_ended_leaves_the_record_usable(records: Records, place: Server) -> None:
    """The step in progress is not acknowledged and not recorded; the next one finds its way back to the server."""
    ((backend,),) = records.query("SELECT pg_backend_pid()")

    def decide(_: Records) -> list[Fact]:
        with logged_in(place.url) as connection:
            connection.exec_driver_sql(f"SELECT pg_terminate_backend({backend})")
        return [FACT]

    with pytest.raises(UnreachableError, match="look before you repeat"):
        records.decide(decide)
    assert records.size() == 0
    assert records.append([FACT]) == [0]


def test_passwords_are_kept_from_others_and_out_of_messages(database_url: str, tmp_path: Path) -> None:
    """A password in the URL makes the settings private; no error repeats it."""
    parsed = make_url(database_url)
    secret = parsed.set(password=parsed.password or "swordfish").render_as_string(hide_password=False)
    init_workspace(tmp_path / "w", records=secret)
    assert (tmp_path / "w" / "routeproof.toml").stat().st_mode & 0o777 == 0o600
    nowhere = "postgresql://ann:swordfish@127.0.0.1:1/none"
    for url in (nowhere, "mysql://ann:swordfish@127.0.0.1/none", "swordfish"):
        with pytest.raises((UnreachableError, UsageError)) as caught:
            init_workspace(tmp_path / "x", records=url)
        assert "swordfish" not in f"{caught.value} {caught.value.where}"
    assert not (tmp_path / "x").exists()


def test_settings_that_name_no_plain_schema_are_refused(database_url: str, tmp_path: Path) -> None:
    """What stands in the settings becomes part of a statement."""
    init_workspace(tmp_path / "w", records=database_url)
    path = tmp_path / "w" / "routeproof.toml"
    path.write_text(path.read_text("utf-8").replace('records_schema = "', 'records_schema = "a\\"; DROP '), "utf-8")
    with pytest.raises(UsageError, match="plain names"):
        open_workspace(tmp_path / "w")


def test_a_reader_is_not_held_up_by_a_writer(records: Records, place: Server) -> None:
    """It sees the record as it stood before."""
    reader = Records(place, lambda: 1, timeout_s=0.2)
    seen: list[int] = []

    def decide(_: Records) -> list[Fact]:
        reading = threading.Thread(target=lambda: seen.append(reader.size()))
        reading.start()
        reading.join(timeout=30)
        return [FACT]

    records.decide(decide)
    assert seen == [0]
    reader.close()


def test_what_is_read_in_a_snapshot_is_of_one_moment(records: Records, place: Server) -> None:
    """Also after a statement that the server refused, which ends its transaction."""
    records.append([FACT])
    writer = Records(place, lambda: 2_000)
    with records.snapshot():
        assert len(records.entries()) == 1
        writer.append([FACT])
        assert len(records.leaves()) == 1
        with pytest.raises(LedgerBrokenError):
            records.query("SELECT nothing FROM nowhere")
        assert len(records.leaves()) == 2
    writer.close()
    records.append([FACT])
    assert records.size() == 3
