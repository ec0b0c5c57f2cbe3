"""Every page as whoever may see it: readable for everybody, complete, quiet on the console, inside its window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from browser_desk import NARROW, WIDE
from routeproof.app.context import open_context
from routeproof.web.all_routes import ALL
from routeproof.web.listing import ways_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser_desk import Desk, Window

PREFERRED = ("supervisor", "compliance", "admin", "committee")
"""Who looks, of those who may: the first of these, as they are offered the most."""
ROWS = 4
"""Rows of a table that are examined; the others are made by the same lines of a template."""
DARK = ("/", "/exceptions", "/explore", "/scorecard", "/reviews/", "/orders/", "/policy/", "/me", "/login", "/ledger")
"""Pages that between them show everything that has a colour."""
FEWER_ROWS = """rows => document.querySelectorAll("tbody").forEach(
  body => [...body.rows].slice(rows).forEach(row => row.remove()))"""
LOOKED = """() => ({
  headings: document.querySelectorAll("h1").length,
  tables: document.querySelectorAll("main table").length,
  bare: [...document.querySelectorAll("main table")].filter(table => !table.caption?.textContent.trim()).length,
  too_wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  title: document.title,
  ways: document.querySelector("nav.side")?.offsetHeight || 0,
})"""
LINE_PX = 60
"""On a tablet the ways stand in one line, however short the page is."""
GRAVE = {"serious", "critical"}


def examples(desk: Desk, *, each: bool = True) -> dict[str, str]:
    """Role that looks by address: of every page that the workspace has an example of, or of one a template."""
    with open_context(desk.root) as context:
        rows = ways_in(context, examples=True)
    found, shown = {}, set()
    for route, row in zip(ALL, rows, strict=True):
        if route.template and row["example"] and (each or route.template not in shown):
            shown.add(route.template)
            found[row["example"]] = next((role for role in PREFERRED if role in row["roles"]), "examiner")
    assert len(shown) > 30
    return found


USERS = {"committee": "member2"}


def windows(desk: Desk, *, each: bool, **how: Any) -> Iterator[tuple[str, Window]]:  # noqa: ANN401
    """Every page, or one a template, shown to somebody who may see it."""
    sitting: dict[str, Window] = {}
    for address, role in examples(desk, each=each).items():
        if role not in sitting:
            sitting[role] = desk.sit(USERS.get(role, role), **how)
        window = sitting[role]
        answer = window.go(address)
        assert answer.status == 200, (address, role)
        _settle(window)
        yield address, window
    for window in sitting.values():
        assert window.complaints == []
        window.page.context.close()


def _settle(window: Window) -> None:
    """Until what is drawn is drawn as wide as its place, and what is measured meanwhile has come."""
    window.page.wait_for_function(
        """() => !document.querySelector("#answer .working") && [...document.querySelectorAll("figure.chart")]
        .every(figure => figure.dataset.state === "drawn" || !figure.checkVisibility())
        && [...document.querySelectorAll(".replay .plot")].every(plot => !plot.checkVisibility()
          || [...plot.querySelectorAll("canvas")].every(canvas => canvas.offsetWidth <= plot.clientWidth))"""
    )


def grave(window: Window, rows: int | None = ROWS) -> list[str]:
    """What axe finds serious or critical, each with the rule and the first place."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    if rows is not None:
        window.page.evaluate(FEWER_ROWS, rows)
    found = axe.run(window.page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found if item["impact"] in GRAVE]


def test_every_template_is_accessible_complete_and_quiet(desk: Desk) -> None:
    """In the light: one heading, captions, no sideways scrolling on a screen or a tablet, nothing grave for axe."""
    found: dict[str, Any] = {}
    for address, window in windows(desk, each=False, color_scheme="light"):
        looked = window.page.evaluate(LOOKED)
        window.page.set_viewport_size({"width": NARROW, "height": 900})
        _settle(window)
        narrow = window.page.evaluate(LOOKED)
        window.page.set_viewport_size({"width": WIDE, "height": 900})
        wrong = [
            *(["no single heading"] if looked["headings"] != 1 else []),
            *(["a table without a caption"] if looked["bare"] else []),
            *([f"{looked['too_wide']} px too wide at {WIDE}"] if looked["too_wide"] else []),
            *([f"{narrow['too_wide']} px too wide at {NARROW}"] if narrow["too_wide"] else []),
            *(["more than a line of ways"] if narrow["ways"] > LINE_PX else []),
            *grave(window),
        ]
        if wrong:
            found[address] = wrong
    assert found == {}


@pytest.mark.night
def test_what_has_a_colour_is_accessible_in_the_dark(desk: Desk) -> None:
    """The pages that show every colour between them, by the system's wish for dark."""
    pages = [address for address in examples(desk) if address in DARK or address.startswith(_WITHIN)]
    assert len(pages) >= 9
    found: dict[str, Any] = {}
    window = desk.sit("supervisor", color_scheme="dark")
    for address in pages:
        window.go(address)
        _settle(window)
        if wrong := grave(window):
            found[address] = wrong
    assert found == {}
    assert window.complaints == []


_WITHIN = tuple(address for address in DARK if address != "/" and address.endswith("/"))


@pytest.mark.night
@pytest.mark.parametrize(("scheme", "width"), [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)])
def test_every_row_of_every_page_is_accessible(desk: Desk, scheme: str, width: int) -> None:
    """All rows of all tables, in both themes and on a tablet."""
    found = {
        address: wrong
        for address, window in windows(desk, each=True, color_scheme=scheme, width=width)
        if (wrong := grave(window, rows=None))
    }
    assert found == {}
