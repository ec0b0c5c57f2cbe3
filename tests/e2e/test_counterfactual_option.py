"""A course with bounds goes from the analysis into a decision, and next quarter's review scores it: by commands alone.

Forty orders in June buy 100 shares at 10.05 at DEAR while EXCH shows 1,000 at 10.02; the midpoint is 10.01 and both
charge 0.001. So 10.05 - 10.02 = 0.03 a share was surely paid too much, and at most 10.05 - 10.01 = 0.04, were as much
hidden at the midpoint as displayed. Forty orders in July pay 10.02: 0 to 0.01 is left.
"""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from e2e.desk import Desk
from e2e.test_governed_quarter import PEOPLE
from routing_desk import MAPS
from unit.governance.review_case import CODES

pytestmark = pytest.mark.night
MONTHS = {6: "10.05", 7: "10.02"}
ORDERS, SHARES = 40, 100


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two months of one day each, with people."""
    folder = tmp_path_factory.mktemp("option")
    rows: dict[str, list[dict[str, Any]]] = {"quotes": [], "fills": [], "routes": []}
    for month, price in MONTHS.items():
        quote = {"symbol": "ABC", "at": f"2026-{month:02d}-02T14:00:00Z", "bid": "10.00", "ask": "10.02"}
        sizes = {"bid_size": 1000, "ask_size": 1000, "bid_venue": "EXCH", "ask_venue": "EXCH"}
        rows["quotes"].append({**quote, **sizes})
        for number in range(ORDERS):
            _order(rows, month, number, price)
    fees = {"valid_from": "2026-01-01", "liquidity": "removed", "rebate_usd_per_share": 0}
    rows["fees"] = [{"venue": venue, "fee_usd_per_share": "0.001", **fees} for venue in ("DEAR", "EXCH")]
    maps = [name for name in MAPS if name in rows]
    for name in maps:
        (folder / f"{name}.toml").write_text(MAPS[name], encoding="utf-8")
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[name][0]))
            writer.writeheader()
            writer.writerows(rows[name])
    made = Desk(folder)
    made.take_in(*maps, people=PEOPLE)
    return made


def _order(rows: dict[str, list[dict[str, Any]]], month: int, number: int, price: str) -> None:
    name, at = f"P-{month}-{number}", f"2026-{month:02d}-02T15:{number:02d}:00."
    both = {"order_id": name, "symbol": "ABC", "side": "buy", "quantity": SHARES, "order_type": "market"}
    rows["routes"].append({"route_id": f"V-{name}", "hop": 1, "to_party": "DEAR", "venue": "DEAR",
                           "sent_at": f"{at}004Z", "acknowledged_at": f"{at}006Z", **both})  # fmt: skip
    fill = {
        "execution_id": f"F-{name}",
        "route_id": f"V-{name}",
        "received_at": f"{at}000Z",
        "executed_at": f"{at}009Z",
    }
    rows["fills"].append({**fill, **both, "price": price, "venue": "DEAR", "liquidity": "removed",
                          "order_quantity": SHARES, "provider_id": "P"})  # fmt: skip


def _as(desk: Desk, person: str, *words: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    more: tuple[str, ...] = ()
    if body is not None:
        (desk.folder / "body.json").write_text(json.dumps(body), encoding="utf-8")
        more = ("--file", "body.json")
    found: dict[str, Any] = json.loads(desk.run(*words, *more, "--as", person, "--json"))
    return found


def _close(desk: Desk, review: str, decision: dict[str, Any]) -> None:
    meeting = {
        "agenda": ["Scorecard"],
        "attendance": ["sam", "cora"],
        "factors": [{"code": code, "considered": True, "evidence": f"scorecard: {code}"} for code in CODES],
        "findings": [{"id": "F1", "text": "DEAR fills above the displayed price."}],
        "decisions": [decision],
        "votes": [{"person": "cora", "finding": "F1", "vote": "for"}],
        "minutes": "We met.",
    }
    seen = _as(desk, "ann", "review", "record", review, body=meeting)["version_hash"]
    for person in ("sam", "cora"):
        _as(desk, person, "review", "sign", review, "--version", seen)
    _as(desk, "sam", "review", "close", review)


def test_an_option_of_the_analysis_is_scored_by_the_next_review(desk: Desk) -> None:
    """June's option, taken, is a hit in July: nothing is sure to be saved any more."""
    asked = ("counterfactual", "--provider", "P", "--from", "2026-06-01", "--to", "2026-06-30", "--json")
    (option,) = json.loads(desk.run(*asked))["options"]
    estimate = option["estimate"]
    assert estimate["where"] == {"provider": "P", "venue": "DEAR"}
    assert (estimate["lower"], estimate["upper"]) == (pytest.approx(0.03), pytest.approx(0.04))
    decision = {
        "finding": "F1",
        "choice": "modify",
        "options": [option],
        "chosen": option["name"],
        "predicted": {"metric": "price_improvement_usd_per_share", "value": 0.0},
        "look_back_on": "2026-10-15",
    }
    _as(desk, "ann", "review", "open", "2026Q2", "--provider", "P")
    _close(desk, "2026Q2-P", decision)
    following = _as(desk, "ann", "review", "open", "2026Q3", "--provider", "P")
    (scored,) = [one for one in following["predictions"] if one["option"]]
    assert (scored["review"], scored["option"], scored["outcome"]) == ("2026Q2-P", option["name"], "hit")
    assert (scored["predicted_lower"], scored["predicted_upper"]) == (estimate["lower"], estimate["upper"])
    assert (scored["lower"], scored["upper"]) == (pytest.approx(0.0), pytest.approx(0.01))
    point = next(one for one in following["predictions"] if not one["option"])
    assert (point["metric"], point["outcome"]) == ("price_improvement_usd_per_share", "hit")
