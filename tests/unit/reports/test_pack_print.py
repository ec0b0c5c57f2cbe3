"""What is small, long or uncertain is printed so that nobody reads it for something else."""

import re

import polars as pl

from routeproof.renderers.charts import inline_svg
from routeproof.reports.document import Figure
from routeproof.reports.pack.charts import dot_fill, hollow
from routeproof.reports.pack.fills import fill_figure
from routeproof.reports.pack.frames import symbol, symbol_weight
from routeproof.reports.pack.inputs import TimelineEvent, WorstExecution
from routeproof.reports.pack.profiles import size_figure
from routeproof.reports.pack.venues import venue_figure
from routeproof.reports.pack.worst import worst_figure, worst_table

OPTION = "SPXW  261218P06000000"
"""21 characters, as listed options have."""


def bins(*edges_ms: float) -> pl.DataFrame:
    """A histogram of one group over these edges."""
    shares = [1 / (len(edges_ms) - 1)] * (len(edges_ms) - 1)
    return pl.DataFrame(
        {"group": "market orders", "from_ms": edges_ms[:-1], "to_ms": edges_ms[1:], "share": shares, "beside": shares}
    )


def ticks(frame: pl.DataFrame) -> list[float]:
    """Labels of the time axis."""
    spec = fill_figure(frame, "P2").spec
    found: list[float] = spec["spec"]["layer"][0]["encoding"]["x"]["axis"]["values"]  # type: ignore[index]
    return found


def test_an_axis_of_one_decade_has_more_than_one_label() -> None:
    """1, 2 and 5 of each power of ten; over more than three powers, the powers alone."""
    assert ticks(bins(13.3, 42.2, 100.0)) == [20.0, 50.0, 100.0]
    assert ticks(bins(0.1, 10.0, 1000.0)) == [0.1, 1.0, 10.0, 100.0, 1000.0]


def test_the_other_providers_fills_are_not_called_the_same_orders() -> None:
    """They are of orders that went there."""
    assert "Dashed: the fills of provider P2, of orders of its own." in fill_figure(bins(1.0, 10.0), "P2").caption


def test_a_point_without_an_interval_is_hollow_and_the_caption_says_so() -> None:
    """Only where there is one; a row without a value is no point."""
    frame = pl.DataFrame({"v": [1.0, 2.0, None], "lower": [0.5, None, None]})
    assert dot_fill({"value": "#1f4e79"})["condition"] == {"test": "!isValid(datum.lower)", "value": "#ffffff"}
    assert "Hollow points carry no interval" in hollow(frame, "v")
    assert hollow(frame.filter(pl.col("lower").is_not_null() | pl.col("v").is_null()), "v") == ""


def worst(*events: TimelineEvent) -> WorstExecution:
    """An execution at 0 ns with these steps of its order, and one quote."""
    return WorstExecution(
        execution_id="e", order_id="o", symbol="BRK.B", side="buy", order_class="market", venue="XNAS", quantity=305,
        price=58.92, executed_at=0, when="2026-09-01 13:57:45.123", exec_id="", source="", cost_usd=0.49,
        cost_usd_per_share=0.0016, why="filled outside the quote", events=events,
        quotes=pl.DataFrame({"at": [-1_000_000_000], "bid": [58.90], "ask": [58.91]}),
    )  # fmt: skip


def test_a_cost_of_49_cents_is_printed_as_such() -> None:
    """In the table and over the panel; it rounded to nothing in whole dollars."""
    case = worst()
    assert worst_table((case,)).rows[0].cells[5].text == "0.49"
    panel = worst_figure((case,)).spec["concat"][0]  # type: ignore[index]
    assert "· $0.49 ·" in panel["title"]["text"]


STATED_AT_MS = {"received": -110.9, "routed": -104.0, "acknowledged": -124.1, "executed": 0.0}
"""An order whose provider's clock is behind: it acknowledges what was not sent yet."""


