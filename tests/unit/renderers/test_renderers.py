"""Each renderer is safe against what a vendor may write into a field."""

import io
import zipfile
from datetime import date

import pytest

from routeproof.renderers.html import render_html
from routeproof.renderers.json import render_json
from routeproof.renderers.pdf import _has_shape, _with_numbers, render_pdf
from routeproof.renderers.xlsx import render_xlsx
from routeproof.reports.document import Cell, Column, Document, Paragraph, Row, Section, Table, words

HOSTILE = '=HYPERLINK("http://bad.example","x")'
MARKUP = "<script>alert(1)</script> #pagebreak() $x$ \\ *bold*"


def document(*cells: Cell) -> Document:
    """One paragraph and one table with the given cells, one per row."""
    table = Table(
        id="a/b:c",
        columns=(Column(id="v", title="Value"),),
        rows=tuple(Row(id=str(i), cells=(cell,)) for i, cell in enumerate(cells)),
        caption="Values",
    )
    return Document(
        title="Report",
        subtitle=MARKUP,
        dated_on=date(2026, 10, 5),
        version="0.1.0",
        digest="ab" * 32,
        meta={},
        sections=(Section(id="s", title=MARKUP, blocks=(Paragraph(text=MARKUP), table)),),
        extra={},
    )


def test_text_that_looks_like_a_formula_stays_text_in_the_workbook() -> None:
    """Text that looks like a formula stays text in the workbook."""
    book = zipfile.ZipFile(io.BytesIO(render_xlsx(document(words(HOSTILE), words("+1"), words("@x"), words("-2")))))
    sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert "HYPERLINK" in book.read("xl/sharedStrings.xml").decode()


def test_integers_beyond_double_precision_are_written_as_digits() -> None:
    """Integers beyond double precision are written as digits."""
    book = zipfile.ZipFile(io.BytesIO(render_xlsx(document(Cell(value=1_783_949_400_000_000_001)))))
    assert "1783949400000000001" in book.read("xl/sharedStrings.xml").decode()


def test_markup_in_a_field_is_printed_not_obeyed() -> None:
    """Markup in a field is printed not obeyed."""
    page = render_html(document(words(MARKUP))).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert render_pdf(document(words(MARKUP))).startswith(b"%PDF-")


@pytest.mark.parametrize("text", ["\U0001f4a9", "株式会社", "ไทย", "\ufeffx", "a\x00b\x07", "\ue000", "\uffff", "🇺🇸"])
def test_a_character_that_no_font_has_is_printed_as_its_number(text: str) -> None:
    """What a person wrote never stops the paper; the other forms have it as it is."""
    assert render_pdf(document(words(f"before {text} after"))).startswith(b"%PDF-")
    assert render_pdf(document(words(f"before {text} after"))) == render_pdf(document(words(f"before {text} after")))


def test_a_character_that_a_font_has_is_printed_as_it_is() -> None:
    """Also beside one that none has."""
    shown = [_with_numbers(text, {0x1F4A9: "[U+1F4A9]"}) for text in ("Ünï €5 → שלום", "a \U0001f4a9")]
    assert shown == ["Ünï €5 → שלום", "a [U+1F4A9]"]
    assert [_has_shape(one) for one in ("é", "→", "ש", "\U0001f4a9", "\ufeff")] == [True, True, True, False, False]


def test_a_number_that_is_none_is_refused_by_json() -> None:
    """A number that is none is refused by JSON."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        render_json(document(Cell(value=float("nan"))))
