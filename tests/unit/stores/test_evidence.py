"""Evidence: held whole under the hash of its envelope; what is gone says so, what was changed is not handed out."""

import hashlib
from pathlib import Path

import pytest

from routeproof.stores.evidence import EvidenceStore, ExpiredError
from routeproof.vocab.errors import LedgerBrokenError

NONCE = bytes(range(32))
ENVELOPE = NONCE + b'{"media_type":"text/plain","name":"a.txt"}\n' + b"first\nsecond"


def test_the_file_is_nonce_header_and_content_under_its_sha256(tmp_path: Path) -> None:
    """Worked by hand; a content with line feeds comes back whole, and nothing else stays in the folder."""
    store = EvidenceStore(tmp_path / "evidence")
    sha256 = store.put(b"first\nsecond", media_type="text/plain", name="a.txt", nonce=NONCE)
    assert sha256 == hashlib.sha256(ENVELOPE).hexdigest()
    assert (tmp_path / "evidence" / sha256).read_bytes() == ENVELOPE
    document = store.get(sha256)
    assert (document.content, document.media_type, document.name) == (b"first\nsecond", "text/plain", "a.txt")
    assert store.names() == [sha256]
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == [sha256]


def test_the_same_content_has_another_hash_each_time(tmp_path: Path) -> None:
    """So that a hash in the ledger does not betray what a lost document said."""
    store = EvidenceStore(tmp_path)
    names = {store.put(b"letter", media_type="text/plain", name="a.txt") for _ in range(3)}
    assert len(names) == 3


def test_a_destroyed_document_is_gone_and_says_so(tmp_path: Path) -> None:
    """Destroying it once more changes nothing."""
    store = EvidenceStore(tmp_path)
    sha256 = store.put(b"letter", media_type="text/plain", name="a.txt")
    assert store.has(sha256)
    for _ in range(2):
        store.destroy(sha256)
        assert not store.has(sha256)
    with pytest.raises(ExpiredError, match=sha256):
        store.get(sha256)


@pytest.mark.parametrize("place", [0, 31, 32, len(ENVELOPE) - 1])
def test_a_changed_byte_is_not_handed_out(tmp_path: Path, place: int) -> None:
    """In nonce, header or content."""
    store = EvidenceStore(tmp_path)
    sha256 = store.put(b"first\nsecond", media_type="text/plain", name="a.txt", nonce=NONCE)
    changed = bytearray(ENVELOPE)
    changed[place] ^= 1
    (tmp_path / sha256).write_bytes(changed)
    with pytest.raises(LedgerBrokenError, match="changed file"):
        store.get(sha256)


def test_bytes_that_are_no_envelope_are_refused(tmp_path: Path) -> None:
    """Even under their right hash; and a nonce has 32 bytes."""
    content = b"plain text without a header"
    name = hashlib.sha256(content).hexdigest()
    (tmp_path / name).write_bytes(content)
    store = EvidenceStore(tmp_path)
    with pytest.raises(LedgerBrokenError, match="envelope"):
        store.get(name)
    with pytest.raises(ValueError, match="32 bytes"):
        store.put(b"", media_type="text/plain", name="a.txt", nonce=b"short")
