"""What others wrote is shown, and never obeyed by a terminal."""

import pytest
from click.testing import CliRunner

from routeproof.cli.printing import harmless, print_table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("XNAS, 5 µs, Zürich …", "XNAS, 5 µs, Zürich …"),
        ("X\x1b]0;pwned\x07", "X\\x1b]0;pwned\\x07"),
        ("\u202eSANX", "\\u202eSANX"),
        ("two\nlines\tand more\r", "two\nlines\tand more\\r"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    """Titles of windows, bells, changes of direction, carriage returns; lines and letters stay."""
    assert harmless(text) == shown


def test_tables_are_harmless() -> None:
    """A venue's name out of a provider's message."""
    runner = CliRunner()
    with runner.isolation() as (out, *_):
        print_table(["venue"], [{"venue": "X\x1b[2J"}])
        assert out.getvalue().decode().split() == ["venue", "X\\x1b[2J"]
