"""Channels as they are written: what the documents show is taken, what would not work is refused with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from notify_desk import SECRET, webhook
from routeproof.app.notify.channels import channels_of
from routeproof.app.notify.webhook import signature
from routeproof.app.workspace import SETTINGS, Workspace
from routeproof.stores.secret_file import read_password, read_secret
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def channels(folder: Path, text: str) -> tuple[Any, ...]:
    """Channels of a workspace with these settings."""
    (folder / SETTINGS).write_text(text, encoding="utf-8")
    return channels_of(Workspace(folder, "firm"))


def test_the_documents_example_is_taken(repository: Path, tmp_path: Path) -> None:
    """As it stands; files are named from the folder of the settings."""
    blocks = dict(BLOCK.findall((repository / "docs/notifications.md").read_text("utf-8")))
    desk, supervisors, pager = channels(tmp_path, blocks["toml"])
    assert desk.secret_file == str(tmp_path / "keys/webhook.secret")
    assert (desk.port, supervisors.port) == (443, 587)
    assert pager.argv == ("/usr/local/bin/page", "--team", "trading")


def test_the_documents_check_of_a_signature_works(repository: Path) -> None:
    """It takes ours, and no other body, secret or time."""
    blocks = dict(BLOCK.findall((repository / "docs/notifications.md").read_text("utf-8")))
    names: dict[str, Any] = {}
    exec(compile(blocks["python"], "docs/notifications.md", "exec"), names)  # noqa: S102 (our own document)
    is_ours = names["is_ours"]
    secret, body = SECRET.encode(), b'{"id":"0f"}'
    header = signature(secret, 1_782_921_600, body)
    assert is_ours(secret, header, body, 1_782_921_700)
    assert not is_ours(secret, header, body + b" ", 1_782_921_700)
    assert not is_ours(secret[1:], header, body, 1_782_921_700)
    assert not is_ours(secret, header, body, 1_782_925_000)
    assert not is_ours(secret, header.replace("t=1", "t=2"), body, 2_782_921_600)


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ("hooks.firm.example", "https://hooks.firm.example/in"),
        ("hooks.firm.example:443", "https://hooks.firm.example/in"),
        ("Hooks.Firm.example:443", "https://HOOKS.firm.example:443/in"),
        ("hooks.firm.example", "http://hooks.firm.example/in"),
        ("[::1]:8080", "http://[::1]:8080/"),
    ],
)
def test_an_allowed_host(tmp_path: Path, hosts: str, url: str) -> None:
    """With its port, or without where it is the scheme's."""
    text = webhook(1).replace("http://127.0.0.1:1/in?x=1", url)
    assert len(channels(tmp_path, f'notify_hosts = ["{hosts}"]\n{text}')) == 1


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ("hooks.firm.example", "https://hooks.firm.example:8443/in"),
        ("hooks.firm.example:80", "https://hooks.firm.example/in"),
        ("firm.example", "https://hooks.firm.example/in"),
        ("*", "https://hooks.firm.example/in"),
        ("hooks.firm.example", "https://hooks.firm.example.other.example/in"),
    ],
)
def test_a_host_that_is_not_named_exactly(tmp_path: Path, hosts: str, url: str) -> None:
    """No pattern, no part of a name, no other port."""
    text = webhook(1).replace("http://127.0.0.1:1/in?x=1", url)
    with pytest.raises(UsageError, match="expected notify_hosts to name"):
        channels(tmp_path, f'notify_hosts = ["{hosts}"]\n{text}')


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.firm.example/",
        "https://user:word@hooks.firm.example/",
        "https://hooks.firm.example@other.example/",
        "https://hooks.firm.example/#part",
        "https://hooks.firm.example:99999/",
        "https:///in",
        "https://a..b/",
        "https://hooks.firm.example/a b",
        "https://hooks.firm.example/\\r\\nX: y",
        "https://[::1",
        f"https://{'a' * 64}.example/",
    ],
)
def test_a_url_that_is_more_or_less_than_an_address(tmp_path: Path, url: str) -> None:
    """No user, no fragment, nothing that could become a second header, no name that cannot be looked up."""
    text = webhook(1).replace("http://127.0.0.1:1/in?x=1", url)
    with pytest.raises(UsageError, match=r"notify\]\] tables of channels, found: 0\.webhook"):
        channels(tmp_path, text)


def test_a_setting_with_a_typing_error_is_named(tmp_path: Path) -> None:
    """An unknown name is an error; a channel that is never quiet by mistake wakes people."""
    with pytest.raises(UsageError, match=r"0\.webhook\.quiet_hour: Extra inputs"):
        channels(tmp_path, webhook(1, 'quiet_hour = ["22:00", "07:00"]'))


def test_a_secret_is_private_and_long_enough(tmp_path: Path) -> None:
    """A line end is no part of it; a password is ASCII."""
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_bytes(b"sixteen bytes ok\r\n")
    assert read_secret(path, at_least_bytes=16) == b"sixteen bytes ok"
    with pytest.raises(UsageError, match="expected a secret of 17 to 4096 bytes, found 16"):
        read_secret(path, at_least_bytes=17)
    path.write_bytes("pässword".encode())
    with pytest.raises(UsageError, match="ASCII"):
        read_password(path)
    path.chmod(0o604)
    with pytest.raises(UsageError, match="chmod 600"):
        read_secret(path)
    with pytest.raises(UsageError, match="No such file"):
        read_secret(tmp_path / "none")
