"""A report that becomes tables, CSV files and a document again is the report that it was."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from examples import examples
from routeproof.sources.rule606.csv_folder import csv_files, read_folder
from routeproof.sources.rule606.filings import Document
from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.problems import UnreadableXmlError
from routeproof.sources.rule606.read_report import read_report
from routeproof.sources.rule606.structure import structure_problems
from routeproof.sources.rule606.to_tables import to_tables, unconvertible
from routeproof.sources.rule606.to_xml import to_xml
from rule606_documents import A1, B1, B3, damaged

HOLDERS = ("rVenues", "options", "hDirected", "order", "route")
"""Elements of elements that may be empty."""
DOCUMENTS = [document.encode() for document in (A1, B1, B3)]
SIGNS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXTS = st.text(SIGNS | st.sampled_from("\t\n\r=+-@'\",;<>&] "), max_size=12)


def canonical(content: bytes) -> bytes:
    """Canonical XML without comments and white space between elements, by the library itself."""
    root: Any = etree.fromstring(content, etree.XMLParser(remove_comments=True))
    for element in root.iter():
        if isinstance(element.tag, str) and len(element):
            element.text = (element.text or "").strip() or None
            for child in element:
                child.tail = (child.tail or "").strip() or None
    return bytes(etree.tostring(root.getroottree(), method="c14n", with_comments=False))


def there_and_back(content: bytes) -> bytes:
    """Document, tables, files, tables, document."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, written in csv_files(to_tables(parse_xml(content))).items():
            (folder / file).write_bytes(written)
        return to_xml(read_folder(folder))


@st.composite
def filled(draw: st.DrawFn) -> bytes:
    """A document of right structure with any texts at all, some elements more often, some optional ones gone."""
    root: Any = etree.fromstring(draw(st.sampled_from(DOCUMENTS)))
    for element in list(root.iter()):
        if not len(element) and element.tag not in HOLDERS and draw(st.booleans()):
            element.text = draw(TEXTS)
        if element.tag in ("timestamp", "mpid", "services", "rVenue", "order", "transaction") and draw(st.booleans()):
            element.getparent().remove(element)
    return bytes(etree.tostring(root))


@examples(35)
@given(filled())
def test_any_texts_come_back_to_the_byte(document: bytes) -> None:
    """Line ends, quotes, formulas, markup, empty and absent ones too."""
    assert unconvertible(parse_xml(document)) == []
    again = there_and_back(document)
    assert canonical(again) == canonical(document)
    assert to_xml(to_tables(parse_xml(again))) == again


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_stands_around_the_report_stays(document: bytes) -> None:
    """Instructions, name spaces and attributes of the document element, a declaration; a comment goes."""
    head = b"<?xml version='1.0' encoding='utf-8'?><!-- a --><?style b c='d'?>"
    hint = b" xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:noNamespaceSchemaLocation='a&amp;\"&#10;b.xsd'><"
    whole = head + document.replace(b"><", hint, 1) + b"<?e?>"
    assert structure_problems(parse_xml(whole)) == []
    again = there_and_back(whole)
    assert canonical(again) == canonical(whole)
    assert b"<!--" not in again


def test_the_official_samples_come_back(shared_data: Path) -> None:
    """All nine."""
    samples = sorted((shared_data / "reg" / "sec-606").glob("*.xml"))
    assert len(samples) == 9
    for sample in samples:
        assert canonical(there_and_back(sample.read_bytes())) == canonical(sample.read_bytes()), sample.name


@examples(80)
@given(
    st.sampled_from(DOCUMENTS).flatmap(damaged)
    | st.binary(max_size=200)
    | st.text(max_size=60).map(lambda text: f"<a>{text}</a>".encode())
    | st.tuples(st.sampled_from(DOCUMENTS), st.integers(0, 5000), st.binary(max_size=4)).map(
        lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] + len(cut[2]) :]
    )
)
def test_whatever_the_bytes_are_they_are_judged(content: bytes) -> None:
    """Taken, or refused with codes and places; never anything else. What is taken can be tables and back."""
    read = read_report(Document("any", content))
    assert (read.report is None) == bool(read.problems)
    for problem in read.problems:
        assert problem.code.replace("_", "").isalnum()
        assert problem.message.count("expected") >= 1
    try:
        root = parse_xml(content)
    except UnreadableXmlError:
        return
    if read.format and not unconvertible(root):
        assert canonical(there_and_back(content)) == canonical(content)
