#!/usr/bin/env python3
"""Check a ledger export, a tiled log, a receipt or single proofs. One file; needs Python 3.9 and nothing else.

    python -I verify.py EXPORT [--key VKEY] [--checkpoint FILE]... [--json]      EXPORT: a folder, or a zip with one
    python -I verify.py tlog DIR --key VKEY [--checkpoint FILE]... [--json]      any C2SP tlog-tiles log
    python -I verify.py receipt FILE [--key VKEY] [--json]                       a C2SP tlog-proof with its entry
    python -I verify.py proofs FILE.jsonl                                        one proof a line: accept or reject

Exit: 0 verified, 4 not verified, 2 the call is wrong. It opens no network connection and writes no file. It shares no
code with the program that made the export: hashing, trees, signatures and canonical JSON are written here again.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import datetime as dt
import hashlib
import json
import math
import os
import re
import stat
import sys
import zipfile
from collections import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
    from typing import IO, Any

    Point = tuple[int, int, int, int]
    Record = tuple[bytes | None, bytes | None, str, int | None]
    Outside = tuple[str, str | None, bytes, bool]

WIDTH = 256
MAX_ENTRY = 65535
MAX_SAFE = 2**53 - 1
MAX_SIZE = 2**64 - 1
MAX_PROBLEMS = 200
MAX_LISTING = 1 << 28
BLOCK = 1 << 20
MEMBERS = [
    "actor",
    "appended_at",
    "business_on",
    "evidence",
    "index",
    "payload",
    "role",
    "session",
    "stream",
    "type",
    "version",
]


class Wrong(Exception):
    """Something does not hold; the text says what."""


# ---- base64, hashes, trees (RFC 4648, RFC 6962) ----


def unbase64(text: str) -> bytes:
    """Bytes of a text in the one spelling that base64 has for them."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Wrong("expected base64, found %.60r" % text) from error
    if base64.b64encode(value).decode() != text:
        raise Wrong("expected canonical base64, found %.60r" % text)
    return value


def leaf_of(entry: bytes) -> bytes:
    """RFC 6962 hash of an entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    """RFC 6962 hash of two neighbours."""
    return hashlib.sha256(b"\1" + left + right).digest()


def split(size: int) -> int:
    """Largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)


def level_up(hashes: list[bytes]) -> list[bytes]:
    """Parents of whole pairs."""
    sha256 = hashlib.sha256
    return [sha256(b"\1" + hashes[i] + hashes[i + 1]).digest() for i in range(0, len(hashes) - 1, 2)]


class Tree:
    """Leaves with the perfect subtrees above them; roots of any prefix."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.levels = [list(leaves)]
        while len(self.levels[-1]) > 1:
            self.levels.append(level_up(self.levels[-1]))

    def root(self, size: int) -> bytes:
        """Root of the first `size` leaves."""
        if size == 0:
            return hashlib.sha256(b"").digest()
        parts, start = [], 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                parts.append(self.levels[height][start >> height])
                start += 1 << height
        root = parts.pop()
        while parts:
            root = node_of(parts.pop(), root)
        return root


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """Root of a tree of `size` leaves with this leaf at `index`; the proof runs from the leaf's sibling upwards."""
    if size == 1:
        if proof:
            raise Wrong("the proof is too long")
        return leaf
    if not proof:
        raise Wrong("the proof is too short")
    left = split(size)
    if index < left:
        return node_of(root_by_inclusion(leaf, index, left, proof[:-1]), proof[-1])
    return node_of(proof[-1], root_by_inclusion(leaf, index - left, size - left, proof[:-1]))


def roots_by_consistency(
    start: int, end: int, size: int, known: bytes | None, proof: list[bytes]
) -> tuple[bytes, bytes]:
    """Roots of the subtree [start, end) and of the tree of `size` leaves; `known` is the subtree's root, if usable."""
    if start == 0 and end == size:
        if known is not None:
            if proof:
                raise Wrong("the proof is too long")
            return known, known
        if len(proof) != 1:
            raise Wrong("the proof has a wrong length")
        return proof[0], proof[0]
    if not proof:
        raise Wrong("the proof is too short")
    left, last, rest = split(size), proof[-1], proof[:-1]
    if end <= left:
        sub, root = roots_by_consistency(start, end, left, known, rest)
        return sub, node_of(root, last)
    if start >= left:
        sub, root = roots_by_consistency(start - left, end - left, size - left, known, rest)
        return sub, node_of(last, root)
    sub, root = roots_by_consistency(0, end - left, size - left, None, rest)
    return node_of(last, sub), node_of(last, root)


# ---- single proofs, one JSON object a line ----

PROOF_FIELDS = [
    {"leafIdx", "treeSize", "root", "leafHash", "proof"},
    {"leafIdx", "start", "end", "root", "leafHash", "proof"},
    {"size1", "size2", "root1", "root2", "proof"},
    {"start", "end", "size", "root1", "root2", "proof"},
]


def accepts(line: str | bytes) -> bool:
    """Whether a line is a proof that holds."""
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
        record = json.loads(text, object_pairs_hook=only_once, parse_constant=no_constant)
        if not isinstance(record, dict):
            return False
        fields = {name for name in record if any(name in kind for kind in PROOF_FIELDS)}
        if fields not in PROOF_FIELDS:
            return False
        check_proof(record)
    except (Wrong, ValueError, RecursionError):
        return False
    return True


def check_proof(record: dict[str, Any]) -> None:
    """Raise unless the record is a proof that holds."""
    proof = [] if record["proof"] is None else record["proof"]
    if not isinstance(proof, list) or len(proof) > 128:
        raise Wrong("expected an array of hashes")
    hashes = [hash_field(item, 32) for item in proof]
    if "leafIdx" in record:
        start = number_field(record.get("start", 0))
        end = number_field(record["end"] if "end" in record else record["treeSize"])
        index = number_field(record["leafIdx"])
        leaf, root = hash_field(record["leafHash"], 32), hash_field(record["root"])
        if not valid_subtree(start, end) or not start <= index < end:
            raise Wrong("the leaf is not in a valid subtree")
        if root_by_inclusion(leaf, index - start, end - start, hashes) != root:
            raise Wrong("another root")
        return
    start = number_field(record.get("start", 0))
    end = number_field(record["end"] if "end" in record else record["size1"])
    size = number_field(record["size"] if "size" in record else record["size2"])
    first, second = hash_field(record["root1"]), hash_field(record["root2"])
    if not valid_subtree(start, end) or end > size or ("size1" in record and end == 0):
        raise Wrong("not a subtree of the tree")
    if start == end:
        if hashes or first != hashlib.sha256(b"").digest():
            raise Wrong("an empty subtree has the empty root and no proof")
        return
    if roots_by_consistency(start, end, size, first, hashes) != (first, second):
        raise Wrong("other roots")


def valid_subtree(start: int, end: int) -> bool:
    """Whether the start is a multiple of the length, rounded up to a power of two."""
    if start > end:
        return False
    width = 1
    while width < end - start:
        width *= 2
    return start == end or start % width == 0


def number_field(value: Any) -> int:
    """A size or an index."""
    if type(value) is not int or not 0 <= value <= MAX_SIZE:
        raise Wrong("expected a whole number")
    return value


