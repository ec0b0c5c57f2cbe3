"""Files as they come: packed, cut off, empty, foreign."""

import gzip
from pathlib import Path

import pytest
import zstandard

from routeproof.sources.catalog.fix_log import read_fix_log
from routeproof.sources.fix.tokenizer import tokenize
from routeproof.vocab.errors import MapError, UsageError


def message(number: int) -> bytes:
    """One whole order message."""
    body = (
        f"35=D\x0149=F\x0156=S\x0134={number}\x0152=20260105-14:30:00\x0111=A{number}\x0155=IBM\x0154=1\x0138=100\x0140=1\x01"
    ).encode()
    raw = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return raw + b"10=%03d\x01\n" % (sum(raw) % 256)


LOG = b"".join(message(number) for number in range(20_000))


def read(path: Path) -> tuple[int, dict[str, int]]:
    """What a log gives."""
    tables = read_fix_log(path)
    return tables["parent_orders"].height, dict(tables["rejects"]["reason"].value_counts().rows())


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_packing_makes_no_difference(tmp_path: Path, pack: type[bytes]) -> None:
    """Packing makes no difference."""
    (tmp_path / "log").write_bytes(pack(LOG))
    assert read(tmp_path / "log") == (20_000, {})


def test_gzip_members_in_a_row_are_one_log(tmp_path: Path) -> None:
    """Gzip members in a row are one log."""
    half = LOG.index(message(10_000))
    (tmp_path / "log.gz").write_bytes(gzip.compress(LOG[:half]) + gzip.compress(LOG[half:]))
    assert read(tmp_path / "log.gz") == (20_000, {})


def test_what_can_be_read_of_a_cut_gzip_is_kept_and_the_rest_is_said(tmp_path: Path) -> None:
    """What can be read of a cut gzip is kept and the rest is said."""
    packed = gzip.compress(LOG)
    (tmp_path / "log.gz").write_bytes(packed[: len(packed) // 2])
    orders, reasons = read(tmp_path / "log.gz")
    assert orders > 5_000
    assert reasons["truncated_file"] == 1
    assert set(reasons) <= {"truncated_file", "truncated_message"}


def test_damage_inside_a_gzip_is_said(tmp_path: Path) -> None:
    """Damage inside a gzip is said."""
    packed = bytearray(gzip.compress(LOG))
    packed[len(packed) // 2] ^= 0xFF
    packed[len(packed) // 2 + 1] ^= 0xFF
    (tmp_path / "log.gz").write_bytes(bytes(packed))
    _, reasons = read(tmp_path / "log.gz")
    assert reasons.keys() & {"damaged_file", "truncated_file", "wrong_checksum", "malformed_field", "truncated_message"}


def test_an_empty_file_has_nothing(tmp_path: Path) -> None:
    """An empty file has nothing."""
    (tmp_path / "log").write_bytes(b"")
    assert read(tmp_path / "log") == (0, {})


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    """A file that is not there is a usage error."""
    with pytest.raises(UsageError):
        read_fix_log(tmp_path / "absent")


@pytest.mark.parametrize(
    "declared",
    [
        {"parties": {"firms": ["A"]}},
        {"link": {"parent": "no group"}},
        {"link": {"parent": "("}},
        {"parties": ["A"]},
        {"link": {"parnet": "(.)"}},
        {"values": {"venu": {"Q": "XNAS"}}},
        {"table": "quotes"},
        {"link": {"parent": "(?=A)(.)"}},
        {"link": {"parent": r"(.)\1"}},
        {"parties": {"firm": 5}},
        {"clock": {"sor": {"uncertainty_ns": 10**15}}},
        {"clock": {"sor": {"uncertainty_ns": "about a second"}}},
    ],
)
def test_a_wrong_map_is_said(tmp_path: Path, declared: dict[str, object]) -> None:
    """A wrong map is said."""
    (tmp_path / "log").write_bytes(LOG[:1000])
    with pytest.raises(MapError):
        read_fix_log(tmp_path / "log", declared)


def test_fees_that_add_up_to_more_than_a_column_holds_are_refused(tmp_path: Path) -> None:
    """9,000,000,000 twice is beyond 2^63 at 1e-9, and 0.01 twice is 0.02; a sum that wraps round would be negative."""
    content = b""
    for fee in ("9000000000", "0.01"):
        text = f"35=8|49=S|56=F|34=1|52=20260105-14:30:00|17=E|136=2|137={fee}|139=1|137={fee}|139=2|"
        body = text.replace("|", "\x01").encode()
        raw = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
        content += raw + b"10=%03d\x01\n" % (sum(raw) % 256)
    (tmp_path / "log").write_bytes(content)
    with (tmp_path / "log").open("rb") as file:
        (piece,) = tokenize(file, name="log")
    assert piece.messages["misc_fee"].to_list() == [20_000_000]
    assert piece.rejects["reason"].to_list() == ["bad_value"]


def test_foreign_logs_do_no_harm(shared_data: Path) -> None:
    """Samples and scenarios nobody here wrote: every message is accepted or a reject with a reason."""
    folder = shared_data / "robustness"
    samples = [path for path in sorted((folder / "fix_samples").rglob("fix.*")) if path.is_file()]
    scenarios = sorted((folder / "fix_acceptance").rglob("*.def"))
    assert samples
    assert scenarios
    for paths in ([sample] for sample in samples):
        notes = dict(read_fix_log(list(paths))["notes"].rows())
        assert notes["received"] == notes["accepted"] > 0
    tables = read_fix_log(list(scenarios))
    notes = dict(tables["notes"].rows())
    assert notes["received"] == notes["accepted"] + tables["rejects"].height
