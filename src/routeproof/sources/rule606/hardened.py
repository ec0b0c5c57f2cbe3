"""XML from strangers: no document type, no entities, no network, bounded in bytes, depth and elements.

The bytes are decoded here, by the mark or declaration that they begin with, and the prolog is read before any parser,
so that a document type is refused before one is interpreted. The parser then gets UTF-8 and nothing to resolve.
"""

from __future__ import annotations

import re

from lxml import etree

from routeproof.sources.rule606.problems import UnreadableXmlError

MAX_BYTES = 16 << 20
"""A tree takes about twenty times its text; a quarter of a large broker is under two MiB."""
MAX_DEPTH = 24
"""The deepest of the three reports has seven levels."""
MAX_ELEMENTS = 1_000_000
MAX_INSTRUCTIONS = 1_000
"""Processing instructions; parsers take time with the square of their number before the document element."""
BLOCK_BYTES = 64 << 10

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"<\?xml[ \t\r\n][^>]{0,200}?encoding[ \t\r\n]*=[ \t\r\n]*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "latin1": "iso-8859-1"}
_ENCODINGS |= {f"iso-8859-{part}": f"iso-8859-{part}" for part in (*range(1, 12), *range(13, 17))}
_ENCODINGS |= {f"windows-{page}": f"cp{page}" for page in range(1250, 1259)}
"""Those in which the characters of a declaration are single bytes, and ASCII's."""
_DECLARATION = re.compile(r"<\?xml[ \t\r\n].*?\?>", re.DOTALL)
_VERSION = re.compile(r"version[ \t\r\n]*=[ \t\r\n]*([\"'])1\.0\1")
_PROLOG = re.compile(r"(?:[ \t\r\n]++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)


def parse_xml(content: bytes, where: str = "") -> etree._Element:
    """The document element.

    Args:
        content: the whole document.
        where: its name, for messages.

    Raises:
        UnreadableXmlError: for a document type of any kind, an unknown encoding, bytes that are no well-formed XML 1.0,
            and documents beyond the bounds.
    """
    if len(content) > MAX_BYTES:
        message = f"expected at most {MAX_BYTES:,} bytes, found {len(content):,}: split the document"
        raise UnreadableXmlError(message, code="too_large", where=where)
    text = _decoded(content, where)
    text = _without_declaration(text, where)
    _expect_no_document_type(text, where)
    if text.count("<?") > MAX_INSTRUCTIONS:
        message = f"expected at most {MAX_INSTRUCTIONS:,} processing instructions, found more"
        raise UnreadableXmlError(message, code="too_many_elements", where=where)
    root = _tree(text.encode("utf-8"), where)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _forbidden(1, where)
    return root


def _decoded(content: bytes, where: str) -> str:
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", ""))
    if not encoding:
        declared = _DECLARED.match(content)
        named = declared[1].decode("ascii").lower() if declared else "utf-8"
        if named not in _ENCODINGS:
            message = f"expected UTF-8, UTF-16 with its mark, ASCII, an ISO-8859 or windows code page, found {named}"
            raise UnreadableXmlError(message, code="unknown_encoding", line=1, where=where)
        encoding = _ENCODINGS[named]
    body = content[len(mark) :]
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"expected text in {encoding}, found bytes that are none at byte {len(mark) + error.start}"
        line = body.count(b"\n", 0, error.start) + 1
        raise UnreadableXmlError(message, code="not_xml", line=line, where=where) from error


def _without_declaration(text: str, where: str) -> str:
    """The text with blanks for its XML declaration, whose encoding no longer holds; lines stay where they were."""
    found = _DECLARATION.match(text)
    if found is None:
        return text
    if not _VERSION.search(found[0]):
        message = f"expected an XML 1.0 declaration, found {found[0][:60]}"
        raise UnreadableXmlError(message, code="not_xml", line=1, where=where)
    return "".join(character if character in "\r\n" else " " for character in found[0]) + text[found.end() :]


def _expect_no_document_type(text: str, where: str) -> None:
    prolog = _PROLOG.match(text)
    end = prolog.end() if prolog else 0
    if text.startswith("<!", end) and not text.startswith("<!--", end):
        raise _forbidden(text.count("\n", 0, end) + 1, where)


def _forbidden(line: int, where: str) -> UnreadableXmlError:
    message = "expected a document without a document type, found <!DOCTYPE: remove it; nothing of it was read"
    return UnreadableXmlError(message, code="forbidden_dtd", line=line, where=where)


def _tree(content: bytes, where: str) -> etree._Element:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        strip_cdata=True,
    )
    bounds = _Bounds(where)
    try:
        for start in range(0, len(content), BLOCK_BYTES):
            parser.feed(content[start : start + BLOCK_BYTES])
            bounds.see(parser)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        bounds.see(parser)  # what the parser itself finds too deep is said in our words
        message = f"expected well-formed XML, found: {error.msg}"
        raise UnreadableXmlError(message, code="not_xml", line=error.lineno or 0, where=where) from error
    if root is None:
        message = "expected well-formed XML, found no element"
        raise UnreadableXmlError(message, code="not_xml", where=where)
    return root


class _Bounds:
    """How deep a document is and how many elements it has, while it is read."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._depth = self._elements = 0

    def see(self, parser: etree.XMLPullParser) -> None:
        """Count what was read since the last time; refuse what goes beyond the bounds."""
        for event, element in parser.read_events():
            self._depth += 1 if event == "start" else -1
            self._elements += event == "start"
            if self._depth > MAX_DEPTH:
                message = f"expected at most {MAX_DEPTH} levels of elements, found more"
                raise UnreadableXmlError(message, code="too_deep", line=element.sourceline or 0, where=self._where)
            if self._elements > MAX_ELEMENTS:
                message = f"expected at most {MAX_ELEMENTS:,} elements, found more: split the document"
                raise UnreadableXmlError(
                    message, code="too_many_elements", line=element.sourceline or 0, where=self._where
                )
