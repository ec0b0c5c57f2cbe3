"""Signed notes, verifier keys and checkpoints: what is accepted, and above all what is not."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from routeproof.ledger import ed25519
from routeproof.ledger.checkpoint import Checkpoint, open_checkpoint, origin_of, parse_checkpoint, sign_checkpoint
from routeproof.ledger.note import NoteError, VerifierKey, open_note, parse_verifier_key, sign_note

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("log.example/a", ed25519.public_key_of(SECRET))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NOTE = sign_note("first\n\nthird\n", KEY.name, SECRET)

# The example of the signed-note package of Go (golang.org/x/mod/sumdb/note), signed by other people's code.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\N{EM DASH} PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_another_program_opens() -> None:
    """Key and note are published examples."""
    text, signers = open_note(GO_NOTE.encode(), [parse_verifier_key(GO_KEY)])
    assert text == GO_NOTE.partition("\n\n")[0] + "\n"
    assert [str(signer) for signer in signers] == [GO_KEY]


def test_a_note_opens_for_whoever_trusts_a_signer() -> None:
    """The text may have empty lines; lines of unknown signers are not looked at."""
    more = NOTE + sign_note("first\n\nthird\n", "stranger", OTHER).rpartition(b"\n\n")[2]
    assert open_note(more, [KEY]) == ("first\n\nthird\n", [KEY])


@pytest.mark.parametrize(
    "note",
    [b"", NOTE[:-1], NOTE.replace(b"first", b"First"), NOTE.replace(b"\n\n\xe2", b"\n\xe2"), NOTE[:-3] + b"\n",
     NOTE + b"\n", NOTE + b"- x y\n", NOTE.replace(b"first", b"fir\tst"), NOTE.replace(b"first", b"\xff"),
     NOTE.replace(b"=\n", b"\n"), NOTE.replace(b"log.example/a ", b"log.example/a  "),
     NOTE.replace("\N{EM DASH} ".encode(), b"-- "), sign_note("x\n", KEY.name, OTHER), sign_note("x\n", "b", SECRET)],
)  # fmt: skip
def test_what_is_no_trusted_note_is_refused(note: bytes) -> None:
    """Cut, altered, unsigned, signed by a stranger or under another name, malformed."""
    with pytest.raises(NoteError):
        open_note(note, [KEY])


def test_a_wrong_signature_by_a_known_key_refuses_the_note() -> None:
    """Even beside a good one."""
    wrong = sign_note("else\n", KEY.name, SECRET).rpartition(b"\n\n")[2]
    with pytest.raises(NoteError, match="does not verify"):
        open_note(NOTE + wrong, [KEY])


def test_a_verifier_key_is_read_back() -> None:
    """name+id+base64."""
    assert parse_verifier_key(str(KEY)) == KEY


_TEXT = str(KEY)


@pytest.mark.parametrize(
    "text",
    ["", "a+b", _TEXT.replace("log", "lag"), _TEXT + "=", _TEXT[:-1], _TEXT.upper(), "a b" + _TEXT,
     "x+00000000+" + base64.b64encode(b"\x04" + KEY.public_key).decode(),
     "x+00000000+" + base64.b64encode(b"\x01" + KEY.public_key[:31]).decode()],
)  # fmt: skip
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    """The id must be that of name and key; the spelling must be the one spelling."""
    with pytest.raises(NoteError):
        parse_verifier_key(text)


P = 2**255 - 19
Y8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
SMALL = [0, 1, P - 1, Y8, P - Y8]


@pytest.mark.parametrize("sign", [0, 1 << 255])
@pytest.mark.parametrize("y", [*SMALL, *(y + P for y in SMALL if y + P < 2**255), P + 3, 2, 2**255 - 1])
def test_weak_and_misspelt_public_keys_are_refused(y: int, sign: int) -> None:
    """All points of small order, encodings of y at or above p, and y = 2, which is no point of the curve."""
    with pytest.raises(ValueError, match="Ed25519 public key"):
        ed25519.require_public_key((y | sign).to_bytes(32, "little"))


def test_the_wycheproof_signatures_are_judged_as_published(shared_data: Path) -> None:
    """151 vectors of people who break signature code."""
    suite = json.loads((shared_data / "robustness" / "crypto" / "wycheproof_ed25519_test.json").read_text("utf-8"))
    judged = [
        (ed25519.verify(bytes.fromhex(group["publicKey"]["pk"]), *map(bytes.fromhex, (test["msg"], test["sig"]))), test)
        for group in suite["testGroups"]
        for test in group["tests"]
    ]
    assert len(judged) == 151
    assert [test["tcId"] for good, test in judged if good != (test["result"] == "valid")] == []


def test_a_checkpoint_is_a_note_of_three_lines() -> None:
    """Origin, size, root in base64; opened by the log's key only."""
    checkpoint = Checkpoint(origin_of(b"{}"), 7, sha256(b"").digest())
    assert checkpoint.text == "routeproof/44136fa355b3678a\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    key = VerifierKey(checkpoint.origin, ed25519.public_key_of(SECRET))
    note = sign_checkpoint(checkpoint, SECRET)
    assert open_checkpoint(note, [key]) == (checkpoint, [key])


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    ["a\n1\n", f"a\n01\n{ROOT}\n", f"a\n-1\n{ROOT}\n", f"a\n1.0\n{ROOT}\n", f"a\n\u0661\n{ROOT}\n", f"\n1\n{ROOT}\n",
     f"a\n1\n{ROOT[:-1]}\n", f"a\n1\n{ROOT[4:]}\n", f"a\n1\n{ROOT}\n\nx\n", f"a\n{10**20}\n{ROOT}\n", f"a\n\n{ROOT}\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """Leading zeroes, signs, fractions, other digits, empty lines, short roots."""
    with pytest.raises(NoteError):
        parse_checkpoint(text)
