"""The session file of a certification: a test system only, and one initiator session with the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from routeproof.app.certify.run import order_ids
from routeproof.app.certify.session_file import load_session_file
from routeproof.vocab.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

FIX = """
[[fix]]
name = "acme-test"
role = "initiator"
host = "127.0.0.1"
port = 9878
begin_string = "FIX.4.4"
sender_comp_id = "FIRM"
target_comp_id = "ACMETEST"
provider = "ACME"
"""
LIQUID = """
[instruments.liquid]
symbol = "TEST"
reference_price = "25.50"
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "session.toml"
    path.write_text(text)
    return path


def test_a_session_file_says_where_and_how_orders_are_marked(tmp_path: Path) -> None:
    """The marks have defaults; instruments may be the test system's own."""
    file = load_session_file(_file(tmp_path, "test_system = true\naccount = 'T-1'\n" + LIQUID + FIX), "ACME")
    assert (file.marks.text, file.marks.account) == ("CERTIFICATION", "T-1")
    assert file.told == "FIX.4.4 FIRM to ACMETEST at 127.0.0.1:9878"
    assert str(file.instruments["liquid"].reference_price) == "25.50"


@pytest.mark.parametrize("first", ["", "test_system = false\n", 'test_system = "true"\n', "test_system = 1\n"])
def test_what_is_not_said_to_be_a_test_system_gets_no_order(tmp_path: Path, first: str) -> None:
    """Only the word `true` says so: refused with exit code 5."""
    with pytest.raises(RefusedError, match="test_system = true") as refused:
        load_session_file(_file(tmp_path, first + FIX), "ACME")
    assert refused.value.exit_code == 5


@pytest.mark.parametrize(
    "text",
    [
        "test_system = true\n",
        "test_system = true\n" + FIX.replace("initiator", "acceptor"),
        "test_system = true\n" + FIX.replace('provider = "ACME"', 'provider = "OTHER"'),
        "test_system = true\n" + FIX + FIX.replace("acme-test", "second").replace("ACMETEST", "ACMETEST2"),
        "test_system = true\ncolour = 1\n" + FIX,
        "test_system = true\ntext = 'A\\u0001B'\n".replace("'", '"') + FIX,
        "test_system = true\ntext = ''\n" + FIX,
        "test_system = ",
    ],
)
def test_what_is_no_session_file_is_refused(tmp_path: Path, text: str) -> None:
    """None, another role, another provider, several sessions, unknown keys, marks that would end a field."""
    with pytest.raises(UsageError):
        load_session_file(_file(tmp_path, text), "ACME")
    with pytest.raises(UsageError):
        load_session_file(tmp_path / "missing.toml", "ACME")


def test_order_ids_differ_from_run_to_run_and_are_short() -> None:
    """Providers cut long ClOrdIDs, and refuse those they saw before."""
    first, second = order_ids(1_790_000_000_000_000_000), order_ids(1_790_000_000_001_000_000)
    ids = [next(first) for _ in range(999)] + [next(second) for _ in range(999)]
    assert len(set(ids)) == len(ids)
    assert max(map(len, ids)) <= 16
