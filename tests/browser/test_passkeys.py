"""A real browser makes a passkey with its own authenticator, under the strict policy, and comes in with it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from web_client import PASSWORD, staffed_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
pytest.importorskip("webauthn", reason="the extra passkeys is not installed")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server that knows its address: passkeys are bound to a name, so it is localhost."""
    root = staffed_workspace(tmp_path / "w")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    origin = f"http://localhost:{port}"
    command = [sys.executable, "-m", "routeproof", "serve", "-w", str(root), "--port", port, "--origin", origin]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ)
    assert server.stdout is not None
    assert server.stdout.readline().startswith("ready ")
    yield origin
    server.terminate()
    assert server.wait(120) == 0


def log_in(page: Any, address: str) -> None:  # noqa: ANN401
    """With the password."""
    page.goto(f"{address}/login")
    page.fill("#username", "ann")
    page.fill("#password", PASSWORD)
    page.click("button")


def test_a_passkey_is_made_and_then_asked_for(address: str, browser: Any) -> None:  # noqa: ANN401
    """Without the person's verification the browser gives none and the page says so; with it they are in."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    log_in(page, address)
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/me")
    page.fill("#passkey-name", "this laptop")
    page.fill("#passkey-password", PASSWORD)
    page.click("text=Add a passkey")
    page.click("text=Make the passkey")
    page.wait_for_url(f"{address}/me")
    assert page.is_visible("text=this laptop")
    assert len(devices.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1

    page.click("text=Log out")
    log_in(page, address)
    page.wait_for_url(f"{address}/login/second?**")
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.click("text=Use the passkey")
    page.wait_for_selector("text=The browser gave no passkey")
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.click("text=Use the passkey")
    page.wait_for_url(f"{address}/")
    assert complaints == []
    page.context.close()
