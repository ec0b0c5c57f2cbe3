"""What messages said is found again for the same days, provider, map and messages, and for no others."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from routeproof.app.intake.heard_before import HeardBefore
from routeproof.sources.fix.fold.facts import Facts, Heard

DAY = date(2026, 7, 1)
SAID = Facts(customer_days=frozenset([DAY]), told=frozenset([("FIRM", "SOR", DAY), (None, "SOR", DAY)]))
HEARD = Heard(SAID, Facts(reported_days=frozenset([DAY])), frozenset([("asks", "FIRM", "SOR")]))
LOGS = pl.DataFrame({"source_id": ["a", "b"], "messages": [3, 4], "sum": [7, -9]})


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    """Days, parties that are absent, sessions: as they were; another set of messages, map or provider finds nothing."""
    heard = HeardBefore(tmp_path, "firm")
    name = heard.made_of("P", {"parties": {"firm": ["FIRM"]}}, ["2026-07-01"], LOGS)
    assert name == heard.made_of("P", {"parties": {"firm": ["FIRM"]}}, ["2026-07-01"], LOGS.reverse())
    heard.keep(["2026-07-01"], "P", name, HEARD)
    assert heard.find(["2026-07-01"], "P", name) == HEARD
    others = [
        heard.made_of("P", {}, ["2026-07-01"], LOGS),
        heard.made_of("P", {"parties": {"firm": ["FIRM"]}}, ["2026-07-01"], LOGS.head(1)),
        HeardBefore(tmp_path, "other").made_of("P", {"parties": {"firm": ["FIRM"]}}, ["2026-07-01"], LOGS),
    ]
    assert [heard.find(["2026-07-01"], "P", other) for other in others] == [None, None, None]
    assert heard.find(["2026-07-01"], "Q", name) is None
    assert heard.find(["2026-07-02"], "P", name) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_damaged_file_is_nothing_that_was_kept(tmp_path: Path, content: bytes) -> None:
    """It is a cache: the days are folded whole then."""
    heard = HeardBefore(tmp_path, "firm")
    heard.keep(["2026-07-01"], "P", "name", HEARD)
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert heard.find(["2026-07-01"], "P", "name") is None
