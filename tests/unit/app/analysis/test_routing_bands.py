"""Bands of orders from venue to venue: what is drawn adds up to the orders, at every venue."""

from __future__ import annotations

import polars as pl

from routeproof.app.analysis.routing.bands import NO_FURTHER, band_figure, steps_of


def _lists() -> pl.DataFrame:
    """Sixty orders try A alone, thirty A and then B, ten B, A, C and D."""
    return pl.DataFrame({"tried": ["A", "A>B", "B>A>C>D", "A"], "n": [40, 30, 10, 20]})


def test_steps_by_hand() -> None:
    """Places are counted from the first venue; what comes after the third is not looked at."""
    assert steps_of(_lists()) == {
        (0, "A", NO_FURTHER): 60,
        (0, "A", "B"): 30,
        (1, "B", NO_FURTHER): 30,
        (0, "B", "A"): 10,
        (1, "A", "C"): 10,
        (2, "C", "D"): 10,
    }


def test_bands_fill_their_venues_and_overlap_nowhere() -> None:
    """At each place the venues' heights are the orders that came so far; bands leave a venue side by side."""
    values = band_figure(_lists())["data"]["values"]
    venues = {row["name"]: row for row in values if row["kind"] == "venue"}
    heights = {name: row["high"] - row["low"] for name, row in venues.items()}
    assert heights == {
        "A, place 1": 90, "B, place 1": 10, "B, place 2": 30, "A, place 2": 10, f"{NO_FURTHER}, place 2": 60,
        "C, place 3": 10, f"{NO_FURTHER}, place 3": 30,
    }  # fmt: skip
    leaving = sorted(
        (row["low"], row["high"])
        for row in values
        if row["kind"] == "band" and row["x"] == 0.03 and "A to" in row["name"]
    )
    assert leaving == [(0, 30), (30, 90)]
    assert venues["A, place 1"]["label"] == "A 90%"


def test_nothing_is_drawn_of_nothing() -> None:
    """Without orders there is no figure."""
    assert band_figure(_lists().clear()) == {}
