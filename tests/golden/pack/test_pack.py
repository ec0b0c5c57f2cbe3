"""The whole pack, in all four forms, from one value.

`expected.json` is the reviewed scorecard surface; after a wanted change, write it anew with
`python tests/golden/pack/update.py` and read the difference before committing.
"""

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from routeproof.renderers.html import render_html
from routeproof.renderers.json import render_json
from routeproof.renderers.pdf import render_pdf
from routeproof.renderers.xlsx import render_xlsx
from routeproof.reports.catalog.quarterly_pack import quarterly_pack
from routeproof.reports.document import Callout, Cell, Document, Paragraph, Table, tables_of
from routeproof.reports.pack.inputs import PackInputs
from routeproof.vocab.words import ORDER_CLASSES

RENDERERS = (render_html, render_pdf, render_xlsx, render_json)


@pytest.fixture(scope="module")
def page(pack: Document) -> str:
    """The pack as HTML."""
    return render_html(pack).decode()


def cells(document: Document) -> Iterator[Cell]:
    """Every cell of every table."""
    for table in tables_of(document):
        for row in table.rows:
            yield from row.cells


@pytest.mark.parametrize("render", RENDERERS)
def test_the_same_inputs_give_the_same_bytes(render: object, plausible: PackInputs, pack: Document) -> None:
    """The same inputs give the same bytes."""
    assert callable(render)
    assert render(quarterly_pack(plausible)) == render(pack)


def test_the_scorecard_surface_is_the_reviewed_one(pack: Document) -> None:
    """The scorecard surface is the reviewed one."""
    written = json.loads(render_json(pack))
    expected = json.loads(Path(__file__).with_name("expected.json").read_text("utf-8"))
    assert written["scorecard"] == expected


def test_the_json_has_the_agreed_rows(pack: Document) -> None:
    """The JSON has the agreed rows."""
    rows = json.loads(render_json(pack))["scorecard"]["rows"]
    assert [row["id"] for row in rows] == [
        "price_improvement",
        "spread_capture",
        "fill_time",
        "limit_fill_rate",
        "reversion",
    ]
    assert [row["cells"]["market"]["value"] for row in rows] == [0.0015, 0.55, 150, None, -0.0002]
    assert [row["cells"]["limit"]["value"] for row in rows] == [0.0008, 0.30, None, 0.75, -0.0001]


def test_every_null_has_a_reason(pack: Document) -> None:
    """Every null has a reason."""
    nulls = [cell for cell in cells(pack) if cell.value is None]
    assert nulls
    assert all(cell.reason for cell in nulls)


def test_every_reason_is_printed_on_the_page(pack: Document, page: str) -> None:
    """Every reason is printed on the page."""
    printed = {c.reason for t in tables_of(pack) if not t.data_only for r in t.rows for c in r.cells if c.value is None}
    assert all(reason in page for reason in printed)


def test_the_page_needs_nothing_from_outside(page: str) -> None:
    """The page needs nothing from outside."""
    assert not re.findall(r"(?:https?:)?//[a-z]", page)
    assert "<script" not in page
    assert "<link" not in page
    assert "@import" not in page


def test_the_page_can_be_read_without_seeing_it(pack: Document, page: str) -> None:
    """The page can be read without seeing it."""
    assert page.count('role="img" aria-label=') >= page.count("<svg ")
    assert 'scope="col"' in page
    assert 'scope="row"' in page
    assert "<main" in page
    assert 'lang="en-US"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "ids are unique"
    assert len({table.id for table in tables_of(pack)}) == len(tables_of(pack))


def test_a_symbol_may_be_any_word(plausible: PackInputs) -> None:
    """One named as the overall scorecard's table is, and one with spaces, as options have: ids stay apart and whole."""
    named = tuple(
        replace(score, security=name)
        for score, name in zip(plausible.securities, ("all", "SPXW  261218P06000000"), strict=False)
    )
    document = quarterly_pack(replace(plausible, securities=named))
    ids = re.findall(r'\sid="([^"]+)"', render_html(document).decode())
    assert len(ids) == len(set(ids))
    assert not [one for one in ids if " " in one]


