"""Shares and payments of public reports, worked by hand."""

import pytest

from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.to_tables import to_tables
from routeproof.tables.rule606.flat import REPORT, SECTION
from routeproof.tables.rule606.lake_tables import lake_frames, lake_name
from routeproof.tables.rule606.layout import A1, B3
from routeproof.tables.rule606.look_through import broker_months, looked_through, report_key
from routeproof.tables.rule606.mix_sums import mix_rows
from routeproof.tables.rule606.venue_mix import Mix, statements, venue_key
from rule606_documents import EXCHANGE, WHOLESALER, handled, handling, month, public, section, venue

ALPHA, BETA = "ALPHA SECURITIES LLC", "BETA EXCHANGE INC"


def mix_of(documents: dict[str, str], *order_types: str) -> Mix:
    """Statements of public reports, by reporter."""
    rows: dict[str, list[dict[str, object]]] = {"rMonthly": [], SECTION: [], "rVenue": []}
    for reporter, document in documents.items():
        context = {"reporter": reporter, "filing": "", "quarter": "2026Q3"}
        frames = lake_frames(to_tables(parse_xml(document.encode())), context, {"firm_id": "", "source_id": ""}, {})
        for table, held in rows.items():
            held.extend(frames[lake_name(A1, table)].to_dicts())
    return statements(rows["rMonthly"], rows[SECTION], rows["rVenue"], order_types or ("total",))


TWO = {
    "one": public(
        month(7, section("rSP500", venue(WHOLESALER, "60.00"), venue(EXCHANGE, "30.00"))), month(8), month(9)
    ),
    "two": public(month(7, section("rSP500", venue("<name>ALPHA  SECURITIES, LLC</name>", "20.00")))),
}


def test_shares_are_means_of_equal_cells() -> None:
    """Alpha (60 + 20) / 2 = 40 %, Beta (30 + 0) / 2 = 15 %, the rest (10 + 80) / 2 = 45 %."""
    rows = mix_rows(mix_of(TWO), ["section", "venue"], {})
    shown = [(row["venue"], row["orders_share"], row["reports"], row["reports_naming"]) for row in rows]
    assert shown == [("(not named)", 0.45, 2, 2), (ALPHA, 0.4, 2, 2), (BETA, 0.15, 2, 1)]
    spread = {row["venue"]: (row["orders_share_least"], row["orders_share_greatest"]) for row in rows}
    assert spread == {"(not named)": (0.1, 0.8), ALPHA: (0.2, 0.6), BETA: (0, 0.3)}


def test_a_report_alone_says_what_it_said() -> None:
    """By reporter, month, section and venue the figures are those filed."""
    rows = mix_rows(mix_of(TWO), ["reporter", "month", "section", "venue"], {"reporter": "one"})
    assert [(row["month"], row["venue"], row["orders_share"]) for row in rows] == [
        ("2026-07", ALPHA, 0.6), ("2026-07", BETA, 0.3), ("2026-07", "(not named)", 0.1)
    ]  # fmt: skip


def test_payments_are_dollars_over_the_shares_that_they_imply() -> None:
    """1500.00 at 15.0000 cents are 10,000 hundreds; -20 at -0.5000 are 4,000; 1480 x 100 / 14,000 = 10.57."""
    rows = mix_rows(mix_of(TWO), ["venue"], {"venue": BETA})
    (row,) = rows
    assert row["net_payment_usd"] == 1480
    assert row["net_payment_cents_per_hundred_shares"] == pytest.approx(148_000 / 14_000, rel=1e-15)
    assert row["payment_coverage"] == 1
    by_type = mix_rows(mix_of(TWO, "market", "marketable_limit", "other"), ["order_type", "venue"], {"venue": BETA})
    assert {row["order_type"]: row["net_payment_cents_per_hundred_shares"] for row in by_type} == {
        "market": 15.0, "marketable_limit": -0.5
    }  # fmt: skip


def test_an_amount_without_a_rate_is_counted_and_not_rated() -> None:
    """Three amounts stand, one of them nought; of the other two one has no cents: half is covered."""
    document = public(month(7, section("rSP500", venue(EXCHANGE).replace("15.0000", ""))))
    (row,) = mix_rows(mix_of({"one": document}), ["mic"], {"mic": "XBET"})
    assert (row["net_payment_usd"], row["net_payment_cents_per_hundred_shares"]) == (1480, -0.5)
    assert row["payment_coverage"] == 0.5


def test_what_is_not_named_has_a_row_by_code_too() -> None:
    """Alpha files an MPID and no MIC: it is no unnamed venue."""
    rows = mix_rows(mix_of({"one": TWO["one"]}), ["mic"], {})
    assert {row["mic"]: row["orders_share"] for row in rows} == {None: 0.6, "XBET": 0.3, "(not named)": 0.1}


def test_the_order_of_reports_changes_nothing() -> None:
    """Reports are cells; sums are whole numbers."""
    back = dict(reversed(TWO.items()))
    for by in (["venue"], ["reporter", "mpid"], ["section", "month"]):
        assert mix_rows(mix_of(TWO), by, {}) == mix_rows(mix_of(back), by, {})


def test_a_broker_is_looked_through_to_its_venues() -> None:
    """Of 1,000 shares 750 went to Beta, 250 to Gamma which may send 100 on: 60 % become 45, 9 and 6 %."""
    report = to_tables(
        parse_xml(handling(handled("Beta Exchange, Inc.", "750", "3"), handled("Gamma", "250", "1", "100")).encode())
    )
    context = {"reporter": "a", "filing": "", "customer_key": "", "start_on": "", "end_on": ""}
    frames = lake_frames(report, context, {"firm_id": "", "source_id": ""}, {})
    months, venues = (frames[lake_name(B3, table)].to_dicts() for table in ("hMonthly", "iVenue"))
    (head,) = frames[lake_name(B3, REPORT)].to_dicts()
    brokers = broker_months({report_key(head): str(head["bd"])}, months, venues)
    mix, through = looked_through(mix_of({"one": TWO["one"]}), brokers)
    assert through == {ALPHA}
    rows = mix_rows(mix, ["venue", "via"], {})
    assert {(row["venue"], row["via"]): row["orders_share"] for row in rows} == {
        (BETA, ALPHA): 0.45, (BETA, None): 0.3, ("(not named)", None): 0.1,
        ("GAMMA", ALPHA): 0.09, ("(routed further)", ALPHA): 0.06,
    }  # fmt: skip
    assert all(row["net_payment_usd"] is None for row in rows if row["via"])


def test_a_broker_without_a_report_of_the_month_stays() -> None:
    """Nothing is known of September, when the report speaks of July."""
    mix = mix_of({"one": TWO["one"].replace("<mon>9", "<mon>10")})
    assert looked_through(mix, {}) == (mix, frozenset())


def test_names_are_compared_without_punctuation() -> None:
    """A venue without a name is known by its code, one of punctuation only by its punctuation."""
    names = [venue_key("Alpha Securities,  LLC."), venue_key(None, "XBET"), venue_key("...", ""), venue_key("", "")]
    assert names == [ALPHA, "XBET", "...", ""]
