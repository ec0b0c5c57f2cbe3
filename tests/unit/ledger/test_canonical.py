"""RFC 8785 canonical JSON and the ledger entry built on it."""

import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import MAX_ENTRY_BYTES, EntryRefusedError, Fact, entry_bytes

FACT = Fact("lake", "lake.committed", {"rows": 1}, "2026-07-01", "os:ann", "operator", "s1")


def test_the_published_pairs_come_out_byte_for_byte(shared_data: Path) -> None:
    """Input and expected output are the RFC author's own files."""
    folder = shared_data / "robustness" / "crypto" / "jcs_rfc8785"
    inputs = sorted((folder / "input").glob("*.json"))
    assert inputs
    for path in inputs:
        # The vectors hold integers that only a double can be, as JSON readers in browsers see them.
        value = json.loads(path.read_text(encoding="utf-8"), parse_int=_as_browsers_do)
        assert canonical_bytes(value) == (folder / "output" / path.name).read_bytes().rstrip(b"\n"), path.name


def _as_browsers_do(text: str) -> int | float:
    return int(text) if abs(int(text)) < 2**53 else float(text)


@pytest.mark.parametrize(
    ("value", "text"),
    # RFC 8785 appendix B.
    [(0.0, "0"), (-0.0, "0"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
     (9007199254740992.0, "9007199254740992"), (295147905179352830000.0, "295147905179352830000"),
     (1e21, "1e+21"), (9.999999999999997e22, "9.999999999999997e+22"), (0.000001, "0.000001"),
     (1e-7, "1e-7"), (333333333.3333332, "333333333.3333332")],
)  # fmt: skip
def test_doubles_are_written_as_the_rfc_lists_them(value: float, text: str) -> None:
    """Shortest digits, ECMAScript notation."""
    assert canonical_bytes(value) == text.encode()


@pytest.mark.parametrize("value", [2**53, float("nan"), float("inf"), b"x", {1: 2}, "\ud800"])
def test_what_json_cannot_carry_exactly_is_refused(value: object) -> None:
    """Nanoseconds must be decimal strings; a silent rounding would change a record."""
    with pytest.raises(ValueError, match=r".+"):
        canonical_bytes(value)


def test_an_entry_has_the_agreed_members() -> None:
    """Other programs read these names."""
    entry = json.loads(entry_bytes(FACT, index=3, appended_at=1_782_912_600_000_000_000))
    assert list(entry) == [
        "actor", "appended_at", "business_on", "evidence", "index", "payload", "role", "session", "stream", "type",
        "version",
    ]  # fmt: skip
    assert entry["appended_at"] == "1782912600000000000"


def test_an_entry_that_is_too_long_is_refused() -> None:
    """What is larger is evidence by hash."""
    long = Fact("lake", "note", {"text": "x" * MAX_ENTRY_BYTES}, "2026-07-01", "a", "r", "s")
    with pytest.raises(EntryRefusedError, match="65535"):
        entry_bytes(long, index=0, appended_at=0)


_NUMBERS = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(_VALUES)
@examples(300)
def test_another_implementation_writes_the_same_bytes(value: object) -> None:
    """The package `rfc8785`, by other people, on values of every shape, names beyond the basic plane included."""
    assert canonical_bytes(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_names_beyond_the_basic_plane_are_ordered_by_utf_16() -> None:
    """A surrogate pair (D83D…) sorts before U+E000, although its code point is larger."""
    assert canonical_bytes({"\ue000": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ue000":1}'.encode()


def test_an_entry_that_json_cannot_carry_is_refused() -> None:
    """A byte of the command line that is no text, a number beyond 2^53."""
    for payload in ({"text": "\udcff"}, {"number": 2**60}):
        fact = Fact("notes", "note", payload, "2026-07-01", "a", "r", "s")
        with pytest.raises(EntryRefusedError, match="exactly"):
            entry_bytes(fact, index=0, appended_at=0)