def test_concentration_says_what_it_leaves_out_and_a_venue_without_prints_is_no_lack_of_a_tape(
    plausible: PackInputs,
) -> None:
    """A tenth of the shares has no venue; the first venue has no prints of its own."""
    first = pl.int_range(pl.len()) == 0
    frame = plausible.venues.with_columns(
        tape_share=pl.when(first).then(None).otherwise(0.1),
        has_tape=pl.lit(value=True),
        share=pl.when(first).then(0.1).otherwise(pl.col("share")),
        venue=pl.when(first).then(pl.lit("(not reported)")).otherwise("venue"),
    )
    for has_tape, reason in ((True, "no prints of its own"), (False, "no tape")):
        given = frame.with_columns(has_tape=pl.lit(has_tape))
        document = quarterly_pack(replace(plausible, venues=given))
        table = next(t for t in tables_of(document) if t.id == "venues")
        assert reason in {cell.reason for cell in table.rows[0].cells}
        lead = next(section for section in document.sections if section.id == "venues").blocks[0]
        assert isinstance(lead, Paragraph)
        assert "index) over the 90.0% of shares whose venue is reported is" in lead.text


def test_no_workbook_cell_is_a_formula(pack: Document) -> None:
    """No workbook cell is a formula."""
    book = zipfile.ZipFile(io.BytesIO(render_xlsx(pack)))
    sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    alone = [table for table in tables_of(pack) if not table.sheet]
    assert len(sheets) == 1 + len(alone) + 1, "about, every table, and one for the securities' scorecards"
    assert not any("<f>" in sheet for sheet in sheets)


def test_workbook_numbers_are_numbers_with_their_unit_in_the_header(pack: Document) -> None:
    """Workbook numbers are numbers with their unit in the header."""
    book = fastexcel.read_excel(render_xlsx(pack))
    grid = pl.DataFrame(book.load_sheet("grid"))
    assert grid["Market (USD per share)"].dtype == pl.Float64
    assert grid["Market: verdict"][0] == "better"
    assert "Market: lower" not in grid.columns, "the interval is the difference's, not the level's"
    assert (grid["Market: difference lower"] < grid["Market: difference"]).all()
    assert (grid["Market: difference"] < grid["Market: difference upper"]).all()
    scores = pl.DataFrame(book.load_sheet("scorecards"))
    assert scores["Of"].n_unique() == len(pack.extra["securities"]) > 1  # type: ignore[arg-type]
    assert "Market orders" in scores.columns, "dollars, shares and milliseconds: no one unit for the header"
    assert scores["Market orders: unit"][:3].to_list() == ["USD per share", "share of 1", "ms"]
    days = pl.DataFrame(book.load_sheet("quality-days"))
    assert days.height == 126, "63 days of two sources, not only the dozen that is printed"


def test_the_pdf_is_tagged_archival_and_bound_by_its_digest(pack: Document) -> None:
    """The PDF is tagged archival and bound by its digest."""
    pdf = render_pdf(pack)
    assert b"<pdfaid:part>3" in pdf
    assert b"<pdfuaid:part>1" in pdf
    assert 20 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 40


