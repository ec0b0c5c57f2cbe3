"""The report as an archival, tagged PDF (PDF/A-3a with PDF/UA-1) on US Letter, set by typst.

The document travels as JSON into a fixed template: no text of a report is ever read as typesetting code.
"""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

import typst

from routeproof.renderers.charts import FONT, svg_of, width_px
from routeproof.renderers.plain import plain_document
from routeproof.reports.document import Document

PAGE_FONT = "Libertinus Serif"
WIDE_PX = 470
"""Charts at least this wide are fitted to the text column; narrower ones keep their size."""


def _printable(block: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    """The block with what only paper needs: the drawn chart, the title of the section it refers to."""
    if block["type"] == "Figure":
        svg = svg_of(block["spec"]).replace(FONT, PAGE_FONT)
        kept = {name: block[name] for name in ("type", "id", "caption", "alt")}
        return {**kept, "svg": svg, "wide": width_px(svg) >= WIDE_PX}
    if block["type"] == "Listing":
        items = [{**item, "section_title": titles.get(item["section_id"])} for item in block["items"]]
        return {**block, "items": items}
    return block


def _payload(document: Document) -> dict[str, Any]:
    tree: Any = plain_document(document)
    titles = {section["id"]: section["title"] for section in tree["sections"]}
    for section in tree["sections"]:
        printed = [block for block in section["blocks"] if not block.get("data_only")]
        section["blocks"] = [_printable(block, titles) for block in printed]
    kept = ("title", "subtitle", "dated_on", "version", "digest", "meta", "sections")
    return {name: tree[name] for name in kept}


def render_pdf(document: Document) -> bytes:
    """PDF bytes; the same document gives the same bytes (fonts are the compiler's own, dates the document's).

    A character that no font has, or that an archive must not hold, is written as its number: `[U+1F4A9]`.

    Raises:
        typst.TypstError: the template refused the document, with the place in the template.
    """
    template = resources.files("routeproof.renderers").joinpath("templates/pack.typ").read_bytes()
    payload = _payload(document)
    try:
        return _set(template, payload)
    except typst.TypstError:
        strange = {one for one in _characters(payload) if not one.isascii() or not one.isprintable()}
        numbers = {ord(one): f"[U+{ord(one):04X}]" for one in strange - {"\n", "\t"} if not _has_shape(one)}
        if not numbers:
            raise
        return _set(template, _with_numbers(payload, numbers))


def _set(template: bytes, payload: object) -> bytes:
    said = json.dumps(payload, ensure_ascii=False, allow_nan=False)
    output = typst.compile(
        template,
        format="pdf",
        sys_inputs={"document": said},
        pdf_standards=["a-3a", "ua-1"],
        ignore_system_fonts=True,
    )
    return bytes(output)


@lru_cache(maxsize=65_536)
def _has_shape(character: str) -> bool:
    try:
        _set(_PROBE, f"a{character}a")
    except typst.TypstError:
        return False
    return True


def _characters(value: object) -> set[str]:
    match value:
        case str():
            return set(value)
        case dict():
            return set().union(*(_characters(item) for item in value.values()))
        case list() | tuple():
            return set().union(*(_characters(item) for item in value))
    return set()


def _with_numbers(value: object, numbers: dict[int, str]) -> object:
    match value:
        case str():
            return value.translate(numbers)
        case dict():
            return {name: _with_numbers(item, numbers) for name, item in value.items()}
        case list() | tuple():
            return [_with_numbers(item, numbers) for item in value]
    return value


_PROBE = f"""#set text(font: "{PAGE_FONT}", lang: "en")
#set document(title: "A character")
#json(bytes(sys.inputs.document))""".encode()
