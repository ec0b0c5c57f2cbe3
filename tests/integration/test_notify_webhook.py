"""Webhooks: signed, to an allowed host only, no redirect, bounded in time and attempts, the same id each time."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from typing import TYPE_CHECKING

import pytest

from loopback import ADDRESS, certificate, web_server
from notify_desk import SECRET, notice, notify_desk, webhook
from routeproof.app.notify.webhook import signature
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback import WebServer
    from notify_desk import NotifyDesk


@pytest.fixture
def desk(tmp_path: Path) -> NotifyDesk:
    """A workspace."""
    return notify_desk(tmp_path)


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A web server."""
    with web_server() as server:
        yield server


def allowed(desk: NotifyDesk, port: int, more: str = "") -> None:
    """A webhook to the server, which may be spoken to."""
    desk.configure(webhook(port, more), f"{ADDRESS}:{port}")


def test_the_signature_is_what_another_program_makes_of_it() -> None:
    """`printf '1782921600.{"count":1,"id":"0f"}' | openssl dgst -sha256 -hmac 'a secret of 24 characters'`."""
    assert signature(SECRET.encode(), 1_782_921_600, b'{"count":1,"id":"0f"}') == (
        "t=1782921600,v1=7ea8bf1dac73cbf37eee428fe15176b6df60f9abaf23264051b69202cfe00785"
    )


def test_a_notice_arrives_signed(desk: NotifyDesk, web: WebServer) -> None:
    """The receiver checks header against body with the secret alone, and reads what it may know."""
    allowed(desk, web.port)
    assert desk.keep(notice(1)).now == 1
    assert desk.send().sent == 1
    (request,) = web.requests
    assert request.path == "/in?x=1"
    at, said = (part.partition("=")[2] for part in request.headers["routeproof-signature"].split(","))
    expected = hmac.new(SECRET.encode(), f"{at}.".encode() + request.body, hashlib.sha256).hexdigest()
    assert said == expected
    assert int(at) == desk.clock.now // 10**9
    body = json.loads(request.body)
    assert body["id"] == request.headers["idempotency-key"]
    assert body["kind"] == "immediate"
    assert [item["finding"] for item in body["notices"]] == [f"{1:032x}"]
    assert desk.last() | {"state": "sent", "reason": "HTTP 204", "attempts": 1} == desk.last()


def test_a_server_that_fails_is_tried_again_with_the_same_message(desk: NotifyDesk, web: WebServer) -> None:
    """Twice more after pauses of one and two seconds, with the same id and bytes."""
    allowed(desk, web.port)
    web.answers[:] = [500, 429]
    desk.keep(notice(1))
    assert desk.send().sent == 1
    assert len(set(web.ids)) == 1
    assert len({request.body for request in web.requests}) == 1
    assert desk.pauses == [1.0, 2.0]
    assert desk.last()["attempts"] == 3


def test_deliveries_are_repeated_later_and_not_for_ever(desk: NotifyDesk, web: WebServer) -> None:
    """After 1, 5, 15, 60, 240 and 720 minutes, then it has failed, with the reason; nothing in between."""
    allowed(desk, web.port, "attempts = 1")
    web.answers[:] = [503] * 20
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    for minutes in (1, 5, 15, 60, 240):
        desk.clock.pass_days((minutes - 0.5) / 1440)
        desk.send()
        desk.clock.pass_days(0.6 / 1440)
        assert desk.send().waiting == 1
    desk.clock.pass_days(721 / 1440)
    assert desk.send().failed == 1
    desk.clock.pass_days(10)
    desk.send()
    assert len(web.requests) == 7
    assert len(set(web.ids)) == 1
    assert desk.last() | {"state": "failed", "reason": "HTTP 503", "deliveries": 7, "next_at": None} == desk.last()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(desk: NotifyDesk, web: WebServer, status: int) -> None:
    """Where to is the firm's decision, not the server's."""
    allowed(desk, web.port)
    web.answers[:] = [status]
    desk.keep(notice(1))
    assert desk.send().failed == 1
    assert [request.path for request in web.requests] == ["/in?x=1"]
    assert desk.last()["reason"] == f"HTTP {status}: a redirect is not followed"


