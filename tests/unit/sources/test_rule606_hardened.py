"""XML from strangers is refused before anything of it is interpreted, or read within bounds."""

import subprocess
import sys
from pathlib import Path

import pytest

from routeproof.sources.rule606.hardened import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, parse_xml
from routeproof.sources.rule606.problems import UnreadableXmlError

DTD = '<!DOCTYPE a [<!ENTITY b "c">]>'


def code_of(content: bytes) -> tuple[str, int]:
    """Code and line of the refusal."""
    with pytest.raises(UnreadableXmlError) as refused:
        parse_xml(content, "f.xml")
    assert refused.value.exit_code == 3
    return refused.value.code, refused.value.line


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (f"{DTD}<a>&b;</a>", 1),
        (f'<?xml version="1.0"?>\n\n{DTD}<a/>', 3),
        (f"<!-- <a> -->\n<?b c?>\n<!-- -->{DTD}<a/>", 3),
        ('<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>', 1),
        ('<!DOCTYPE a PUBLIC "b" "http://127.0.0.1/c"><a/>', 1),
        ("<!DOCTYPE a><a/>", 1),
        ('<!ENTITY b "c"><a/>', 1),
        ("<!DOCTYPE", 1),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_document_type_is_refused(document: str, line: int, encoding: str) -> None:
    """Wherever it stands before the document element, in each encoding that is read."""
    assert code_of(document.encode(encoding)) == ("forbidden_dtd", line)


def test_the_word_alone_is_no_document_type() -> None:
    """In a comment, or as text."""
    assert parse_xml(b"<!-- <!DOCTYPE a> --><a>&lt;!DOCTYPE</a>").text == "<!DOCTYPE"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_xml"),
        (b"a", "not_xml"),
        (b"<a>", "not_xml"),
        (b"<a/><b/>", "not_xml"),
        (b"<a>&b;</a>", "not_xml"),
        (b"<a>\xff</a>", "not_xml"),
        (b"<a>\0</a>", "not_xml"),
        (b"<?xml version='1.1'?><a/>", "not_xml"),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "unknown_encoding"),
        (b"<?xml version='1.0' encoding='cp037'?><a/>", "unknown_encoding"),
        ("<a/>".encode("utf-16-le"), "not_xml"),
        ("<a/>".encode("utf-32"), "not_xml"),
        (b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), "too_deep"),
        (b"<a>" * 100_000, "too_deep"),
        (b" " * (MAX_BYTES + 1), "too_large"),
        (b"<?a?>" * 100_000 + b"<a/>", "too_many_elements"),
        (b"<a/>" + b"<?a?>" * 100_000, "too_many_elements"),
        (b"<!---->" * 100_000 + b"<!DOCTYPE a><a/>", "forbidden_dtd"),
        (b"<!--" * 100_000, "not_xml"),
        (b"<?" * 400, "not_xml"),
    ],
)
def test_what_is_no_document_is_refused(content: bytes, code: str) -> None:
    """With a code, and the document's name."""
    assert code_of(content)[0] == code


def test_a_document_of_too_many_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound itself would take a second; a smaller one shows it."""
    assert MAX_ELEMENTS == 1_000_000
    monkeypatch.setattr("routeproof.sources.rule606.hardened.MAX_ELEMENTS", 10)
    assert len(parse_xml(b"<a>" + b"<b/>" * 9 + b"</a>")) == 9
    assert code_of(b"<a>" + b"<b/>" * 10 + b"</a>")[0] == "too_many_elements"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "ISO-8859-1", "iso-8859-15", "windows-1252"])
def test_names_survive_each_encoding(encoding: str) -> None:
    """As declared; the mark of UTF-16 goes before the declaration."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<a>Caf\u00e9</a>'
    root = parse_xml(text.encode(encoding))
    assert (root.text, root.sourceline) == ("Caf\u00e9", 2)


def test_lines_are_told_beyond_65535() -> None:
    """A long report names the right line."""
    assert parse_xml(b"<a>" + b"\n<b/>" * 70_000 + b"</a>")[-1].sourceline == 70_001


CHILD = """
import resource, sys
from pathlib import Path
from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.problems import UnreadableXmlError
from routeproof.sources.rule606.structure import structure_problems
for path in sorted(Path(sys.argv[1]).rglob('*.x*')):
    try:
        print(path.name, structure_problems(parse_xml(path.read_bytes()))[0].code)
    except UnreadableXmlError as error:
        print(path.name, error.code)
used = resource.getrusage(resource.RUSAGE_SELF)
peak = Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0]
print(int(peak) // 1024, used.ru_utime + used.ru_stime)
"""


def test_published_hostile_files_are_all_refused(shared_data: Path) -> None:
    """In a moment, in little memory, and without a look at any other file."""
    run = subprocess.run(
        [sys.executable, "-c", CHILD, shared_data / "robustness" / "xml"], capture_output=True, text=True, check=True
    )
    *refused, used = run.stdout.splitlines()
    codes = dict(line.split() for line in refused)
    assert len(codes) == 13
    with_dtd = {"cyclic", "dtd", "dtd_element", "external", "external_file", "quadratic", "xmlbomb", "xmlbomb2"}
    assert {name for name, code in codes.items() if code == "forbidden_dtd"} == {f"{name}.xml" for name in with_dtd}
    assert set(codes.values()) == {"forbidden_dtd", "unknown_report"}
    megabytes, seconds = used.split()
    assert int(megabytes) < 100
    assert float(seconds) < 5
