"""What only a browser can prove of charts: they are drawn under the strict policy, and zooming loses no nanosecond."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from measured_desk import measured_workspace
from web_client import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over three orders."""
    folder = tmp_path_factory.mktemp("browser")
    root = measured_workspace(folder / "w", folder / "files")
    command = [sys.executable, "-m", "routeproof", "serve", "--workspace", str(root), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ)
    assert server.stdout is not None
    yield server.stdout.readline().removeprefix("ready ").strip()
    server.terminate()
    assert server.wait(60) == 0


@pytest.fixture(scope="module")
def page(address: str, browser: Any) -> Iterator[Any]:  # noqa: ANN401
    """An analyst's page; what the browser complains of stands in `page.complaints`."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{address}/login")
    page.fill("#username", "ann")
    page.fill("#password", PASSWORD)
    page.click("button")
    page.wait_for_url(f"{address}/")
    yield page
    page.context.close()


def test_a_replay_is_drawn_and_zooms_to_single_nanoseconds(page: Any, address: str) -> None:  # noqa: ANN401
    """To the first fill, then in by halves: neighbouring nanoseconds keep labels of their own."""
    page.goto(f"{address}/orders/A")
    page.wait_for_selector('section.replay[data-state="drawn"] canvas')
    page.click('[data-do="after"]')
    assert page.inner_text(".readout").startswith("fill 1 of 2: 250 ms, 100 at 10.015 on XNAS")
    labels = page.evaluate("routeproofReplay.ticks(null, [86400000000001, 86400000000002], 0, 0, 1)")
    assert labels == ["86400.000000001 s", "86400.000000002 s"]
    said = page.evaluate("[0.01, 0.005, 1].map(step => routeproofReplay.dollars(null, [1139.3, null], 0, 0, step)[0])")
    assert said == ["1,139.30", "1,139.300", "1,139.30"]
    assert page.complaints == []


def test_a_figure_is_drawn_and_opens_its_definition(page: Any, address: str) -> None:  # noqa: ANN401
    """Vega under a policy without eval; an answer that is measured meanwhile comes by itself."""
    page.goto(f"{address}/explore?by=venue&metrics=price_improvement_usd_per_share&from=2026-07-01&to=2026-07-01")
    page.wait_for_selector('figure.chart[data-state="drawn"] canvas')
    page.click("thead button.define")
    assert page.is_visible("#metric-price_improvement_usd_per_share")
    assert page.complaints == []
