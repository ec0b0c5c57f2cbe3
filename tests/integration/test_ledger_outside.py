"""Checkpoints leave the machine: witness, time-stamp, mail; and what is kept here, hour by hour."""

import email
import email.policy
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.ledger.checkpoints import checkpoint_now, keep_checkpoint
from routeproof.app.ledger.log_key import log_key, next_key_file, prepare_key
from routeproof.app.ledger.mail import mail_checkpoint
from routeproof.app.ledger.notes import append_notes
from routeproof.app.ledger.timestamp import timestamp_checkpoint
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.ledger.witness import OutsideError, post, witness_checkpoint
from routeproof.ledger.checkpoint import open_checkpoint
from routeproof.ledger.merkle import verify_consistency
from routeproof.ledger.note import sign_note
from routeproof.vocab.errors import LedgerBrokenError, UsageError

HOUR_NS = 3_600 * 10**9


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = 1_782_912_600 * 10**9

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace, opened with a clock of ours."""
    init_workspace(tmp_path / "workspace")
    with open_context(tmp_path / "workspace", clock=Clock()) as opened:
        yield opened


class Witness:
    """A witness as its specification says, on the loopback interface."""

    def __init__(self, context: Context) -> None:
        self.keys = [log_key(context).verifier]
        self.size, self.root = 0, b""
        self.private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Status and body for an `add-checkpoint` request."""
        head, _, note = body.partition(b"\n\n")
        old, *proof = head.decode().split("\n")
        checkpoint, _ = open_checkpoint(note, self.keys)
        if int(old.removeprefix("old ")) != self.size:
            return 409, f"{self.size}\n".encode()
        from base64 import b64decode  # noqa: PLC0415

        hashes = [b64decode(line) for line in proof]
        if self.size and not verify_consistency(self.size, checkpoint.size, self.root, checkpoint.root, hashes):
            return 422, b""
        self.size, self.root = checkpoint.size, checkpoint.root
        return 200, sign_note(checkpoint.text, "witness.example", self.private).rpartition(b"\n\n")[2]


@contextmanager
def serving(answer: object) -> Iterator[str]:
    """An HTTP server on the loopback interface that answers each POST by `answer(body)`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = answer(body)  # type: ignore[operator]
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_witness_signs_each_checkpoint_that_extends_the_last(context: Context) -> None:
    """The first time, and again after more entries, when it asks for a proof from where it stands."""
    witness = Witness(context)
    with serving(witness.answer) as url:
        witness_checkpoint(context, url)
        list(append_notes(context, ["a", "b", "c"]))
        path = witness_checkpoint(context, url)
    assert witness.size == context.records.size()
    assert b"witness.example" in path.read_bytes()
    assert verify_workspace(context.workspace.root).ok


def test_a_witness_that_saw_another_history_is_an_alarm(context: Context) -> None:
    """It refuses, and that is exit 4, not a network error."""
    witness = Witness(context)
    witness.size, witness.root = 1, bytes(32)
    with serving(witness.answer) as url, pytest.raises(LedgerBrokenError, match="does not extend"):
        witness_checkpoint(context, url)
    witness.size = 10_000
    with serving(witness.answer) as url, pytest.raises(LedgerBrokenError, match="missing at the end"):
        witness_checkpoint(context, url)


@pytest.mark.parametrize(
    ("status", "body"), [(404, b""), (302, b""), (500, b"x"), (200, b"no signature\n"), (409, b"x")]
)
def test_a_service_that_answers_otherwise_is_told(status: int, body: bytes, context: Context) -> None:
    """Redirects are not followed; nothing is kept."""
    before = sorted(context.workspace.checkpoints_folder.glob("*"))
    with serving(lambda _: (status, body)) as url, pytest.raises(OutsideError):
        witness_checkpoint(context, url)
    assert sorted(context.workspace.checkpoints_folder.glob("*")) == before


def test_only_web_addresses_are_called() -> None:
    """A file URL reads the machine's own files."""
    with pytest.raises(UsageError):
        post("file:///etc/passwd", b"", "text/plain")
    with pytest.raises(OutsideError):
        post("http://127.0.0.1:9", b"", "text/plain")


