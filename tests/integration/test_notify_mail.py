"""Mail: one message that names nobody, private where asked for, headers that nothing can be put into."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING

import pytest

from loopback import ADDRESS, certificate, mail_server
from notify_desk import notice, notify_desk
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback import MailServer
    from notify_desk import NotifyDesk


@pytest.fixture
def desk(tmp_path: Path) -> NotifyDesk:
    """A workspace."""
    return notify_desk(tmp_path)


@pytest.fixture
def post() -> Iterator[MailServer]:
    """A mail server without a certificate."""
    with mail_server() as server:
        yield server


def mailed(desk: NotifyDesk, port: int, more: str = "starttls = false\n") -> None:
    """A channel `mail` to the server, which may be spoken to."""
    text = (
        f'[[notify]]\nname = "mail"\nkind = "smtp"\nhost = "{ADDRESS}"\nport = {port}\nattempts = 1\n'
        f'sender = "routeproof@firm.example"\nto = ["desk@firm.example", "night@firm.example"]\n{more}'
    )
    desk.configure(text, f"{ADDRESS}:{port}")


def test_a_mail_says_what_was_found(desk: NotifyDesk, post: MailServer) -> None:
    """Subject, text and both addresses; the machine does not tell its own name."""
    mailed(desk, post.port)
    desk.keep(notice(1), notice(2), notice(3, rule="fade"))
    assert desk.send().sent == 1
    mail = email.message_from_string(post.mails[0], policy=email.policy.default)
    assert mail["Subject"] == "routeproof: 3 notices, slow fill (high), provider ACME and others"
    assert mail["To"] == "desk@firm.example, night@firm.example"
    assert mail["Message-ID"] == f"<{desk.last()['id']}@firm.example>"
    text = mail.get_content()
    assert "     2 slow fill (high, ACME)" in text
    assert f"finding {3:032x}" in text
    assert post.said[0].lower() == "ehlo firm.example"


def test_what_is_not_private_is_not_said(desk: NotifyDesk, post: MailServer) -> None:
    """A server without STARTTLS is told nothing, if the channel asks for it, as it does by default."""
    mailed(desk, post.port, "")
    desk.keep(notice(1))
    assert desk.send().failed == 1
    assert post.mails == []
    assert desk.last()["reason"] == "the server offers no STARTTLS, or no way to log in"


def test_starttls_and_a_password(desk: NotifyDesk, tmp_path: Path) -> None:
    """The password goes over the private connection only."""
    tls, trusted = certificate(tmp_path)
    password = desk.root / "keys/mail"
    password.touch(mode=0o600)
    password.write_text("pass word\n", encoding="utf-8")
    with mail_server(tls) as post:
        mailed(desk, post.port, f'ca_file = "{trusted}"\nuser = "rp"\npassword_file = "keys/mail"\n')
        desk.keep(notice(1))
        assert desk.send().sent == 1
        words = [said.partition(" ")[0].upper() for said in post.said]
        assert words.index("STARTTLS") < words.index("AUTH") < words.index("DATA")


def test_a_certificate_that_is_not_trusted_ends_it(desk: NotifyDesk, tmp_path: Path) -> None:
    """Nothing of the mail is said over it."""
    tls, _ = certificate(tmp_path)
    with mail_server(tls) as post:
        mailed(desk, post.port, "")
        desk.keep(notice(1))
        assert desk.send().waiting == 1
        assert post.mails == []


@pytest.mark.parametrize(
    ("replies", "state", "reason"),
    [
        ({"greeting": "421 busy"}, "waiting", "SMTP 421"),
        ({"MAIL": "451 later"}, "waiting", "SMTP 451"),
        ({"MAIL": "550 not you, routeproof@firm.example"}, "failed", "SMTP 550"),
        ({"mail": "452 full"}, "waiting", "SMTP 452"),
        ({"mail": "554 no"}, "failed", "SMTP 554"),
        ({"RCPT": "550 unknown"}, "failed", "every address was refused: SMTP 550"),
        ({"RCPT": "450 later"}, "waiting", "every address was refused: SMTP 450"),
        ({"QUIT": "500 what"}, "sent", "SMTP 250"),
        ({"rcpt TO:<night@firm.example>": "550 unknown"}, "sent", "refused for 1 of 2 addresses"),
    ],
)
def test_what_the_server_says_decides(
    desk: NotifyDesk, post: MailServer, replies: dict[str, str], state: str, reason: str
) -> None:
    """Later for codes of 400, never for those of 500 (RFC 5321, 4.2.1); its words are not repeated."""
    mailed(desk, post.port)
    post.replies.update(replies)
    desk.keep(notice(1))
    desk.send()
    assert desk.last() | {"state": state, "reason": reason} == desk.last()


def recipients(post: MailServer) -> list[str]:
    """Who was asked for, in order, since the last look."""
    found = [said[len("rcpt TO:<") : -len("@firm.example>")] for said in post.said if said.lower().startswith("rcpt")]
    post.said.clear()
    return found


def test_an_address_that_is_refused_for_now_is_tried_again_alone(desk: NotifyDesk, post: MailServer) -> None:
    """A server that lists addresses grey: the other one has the mail, and is not sent it twice."""
    mailed(desk, post.port)
    post.replies["rcpt TO:<night@firm.example>"] = "450 come again"
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    assert desk.last()["reason"] == "not yet taken for 1 of 2 addresses"
    assert recipients(post) == ["desk", "night"]
    desk.clock.pass_days(1)
    assert desk.send().waiting == 1
    post.replies.clear()
    desk.clock.pass_days(1)
    assert desk.send().sent == 1
    assert recipients(post) == ["night", "night"]
    assert (desk.last()["reason"], len(post.mails)) == ("SMTP 250", 2)
    assert desk.send().sent == 0


def test_an_address_that_is_refused_in_the_end_is_said_so(desk: NotifyDesk, post: MailServer) -> None:
    """For now, then a connection that breaks off, then for good: nobody has it twice, and nobody is asked again."""
    mailed(desk, post.port)
    post.replies["rcpt TO:<night@firm.example>"] = "450 come again"
    desk.keep(notice(1))
    desk.send()
    post.replies["greeting"] = "421 busy"
    desk.clock.pass_days(1)
    desk.send()
    assert desk.last()["reason"] == "SMTP 421"
    post.replies.clear()
    post.replies["rcpt TO:<night@firm.example>"] = "550 unknown"
    desk.clock.pass_days(1)
    assert desk.send().sent == 1
    assert desk.last()["reason"] == "refused for 1 of 2 addresses"
    assert recipients(post) == ["desk", "night", "night"]


def test_of_two_refusals_only_the_one_for_now_is_tried_again(desk: NotifyDesk, post: MailServer) -> None:
    """In the end one address has the mail, and one never will."""
    mailed(desk, post.port)
    post.replies["rcpt TO:<night@firm.example>"] = "450 come again"
    post.replies["rcpt TO:<desk@firm.example>"] = "550 unknown"
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    assert desk.last()["reason"] == "every address was refused: SMTP 450, 550"
    del post.replies["rcpt TO:<night@firm.example>"]
    desk.clock.pass_days(1)
    assert desk.send().sent == 1
    assert desk.last()["reason"] == "refused for 1 of 2 addresses"
    assert recipients(post) == ["desk", "night", "night"]


@pytest.mark.parametrize("is_endless", [False, True])
def test_a_server_that_is_never_done_greeting_is_given_up(
    desk: NotifyDesk, post: MailServer, *, is_endless: bool
) -> None:
    """It says nothing more, or a line now and then: the limit is on the whole conversation."""
    mailed(desk, post.port, "starttls = false\ntimeout_s = 0.3\n")
    post.is_endless = is_endless
    post.replies["greeting"] = "220-wait"
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    assert desk.last()["reason"] == "no answer within 0.3 s"


@pytest.mark.parametrize(
    "line",
    [
        'sender = "a@firm.example\\r\\nBcc: x@other.example"',
        'to = ["a@firm.example, x@other.example"]',
        'to = ["a@firm.example\\nBcc: x@other.example"]',
        'to = ["Desk <a@firm.example>"]',
        "to = []",
        'host = "127.0.0.1\\r\\nMAIL"',
        'user = "rp"',
        'user = "rp"\npassword_file = "keys/mail"\nstarttls = false',
    ],
)
def test_addresses_that_are_more_than_one_are_refused(desk: NotifyDesk, line: str) -> None:
    """No line end, comma or bracket, so no header of somebody else's; no password in the clear."""
    name = line.partition(" ")[0]
    given = {"sender": 'sender = "r@firm.example"', "to": 'to = ["a@firm.example"]', "host": 'host = "127.0.0.1"'}
    lines = [text for key, text in given.items() if key != name] + [line]
    desk.configure('[[notify]]\nname = "mail"\nkind = "smtp"\n' + "\n".join(lines) + "\n", "127.0.0.1:25")
    with pytest.raises(UsageError, match=r"expected \[\[notify\]\] tables"):
        desk.send()
