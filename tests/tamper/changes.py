"""Changes that somebody could make to a sequence of entries, each with what must be said of it."""

from dataclasses import dataclass
from random import Random

KINDS = ("flip", "delete", "insert", "swap", "truncate", "replay")


@dataclass(frozen=True)
class Change:
    """A changed sequence, and what a verifier must find first.

    Attributes:
        entries: as they are now.
        kind: kind of the first problem.
        index: first entry affected.
    """

    entries: list[bytes]
    kind: str
    index: int


def change(entries: list[bytes], how: str, random: Random) -> Change:
    """One random change of a kind; `replay` puts an earlier, shorter state of the whole sequence in its place."""
    after, last = list(entries), len(entries) - 1
    at = random.randrange(len(entries))
    match how:
        case "flip":
            byte = random.randrange(len(after[at]))
            content = bytearray(after[at])
            content[byte] ^= 1 << random.randrange(8)
            after[at] = bytes(content)
            return Change(after, "altered", at)
        case "delete":
            del after[at]
            return Change(after, "truncated" if at == last else "deleted", at)
        case "insert":
            foreign = after[at].replace(b'"payload"', b'"payload" ')
            after.insert(at, foreign)
            return Change(after, "inserted", at)
        case "swap":
            other = random.choice(
                [place for place in (at - 1, at + 1, random.randrange(last)) if 0 <= place <= last and place != at]
                or [at - 1]
            )
            after[at], after[other] = after[other], after[at]
            return Change(after, "reordered", min(at, other))
        case "truncate" | "replay":
            size = random.randrange(1, len(entries))
            return Change(after[:size], "truncated", size)
    raise ValueError(how)
