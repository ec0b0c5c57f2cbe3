"""Rule 606 files: how numbers, names and times are printed, and what XML cannot hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.metrics.rule606.customer_routing import PARTS, RoutedOrder, Visited
from routeproof.reports.rule606.customer_files import CustomerHead, routing_file
from routeproof.reports.rule606.numbers import cents_per_hundred, percent, ratio, shares, usd
from routeproof.reports.rule606.tree import document, name
from routeproof.reports.rule606.venue_names import VenueNames

USD = 10**18
SHARE = 10**9
HEAD = CustomerHead(schema_version="1.3", customer="C", bd="B", first=date(2026, 2, 1), last=date(2026, 7, 31))


@pytest.mark.parametrize(
    ("numerator", "denominator", "digits", "text"),
    [
        (1, 3, 2, "0.33"),
        (2, 3, 2, "0.67"),
        (1, 8, 2, "0.13"),
        (-1, 8, 2, "-0.13"),
        (-1, 1000, 2, "0.00"),
        (0, 5, 4, "0.0000"),
        (12345, 100, 2, "123.45"),
        (5, 2, 0, "3"),
    ],
)
def test_half_goes_away_from_zero(numerator: int, denominator: int, digits: int, text: str) -> None:
    """And what rounds to nothing has no sign."""
    assert ratio(numerator, denominator, digits) == text


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6), st.integers(0, 6))
@examples(50)
def test_a_printed_ratio_is_as_near_as_its_decimals_let_it_be(numerator: int, denominator: int, digits: int) -> None:
    """Half a unit of the last decimal at most."""
    printed = Fraction(ratio(numerator, denominator, digits))
    assert abs(printed - Fraction(numerator, denominator)) <= Fraction(1, 2 * 10**digits)


def test_amounts_per_hundred_shares() -> None:
    """0.20 dollars over 100 shares are 20 cents a hundred; nothing over no shares; -5.00 over 1,000 are -50."""
    assert cents_per_hundred(USD // 5, 100 * SHARE) == "20.0000"
    assert cents_per_hundred(-5 * USD, 1_000 * SHARE) == "-50.0000"
    assert cents_per_hundred(USD, 0) == cents_per_hundred(None, SHARE) == ""
    assert (usd(None), usd(-5 * USD), usd(5 * 10**15)) == ("", "-5.00", "0.01")
    assert (percent(1, 3), percent(0, 3), percent(0, 0), percent(None, 3)) == ("33.33", "0.00", "", "")
    assert (shares(100 * SHARE), shares(SHARE // 2), shares(None)) == ("100", "0.5", "")


def test_text_is_escaped_and_what_xml_cannot_hold_is_replaced() -> None:
    """A name with markup, a null byte and a lone surrogate still gives XML that parses."""
    made = document(("a", [("b", "<&>\x00\ud800\r"), ("c", [])]))
    root = ET.fromstring(made)  # noqa: S314  # our own bytes
    assert root[0].text == "<&>\ufffd\ufffd\r"
    assert made.endswith(b"  <c></c>\n</a>\n")


def test_names_are_collapsed_and_cut() -> None:
    """At most eighty characters, white space as one blank."""
    assert name("  The \n Stock\tMarket ") == "The Stock Market"
    assert len(name("x" * 200)) == 80


def test_a_venue_has_its_code_and_a_member_has_none() -> None:
    """Four capitals or digits are a MIC; a name that looks like one but is a member's is none."""
    names = VenueNames({"XNAS": "Nasdaq"}, frozenset({"ACME"}))
    assert names.elements("XNAS", "name") == [("name", "Nasdaq"), ("mic", "XNAS")]
    assert names.elements("ARCX", "name") == [("name", "ARCX"), ("mic", "ARCX")]
    assert names.elements("ACME", "venueName") == [("venueName", "ACME")]
    assert names.elements("Dark pool", "venueName") == [("venueName", "Dark pool")]


@pytest.mark.parametrize(
    ("fraction_ns", "time"),
    [(499_999_999, "23:59:59"), (500_000_000, "00:00:00")],
)
def test_times_are_utc_to_the_nearest_second_half_up(fraction_ns: int, time: str) -> None:
    """Half a second before midnight is the next day."""
    at = int(datetime(2026, 7, 6, 23, 59, 59, tzinfo=UTC).timestamp()) * 10**9 + fraction_ns
    orders = dict.fromkeys(PARTS, ()) | {"held": (RoutedOrder("o", True, (Visited("XNAS", (at,)),)),)}
    made = ET.fromstring(routing_file(HEAD, orders, VenueNames()))  # noqa: S314  # our own bytes
    assert made.findtext(".//time") == time
    assert made.findtext(".//date") == ("2026-07-06" if time != "00:00:00" else "2026-07-07")
    assert [one.tag for one in made] == ["version", "customer", "bd", "startDate", "endDate", "held"]