def test_the_pdf_text_holds_the_numbers_and_the_page_count(pack: Document, tmp_path: Path) -> None:
    """What is printed is text that can be searched, not pictures of text."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "pack.pdf"
    path.write_bytes(render_pdf(pack))
    text = subprocess.run([reader, "-layout", path, "-"], capture_output=True, check=True, text=True).stdout
    pages = text.count("\f")
    for said in ("0.0015", "55.0%", "draft — not reviewed", "Benjamini", f"page 1 of {pages}", pack.digest[:16]):
        assert said in text


def test_a_section_without_data_says_why(plausible: PackInputs) -> None:
    """A section without data says why."""
    reasons = {"worst": "No execution of the period cost the customer anything."}
    document = quarterly_pack(replace(plausible, worst=(), venues=pl.DataFrame(), reasons=reasons))
    found = {s.id: s.blocks[0] for s in document.sections if isinstance(s.blocks[0], Callout)}
    worst, venues = found["worst"], found["venues"]
    assert isinstance(worst, Callout)
    assert isinstance(venues, Callout)
    assert worst.text == reasons["worst"]
    assert "no data for this section" in venues.text


def test_the_providers_word_stands_beside_the_record(plausible: PackInputs, pack: Document) -> None:
    """A warning where its report is not the record, a plain sentence where it is; an unknown figure has its reason."""
    (section,) = (one for one in pack.sections if one.id == "vendor-word")
    warning = section.blocks[0]
    assert isinstance(warning, Callout)
    assert warning.tone == "warning"
    assert "recomputed 49.2% [48.6, 49.8]" in warning.text
    figures = next(table for table in tables_of(pack) if table.id == "vendor-figures")
    known, unknown = (row.cells for row in figures.rows)
    assert (known[3].value, known[3].lower, known[3].upper, known[4].value) == (0.492, 0.486, 0.498, "no")
    assert unknown[3].value is None
    assert unknown[3].reason == "no figure of ours has this name"
    assert plausible.vendor_word is not None
    agreed = quarterly_pack(replace(plausible, vendor_word=replace(plausible.vendor_word, agrees=True, figures=())))
    first = next(one for one in agreed.sections if one.id == "vendor-word").blocks[0]
    assert not isinstance(first, Callout)


def test_a_pack_without_any_data_still_prints(plausible: PackInputs) -> None:
    """A pack without any data still prints."""
    empty = PackInputs(
        identity=plausible.identity, framework=(), findings=(), overall=replace(plausible.overall, rows=())
    )
    document = quarterly_pack(empty)
    assert len(document.sections) == len(quarterly_pack(plausible).sections)
    assert all(render(document) for render in RENDERERS)


def test_what_is_not_a_number_is_a_null_with_a_reason(plausible: PackInputs) -> None:
    """NaN never reaches paper, and a worst execution without quotes still has its panel."""
    venues = plausible.venues.with_columns(e_over_q=pl.lit(float("nan")))
    worst = (replace(plausible.worst[0], quotes=pl.DataFrame()), *plausible.worst[1:])
    document = quarterly_pack(replace(plausible, venues=venues, worst=worst))
    table = next(t for t in tables_of(document) if t.id == "venues")
    place = [column.id for column in table.columns].index("e_over_q")
    assert {(row.cells[place].value, row.cells[place].reason) for row in table.rows} == {(None, "not measured")}
    assert all(render(document) for render in RENDERERS)


def test_a_wide_grid_lies_on_its_side_with_its_heading(plausible: PackInputs) -> None:
    """Seven order classes and more do not fit upright."""
    classes = ("non_marketable", "stop", "pegged", "on_open", "on_close", "not_held", "directed")
    cells_ = tuple(replace(plausible.grid[0], order_class=name) for name in classes)
    document = quarterly_pack(replace(plausible, grid=cells_))
    tables = {t.id: t for t in tables_of(document)}
    assert tables["grid-others"].landscape
    assert "grid" not in tables, "no order met the market"
    assert re.search(rb"/MediaBox\s*\[0 0 792 612\]", render_pdf(document))


def test_every_order_class_has_a_column_in_the_grid(plausible: PackInputs) -> None:
    """No class that the measurement knows is left out of the two tables, and the totals stand first."""
    cells_ = tuple(
        replace(plausible.grid[0], order_class=name, security=security)
        for name in ORDER_CLASSES
        for security in ("", "AAPL")
    )
    tables = {t.id: t for t in tables_of(quarterly_pack(replace(plausible, grid=cells_)))}
    shown = [column.id for name in ("grid", "grid-others") for column in tables[name].columns[1:]]
    assert sorted(shown) == sorted(ORDER_CLASSES)
    assert [row.id for row in tables["grid"].rows][:2] == ["all", "AAPL"]


def test_a_grid_cell_says_what_it_could_have_shown_or_what_it_would_say_alone(plausible: PackInputs) -> None:
    """A cell that cannot tell names the smallest difference; one that its family silenced says so instead."""
    open_ = replace(plausible.grid[0], verdict="cannot_tell", detectable=0.0021, difference=-0.0004)
    silenced = replace(open_, security="ZZZ", alone="worse")
    table = next(t for t in tables_of(quarterly_pack(replace(plausible, grid=(open_, silenced)))) if t.id == "grid")
    notes = [row.cells[1].note.replace("\N{NO-BREAK SPACE}", " ") for row in table.rows[:2]]
    assert notes[0].endswith("Δ \N{MINUS SIGN}0.0004\nfrom $0.0021")
    assert notes[1].endswith("Δ \N{MINUS SIGN}0.0004\nalone ▼")


def test_securities_are_ranked_by_the_shrunk_difference(plausible: PackInputs) -> None:
    """Least improvement first, a security without an interval last; family counts stand below."""
    table = next(t for t in tables_of(quarterly_pack(plausible)) if t.id == "securities-glance")
    shrunk = [row.cells[1].value for row in table.rows[:-2]]
    assert shrunk[:-1] == sorted(plausible.shrunk.values())
    assert (shrunk[-1], table.rows[-3].cells[0].value) == (None, "XOM")
    assert [cell.value for cell in table.rows[-1].cells[2:]] == [3, 0]


def test_the_completeness_table_shows_what_does_not_add_up(plausible: PackInputs) -> None:
    """The completeness table shows what does not add up."""
    assert plausible.quality is not None
    short = replace(plausible.quality, accepted=plausible.quality.accepted - 5)
    document = quarterly_pack(replace(plausible, quality=short))
    table = next(t for t in tables_of(document) if t.id == "completeness")
    assert isinstance(table, Table)
    assert [row.cells[1].value for row in table.rows if "unexplained" in row.id] == [5, 0]
