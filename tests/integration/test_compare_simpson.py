"""The paradox of docs/methods/compare.md: its table becomes a workspace, its commands say what the page says."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.desk import Desk
from e2e.tutorial import run_tutorial

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs/methods/compare.md"
ROW = re.compile(r"^\| (P\d) \| (\w+) \| (\d+) \| ([\d.]+) \|$", re.MULTILINE)
DAYS = (1, 2, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17)
ASKS = {"NARR": 100.01, "WIDE": 100.10}
QUOTES_MAP = 'table = "quotes"\n[time.at]\nunit = "iso"\n'
FILLS_MAP = 'table = "executions"\n[time.executed_at]\nunit = "iso"\n[time.received_at]\nunit = "iso"\n'


def fills() -> Iterator[dict[str, Any]]:
    """The page's table on twelve days; every order is a buy at 10:30 in New York, filled a second later."""
    table = ROW.findall(PAGE.read_text("utf-8"))
    assert len(table) == 4
    for place, day in enumerate(DAYS):
        for provider, symbol, shares, improvement in table:
            more = (0.0002 if place % 2 == 0 else -0.0002) * (provider == "P2")
            name = f"{provider}-{symbol}-{day}"
            yield {
                "execution_id": f"F-{name}",
                "order_id": name,
                "symbol": symbol,
                "side": "buy",
                "received_at": f"2026-07-{day:02d}T14:30:00Z",
                "executed_at": f"2026-07-{day:02d}T14:30:01Z",
                "price": f"{ASKS[symbol] - float(improvement) - more:.4f}",
                "quantity": shares,
                "venue": "XNAS",
                "order_type": "market",
                "order_quantity": shares,
                "provider_id": provider,
            }


def quotes() -> Iterator[dict[str, Any]]:
    """One quote of each security, half an hour before the orders."""
    for day in DAYS:
        for symbol, ask in ASKS.items():
            sizes = {"bid_size": 1000, "ask_size": 1000}
            yield {
                "symbol": symbol,
                "at": f"2026-07-{day:02d}T14:00:00Z",
                "bid": "100.00",
                "ask": f"{ask:.2f}",
                **sizes,
            }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The workspace."""
    folder = tmp_path_factory.mktemp("paradox")
    for name, rows, text in (("quotes", list(quotes()), QUOTES_MAP), ("fills", list(fills()), FILLS_MAP)):
        folder.joinpath(f"{name}.toml").write_text(text, "utf-8")
        with folder.joinpath(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    made = Desk(folder)
    made.take_in("quotes", "fills")
    return made


def test_the_page_says_what_the_program_says(desk: Desk) -> None:
    """Its commands are run."""
    assert run_tutorial(PAGE, desk) == 2


def test_the_sign_turns_and_the_numbers_are_those_worked_by_hand(desk: Desk) -> None:
    """Raw -0.01275; like with like 0.75 x 0.001 + 0.25 x 0.002; both sides' means as in the page."""
    found = json.loads(desk.run("compare", "--subject", "provider=P2", "--against", "provider=P1", "--json"))
    raw, cells, robust = found["answers"]
    assert raw["estimate"] == pytest.approx(-0.01275)
    assert cells["estimate"] == pytest.approx(0.00125)
    assert found["estimate"] == cells["estimate"]
    assert robust["estimate"] == pytest.approx(0.00125, abs=1e-4)
    assert raw["upper"] < 0.0 < cells["lower"]
    assert [side["value"] for side in found["sides"]] == [pytest.approx(0.01025), pytest.approx(0.0230)]
    assert (found["verdict"], found["lacking"], found["days"]) == ("better", [], 12)
    assert {"seed", "manifest", "policy_version", "n", "refused", "reason", "assumptions"} <= found.keys()
    assert json.loads(desk.run("compare", "--subject", "provider=P2", "--against", "provider=P1", "--json")) == found


def test_without_a_counterpart_there_is_no_answer_and_the_cells_are_named(desk: Desk) -> None:
    """P2's three hundred are narrow, P1's are wide."""
    words = ("--subject", "provider=P2", "--against", "provider=P1", "--where", "quantity>=300", "--json")
    found = json.loads(desk.run("compare", *words))
    assert found["refused"]
    assert found["estimate"] is None
    assert "spread below 2 bp" in found["reason"]
    assert (found["lacking_total"], found["lacking"][0]["share"], found["lacking"][0]["orders"]) == (1, 1.0, 12)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--subject", "provider=P2", "--against", "venue=XNAS"), "same dimension"),
        (("--subject", "provider=P2", "--against", "provider=P2"), "share no order"),
        (("--subject", "population=tape", "--against", "provider=P1"), "own flow as the subject"),
        (("--subject", "period=2026-07-10..2026-07-01", "--against", "rest"), "a period such as"),
        (("--subject", "provider=P2", "--against", "rest", "--metric", "executions"), "mean or a ratio"),
        (("--subject", "provider=P2", "--against", "rest", "--metric", "e_over"), "nearest"),
        (("--subject", "P2", "--against", "rest"), "expected DIMENSION=VALUE"),
    ],
)
def test_what_is_no_comparison_is_refused_in_words(desk: Desk, words: tuple[str, ...], expected: str) -> None:
    """Each says what was expected."""
    code, _, talk = desk.call("compare", *words)
    assert code != 0
    assert expected in talk


