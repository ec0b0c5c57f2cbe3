"""Rule 606 documents: bad texts, elements, attributes, document types, encodings, archives, and bytes."""

from copy import deepcopy
from random import Random

from lxml import etree

from fuzz.damage import bomb, damaged, packed, zipped
from fuzz.sample import Sample, Seeds
from fuzz.values import nasty
from rule606_documents import A1, B1, B3, TEXTS, elements

SOURCE = "rule606"
KINDS = ("count", "quantity", "price", "instant", "day", "flag", "text", "word")
TYPES = (
    "<!DOCTYPE r>",
    '<!DOCTYPE r [<!ENTITY e "x">]>',
    '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/none.dtd">',
    '<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "<!doctype html>",
    "<![CDATA[x]]>",
    "<?xml-stylesheet href='x'?>",
    "<!-- x -->",
    "&#0;",
    "&undefined;",
)
ATTRIBUTES = ("a", "version", "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "{x}y", "xml")
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037", "latin-1", "utf-8-sig")


def rule606_sample(random: Random, seeds: Seeds) -> Sample:
    """A document of one of the three layouts, some of it damaged."""
    text = random.choice((A1, B1, B3))
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    roll = random.random()
    if roll < 0.3:
        return _made("texts", _tree(random, content, seeds, only_texts=True))
    if roll < 0.55:
        return _made("elements", _tree(random, content, seeds, only_texts=False))
    if roll < 0.65:
        return _made("types", _typed(random, content))
    if roll < 0.70:
        declared = random.choice((f'<?xml version="1.0" encoding="{random.choice(ENCODINGS)}"?>', ""))
        return _made("encoding", (declared + text).encode(random.choice(ENCODINGS), "replace"))
    if roll < 0.78:
        return _made("packing", packed(random, content))
    if roll < 0.84:
        names = [f"{at}_606_NMS_2026_Q{1 + at % 4}{random.choice(('', '_V2', '_x'))}.xml" for at in range(4)]
        members = {name: random.choice((content, damaged(random, content))) for name in names}
        return _made("archive", damaged(random, zipped(members)) if random.random() < 0.4 else zipped(members))
    if roll < 0.88:
        return _made("deep", _deep(random))
    if roll < 0.882:
        return _made("bomb", bomb(random.choice((b"<a>", b" ", b"<!--", content[:60])), "gzip"))
    if roll < 0.92 and seeds.xml:
        hostile = random.choice(seeds.xml)
        return _made("hostile", damaged(random, hostile) if random.random() < 0.5 else hostile)
    return _made("bytes", damaged(random, content, random.choice(seeds.xml) if seeds.xml else b""))


def _made(how: str, content: bytes) -> Sample:
    return Sample(SOURCE, content, how)


def _tree(random: Random, content: bytes, seeds: Seeds, *, only_texts: bool) -> bytes:
    root = etree.fromstring(content)
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        everything = elements(root)
        chosen = random.choice(everything[1:] or everything)
        if only_texts:
            leaves = [item for item in everything if not len(item)]
            _say(random.choice(leaves), random, seeds)
            continue
        above, kind = chosen.getparent(), random.randrange(6)
        if kind == 0:
            chosen.tag = random.choice([item.tag for item in everything] + ["other", "{x}name"])
        elif kind == 1:
            chosen.set(random.choice(ATTRIBUTES), random.choice(TEXTS[:10]))
        elif kind == 2:
            chosen.insert(0, etree.Element(random.choice([item.tag for item in everything])))
        elif above is not None and kind == 3:
            above.remove(chosen)
        elif above is not None and kind == 4:
            for _ in range(random.choice((1, 1, 2, 30))):
                above.insert(above.index(chosen), deepcopy(chosen))
        else:
            chosen.tail = random.choice(("x", " ", "\u00a0", "<"))
    return etree.tostring(root, encoding=random.choice(("UTF-8", "US-ASCII", "UTF-16")))


def _say(leaf: etree._Element, random: Random, seeds: Seeds) -> None:
    wild = random.choice(TEXTS) if random.random() < 0.5 else nasty(random, random.choice(KINDS), seeds.texts)
    leaf.text = "".join(letter if letter.isprintable() or letter in "\t\n" else "?" for letter in wild)


def _typed(random: Random, content: bytes) -> bytes:
    """Something put in where a document type may stand, or may not."""
    put = random.choice(TYPES).encode()
    places = [at for at, byte in enumerate(content) if byte == ord("<")] if random.random() < 0.5 else [39]
    at = random.choice(places)
    return content[:at] + put + content[at:]


def _deep(random: Random) -> bytes:
    """Many levels, many siblings, or one very long text."""
    count = random.choice((10, 255, 256, 257, 5_000, 100_000))
    name = random.choice(("a", "rVenue", "heldOrderRoutingPublicReport"))
    match random.randrange(4):
        case 0:
            return (f"<{name}>" * count + f"</{name}>" * count).encode()
        case 1:
            return f"<heldOrderRoutingPublicReport>{f'<{name}/>' * count}</heldOrderRoutingPublicReport>".encode()
        case 2:
            return f"<{name}>{'x' * count}</{name}>".encode()
        case _:
            attributes = " ".join(f"a{at}=''" for at in range(min(count, 5_000)))
            return f"<{name} {attributes}/>".encode()
