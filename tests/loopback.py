"""A web server and a mail server on this machine alone, that answer as a test says and keep what they were told."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ADDRESS = "127.0.0.1"
TRICKLE_S = 0.05


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class WebServer:
    """Answers with each status of `answers` in turn, then with 204; an answer may also be something to do first.

    A status of 0 is no answer but a byte now and then.
    """

    port: int = 0
    answers: list[int | Callable[[], int]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Idempotency keys in the order in which they came."""
        return [request.headers["idempotency-key"] for request in self.requests]


@contextlib.contextmanager
def web_server(tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """A web server on a free port."""
    state = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            state.requests.append(Request(self.path, {n.lower(): v for n, v in self.headers.items()}, body))
            answer = state.answers.pop(0) if state.answers else 204
            status = answer() if callable(answer) else answer
            if status == 0:
                self._trickle()
                return
            self.send_response(status)
            if status in {301, 302, 307, 308}:
                self.send_header("Location", f"http://{ADDRESS}:{state.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.do_POST()

        def _trickle(self) -> None:
            """One byte at a time, until the other side has had enough."""
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(b"a")
                    self.wfile.flush()
                    time.sleep(TRICKLE_S)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((ADDRESS, 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        state.port = server.server_address[1]
        with _running(server):
            yield state


@dataclass
class MailServer:
    """Answers 250 unless `replies` has another line for the word of a command; keeps what was said and the mails.

    One that `is_endless` greets line by line and is never done.
    """

    port: int = 0
    replies: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    is_endless: bool = False
    said: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)


class _MailHandler(socketserver.StreamRequestHandler):
    @property
    def state(self) -> MailServer:
        """What the test says, and sees."""
        return self.server.state

    def handle(self) -> None:
        if self.state.is_endless:
            self.greet_for_ever()
        self.say(self.state.replies.get("greeting", "220 ready"))
        while line := self.rfile.readline():
            text = line.decode().rstrip("\r\n")
            self.state.said.append(text)
            if not self.answer(text):
                return

    def greet_for_ever(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(b"220-wait\r\n")
                time.sleep(TRICKLE_S)

    def answer(self, text: str) -> bool:
        word = text.partition(" ")[0].upper()
        if (reply := self.state.replies.get(text) or self.state.replies.get(word)) is not None:
            self.say(reply)
        elif word == "EHLO":
            self.say("250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN" if self.state.tls else "250 here")
        elif word == "STARTTLS" and self.state.tls:
            self.say("220 go ahead")
            self.connection = self.state.tls.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        elif word == "DATA":
            self.take_mail()
        elif word == "AUTH":
            self.say("235 welcome")
        else:
            self.say("221 bye" if word == "QUIT" else "250 fine")
        return word != "QUIT"

    def say(self, line: str) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(line.encode() + b"\r\n")
            self.wfile.flush()

    def take_mail(self) -> None:
        self.say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.state.mails.append(b"".join(lines).decode())
        self.say(self.state.replies.get("mail", "250 taken"))


@contextlib.contextmanager
def mail_server(tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """A mail server on a free port; it offers STARTTLS if it has a certificate."""
    state = MailServer(tls=tls)

    with socketserver.ThreadingTCPServer((ADDRESS, 0), _MailHandler) as server:
        server.state = state
        server.daemon_threads = True
        state.port = server.server_address[1]
        with _running(server):
            yield state


@contextlib.contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A self-signed certificate for 127.0.0.1 or other names: the server's side of it, and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    alternatives = [x509.DNSName(text) for text in names] or [x509.IPAddress(ipaddress.ip_address(ADDRESS))]
    since = datetime(2020, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since.replace(year=2050))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    trusted, both = folder / "ca.pem", folder / "server.pem"
    trusted.write_bytes(signed.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both.write_bytes(private + trusted.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, trusted


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])
