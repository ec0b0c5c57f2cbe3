"""A real browser before a real server: one process of each, and a window of their own for every person."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
PATIENCE_MS = 60_000
WIDE, NARROW = 1280, 800
TALL = 900
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""How a browser complains of a refusal that its page then explains."""


def chromium() -> str | None:
    """The browser's program; none where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def is_owed() -> bool:
    """Whether an absent browser is a failure: on a build server, where tools/chromium.sh could have installed it."""
    return bool(os.environ.get("CI")) and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _without(reason: str) -> NoReturn:
    if is_owed():
        pytest.fail(f"{reason}; with CI set these tests must run: see tools/chromium.sh", pytrace=False)
    pytest.skip(reason)


@contextmanager
def a_browser() -> Iterator[Any]:
    """Chromium without a screen."""
    driving = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    program = chromium()
    if program is None:
        _without("no Chromium on this machine (tools/chromium.sh installs it as root on Debian)")
    with driving.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        except driving.Error as error:
            _without(f"{program} does not start: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@contextmanager
def a_server(root: Path, *more: str) -> Iterator[str]:
    """The application over a workspace, as people start it; its address."""
    command = [sys.executable, "-m", "routeproof", "serve", "--workspace", str(root), "--port", "0", *more]
    quiet = {**os.environ, "ROUTEPROOF_LOG_LEVEL": "error"}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().removeprefix("ready ").strip()
    finally:
        server.terminate()
        status = server.wait(60)
    assert status == 0


class Window:
    """A window of somebody who has logged in.

    Attributes:
        page: of Playwright.
        address: of the server.
        complaints: what the browser said of errors and warnings, a violation of the policy among them.
    """

    def __init__(self, context: Any, address: str) -> None:  # noqa: ANN401  # Playwright may be absent
        context.set_default_timeout(PATIENCE_MS)
        self.page = context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self._heard(said.text) if said.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self._heard(str(error)))

    def _heard(self, text: str) -> None:
        if not text.startswith(REFUSED):
            self.complaints.append(f"{self.page.url.removeprefix(self.address)}: {text}")

    def go(self, path: str) -> Any:  # noqa: ANN401
        """Go to a page."""
        return self.page.goto(self.address + path)

    def step(self, label: str, **fields: str) -> None:
        """Unfold a step of governance, fill it in and send it."""
        step = self.page.locator("details.step", has=self.page.locator("summary", has_text=label)).first
        if step.get_attribute("open") is None:
            step.locator("> summary").click()
        for name, value in fields.items():
            field = step.locator(f'[name="{name}"]')
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        step.locator("button").last.click()

    def said(self) -> str:
        """What the page says was done."""
        return str(self.page.inner_text("p.said"))


class Desk:
    """A server with a browser before it; everybody logs in once."""

    def __init__(self, browser: Any, address: str, root: Path, password: str) -> None:  # noqa: ANN401
        self._browser, self._password = browser, password
        self._sessions: dict[str, Any] = {}
        self.address, self.root = address, root

    def sit(self, user: str, *, width: int = WIDE, **how: Any) -> Window:  # noqa: ANN401
        """A new window of a person's; `how` as Playwright makes a context."""
        view = {"width": width, "height": TALL}
        if user not in self._sessions:
            first = Window(self._browser.new_context(), self.address)
            self.log_in(first, user)
            self._sessions[user] = first.page.context.storage_state()
            first.page.context.close()
        return Window(self._browser.new_context(viewport=view, storage_state=self._sessions[user], **how), self.address)

    def log_in(self, window: Window, user: str) -> None:
        """Through the form, by keyboard: name, tab, password, enter."""
        window.go("/login")
        window.page.wait_for_function("document.activeElement.id === 'username'")
        window.page.keyboard.type(user)
        window.page.keyboard.press("Tab")
        window.page.keyboard.type(self._password)
        window.page.keyboard.press("Enter")
        window.page.wait_for_url(f"{self.address}/")

    def forget(self, user: str) -> None:
        """Their session has ended: the next window logs in again."""
        self._sessions.pop(user, None)

    def stranger(self) -> Window:
        """A window of somebody who has not come in."""
        return Window(self._browser.new_context(viewport={"width": WIDE, "height": TALL}), self.address)
