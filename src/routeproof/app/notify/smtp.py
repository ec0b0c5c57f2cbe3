"""Send a message by mail."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof.app.notify.message import Message, Outcome, failed, refused
from routeproof.app.notify.message_text import subject_of, text_of
from routeproof.app.notify.time_limit import TimeLimit
from routeproof.stores.secret_file import read_password
from routeproof.stores.trust import trust_of
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.notify.channel_kinds import Smtp

PERMANENT = range(500, 600)
"""RFC 5321, section 4.2.1: the same command would be refused again."""


def mail_of(channel: Smtp, message: Message) -> EmailMessage:
    """The mail; its Message-ID is made of the message's id, so that a mail client shows a repetition once."""
    domain = channel.sender.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject_of(message)
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.to)
    mail["Date"] = format_datetime(datetime.fromtimestamp(message.made_at // NS_PER_S, tz=UTC))
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text_of(message))
    return mail


def send_mail(channel: Smtp, message: Message) -> Outcome:
    """One attempt, to the addresses that are still owed the mail.

    Each address has its own fate: one that is refused for now is owed the mail, one that is refused for good is not,
    and whoever has it is not sent it again. The reason says for how many.

    Raises:
        UsageError: if the password or the certificates cannot be used.
    """
    password = read_password(Path(channel.password_file)) if channel.password_file else ""
    trust = trust_of(channel.ca_file) if channel.starttls else None
    mail = mail_of(channel, message)
    to = [address for address in channel.to if not message.only or address in message.only]
    if not to:
        return refused("the addresses that are owed it are no longer configured")
    with TimeLimit(channel.timeout_s) as limit:
        try:
            refusals = _send(channel, mail, to, trust, password, limit)
        except OSError as error:
            if limit.has_passed or isinstance(error, TimeoutError):
                return failed(f"no answer within {channel.timeout_s:g} s")
            return _explained(error)
    return _taken(channel, message, to, refusals)


def _taken(channel: Smtp, message: Message, to: Sequence[str], refusals: Mapping[str, int]) -> Outcome:
    """What came of a mail of which the server refused some addresses, or all, by address with the code."""
    later = tuple(address for address in to if address in refusals and refusals[address] not in PERMANENT)
    never = (*message.refused_for, *(address for address in to if refusals.get(address) in PERMANENT))
    if len({*later, *never}) == len(set(channel.to)):
        codes = ", ".join(map(str, sorted(set(refusals.values()))))
        every = f"every address was refused: SMTP {codes}"
        return Outcome(sent=False, reason=every, again=bool(later), only=later if never else (), refused_for=never)
    parts = [(f"refused for {len(never)}", never), (f"not yet taken for {len(later)}", later)]
    said = " and ".join(text for text, addresses in parts if addresses)
    reason = f"{said} of {len(channel.to)} addresses" if said else "SMTP 250"
    return Outcome(sent=not later, reason=reason, again=bool(later), only=later, refused_for=never)


def _explained(error: OSError) -> Outcome:
    """What went wrong, without the server's words: they may repeat addresses."""
    match error:
        case smtplib.SMTPResponseException():
            said = f"SMTP {error.smtp_code}"
            return refused(said) if error.smtp_code in PERMANENT else failed(said)
        case smtplib.SMTPNotSupportedError():
            return refused("the server offers no STARTTLS, or no way to log in")
        case ssl.SSLCertVerificationError():
            return failed("the server's certificate is not trusted for its name")
        case _:
            return failed(f"no connection or no SMTP answer ({type(error).__name__})")


def _send(
    channel: Smtp, mail: EmailMessage, to: Sequence[str], trust: ssl.SSLContext | None, password: str, limit: TimeLimit
) -> dict[str, int]:
    """Say it all; the code for each address that was refused."""
    server = _WatchedSmtp(channel, limit)
    try:
        if trust is not None:
            server.starttls(context=trust)
        if channel.user:
            server.login(channel.user, password)
        try:
            refusals = server.send_message(mail, channel.sender, list(to))
        except smtplib.SMTPRecipientsRefused as error:
            refusals = error.recipients
        # The mail is taken; a farewell that fails does not make it worth sending again.
        with contextlib.suppress(OSError):
            server.quit()
        return {address: code for address, (code, _) in refusals.items()}
    finally:
        server.close()


class _WatchedSmtp(smtplib.SMTP):
    def __init__(self, channel: Smtp, limit: TimeLimit) -> None:
        self._limit = limit
        # Our side introduces itself by the sender's domain: the library would look up this machine's name, and tell it.
        super().__init__(
            channel.host,
            channel.port,
            local_hostname=channel.sender.rpartition("@")[2],
            timeout=channel.timeout_s,
        )

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """The one place where the library makes its connection."""
        return self._limit.watch(socket.create_connection((host, port), timeout))
