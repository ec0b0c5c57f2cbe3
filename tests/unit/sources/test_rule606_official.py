"""Our validator and the official schema say the same of the official samples and of damaged documents."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.official import load_schema, schema_problems
from routeproof.sources.rule606.structure import structure_problems
from routeproof.vocab.errors import UsageError
from rule606_documents import A1, B1, B3, damaged

DOCUMENTS = [document.encode() for document in (A1, B1, B3)]


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    """The official schema and its samples."""
    return shared_data / "reg" / "sec-606"


def test_the_official_samples_are_right(folder: Path) -> None:
    """All nine, by both."""
    schema = load_schema(folder / "oh-20191231.xsd")
    samples = sorted(folder.glob("*.xml"))
    assert len(samples) == 9
    for sample in samples:
        root = parse_xml(sample.read_bytes(), sample.name)
        assert structure_problems(root) == [], sample.name
        assert schema_problems(root, schema) == [], sample.name


def test_damage_is_judged_as_the_schema_judges_it(folder: Path) -> None:
    """Elements deleted, renamed, swapped, copied, put where they do not belong; texts on either side of each rule."""
    schema = load_schema(folder / "oh-20191231.xsd")
    samples = [*DOCUMENTS, *(path.read_bytes() for path in folder.glob("*.xml") if path.stat().st_size < 20_000)]
    verdicts = {True: 0, False: 0}

    @examples(90)
    @given(st.sampled_from(samples).flatmap(damaged))
    def judged(document: bytes) -> None:
        root = parse_xml(document)
        problems = structure_problems(root)
        assert schema.validate(root) == (not problems), problems
        verdicts[not problems] += 1

    judged()
    assert min(verdicts.values()) > 5, "both verdicts are tried"


def test_a_schema_stands_alone(tmp_path: Path) -> None:
    """One that would have others read, that has a document type, that is none, or that is not there, is refused."""
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    for text in (
        f'{head}<xs:include schemaLocation="http://127.0.0.1/a.xsd"/></xs:schema>',
        f'{head}<xs:import namespace="u" schemaLocation="a.xsd"/></xs:schema>',
        f"<!DOCTYPE a>{head}</xs:schema>",
        f'{head}<xs:element type="nothing"/></xs:schema>',
        "<a/>",
    ):
        path = tmp_path / "a.xsd"
        path.write_text(text, "utf-8")
        with pytest.raises(UsageError, match="expected"):
            load_schema(path)
    with pytest.raises(UsageError, match="readable"):
        load_schema(tmp_path / "none.xsd")
