"""Ways of working that only a browser can prove: without a mouse, in the dark, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web_demo import PASSWORD

if TYPE_CHECKING:
    from browser_desk import Desk, Window


def test_a_day_without_a_mouse(desk: Desk) -> None:
    """Logs in, skips to the triage, moves, chooses, assigns in bulk, opens a case, writes a note: keys alone."""
    window = desk.stranger()
    desk.log_in(window, "supervisor")
    page, keys = window.page, window.page.keyboard
    _follow(window, "Exceptions")
    _, second, third = page.eval_on_selector_all(
        "table.triage tbody tr", "rows => rows.slice(0, 3).map(row => row.dataset.href)"
    )
    for key in "jjkj":
        keys.press(key)
    assert page.evaluate("document.activeElement.closest('tr').dataset.href") == second
    keys.press("x")
    keys.press("j")
    keys.press("x")
    assert page.locator("table.triage input:checked").count() == 2
    keys.press("a")
    assert page.evaluate("document.activeElement.id") == "to"
    keys.type("Sam")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_selector("p.said")
    assert window.said() == "Assign: 2 of 2 cases."
    owners = {row: page.inner_text(f'tr[data-href="{row}"] td .under') for row in (second, third)}
    assert set(owners.values()) == {"Sam Okafor"}
    keys.press("j")
    keys.press("d")
    assert page.evaluate("document.activeElement.id") == "disposition"
    keys.press("Escape")
    window.go("/exceptions")
    keys.press("j")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(f"**{second}")
    _to(window, "details.step summary", "Write a note")
    keys.press("Enter")
    _to(window, "textarea", "")
    keys.type("Read without a mouse.")
    _to(window, "button", "Write a note")
    keys.press("Enter")
    page.wait_for_selector("p.said")
    assert "Read without a mouse." in page.inner_text("main blockquote >> nth=-1")
    assert window.complaints == []


def test_what_has_the_focus_can_be_seen(desk: Desk) -> None:
    """The first stop of the tab key leads past the side bar; every stop has an outline."""
    window = desk.sit("analyst")
    window.go("/duties")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.textContent") == "To the content"
    for _ in range(3):
        assert window.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        window.page.keyboard.press("Tab")


@pytest.mark.night
def test_the_theme_is_kept_for_each_person(desk: Desk) -> None:
    """Dark for one in every window of theirs, also where the system is light; the other's stays."""
    one = desk.sit("compliance")
    one.go("/help/rules/slow_fill")
    one.page.click("text=Dark")
    again, other = desk.sit("compliance", color_scheme="light"), desk.sit("member2", color_scheme="light")
    for window in (again, other):
        window.go("/")
    assert _ground(again) == "rgb(20, 24, 29)"
    assert _ground(other) == "rgb(255, 255, 255)"
    again.page.click("text=Light")
    assert _ground(again) == "rgb(255, 255, 255)"
    assert one.page.url.endswith("/help/rules/slow_fill")
    assert one.complaints == again.complaints == other.complaints == []


def test_on_paper_there_are_no_menus_and_no_forms(desk: Desk) -> None:
    """A printed review is its text and its tables, dark ink on white whatever the theme of the screen."""
    window = desk.sit("member2", color_scheme="dark")
    window.go("/reviews/2026Q3-P2")
    window.page.emulate_media(media="print")
    for selector in ("nav.side", "header.top", "main form"):
        assert not window.page.locator(selector).first.is_visible()
    assert window.page.is_visible("text=Factors that the rule names")
    assert _ground(window) == "rgb(255, 255, 255)"
    pages = window.page.pdf(format="Letter").count(b"/Type /Page\n")
    assert 1 <= pages <= 6


def test_a_wrong_password_and_a_missing_page_explain_themselves(desk: Desk) -> None:
    """The form stays, the reason is announced; a page that is not there leads home."""
    window = desk.stranger()
    window.go("/reviews")
    window.page.fill("#username", "analyst")
    window.page.fill("#password", PASSWORD[:-1])
    window.page.click("button")
    assert window.page.locator("[role=alert]").is_visible()
    assert window.page.input_value("#username") == ""
    desk.log_in(window, "analyst")
    window.go("/cases/none-of-that-name")
    assert window.page.inner_text("h1") == "Nothing there"
    window.page.click("text=To my day")
    assert window.page.inner_text("h1") == "My day"
    assert window.complaints == []


def _follow(window: Window, text: str) -> None:
    """To a link of the page by tab, then enter."""
    _to(window, "a", text)
    with window.page.expect_navigation():
        window.page.keyboard.press("Enter")


def _to(window: Window, selector: str, text: str) -> None:
    """Press tab until something of that kind and text has the focus; at most as often as a patient person would."""
    for _ in range(150):
        window.page.keyboard.press("Tab")
        if window.page.evaluate(
            "([selector, text]) => document.activeElement.matches(selector)"
            " && document.activeElement.textContent.trim().startsWith(text)",
            [selector, text],
        ):
            return
    message = f"expected {selector} {text!r} within 150 presses of tab, found none"
    raise AssertionError(message)


def _ground(window: Window) -> str:
    return str(window.page.evaluate("getComputedStyle(document.body).backgroundColor"))