def hash_field(value: Any, length: int | None = None) -> bytes:
    """Bytes of a base64 field."""
    if not isinstance(value, str):
        raise Wrong("expected base64")
    content = unbase64(value)
    if length is not None and len(content) != length:
        raise Wrong("expected %d bytes" % length)
    return content


def only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different."""
    record = dict(pairs)
    if len(record) != len(pairs):
        raise Wrong("a name occurs twice")
    return record


def no_constant(text: str) -> Any:
    """NaN and infinities are no JSON."""
    raise Wrong("not JSON: " + text)


# ---- Ed25519 (RFC 8032), strict ----

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
ZERO = (0, 1, 1, 0)


def point_add(a: Point, b: Point) -> Point:
    """Sum of two points (RFC 8032 section 5.1.4)."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, m * k % P, j * k % P, i * m % P


def point_double(a: Point) -> Point:
    """Twice a point."""
    x, y = a[0] * a[0] % P, a[1] * a[1] % P
    z, s = 2 * a[2] * a[2] % P, (a[0] + a[1]) * (a[0] + a[1]) % P
    h, g = x + y, x - y
    e, f = h - s, z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_decode(code: bytes) -> Point:
    """The point that 32 bytes spell, in their one spelling."""
    y = int.from_bytes(code, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        raise Wrong("a public key in a second spelling")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square or (x == 0 and sign):
        raise Wrong("a public key that is no point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def point_encode(a: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
KEYS: dict[bytes, Point] = {}


def usable_key(code: bytes) -> Point:
    """The point of a public key, if it may be trusted at all."""
    if code not in KEYS:
        if len(code) != 32:
            raise Wrong("a public key of %d bytes" % len(code))
        point = point_decode(code)
        eighth = point_double(point_double(point_double(point)))
        if eighth[0] == 0:
            raise Wrong("a public key of small order: anything verifies under it")
        KEYS[code] = point
    return KEYS[code]


def signature_holds(code: bytes, message: bytes, signature: bytes) -> bool:
    """[S]B = R + [k]A, compared as the bytes of R, without the cofactor."""
    try:
        key = usable_key(code)
    except Wrong:
        return False
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + code + message).digest(), "little") % ORDER
    minus = (P - key[0], key[1], 1, P - key[3])
    table = (ZERO, BASE, minus, point_add(BASE, minus))
    result = ZERO
    for bit in reversed(range(253)):
        result = point_double(result)
        choice = (s >> bit & 1) | (k >> bit & 1) << 1
        if choice:
            result = point_add(result, table[choice])
    return point_encode(result) == signature[:32]


# ---- signed notes and checkpoints (C2SP) ----


class Key:
    """A verifier key: name+id+base64."""

    def __init__(self, text: str) -> None:
        parts = text.split("+", 2)
        if len(parts) != 3 or not key_name(parts[0]):
            raise Wrong("expected a verifier key name+id+base64, found %.100r" % text)
        content = unbase64(parts[2])
        if content[:1] != b"\1":
            raise Wrong("expected an Ed25519 verifier key")
        self.text, self.name, self.code = text, parts[0], content[1:]
        usable_key(self.code)
        self.id = hashlib.sha256(self.name.encode() + b"\n" + content).digest()[:4]
        if parts[1] != self.id.hex():
            raise Wrong("the id of the verifier key is not that of its name and key")


def key_name(name: str) -> bool:
    """Whether a key may be called so."""
    return bool(name) and "+" not in name and not any(mark.isspace() or mark < " " for mark in name)