def test_a_refusal_is_not_repeated(desk: NotifyDesk, web: WebServer) -> None:
    """The same request would be refused again."""
    allowed(desk, web.port)
    web.answers[:] = [400]
    desk.keep(notice(1))
    assert desk.send().failed == 1
    assert len(web.requests) == 1


def test_a_server_that_answers_byte_by_byte_is_given_up(desk: NotifyDesk, web: WebServer) -> None:
    """The limit is on the whole attempt; each single byte comes in time."""
    allowed(desk, web.port, "timeout_s = 0.4\nattempts = 1")
    web.answers[:] = [0]
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    assert desk.last()["reason"] == "no answer within 0.4 s"


def test_a_server_that_says_nothing_is_given_up(desk: NotifyDesk) -> None:
    """The connection stands, and no answer comes."""
    with socket.create_server((ADDRESS, 0)) as silent:
        allowed(desk, silent.getsockname()[1], "timeout_s = 0.2\nattempts = 2")
        desk.keep(notice(1))
        assert desk.send().waiting == 1
    assert desk.last() | {"reason": "no answer within 0.2 s", "attempts": 2} == desk.last()


def test_a_channel_that_does_not_answer_is_asked_once_a_round(desk: NotifyDesk) -> None:
    """Nobody listens: two messages wait, and only the first was tried."""
    with socket.socket() as taken:
        taken.bind((ADDRESS, 0))
        port = taken.getsockname()[1]
        allowed(desk, port)
        desk.keep(notice(1))
        desk.send()
        desk.keep(notice(2))
        desk.clock.pass_days(1)
        assert desk.send().waiting == 2
    assert [item["deliveries"] for item in desk.listed()["notifications"]] == [0, 2]
    assert desk.listed()["notifications"][1]["reason"] == "no connection or no HTTP answer (ConnectionRefusedError)"


@pytest.mark.parametrize("hosts", ["", "127.0.0.1", "127.0.0.1:1", "localhost:{port}", "127.0.0.1:{port}0"])
def test_a_host_that_is_not_allowed_is_not_spoken_to(desk: NotifyDesk, web: WebServer, hosts: str) -> None:
    """Host and port are compared as they are written; the names behind an address count for nothing."""
    desk.configure(webhook(web.port), hosts.format(port=web.port))
    with pytest.raises(UsageError, match=f"expected notify_hosts to name 127.0.0.1:{web.port}"):
        desk.send()
    assert web.requests == []


def test_a_secret_that_others_can_read_is_not_used(desk: NotifyDesk, web: WebServer) -> None:
    """Nothing is sent unsigned; the message waits until the file is put right."""
    allowed(desk, web.port)
    (desk.root / "keys/webhook").chmod(0o640)
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    assert web.requests == []
    assert "chmod 600" in desk.last()["reason"]
    (desk.root / "keys/webhook").chmod(0o600)
    desk.clock.pass_days(1)
    assert desk.send().sent == 1


def test_https_with_a_certificate_of_the_firm(desk: NotifyDesk, tmp_path: Path) -> None:
    """It is trusted by `ca_file`, and not without it."""
    tls, trusted = certificate(tmp_path)
    with web_server(tls) as web:
        desk.configure(webhook(web.port, f'ca_file = "{trusted}"', "https"), f"{ADDRESS}:{web.port}")
        desk.keep(notice(1))
        assert desk.send().sent == 1
        settings = desk.root / "routeproof.toml"
        settings.write_text(settings.read_text("utf-8").replace("ca_file", "# ca_file"), encoding="utf-8")
        desk.keep(notice(2))
        assert desk.send().waiting == 1
        assert desk.last()["reason"] == "the server's certificate is not trusted for its name"
        assert len(web.requests) == 1


def test_a_certificate_for_another_name_is_not_trusted(desk: NotifyDesk, tmp_path: Path) -> None:
    """The name that is allowed is the name that is asked for."""
    tls, trusted = certificate(tmp_path, "other.example")
    with web_server(tls) as web:
        desk.configure(webhook(web.port, f'ca_file = "{trusted}"', "https"), f"{ADDRESS}:{web.port}")
        desk.keep(notice(1))
        assert desk.send().waiting == 1
        assert web.requests == []