def test_a_grid_tells_cells_families_and_tree(desk: Desk) -> None:
    """Two securities of one class: P2 is better in both, each difference as in the page's table."""
    words = ("--by", "order_class,symbol", "--subject", "provider=P2", "--against", "provider=P1", "--json")
    found = json.loads(desk.run("compare", "grid", *words))
    assert [(cell["symbol"], cell["verdict"], cell["in_tree"]) for cell in found["cells"]] == [
        ("NARR", "better", True),
        ("WIDE", "better", True),
    ]
    assert [cell["estimate"] for cell in found["cells"]] == [pytest.approx(0.001), pytest.approx(0.002)]
    assert (found["tested"], found["discovered"], found["expected_false"]) == (2, 2, 0.1)
    assert [cell["rank"] for cell in found["cells"]] == [2, 1]
    assert [family["name"] for family in found["families"]] == ["order_class market"]
    said = desk.run("compare", "grid", *words[:-1])
    assert "2 of 2 differences stand; at most 0.1 of them are expected to be false." in said


def test_each_security_against_the_others_and_a_metric_without_a_margin(desk: Desk) -> None:
    """Without sides each level is held against its siblings: one security has no like in the other's spread."""
    metric = ("--metric", "improved_usd_per_share")
    found = json.loads(desk.run("compare", "grid", "--by", "symbol", *metric, "--json"))
    assert [cell["symbol"] for cell in found["cells"]] == ["NARR", "WIDE"]
    assert found["refused"]
    assert all("has a counterpart" in cell["reason"] for cell in found["cells"])
    two = ("--subject", "provider=P2", "--against", "provider=P1")
    told = json.loads(desk.run("compare", "grid", "--by", "symbol", *metric, *two, "--json"))
    assert {cell["verdict"] for cell in told["cells"]} == {"cannot_tell"}
    assert all("no verdict margin is set" in cell["verdict_reason"] for cell in told["cells"])
    alone = json.loads(desk.run("compare", *metric, *two, "--json"))
    assert (alone["verdict"], alone["margin"]) == ("cannot_tell", None)
    assert "no verdict margin is set" in alone["verdict_reason"]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("fill_rate_shares", "the days do not differ"),
        ("auction_slippage_bps", "nothing was measured"),
    ],
)
def test_what_the_record_does_not_hold_is_no_answer(desk: Desk, metric: str, expected: str) -> None:
    """Orders that were all filled; no odd lots, no auctions, no routes: a reason each, never a fault."""
    words = ("--metric", metric, "--subject", "provider=P2", "--against", "provider=P1", "--json")
    found = json.loads(desk.run("compare", *words))
    assert found["refused"]
    assert expected in found["reason"]


def test_a_side_that_is_nowhere_names_what_is_there(desk: Desk) -> None:
    """A slip of the pen is no answer of nothing: the providers of these days are named."""
    found = json.loads(desk.run("compare", "--subject", "provider=P2", "--against", "provider=P3", "--json"))
    assert found["refused"]
    (note,) = found["notes"]
    assert "none named 'P3'" in note


def test_what_it_would_take_is_told_beside_what_each_dimension_is(desk: Desk) -> None:
    """The unmeasured first, then every dimension, the strongest on top; figures have the same bits everywhere."""
    found = json.loads(desk.run("compare", "--subject", "provider=P2", "--against", "provider=P1", "--json"))
    first, second, *measured = found["strengths"]
    assert first["of_values"] == first["of_choice"] == found["sensitivity"]["robustness"]
    assert first["moves"] == pytest.approx(abs(found["estimate"]))
    assert second["of_values"] == found["sensitivity"]["of_interval"]
    assert sorted(row["what"] for row in measured) == [
        "liquidity", "order class", "side", "size", "spread", "time", "volatility",
    ]  # fmt: skip
    assert [row["moves"] for row in measured] == sorted((row["moves"] for row in measured), reverse=True)
    for side in found["sides"]:
        assert all(float(f"{side[name]:.12g}") == side[name] for name in ("raw", "cells", "robust"))


def test_two_periods_are_read_from_their_days_alone(desk: Desk) -> None:
    """Six days against five; too few to say anything, and the days between are not read."""
    words = ("--subject", "period=2026-07-10..2026-07-17", "--against", "period=2026-07-01..2026-07-08", "--json")
    found = json.loads(desk.run("compare", *words))
    assert (found["days"], found["from"], found["to"]) == (11, "2026-07-01", "2026-07-17")
    assert "effective days" in found["reason"]
    code, _, talk = desk.call("compare", "--subject", "period=2025-07-10..2025-07-17", "--against", "rest")
    assert code != 0
    assert "expected days with own flow" in talk
