"""Damage to bytes that know nothing of a format, and packing around them."""

import gzip
import io
import struct
import zipfile
import zlib
from functools import cache
from random import Random

import zstandard

EDGES = (b"\x00", b"\xff", b"\x80", b"\x7f", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x00\x00\x00\x80",
         b"\xef\xbb\xbf",
         b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1a", b"\r", b"\n", b'"', b"'", b",", b"=",
         b"\x01",
         b"|")  # fmt: skip
BOMB_BYTES = 192 << 20
_BLOCK = 1 << 20


def damaged(random: Random, content: bytes, other: bytes = b"", times: int = 0) -> bytes:
    """The content with a few bytes flipped, replaced, taken out, put in, repeated, moved, cut off, or foreign."""
    found = bytearray(content)
    for _ in range(times or random.choice((1, 1, 1, 2, 3, 8))):
        at = random.randrange(len(found) + 1)
        length = min(random.choice((1, 1, 2, 4, 8, 32, 200, len(found))), len(found) - at)
        match random.randrange(9):
            case 0 | 1 if at < len(found):
                found[at] ^= 1 << random.randrange(8)
            case 2:
                edge = random.choice(EDGES)
                found[at : at + len(edge)] = edge
            case 3:
                found[at:at] = random.choice(EDGES)
            case 4:
                del found[at : at + length]
            case 5:
                found[at:at] = found[at : at + length]
            case 6:
                found[at:at] = random.randbytes(random.choice((1, 2, 4, 16, 64)))
            case 7:
                del found[at:]
            case 8 if other:
                begin = random.randrange(len(other))
                found[at : at + length] = other[begin : begin + max(length, 16)]
            case _:
                to = random.randrange(len(found) + 1)
                found[to:to] = found[at : at + length]
    return bytes(found)


def packed(random: Random, content: bytes) -> bytes:
    """The content in a compressed file, which may itself be damaged."""
    match random.randrange(7):
        case 0:
            result = gzip.compress(content, 1, mtime=0)
        case 1:
            result = zstandard.ZstdCompressor().compress(content)
        case 2:
            result = zipped({"data.csv": content}, random.choice(METHODS))
        case 3:
            result = gzip.compress(content, 1, mtime=0) + random.choice(
                (b"", b"\0" * 9, b"junk", gzip.compress(content, 1, mtime=0))
            )
        case 4:
            result = zipped({f"{at}.csv": content for at in range(random.choice((0, 2, 3)))}, zipfile.ZIP_DEFLATED)
        case 5:
            result = zstandard.ZstdCompressor(write_content_size=False).compress(content) + random.choice(
                (b"", b"junk")
            )
        case _:
            result = flagged(random, zipped({"data.csv": content}, zipfile.ZIP_DEFLATED))
    return damaged(random, result) if random.random() < 0.6 else result


METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method, 1 if method == zipfile.ZIP_DEFLATED else None)
    return file.getvalue()


def flagged(random: Random, archive: bytes) -> bytes:
    """The archive with a lie in one of its headers: flags, method, sizes, checksum, name length, disk numbers."""
    found = bytearray(archive)
    signature, fields = random.choice(
        ((b"PK\x03\x04", (4, 6, 8, 14, 18, 22, 26, 28)), (b"PK\x01\x02", (6, 8, 10, 16, 20, 24, 28, 30, 32, 42)),
         (b"PK\x05\x06", (4, 8, 10, 12, 16, 20)))
    )  # fmt: skip
    places = [at for at in range(len(found) - 3) if found[at : at + 4] == signature]
    if places:
        at = random.choice(places) + random.choice(fields)
        lie = random.choice(
            (0, 1, 2, 8, 9, 12, 14, 95, 99, 0x41, 0x0800, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, random.getrandbits(32))
        )
        width = random.choice((2, 4))
        found[at : at + width] = struct.pack("<I", lie)[:width]
    return bytes(found)


@cache
def bomb(byte: bytes, packing: str) -> bytes:
    """A small file that unpacks to 192 MiB of one repeated text."""
    block = (byte * (_BLOCK // len(byte) + 1))[:_BLOCK]
    if packing == "zstd":
        return zstandard.ZstdCompressor(write_content_size=False).compress(block * 64) * (BOMB_BYTES // _BLOCK // 64)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join([packer.compress(block) for _ in range(BOMB_BYTES // _BLOCK)] + [packer.flush()])