def test_a_time_stamp_over_something_else_is_refused(context: Context) -> None:
    """Not RFC 3161 at all, or an error page."""
    pytest.importorskip("rfc3161_client")
    with serving(lambda _: (200, b"\x30\x03\x02\x01\x00")) as url, pytest.raises(OutsideError):
        timestamp_checkpoint(context, url)
    with serving(lambda _: (503, b"")) as url, pytest.raises(OutsideError):
        timestamp_checkpoint(context, url)
    assert list(context.workspace.checkpoints_folder.glob("*.tsr")) == []


TSA_SETTINGS = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
[req]
distinguished_name = name
[name]
[extensions]
extendedKeyUsage = critical,timeStamping
"""


def test_a_time_stamp_is_kept_beside_the_checkpoint_and_verifies_elsewhere(context: Context, tmp_path: Path) -> None:
    """OpenSSL is the authority, and OpenSSL verifies the answer against the bytes of the kept note."""
    pytest.importorskip("rfc3161_client")
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to act as the time-stamping authority")
    settings = tmp_path / "tsa.cnf"
    settings.write_text(TSA_SETTINGS.format(folder=tmp_path))
    (tmp_path / "serial").write_text("01\n")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.pem", "-out", "cert.pem",
            "-subj", "/CN=tsa", "-config", "tsa.cnf", "-extensions", "extensions", "-days", "2")  # fmt: skip

    def answer(body: bytes) -> tuple[int, bytes]:
        (tmp_path / "question.tsq").write_bytes(body)
        openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "question.tsq", "-inkey", "tsa.pem",
                "-signer", "cert.pem", "-out", "answer.tsr")  # fmt: skip
        return 200, (tmp_path / "answer.tsr").read_bytes()

    with serving(answer) as url:
        path = timestamp_checkpoint(context, url)
    openssl("ts", "-verify", "-data", str(path.with_suffix(".note")), "-in", str(path), "-CAfile", "cert.pem")
    assert verify_workspace(context.workspace.root).ok


def test_a_mail_carries_the_checkpoint_as_a_file(context: Context, tmp_path: Path) -> None:
    """The attachment has the bytes of the note, whatever mail does to texts."""
    signed = mail_checkpoint(context, tmp_path / "checkpoint.eml")
    message = email.message_from_bytes((tmp_path / "checkpoint.eml").read_bytes(), policy=email.policy.default)
    (attachment,) = message.iter_attachments()  # type: ignore[attr-defined]
    (tmp_path / "saved.note").write_bytes(attachment.get_content())
    assert (tmp_path / "saved.note").read_bytes() == signed.note
    assert verify_workspace(context.workspace.root, [tmp_path / "saved.note"]).ok


def test_a_checkpoint_is_kept_when_the_newest_is_an_hour_old(context: Context) -> None:
    """By the ledger's own times; a sign-off keeps one at once; without new entries there is nothing to keep."""
    clock = context.clock
    assert isinstance(clock, Clock)
    list(append_notes(context, ["first"]))
    kept = sorted(context.workspace.checkpoints_folder.glob("*.note"))
    assert len(kept) == 1
    list(append_notes(context, ["soon after"]))
    assert sorted(context.workspace.checkpoints_folder.glob("*.note")) == kept
    assert keep_checkpoint(context, always=True) is not None
    assert keep_checkpoint(context, always=True) is None
    clock.now += HOUR_NS
    list(append_notes(context, ["an hour later"]))
    assert len(list(context.workspace.checkpoints_folder.glob("*.note"))) == 3
    assert verify_workspace(context.workspace.root).ok


def test_a_rotation_that_was_not_recorded_is_dropped(context: Context) -> None:
    """A key was prepared and the program ended: the old key stays."""
    old = log_key(context).verifier
    prepare_key(context)
    assert log_key(context).verifier == old
    assert not next_key_file(context).exists()


def test_a_lost_key_is_not_replaced_silently(context: Context) -> None:
    """Another key would sign another history."""
    checkpoint_now(context)
    (context.workspace.keys_folder / "ledger.key").unlink()
    with pytest.raises(LedgerBrokenError, match="backup"):
        checkpoint_now(context)