def read_note(content: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Text and signature lines (name, key id, signature) of a signed note; nothing is verified."""
    try:
        whole = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong("the note is not UTF-8") from error
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or any(mark < " " and mark != "\n" for mark in whole):
        raise Wrong("expected a text, an empty line and signature lines")
    signatures = []
    for line in tail[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not key_name(parts[1]):
            raise Wrong("expected a signature line, found %.80r" % line)
        code = unbase64(parts[2])
        if len(code) <= 4:
            raise Wrong("expected a signature line, found %.80r" % line)
        signatures.append((parts[1], code[:4], code[4:]))
    return text + "\n", signatures


def open_note(content: bytes, keys: list[Key]) -> tuple[str, list[Key]]:
    """Text of a note, and the keys among `keys` that signed it: at least one, and none of them wrongly."""
    text, signatures = read_note(content)
    signers = []
    for name, key_id, signature in signatures:
        for key in keys:
            if (key.name, key.id) == (name, key_id):
                if not signature_holds(key.code, text.encode(), signature):
                    raise Wrong("the signature of %s does not verify" % name)
                signers.append(key)
    if not signers:
        raise Wrong("not signed by %s" % (", ".join(key.text for key in keys) or "any trusted key"))
    return text, signers


class Checkpoint:
    """Origin, size and root."""

    def __init__(self, text: str) -> None:
        lines = text[:-1].split("\n")
        if len(lines) < 3 or not all(lines) or not re.fullmatch("0|[1-9][0-9]{0,19}", lines[1]):
            raise Wrong("expected a checkpoint: origin, size, root")
        self.origin, self.size, self.root = lines[0], int(lines[1]), unbase64(lines[2])
        if len(self.root) != 32:
            raise Wrong("expected a root of 32 bytes")


# ---- canonical JSON (RFC 8785) ----


def parse_entry(data: bytes) -> dict[str, Any]:
    """Members of an entry, whose bytes must be the canonical form of exactly the agreed members."""
    fractions = []

    def fraction(text: str) -> float:
        fractions.append(text)
        return float(text)

    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_float=fraction, parse_int=safe_integer, parse_constant=no_constant)
        if fractions or max(data, default=0) >= 0xF0:
            again = canonical(value).encode("utf-8")
        else:
            again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError, Wrong) as error:
        raise Wrong("the entry is not JSON of RFC 8785: %s" % error) from error
    if again != data:
        raise Wrong("the entry is not in its canonical form (RFC 8785)")
    if not isinstance(value, dict) or sorted(value) != MEMBERS or not well_typed(value):
        raise Wrong("the entry does not have the members of an entry")
    return value


def well_typed(value: dict[str, Any]) -> bool:
    """Whether every member of an entry has its type."""
    texts = ("actor", "business_on", "role", "session", "stream", "type")
    numbers = (value["index"], value["version"])
    hashes = value["evidence"]
    return (
        all(isinstance(value[name], str) for name in texts)
        and all(type(number) is int and number >= 0 for number in numbers)
        and isinstance(value["appended_at"], str)
        and re.fullmatch("0|[1-9][0-9]{0,18}", value["appended_at"], re.ASCII) is not None
        and int(value["appended_at"]) < 2**63
        and isinstance(value["payload"], dict)
        and isinstance(hashes, list)
        and all(isinstance(item, str) and re.fullmatch("[0-9a-f]{64}", item) for item in hashes)
    )


def safe_integer(text: str) -> int:
    """An integer that every JSON reader keeps exactly."""
    number = int(text) if len(text) < 20 else MAX_SAFE + 1
    if abs(number) > MAX_SAFE:
        raise Wrong("an integer beyond 2^53 - 1")
    return number


def canonical(value: Any) -> str:
    """A JSON value in the form of RFC 8785."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return ecmascript(value)
    return json.dumps(value, ensure_ascii=False)


def ecmascript(value: float) -> str:
    """A double as ECMAScript writes it; Python's repr has the same shortest digits."""
    if not math.isfinite(value):
        raise Wrong("a number that JSON does not have")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, power = repr(abs(value)).partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = whole + ("" if decimals == "0" else decimals)
    point = len(whole) + int(power or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    exponent = point - 1
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return "%s%s%se%s%d" % (sign, digits[0], rest, "+" if exponent > 0 else "-", abs(exponent))


# ---- files: a folder, or a zip read in place ----


class Folder:
    """Files under a folder by relative path; links are not followed."""

    def __init__(self, root: str) -> None:
        self.root, self.names, self.odd = root, set(), []
        for place, folders, files in os.walk(root):
            for name in folders + files:
                path = os.path.join(place, name)
                relative = os.path.relpath(path, root).replace(os.sep, "/")
                mode = os.lstat(path).st_mode
                if stat.S_ISREG(mode):
                    self.names.add(relative)
                elif not stat.S_ISDIR(mode):
                    self.odd.append(relative)

    def open(self, name: str) -> IO[bytes]:
        """One member."""
        """One file."""
        return open(os.path.join(self.root, *name.split("/")), "rb")


class Zip:
    """Members of a zip under a prefix; nothing is unpacked."""

    def __init__(self, path: str) -> None:
        self.zip = zipfile.ZipFile(path)
        every = [info.filename for info in self.zip.infolist() if not info.is_dir() or info.file_size]
        self.names = set(every)
        self.odd = sorted(name for name, count in Counter(every).items() if count > 1 or name.endswith("/"))

    def open(self, name: str) -> IO[bytes]:
        """One member."""
        return self.zip.open(name)


class Part:
    """The files below a prefix."""

    def __init__(self, files: Folder | Zip, prefix: str) -> None:
        self.files, self.prefix = files, prefix
        self.names = {name[len(prefix) :] for name in files.names if name.startswith(prefix)}

    def read(self, name: str, limit: int = WIDTH * (MAX_ENTRY + 2)) -> bytes:
        """All bytes of a file that may be held in memory."""
        with self.files.open(self.prefix + name) as stream:
            content = stream.read(limit + 1)
        if len(content) > limit:
            raise Wrong("expected at most %d bytes" % limit)
        return content

    def sha256(self, name: str) -> str:
        """Hash of a file of any size."""
        digest = hashlib.sha256()
        with self.files.open(self.prefix + name) as stream:
            for block in iter(lambda: stream.read(BLOCK), b""):
                digest.update(block)
        return digest.hexdigest()


UNREADABLE: tuple[type[BaseException], ...] = (
    OSError,
    zipfile.BadZipFile,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    Wrong,
)
try:
    import zlib

    UNREADABLE += (zlib.error,)
except ImportError:
    pass


# ---- findings ----


class Report:
    """What was found, compared and concluded."""

    def __init__(self) -> None:
        self.problems: list[dict[str, Any]] = []
        self.compared: list[dict[str, Any]] = []
        self.remarks: list[str] = []
        self.entries, self.root, self.outside, self.more = 0, "", False, 0
        self.newest = 0  # size of the newest checkpoint from outside that agrees

    def problem(
        self, kind: str, message: str, index: int | None = None, file: str | None = None, offset: int | None = None
    ) -> None:
        """Note one; beyond a number they are only counted."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.more += 1
            return
        self.problems.append({"kind": kind, "index": index, "file": file, "offset": offset, "message": message})

    def as_json(self) -> dict[str, Any]:
        """The stable shape."""
        problems = sorted(self.problems, key=lambda item: (item["index"] is None, item["index"] or 0))
        return {
            "ok": not problems,
            "entries": self.entries,
            "root": self.root,
            "compared_with": self.compared,
            "outside_checkpoint": self.outside,
            "problems": problems,
            "statement": self.statement(problems),
        }

    def statement(self, problems: list[dict[str, Any]]) -> str:
        """The conclusion in words, with what it does not cover."""
        if problems:
            first = problems[0]
            where = "" if first["index"] is None else " at entry %d" % first["index"]
            count = len(problems) + self.more
            text = "NOT VERIFIED: %d problem%s, first: %s%s: %s." % (
                count,
                "" if count == 1 else "s",
                first["kind"],
                where,
                first["message"],
            )
        else:
            text = "Verified: %d entries, root %s." % (self.entries, self.root)
        return " ".join([text, *self.remarks])


# ---- comparing what is there with what should be ----


def differences(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> list[tuple[str, int, int]]:
    """(kind, place in found, place in wanted) of each difference between two sequences; None matches anything."""
    low, high = 0, 0
    shortest = min(len(found), len(wanted))
    while low < shortest and found[low : low + WIDTH] == wanted[low : low + WIDTH]:
        low += WIDTH
    low = min(low, shortest)
    while low < shortest and alike(found[low], wanted[low]):
        low += 1
    while high < shortest - low and alike(found[-1 - high], wanted[-1 - high]):
        high += 1
    here, there = found[low : len(found) - high], wanted[low : len(wanted) - high]
    left_here, left_there = Counter(here), Counter(there)
    early: Counter[Hashable] = Counter()  # met before their place
    late: Counter[Hashable] = Counter()  # passed over at their place
    result, i, j = [], 0, 0
    while i < len(here) and j < len(there):
        mine, theirs = here[i], there[j]
        known = left_there[mine] > 0 or late[mine] > 0
        stays = left_here[theirs] > 0 or early[theirs] > 0
        longer = (len(here) - i) - (len(there) - j)
        if alike(mine, theirs):
            kind = ""
        elif not known:
            kind = "inserted" if stays else "altered"
        elif not stays or longer < 0:
            kind = "deleted"
        else:
            kind = "inserted" if longer > 0 else "reordered"
        if kind == "reordered":
            late.subtract([mine]) if late[mine] > 0 else early.update([mine])
            early.subtract([theirs]) if early[theirs] > 0 else late.update([theirs])
        if kind:
            result.append((kind, low + i, low + j))
        if kind != "deleted":
            left_here[mine] -= 1
            i += 1
        if kind != "inserted":
            left_there[theirs] -= 1
            j += 1
    if i < len(here):
        result.append(("inserted", low + i, low + j))
    if j < len(there):
        result.append(("deleted" if high else "truncated", low + i, low + j))
    return result


def alike(mine: Hashable, theirs: Hashable) -> bool:
    """Whether two items are the same, as far as is known."""
    return mine is None or theirs is None or mine == theirs


class Log:
    """Entries, tiles and checkpoint of a tiled log, read and compared with each other."""

    def __init__(self, part: Part, report: Report, size: int, strict: bool) -> None:
        self.part, self.report, self.size, self.strict = part, report, size, strict
        self.records: list[Record] = []  # (hash or None, bytes or None, file, offset or None)
        self.used: set[str] = set()
        self.bundles: list[str] = []
        self.tree: Tree | None = None
        self.wanted = self.read_tiles()
        self.read_bundles()

    def tiles(self, count: int) -> Iterator[tuple[int, int]]:
        """(index, width) of the tiles that hold `count` items."""
        for index in range(-(-count // WIDTH)):
            yield index, min(WIDTH, count - index * WIDTH)

    def path(self, level: int | str, index: int, width: int) -> str:
        """Where a tile stands; `entries` for the level is a bundle of entries."""
        groups = ["%03d" % (index % 1000)]
        while index >= 1000:
            index //= 1000
            groups.insert(0, "x%03d" % (index % 1000))
        return "tile/%s/%s%s" % (level, "/".join(groups), "" if width == WIDTH else ".p/%d" % width)

    def fetch(self, level: int | str, index: int, width: int, first: int) -> tuple[bytes | None, str]:
        """Bytes of a tile or bundle and the path that holds them; None, with a problem noted, if it is not there."""
        path = self.path(level, index, width)
        chosen = path
        if path not in self.part.names and not self.strict:
            chosen = self.path(level, index, WIDTH)
        if chosen not in self.part.names:
            self.report.problem("deleted", "the file is missing", first, path)
            return None, path
        self.used.add(chosen)
        try:
            return self.part.read(chosen), chosen
        except UNREADABLE as error:
            self.report.problem("unreadable", "the file cannot be read: %s" % error, first, chosen)
            return None, chosen

    def read_tiles(self) -> list[bytes | None]:
        """Leaf hashes of the tiles of level 0; None where they are not known."""
        wanted: list[bytes | None] = []
        for index, width in self.tiles(self.size):
            content, path = self.fetch(0, index, width, index * WIDTH)
            if content is not None and path == self.path(0, index, WIDTH) and len(content) == 32 * WIDTH:
                content = content[: 32 * width]
            wanted += self.hashes(content, width, path, index * WIDTH, 1)
        return wanted

    def hashes(self, content: bytes | None, width: int, path: str, first: int, span: int) -> list[bytes | None]:
        """Hashes of a tile; a wrong length is noted at the first entry that it affects."""
        if content is None:
            return [None] * width
        if len(content) != 32 * width:
            whole = min(len(content) // 32, width)
            kind = "truncated" if len(content) < 32 * width else "inserted"
            message = "expected %d bytes in the tile, found %d" % (32 * width, len(content))
            self.report.problem(kind, message, min(first + whole * span, self.size), path, 32 * whole)
        found: list[bytes | None] = [content[at : at + 32] for at in range(0, 32 * min(len(content) // 32, width), 32)]
        return found + [None] * (width - len(found))

    def read_bundles(self) -> None:
        """All entries, as far as the bundles can be read."""
        for index, width in self.tiles(self.size):
            first = index * WIDTH
            content, path = self.fetch("entries", index, width, first)
            self.bundles.append(path)
            if content is None:
                self.records += [(None, None, path, None)] * width
                continue
            records, rest = self.cut(content, path, 0)
            if path == self.path("entries", index, WIDTH) and not rest and len(records) == WIDTH:
                records = records[:width]
            if rest or len(records) != width:
                records = self.mend(content, path, first, width, records, rest)
            self.records += records

    def cut(self, content: bytes, path: str, at: int) -> tuple[list[Record], int]:
        """Records from `at` on, as their length prefixes say; and how many bytes are left that are no record."""
        records: list[Record] = []
        while at < len(content):
            end = at + 2 + int.from_bytes(content[at : at + 2], "big")
            if at + 2 > len(content) or end > len(content):
                break
            data = content[at + 2 : end]
            records.append((leaf_of(data), data, path, at))
            at = end
        return records, len(content) - at

    def mend(self, content: bytes, path: str, first: int, width: int, records: list[Record], rest: int) -> list[Record]:
        """A bundle that does not come out even: find the entry whose length or bytes are wrong, read on behind it."""
        wanted = self.wanted[first : first + width]
        good = 0
        while good < min(len(records), width) and alike(records[good][0], wanted[good]):
            good += 1
        if not rest and (good == len(records) or good == width):
            return records  # whole entries are missing at the end, or too many: the comparison tells
        # Records lie one behind the other, each behind its two bytes of length.
        at = sum(2 + len(data or b"") for _, data, _, _ in records[:good])
        length = self.true_length(content, at, wanted[good]) if good < width else None
        if length is not None:
            self.report.problem("altered", "the length before the entry was changed", first + good, path, at)
            data = content[at + 2 : at + 2 + length]
            later, rest = self.cut(content, path, at + 2 + length)
            mended = [*records[:good], (leaf_of(data), data, path, at), *later]
            if len(mended) == width and not rest:
                return mended
            return mended[: good + 1] + [(None, None, path, None)] * (width - good - 1)
        if not rest:
            return records  # the lengths fit: entries were deleted or inserted within
        if good >= width:
            self.report.problem("inserted", "bytes follow the last entry", min(first + width, self.size), path, at)
        elif good == len(records):
            self.report.problem("truncated", "the entry is cut off", first + good, path, at)
        else:
            self.report.problem("altered", "from this entry on the bytes are no entries", first + good, path, at)
        return records[:good] + [(None, None, path, None)] * (width - good)

    def true_length(self, content: bytes, at: int, wanted: bytes | None) -> int | None:
        """Length that gives the entry at `at` the hash it should have, or None."""
        if wanted is None:
            return None
        digest = hashlib.sha256(b"\0")
        for length in range(min(MAX_ENTRY, len(content) - at - 2) + 1):
            if length:
                digest.update(content[at + 1 + length : at + 2 + length])
            if digest.copy().digest() == wanted:
                return length
        return None

    def place(self, found: int) -> tuple[str, int | None]:
        """File and offset of a found record, or of where the record of `index` would begin."""
        if found < len(self.records):
            _, _, path, offset = self.records[found]
            return path, offset
        if not self.records:
            return self.path("entries", 0, min(WIDTH, self.size)), 0
        _, data, path, offset = self.records[-1]
        return path, None if offset is None or data is None else offset + 2 + len(data)

    def place_lost(self, found: int, index: int) -> tuple[str, int | None]:
        """Where the lost entry `index` stood: in its own bundle, even if what follows it is in the next one."""
        path, offset = self.place(found)
        own = self.bundles[index // WIDTH]
        if path == own:
            return path, offset
        ends = [at + 2 + len(data) for _, data, name, at in self.records if name == own and at is not None and data]
        return own, max(ends, default=0)

    def compare(self, root: bytes | None) -> None:
        """Note every difference between entries, tiles and the signed root; `root` is None if nothing is signed."""
        found = [record[0] for record in self.records]
        fill = len(found) == len(self.wanted)
        wanted = [found[i] if item is None and fill else item for i, item in enumerate(self.wanted)]
        entries = [wanted[i] if item is None and fill else item for i, item in enumerate(found)]
        by_tiles, by_entries = self.tree_of(wanted), self.tree_of(entries)
        entries_signed = by_entries is not None and len(entries) == self.size and by_entries.root(self.size) == root
        signed = by_tiles is not None and root is not None and by_tiles.root(self.size) == root
        if by_entries is not None and entries_signed and not signed:
            self.tree = by_entries
            self.tiles_against(by_entries.levels[0])
            return
        for kind, here, there in differences(entries, wanted):
            lost = kind in ("deleted", "truncated")
            path, offset = self.place_lost(here, there) if lost else self.place(here)
            self.report.problem(kind, MESSAGES[kind], here if kind == "inserted" else there, path, offset)
        self.tree = by_tiles or by_entries
        upper = self.upper_tiles(trusted=signed)
        if root is not None and by_tiles is not None and not signed:
            path, offset = self.place(upper)
            self.report.problem(
                "rewritten", "the entries and tiles do not have the root that the checkpoint signs", upper, path, offset
            )

    def tree_of(self, leaves: list[bytes | None]) -> Tree | None:
        """The tree over leaves that are all known."""
        known = [leaf for leaf in leaves if leaf is not None]
        return Tree(known) if len(known) == len(leaves) else None

    def tiles_against(self, entries: list[bytes]) -> None:
        """The entries are what was signed, so tiles that differ were changed."""
        for at in range(self.size):
            if self.wanted[at] is not None and self.wanted[at] != entries[at]:
                path = self.path(0, at // WIDTH, min(WIDTH, self.size - at // WIDTH * WIDTH))
                self.report.problem("altered", "the tile has another hash for the entry", at, path, at % WIDTH * 32)
        self.upper_tiles(trusted=True)

    def upper_tiles(self, trusted: bool) -> int:
        """Compare tiles above level 0 with the tree; the first entry below a difference, else 0."""
        level, count, below = 1, self.size // WIDTH, []
        while count:
            for index, width in self.tiles(count):
                first, span = index * WIDTH ** (level + 1), WIDTH**level
                content, path = self.fetch(level, index, width, first)
                if content is not None and path == self.path(level, index, WIDTH) and len(content) == 32 * WIDTH:
                    content = content[: 32 * width]
                for at, item in enumerate(self.hashes(content, width, path, first, span)):
                    if item is None or self.tree is None or item == self.tree.levels[8 * level][index * WIDTH + at]:
                        continue
                    below.append(first + at * span)
                    if trusted:
                        message = "the tile has another hash for the entries below"
                        self.report.problem("altered", message, first + at * span, path, 32 * at)
            level, count = level + 1, count // WIDTH
        return min(below, default=0)


MESSAGES = {
    "altered": "the bytes are not those that were appended",
    "deleted": "an entry that was appended is missing",
    "inserted": "an entry is there that was not appended",
    "reordered": "entries stand in another order than they were appended",
    "truncated": "entries are missing at the end",
}


def compare_checkpoints(
    log: Log, report: Report, notes: list[Outside], keys_for: Callable[[int | None], list[Key]], origin: str
) -> None:
    """Hold the log against other checkpoints: (source, file or None, bytes, outside)."""
    agreeing = [0]
    differing: list[tuple[int, str, str | None]] = []
    for source, file, content, outside in notes:
        line: dict[str, Any] = {"source": source, "size": None, "root": None, "agrees": False}
        report.compared.append(line)
        report.outside = report.outside or outside
        try:
            text, signers = open_note(content, keys_for(None))
            checkpoint = Checkpoint(text)
            line["size"], line["root"] = checkpoint.size, checkpoint.root.hex()
            if not any(key.text in [other.text for other in keys_for(checkpoint.size)] for key in signers):
                raise Wrong("signed by a key of the log that was not in force at that size")
            if checkpoint.origin != origin:
                raise Wrong("the checkpoint is of another log, %s" % checkpoint.origin)
        except Wrong as error:
            report.problem("signature", "%s: %s" % (source, error), None, file or source)
            continue
        if log.tree is None:
            report.remarks.append("Not compared with %s: the entries cannot be read." % source)
        elif checkpoint.size > len(log.tree.levels[0]):
            message = "%s names %d entries, found %d" % (source, checkpoint.size, len(log.tree.levels[0]))
            report.problem("truncated", message, len(log.tree.levels[0]), file)
        elif log.tree.root(checkpoint.size) != checkpoint.root:
            differing.append((checkpoint.size, source, file))
        else:
            line["agrees"] = True
            agreeing.append(checkpoint.size)
            report.newest = max(report.newest, checkpoint.size if outside else 0)
    for size, source, file in differing:
        low = max([known for known in agreeing if known < size], default=0)
        message = "%s has another root for the first %d entries: the change is at entry %d or later"
        report.problem("rewritten", message % (source, size, low), low, file)


# ---- an export of a ledger ----


class Keys:
    """The keys of the log one after another: who signed which sizes."""

    def __init__(self, anchor: Key, report: Report) -> None:
        self.chain, self.anchor = [(anchor, 0)], anchor
        self.report, self.started = report, False

    def rotate(self, index: int, payload: dict[str, Any]) -> None:
        """The next key, signed by the one in force."""
        try:
            old, new = Key(payload["old"]), Key(payload["new"])
            message = "routeproof log key rotated\n%s\n%s\n" % (old.text, new.text)
            if not signature_holds(old.code, message.encode(), hash_field(payload["signature"], 64)):
                raise Wrong("the old key did not sign the new one")
            if self.started and self.chain[-1][0].text != old.text:
                raise Wrong("the old key is not the one in force")
        except (Wrong, KeyError, TypeError, AttributeError) as error:
            self.report.problem("signature", "the change of the log's key does not hold: %s" % error, index)
            return
        if not self.started:
            self.chain, self.started = [(old, 0)], True
        self.chain.append((new, index + 1))

    def create(self, index: int, payload: dict[str, Any]) -> None:
        """The first key."""
        try:
            first = Key(payload["vkey"])
            if self.started:
                raise Wrong("there is a key already")
        except (Wrong, KeyError, TypeError, AttributeError) as error:
            self.report.problem("signature", "the log's first key does not hold: %s" % error, index)
            return
        self.chain, self.started = [(first, 0)], True

    def trusted(self) -> bool:
        """Whether the key that is trusted is one of the log's keys."""
        return any(key.text == self.anchor.text for key, _ in self.chain)

    def at(self, size: int | None) -> list[Key]:
        """Keys that may sign a checkpoint of that size; without a size, all of them."""
        if not self.trusted():
            return [self.anchor]
        ends = [since for _, since in self.chain[1:]] + [MAX_SIZE]
        return [key for place, (key, since) in enumerate(self.chain) if size is None or since <= size <= ends[place]]


def verify_export(part: Part, around: Part | None, options: Options, report: Report) -> None:
    """Check everything that an export holds, and what lies around it in a zip."""
    names = part.names
    keys = Keys(export_key(part, options, report), report) if "vkey" in names or options.key else None
    if "vkey" not in names:
        report.problem("deleted", "the file is missing", None, "vkey")
    head = checkpoint_head(part, report)
    if keys is None or head is None:
        return
    if beyond_files(part, head, report):
        return
    log = Log(part, report, head.size, strict=True)
    values = read_entries(log, keys, report)
    signed = head_signed(part, keys, head, report)
    log.compare(head.root if signed else None)
    check_indexes(log, values, report)
    check_head(log, head, keys, values, report)
    check_people(values, log, report)
    remark_backdated(values, report)
    named, expired = evidence_named(values)
    signers = keys.at(head.size)
    listed = check_listing(part, part.names - log.used - {"checkpoint", LISTING}, signers, head.origin, named, report)
    check_evidence(part, named, expired, listed, report)
    if around is not None:
        beside = {name for name in around.names if not name.startswith(part.prefix)} - {LISTING}
        if beside or LISTING in around.names:
            # With the checkpoint among them, pages of one day do not stand around the ledger of another.
            check_listing(around, beside | {part.prefix + "checkpoint"}, signers, head.origin, {}, report)
    kept: list[Outside] = [
        ("kept: " + name, name, part.read(name), False)
        for name in sorted(names)
        if name.startswith("checkpoints/") and name.endswith(".note")
    ]
    compare_checkpoints(log, report, kept + options.outside(), keys.at, head.origin)
    report.entries = len(log.records)
    report.root = log.tree.root(len(log.tree.levels[0])).hex() if log.tree else ""
    if not options.key:
        report.remarks.append("The key came with the export: this shows that the export is whole, not who made it.")


def beyond_files(part: Part, head: Checkpoint, report: Report) -> bool:
    """Whether the checkpoint names more entries than these files could ever hold, so that nobody counts to it."""
    most = WIDTH * sum(name.startswith("tile/entries/") for name in part.names)
    if head.size <= 2 * most + 1_000_000:
        return False
    report.problem("truncated", "the checkpoint names %d entries, found files for %d" % (head.size, most), most)
    return True


def export_key(part: Part, options: Options, report: Report) -> Key:
    """The key to trust: the one given, else the export's own."""
    own = None
    if "vkey" in part.names:
        try:
            text = part.read("vkey", 2000).decode("utf-8")
            own = Key(text[:-1])
            if text != own.text + "\n":
                raise Wrong("expected the key and a newline")
        except UNREADABLE as error:
            report.problem("signature", "the export's key cannot be used: %s" % error, None, "vkey")
    if options.key:
        return options.key
    if own is None:
        raise Wrong("the export has no usable key: give one with --key")
    return own


def checkpoint_head(part: Part, report: Report) -> Checkpoint | None:
    """What the checkpoint says, before its signature is looked at."""
    if "checkpoint" not in part.names:
        report.problem("deleted", "the file is missing", None, "checkpoint")
        return None
    try:
        return Checkpoint(read_note(part.read("checkpoint", BLOCK))[0])
    except UNREADABLE as error:
        report.problem("signature", "the checkpoint cannot be used: %s" % error, None, "checkpoint")
        return None


def head_signed(part: Part, keys: Keys, head: Checkpoint, report: Report) -> bool:
    """Whether the log's key in force signed the checkpoint, and nobody else did."""
    try:
        content = part.read("checkpoint", BLOCK)
        open_note(content, keys.at(head.size))
        if len(read_note(content)[1]) != 1:
            raise Wrong("expected one signature")
    except UNREADABLE as error:
        report.problem("signature", "the checkpoint: %s" % error, None, "checkpoint")
        return False
    return True


def read_entries(log: Log, keys: Keys, report: Report) -> list[dict[str, Any] | None]:
    """Parsed entries; None where an entry is not what was appended, which is noted elsewhere."""
    values = []
    for index, (found, data, path, offset) in enumerate(log.records):
        value = None
        if data is not None and (index >= len(log.wanted) or alike(found, log.wanted[index])):
            try:
                value = parse_entry(data)
            except Wrong as error:
                report.problem("unreadable", str(error), index, path, offset)
        if value is not None and value["type"] == "ledger.key_created":
            keys.create(index, value["payload"])
        if value is not None and value["type"] == "ledger.key_rotated":
            keys.rotate(index, value["payload"])
        values.append(value)
    return values


def check_indexes(log: Log, values: list[dict[str, Any] | None], report: Report) -> None:
    """Each entry says its own place; where everything was built anew around a change, these still tell."""
    if report.problems:
        return
    said = [None if value is None else value["index"] for value in values]
    for kind, here, there in differences(said, list(range(len(values))))[:1]:
        message = "the entry calls itself number %s" % said[min(here, len(said) - 1)]
        path, offset = log.place(here)
        report.problem(kind, message, here if kind == "inserted" else there, path, offset)


def check_head(log: Log, head: Checkpoint, keys: Keys, values: list[dict[str, Any] | None], report: Report) -> None:
    """The log's name is that of its first entry and of its keys."""
    if head.origin != keys.at(None)[-1].name:
        report.problem("signature", "the checkpoint's origin is not the name of the key", None, "checkpoint")
    if "vkey" in log.part.names and keys.trusted():
        text = keys.chain[-1][0].text + "\n"
        if log.part.read("vkey", 2000) != text.encode():
            report.problem("altered", "the file does not hold the key in force", None, "vkey")
    if not keys.trusted():
        report.problem("signature", "the key given is none of this log's keys", None, "vkey")
    if log.records and log.records[0][1] is not None and values[0] is not None:
        origin = "routeproof/" + hashlib.sha256(log.records[0][1]).hexdigest()[:16]
        if origin != head.origin:
            report.problem("rewritten", "the log's name is not that of its first entry", 0, *log.place(0))


ROLES = (
    "analyst",
    "vendor_manager",
    "supervisor",
    "committee",
    "compliance",
    "admin",
    "key_custodian",
    "examiner",
)
ROSTER = "people/roster"
BY_PROGRAM = (
    "findings.recorded",
    "findings.amended",
    "findings.withdrawn",
    "findings.suppressed",
    "findings.judged",
    "case.opened",
    "case.finding_added",
    "case.finding_amended",
    "case.escalated",
    "day.amended",
    "report.built",
)


NOUNS = (
    "case certification config conflict day disclosure duty evidence experiment internalised people policy provider "
    "remediation report restatement review sla suppress wsp findings"
)
PARTS = {
    **dict.fromkeys(NOUNS.split(), 2),
    "pack": 3,
    "analysis": 3,
    "lake": 1,
    "workspace": 1,
    "ledger": 1,
    "access": 1,
}
HEADS = {"pack": "review", "analysis": "review"}
GRACE = 3600 * 10**9  # what was decided on a role's last day may have been appended a little later


def in_own_stream(kind: str, stream: str) -> bool:
    """Whether an entry of this type stands in a stream of its kind; what nothing rests on may stand anywhere."""
    word, parts = kind.partition(".")[0], stream.split("/")
    if kind == "evidence.expired" and stream == "workspace":
        return True  # of a migration
    return word not in PARTS or (parts[0] == HEADS.get(word, word) and len(parts) == PARTS[word])


class People:
    """The roster as the entries make it: keys by person, and roles with the time for which they count."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.roles: dict[str, list[list[Any]]] = {}  # [role, from ns, last day or None, revoked]
        self.proposed: dict[str, tuple[str, str, str, str | None]] = {}  # person, role, proposed by, last day
        self.without_index: dict[str, int] = {}  # signatures of earlier programs, which name no entry

    def has(self, person: str, role: str, at: int) -> bool:
        """Whether the person had the role at an instant."""
        day = dt.datetime.fromtimestamp(max(at - GRACE, 0) // 10**9, dt.timezone.utc).date().isoformat()
        return any(
            name == role and at >= begins and not revoked and (last is None or day <= last)
            for name, begins, last, revoked in self.roles.get(person, [])
        )

    def wrong_change(self, kind: str, payload: dict[str, Any], actor: str) -> str:
        """What speaks against a change of the roster that was signed; empty if nothing does."""
        person = payload.get("person")
        if kind == "people.founded":
            return "the roster is founded a second time"
        if kind == "people.key_replaced" and person != actor:
            return "%s put another key in the place of that of %s" % (actor, person)
        if kind == "people.grant_proposed" and payload.get("key") and person in self.keys:
            return "%s gave %s a key, who has one" % (actor, person)
        if kind == "people.grant_approved":
            grant = self.proposed.get(str(payload.get("id")))
            if grant is None or actor in (grant[0], grant[2]):
                return "%s approved a grant of their own, or none that there is" % actor
        return ""

    def see(self, kind: str, payload: dict[str, Any], actor: str) -> None:
        """Take a change of the roster in."""
        if kind == "people.founded":
            for item in payload["person"]:
                limits = item.get("limits") or {}
                self.keys[item["id"]] = item["key"]
                self.roles[item["id"]] = [[name, 0, last_day(limits.get(name)), False] for name in item["roles"]]
        elif kind == "people.grant_proposed":
            if payload.get("key"):
                self.keys[payload["person"]] = payload["key"]
            last = last_day(payload.get("limits"))
            self.proposed[payload["id"]] = (payload["person"], payload["role"], actor, last)
        elif kind == "people.grant_approved":
            person, role, _, last = self.proposed[payload["id"]]
            self.roles.setdefault(person, []).append([role, int(payload["effective_at"]), last, False])
        elif kind == "people.role_revoked":
            for held in self.roles.get(payload["person"], []):
                held[3] = held[3] or held[0] == payload["role"]
        elif kind == "people.key_replaced":
            self.keys[payload["person"]] = payload["key"]


def last_day(limits: dict[str, Any] | None) -> str | None:
    """Last day on which a role counts."""
    return (limits or {}).get("expires_on")


def check_people(values: list[dict[str, Any] | None], log: Log, report: Report) -> None:
    """Whoever acted as a person signed for it, with their key and in a role of theirs, where such things stand."""
    people = People()
    for index, value in enumerate(values):
        if value is None:
            continue
        try:
            wrong = unsigned(value, people)
            if not wrong and value["stream"] == ROSTER:
                people.see(value["type"], value["payload"], value["actor"])
        except (KeyError, TypeError, AttributeError, ValueError):
            wrong = "the entry does not say what one of its type says"
        if wrong:
            report.problem("signature", wrong, index, *log.place(index))


CLOCK_STEP = 300  # seconds by which a machine's clock may be set back


def remark_backdated(values: list[dict[str, Any] | None], report: Report) -> None:
    """Say where entries claim to be older than one that stands before them."""
    latest, behind = 0, []
    for index, value in enumerate(values):
        at = latest if value is None else int(value["appended_at"])
        seconds = (latest - at) // 10**9
        latest = max(latest, at)
        if seconds > CLOCK_STEP:
            behind.append((index, seconds))
    if behind:
        report.remarks.append(
            "Entry %d says that it was appended before one that stands before it (%d of such, up to %d seconds): the "
            "clock was set back, or they are not of their time."
            % (behind[0][0], len(behind), max(seconds for _, seconds in behind))
        )


def unsigned(value: dict[str, Any], people: People) -> str:
    """What is wrong with where an entry stands, its signature, or who gave it; empty if nothing is."""
    payload, actor, kind = value["payload"], value["actor"], value["type"]
    if not in_own_stream(kind, value["stream"]):
        return "%s stands in the stream %r, which is not of its kind" % (kind, value["stream"])
    if payload.get("attested") is None:
        founding = value["stream"] == ROSTER and kind == "people.founded" and not people.keys
        # NOUN/ID: only people change these, but for what the program records by itself
        governed = value["stream"].count("/") == 1 and not founding and kind not in BY_PROGRAM
        if governed or (value["role"] in ROLES and kind != "note"):
            return "%s is named as %s and did not sign" % (actor, value["role"])
        return ""
    wrong = wrong_signature(value, people)
    if not wrong and not people.has(actor, value["role"], int(value["appended_at"])):
        wrong = "%s signed as %s, which was no role of theirs then" % (actor, value["role"])
    if not wrong and value["stream"] == ROSTER:
        wrong = people.wrong_change(kind, payload, actor)
    return wrong


def wrong_signature(value: dict[str, Any], people: People) -> str:
    """What is wrong with the signature of an entry; empty if nothing is."""
    payload, actor, keys = value["payload"], value["actor"], people.keys
    mark = payload["attested"]
    if actor not in keys:
        return "%s signed, and is nobody of the roster" % actor
    try:
        code = hash_field(keys[actor], 32)
        if mark["key"] != hashlib.sha256(code).hexdigest()[:16]:
            return "the signature is not by the key of %s" % actor
        names = ("stream", "type", "version", "business_on", "actor", "role", "session", "evidence")
        signed = {name: value[name] for name in names}
        signed["payload"] = {name: item for name, item in payload.items() if name != "attested"}
        index = mark.get("index")
        if index is not None:
            signed["index"] = index
        good = signature_holds(code, canonical(signed).encode("utf-8"), hash_field(mark["signature"], 64))
    except (Wrong, KeyError, TypeError, ValueError, AttributeError):
        good = False
    if not good:
        return "the signature of %s does not verify" % actor
    if index is None:
        first = people.without_index.setdefault(mark["signature"], value["index"])
        return "" if first == value["index"] else "the signature of %s is that of entry %d" % (actor, first)
    return "" if index == value["index"] else "%s signed this for entry %s" % (actor, index)


LISTING = "listing"


def check_listing(
    part: Part, rest: set[str], signers: list[Key], origin: str, named: dict[str, int], report: Report
) -> dict[str, str]:
    """Every file of `rest`, and no other, is named with its hash in a listing under the log's key.

    Returns the listed hashes by path. `named` tells which entry first names a piece of evidence.
    """
    if LISTING not in part.names:
        report.problem("deleted", "the signed list of files is missing", None, LISTING)
        return {}
    try:
        content = part.read(LISTING, MAX_LISTING)
        listed = listing_lines(open_note(content, signers)[0], origin)
        if len(read_note(content)[1]) != 1:
            raise Wrong("expected one signature")
    except UNREADABLE as error:
        report.problem("signature", "the list of files: %s" % error, None, LISTING)
        return {}
    for item in sorted(rest | set(listed)):
        index = named.get(item[len("evidence/") :])
        if item not in listed:
            report.problem("inserted", "the file is not in the export's list", None, item)
        elif item not in rest:
            report.problem("deleted", "the file is missing", index, item)
        else:
            try:
                if part.sha256(item) != listed[item]:
                    report.problem("altered", "the file is not the one that was exported", index, item)
            except UNREADABLE as error:
                report.problem("unreadable", "the file cannot be read: %s" % error, index, item)
    return listed


def listing_lines(text: str, origin: str) -> dict[str, str]:
    """Hashes by path."""
    lines = text[:-1].split("\n")
    if lines[:2] != ["routeproof files v1", origin]:
        raise Wrong("not a list of files of this log")
    listed = {}
    for line in lines[2:]:
        digest, _, path = line.partition("  ")
        if not re.fullmatch("[0-9a-f]{64}", digest) or not path or path in listed:
            raise Wrong("expected 'SHA-256  path' lines, found %.80r" % line)
        listed[path] = digest
    return listed


def evidence_named(values: list[dict[str, Any] | None]) -> tuple[dict[str, int], set[str]]:
    """First entry that names each piece of evidence, and which of them expired.

    A person lets a document go in its own stream. What a migration declares in the stream of the workspace counts for
    files of packs alone, which version 1 named by hash and never held.
    """
    named: dict[str, int] = {}
    expired: set[str] = set()
    never_held: set[str] = set()
    of_packs: set[str] = set()
    otherwise: set[str] = set()
    for index, value in enumerate(values):
        if value is None:
            continue
        files = value["payload"].get("files") if value["type"] == "pack.built" else None
        for digest in value["evidence"]:
            named.setdefault(digest, index)
            is_file = isinstance(files, dict) and digest in files.values()
            (of_packs if is_file else otherwise).add(digest)
        if value["type"] == "evidence.expired":
            digest = str(value["payload"].get("sha256"))
            if value["stream"] == "evidence/" + digest:
                expired.add(digest)
            elif value["stream"] == "workspace":
                never_held.add(digest)
    return named, expired | (never_held & of_packs - otherwise)


def check_evidence(
    part: Part, named: dict[str, int], expired: set[str], listed: dict[str, str], report: Report
) -> None:
    """Evidence that an entry names is there under its own hash, unless an entry says that it expired."""
    for digest, index in sorted(named.items(), key=lambda item: item[1]):
        path = "evidence/" + digest
        if path not in part.names and path not in listed and digest not in expired:
            report.problem("deleted", "the evidence is missing and did not expire", index, path)
        elif listed.get(path, digest) != digest:
            report.problem("altered", "the evidence does not have the hash that the entry names", index, path)


# ---- a tiled log, a receipt ----


def verify_tlog(part: Part, options: Options, report: Report) -> None:
    """Check a tiled log whose entries may be anything."""
    keys = [options.key] if options.key else []
    head = checkpoint_head(part, report)
    if head is None or beyond_files(part, head, report):
        return
    signed = True
    try:
        open_note(part.read("checkpoint", BLOCK), keys)
    except UNREADABLE as error:
        report.problem("signature", "the checkpoint: %s" % error, None, "checkpoint")
        signed = False
    log = Log(part, report, head.size, strict=False)
    log.compare(head.root if signed else None)
    compare_checkpoints(log, report, options.outside(), lambda _: keys, head.origin)
    report.entries = len(log.records)
    report.root = log.tree.root(len(log.tree.levels[0])).hex() if log.tree else ""


def verify_receipt(path: str, options: Options, report: Report) -> dict[str, Any] | None:
    """The entry of a receipt that holds."""
    with open(path, "rb") as stream:
        content = stream.read(BLOCK)
    try:
        head, gap, note = content.decode("utf-8").partition("\n\n")
        lines = head.split("\n")
        if not gap or lines[0] != "c2sp.org/tlog-proof@v1" or len(lines) < 3:
            raise Wrong("expected a C2SP tlog-proof")
        extra = json.loads(unbase64(lines[1][6:] if lines[1].startswith("extra ") else "-"))
        if not re.fullmatch("index (0|[1-9][0-9]{0,19})", lines[2]):
            raise Wrong("expected the entry's index")
        index, proof = int(lines[2][6:]), [hash_field(line, 32) for line in lines[3:]]
        key = options.key or Key(extra["vkey"])
        checkpoint = Checkpoint(open_note(note.encode(), [key])[0])
        entry = extra["entry"].encode("utf-8")
        value = parse_entry(entry)
        if value["index"] != index or index >= checkpoint.size:
            raise Wrong("the entry calls itself number %d, the receipt says %d" % (value["index"], index))
        if root_by_inclusion(leaf_of(entry), index, checkpoint.size, proof) != checkpoint.root:
            raise Wrong("the entry is not under the root that the checkpoint signs")
    except (Wrong, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        report.problem(
            "signature" if "sign" in str(error) else "altered", "the receipt: %s" % error, None, os.path.basename(path)
        )
        return None
    report.entries, report.root = checkpoint.size, checkpoint.root.hex()
    report.remarks.append("Entry %d is in the log %s." % (index, checkpoint.origin))
    if not options.key:
        report.remarks.append("The key came with the receipt: give --key to say whom you trust.")
    return value


# ---- the command line ----


class Options:
    """What the call gave."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.key = Key(arguments.key.strip()) if arguments.key else None
        self.notes: list[Outside] = []
        for path in arguments.checkpoint or []:
            with open(path, "rb") as stream:
                self.notes.append((path, None, stream.read(BLOCK), True))

    def outside(self) -> list[Outside]:
        """Checkpoints given: (source, file, bytes, whether it came from outside)."""
        return self.notes


def find_export(path: str) -> tuple[Folder | Zip, Part, Part | None]:
    """Files of the export, and of what lies around it if it is inside something larger."""
    files: Folder | Zip = Folder(path) if os.path.isdir(path) else Zip(path)
    if {"checkpoint", "vkey", "listing"} & files.names and any(name.startswith("tile/") for name in files.names):
        return files, Part(files, ""), None
    tops = {name[: -len("checkpoint")] for name in files.names if name.endswith("/checkpoint")}
    tops = {top for top in tops if any(name.startswith(top + "tile/") for name in files.names)}
    if len(tops) == 1:
        return files, Part(files, tops.pop()), Part(files, "")
    if isinstance(files, Folder):
        return files, Part(files, ""), None
    raise Wrong("expected a zip with one export inside, found %d" % len(tops))


CANNOT_TELL = (
    "No outside checkpoint was given: a full rewrite of the history with the log's key, or an older copy of it, "
    "cannot be told from this."
)


def run(command: str, target: str, options: Options, report: Report) -> dict[str, Any] | None:
    """Do what the call asks; the entry, if it was about one."""
    if command == "receipt":
        return verify_receipt(target, options, report)
    if command == "tlog":
        verify_tlog(Part(Folder(target), ""), options, report)
    else:
        files, part, around = find_export(target)
        for name in files.odd:
            report.problem("unreadable", "a link, a device, a full folder or a name that occurs twice", None, name)
        verify_export(part, around, options, report)
    if not report.outside:
        report.remarks.append(CANNOT_TELL)
    elif all(line["agrees"] for line in report.compared):
        report.remarks.append("Every checkpoint given agrees.")
        if report.newest < report.entries:
            report.remarks.append(
                "Entries from %d on came after the newest of them: of these a rewrite cannot be told." % report.newest
            )
    return None


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The call, taken apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", help="export, folder, receipt or file of proofs")
    parser.add_argument("--key", help="verifier key of the log that you trust: name+id+base64")
    parser.add_argument("--checkpoint", action="append", metavar="FILE", help="a checkpoint kept elsewhere")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    return parser.parse_args(arguments)


def main(given: list[str]) -> int:
    """Run; the exit code."""
    command = given[0] if given and given[0] in ("tlog", "receipt", "proofs") else "export"
    arguments = parse_arguments(given if command == "export" else given[1:])
    try:
        if command == "proofs":
            with open(arguments.target, "rb") as stream:
                for line in stream:
                    print("accept" if accepts(line) else "reject")
            return 0
        options = Options(arguments)
        if command == "tlog" and not options.key:
            raise Wrong("give the log's key: --key name+id+base64")
        if not os.path.exists(arguments.target):
            raise Wrong("there is no %s" % arguments.target)
    except (OSError, Wrong) as error:
        told = {"error": {"code": "usage", "message": str(error), "where": getattr(error, "filename", None) or ""}}
        print(json.dumps(told) if arguments.json else "verify.py: %s" % error, file=sys.stderr)
        return 2
    report, value = Report(), None
    try:
        value = run(command, arguments.target, options, report)
    except UNREADABLE as error:
        report.problem("unreadable", str(error))
    result = report.as_json()
    if value is not None:
        result["entry"] = value
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print(result["statement"])
        for line in result["compared_with"]:
            print("  %s: %s" % (line["source"], "agrees" if line["agrees"] else "DOES NOT AGREE"))
        for item in result["problems"]:
            print("  " + ", ".join("%s %s" % (name, item[name]) for name in item if item[name] is not None))
    return 0 if result["ok"] else 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