def timeline(*, with_receipt: bool = True) -> tuple[Figure, list[float | None], list[float]]:
    """Chart of that order; milliseconds of its steps in the data, and the ends of its time axis."""
    steps = [TimelineEvent(at=round(ms * 1e6), what=what) for what, ms in STATED_AT_MS.items()]
    figure = worst_figure((worst(*steps[0 if with_receipt else 1 :]),))
    assert figure.data is not None
    panel = figure.spec["concat"][0]  # type: ignore[index]
    domain: list[float] = panel["layer"][-1]["encoding"]["x"]["scale"]["domain"]
    return figure, [row.cells[3].value for row in figure.data.rows], domain  # type: ignore[misc]


def test_a_timeline_counts_from_the_receipt_and_shows_what_is_stated_before_it() -> None:
    """Filled 110.9 ms after receipt; acknowledged 13.2 ms before it, by a clock that differs."""
    figure, since_ms, (begin, end) = timeline()
    assert since_ms == [0.0, 6.9, -13.2, 110.9]
    assert begin < -13.2
    assert end > 110.9
    assert "A step left of 0 is stated as earlier than the receipt" in figure.caption


def test_a_timeline_without_a_receipt_says_what_it_counts_from() -> None:
    """In the title; the data has no time since a receipt that is not known."""
    figure, since_ms, (begin, end) = timeline(with_receipt=False)
    assert since_ms == [None, None, None]
    assert figure.data is not None
    assert figure.data.rows[0].cells[3].reason == "the receipt is not known"
    assert figure.spec["concat"][0]["title"]["text"].endswith("· 0 = routed")  # type: ignore[index]
    assert begin < -20.1
    assert end > 104.0
    assert "the title says which step is 0" in figure.caption


def sizes(*schemes: str) -> Figure:
    """Price improvement of two sizes, counted in these ways."""
    rows = [(scheme, bucket, 0.001) for scheme in schemes for bucket in ("100-499", "500-1999")]
    return size_figure(pl.DataFrame(rows, ["scheme", "bucket", "price_improvement_usd_per_share"], orient="row"))


def drawn_px(figure: Figure) -> tuple[float, float]:
    """How wide a chart is drawn, and how wide it gets on a page at most."""
    (most, width), *_ = re.findall(
        r'max-width:min\(54rem,(\d+)px\)".* width="([\d.]+)"', inline_svg(figure.spec, "f", "")
    )
    return float(width), float(most)


def test_sizes_under_one_rule_take_the_room_of_both_panels() -> None:
    """A panel of half the width would be blown up to the page."""
    (both, _), (one, _) = drawn_px(sizes("shares", "dollars")), drawn_px(sizes("shares"))
    assert abs(one - both) < 0.1 * both


def test_a_venues_share_and_its_share_of_the_tape_are_told_apart() -> None:
    """A label stands beside whichever mark is further right: 2.8 % of the shares, 10.4 % of the tape."""
    shares = {"venue": ["XNYS", "GLNW"], "share": [0.028, 0.218], "tape_share": [0.104, None]}
    data = venue_figure(pl.DataFrame(shares | {"price_improvement_usd_per_share": [0.001, 0.001]})).spec["data"]
    labels = {row["venue"]: row["label"] for row in data["values"]}  # type: ignore[index]
    assert labels == {"XNYS": "2.8%, tape 10.4%", "GLNW": "21.8%"}


def test_a_narrow_chart_keeps_its_type_small_on_a_wide_page() -> None:
    """One timeline alone grows to at most 1.6 times its size, as any chart."""
    figure, _, _ = timeline()
    drawn, most = drawn_px(figure)
    assert drawn < 400
    assert abs(most - 1.6 * drawn) <= 1


def test_an_options_symbol_is_printed_whole_in_a_column_with_room_for_it() -> None:
    """A longer one ends in an ellipsis after 23 characters; a page takes a hundred, so 21 and two need 23 % of it."""
    assert (symbol(OPTION).text, symbol("X" * 30).text) == (OPTION, f"{'X' * 23}…")
    assert symbol("X" * 30).value == "X" * 30
    weight = symbol_weight([OPTION, "IBM"], 1.2, 10.0)
    assert round(weight / (weight + 10.0), 12) == 0.23
    assert symbol_weight(["IBM"], 1.2, 10.0) == 1.2
