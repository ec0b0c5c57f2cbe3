"""The scorecard keeps draft and adopted text apart and shows what stands behind every cell."""

from dataclasses import replace

from routeproof.reports.analysis import draft
from routeproof.reports.score import Adoption, Comparison, Estimate, Score, ScoreRow
from routeproof.reports.scorecard import DRAFT, EARLIER, OTHERWISE, scorecard_surface, scorecard_table

ROW = ScoreRow(
    id="fill_time",
    market=Estimate(value=150.0, n=210, population="market orders", lower=140.0, upper=160.0, coverage=0.98),
    limit=Estimate(reason="N/A: resting orders wait by choice"),
    benchmark=Estimate(value=120.0, n=400, population="prior quarter"),
    benchmark_name="own prior quarter",
    market_comparison=Comparison(verdict="worse", difference=30.0, lower=18.0, upper=42.0, margin=10.0),
)


def adopted(text: str) -> Score:
    """The row with a named person's text."""
    fields = {name: getattr(ROW, name) for name in ROW.__slots__}
    return Score(rows=(ScoreRow(**fields | {"adoption": Adoption(text=text, by="R. Alvarez", at="2026-10-07")}),))


def test_an_analysis_is_a_draft_until_somebody_adopts_it() -> None:
    """An analysis is a draft until somebody adopts it."""
    row = scorecard_surface(Score(rows=(ROW,)))["rows"][0]  # type: ignore[index]
    assert row["analysis_status"] == DRAFT
    assert scorecard_table(Score(rows=(ROW,))).rows[0].cells[4].note == DRAFT


def test_an_edited_analysis_keeps_the_draft_beside_it() -> None:
    """An edited analysis keeps the draft beside it."""
    row = scorecard_surface(adopted("Ask the provider."))["rows"][0]  # type: ignore[index]
    assert (row["analysis"], row["analysis_status"], row["analysis_by"]) == (
        "Ask the provider.",
        "edited",
        "R. Alvarez",
    )
    assert row["analysis_draft"].startswith("Fills of market orders are slightly slower")
    note = scorecard_table(adopted("x")).rows[0].cells[4].note
    assert "The draft had read: Fills of market orders are slightly slower" in note


def test_an_adoption_stands_only_for_its_draft_and_its_verdicts() -> None:
    """Another draft or another verdict ends it; one recorded without verdicts stands for its draft alone."""
    then = Adoption(text="Fine.", by="R. Alvarez", at="2026-10-07", for_draft=draft(ROW), for_verdicts=("worse", ""))
    cases = {
        "edited": then,
        OTHERWISE: replace(then, for_verdicts=("better", "")),
        EARLIER: replace(then, for_draft="Fills are slow."),
    }
    for status, adoption in cases.items():
        score = Score(rows=(replace(ROW, adoption=adoption),))
        (row,) = scorecard_surface(score)["rows"]  # type: ignore[misc]
        assert row["analysis_status"] == status
        assert row["analysis"] == ("Fine." if status == "edited" else draft(ROW))
        note = scorecard_table(score).rows[0].cells[4].note
        assert note.startswith("R. Alvarez" if status == "edited" else f"{DRAFT}\n{status}: Fine.")
    earlier = replace(ROW, adoption=replace(then, for_verdicts=()))
    assert scorecard_surface(Score(rows=(earlier,)))["rows"][0]["analysis_status"] == "edited"  # type: ignore[index]


def test_a_cell_names_the_compared_means_where_they_are_others() -> None:
    """150 and 120 ms over all flow; 140 and 118 where nine tenths of the flow have their like."""
    assert ROW.market_comparison is not None
    other = replace(ROW.market_comparison, subject=140.0, like_for_like=118.0, overlap=0.9)
    note = scorecard_table(Score(rows=(replace(ROW, market_comparison=other),))).rows[0].cells[1].note
    assert "compared 140\N{NO-BREAK SPACE}ms and 118\N{NO-BREAK SPACE}ms, 90.0% of the flow" in note
    assert "compared" not in scorecard_table(Score(rows=(ROW,))).rows[0].cells[1].note


def test_the_two_intervals_of_a_judged_cell_are_named() -> None:
    """18 to 42 ms of the difference, 140 to 160 of the value; a cell without a verdict has one, which needs no name."""
    space = "\N{NO-BREAK SPACE}"
    lines = scorecard_table(Score(rows=(ROW,))).rows[0].cells[1].note.splitlines()
    assert [line for line in lines if "[" in line] == [f"Δ{space}+30 [18,{space}42]", f"value{space}[140,{space}160]"]
    alone = replace(ROW, market_comparison=None)
    lines = scorecard_table(Score(rows=(alone,))).rows[0].cells[1].note.splitlines()
    assert [line for line in lines if "[" in line] == [f"[140,{space}160]"]


def test_every_cell_prints_its_population_and_count() -> None:
    """Every cell prints its population and count."""
    cell = scorecard_table(Score(rows=(ROW,))).rows[0].cells[1]
    assert "market orders" in cell.note
    assert "n\N{NO-BREAK SPACE}210 · 98.0% covered" in cell.note
    assert (cell.verdict, cell.lower, cell.upper) == ("worse", 140.0, 160.0)


def test_the_surface_has_the_agreed_keys() -> None:
    """The surface has the agreed keys."""
    row = scorecard_surface(Score(rows=(ROW,)))["rows"][0]  # type: ignore[index]
    assert row["id"] == "fill_time"
    for name in ("market", "limit", "benchmark"):
        assert {"value", "unit", "n", "population", "lower", "upper", "verdict"} <= set(row["cells"][name])
    assert row["cells"]["limit"]["reason"] == "N/A: resting orders wait by choice"
