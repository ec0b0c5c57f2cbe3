"""A review that cannot be built says what was expected, what was found, and what to do; exit code 2."""

import os
from pathlib import Path

import pytest

from e2e.desk import BUILD, Desk

PROVIDER = ("--provider", "P", "--out", "x")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2026Q3", "--provider", "Q", "--out", "x"), "orders of provider 'Q' in 2026Q3; providers there: P"),
        (("2026Q5", *PROVIDER), "expected a quarter such as 2026Q3, found '2026Q5'"),
        (("summer", *PROVIDER), "expected a quarter such as 2026Q3, found 'SUMMER'"),
        (("2025Q3", *PROVIDER), "providers there: none; days with orders in the workspace: from 2026-07-06 to 2026-07"),
        (("2026Q3", *PROVIDER, "--against", "Q"), "expected --against prior or one of (no other provider), found 'Q'"),
        (("2026Q3", *PROVIDER, "--against", "prior"), "no measured orders of P in the quarter before"),
        (("2026Q3", *PROVIDER, "--control", "direct"), "orders of provider 'direct' in 2026Q3"),
        (("2026Q3", *PROVIDER, "--declared", "none.toml"), "expected a TOML file of declared figures"),
        (("2026Q3", *PROVIDER, "--declared", "quotes.toml"), "expected tables out of price_improvement"),
        (("2026Q3", *PROVIDER, "--manifest", "zz"), "expected the id of one lake commit, found 0"),
        (("2026Q3", *PROVIDER, "--as-built", "zz"), "expected the digest of one pack"),
        (("2026Q3", "--provider", "P", "--out", "quotes.csv/pack"), "expected a folder that can be written"),
    ],
)
def test_what_cannot_be_built_is_refused_in_words(month: Desk, words: tuple[str, ...], said: str) -> None:
    """The message stands on stderr, nothing on stdout."""
    code, out, talk = month.call("review", "build", *words)
    assert (code, out) == (2, "")
    assert said in talk
    assert "Traceback" not in talk


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission_is_refused(month: Desk, tmp_path: Path) -> None:
    """Before anything is measured."""
    tmp_path.chmod(0o500)
    code, _, talk = month.call(*BUILD, "--out", str(tmp_path / "pack"))
    assert (code, "expected a folder that can be written" in talk) == (2, True)


def test_an_empty_workspace_says_what_is_missing(tmp_path: Path) -> None:
    """No orders at all."""
    desk = Desk(tmp_path)
    desk.take_in()
    code, _, talk = desk.call("review", "build", "2026Q3", *PROVIDER)
    assert (code, "ingest orders and executions first" in talk) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2026Q3", "--provider", "Q", "--row", "fill_time", "--by", "A"), "run `routeproof review build` first"),
        (("2026Q3", "--provider", "P", "--row", "speed", "--by", "A"), "expected a scorecard row (price_improvement"),
        (("2026Q3", "--provider", "P", "--row", "fill_time", "--by", " "), "expected the name of the person"),
        (("2026Q3", "--provider", "P", "--row", "fill_time", "--by", "A", "--text", " "), "1 to 8,000 characters"),
        (
            ("2026Q3", "--provider", "P", "--row", "fill_time", "--by", "A", "--security", "XYZ"),
            "expected a security of the pack (ABC), found 'XYZ'",
        ),
    ],
)
def test_what_cannot_be_adopted_is_refused_in_words(month: Desk, words: tuple[str, ...], said: str) -> None:
    """Nothing is recorded then."""
    code, out, talk = month.call("review", "adopt", *words)
    assert (code, out, said in talk) == (2, "", True), talk
