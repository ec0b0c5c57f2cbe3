"""Random order streams on FIX sessions, and what must be found in them: a model in plain Python.

A stream is one order with fills, of which some are corrected and some busted, the correction sometimes sent before what
it corrects. What stands at its end is worked out here from the events themselves, without the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

DAY = "20260701"
BID, ASK = 1000, 1004
"""In cents; the quote stands still all day."""


@dataclass
class Fill:
    """A fill as it stands: cents, or null if busted."""

    number: int
    at_ms: int
    shares: int
    cents: int | None


@dataclass
class Stream:
    """One order and what was sent about it.

    Attributes:
        firm_side, provider_side: messages without session header, with their sending time in ms of the day.
    """

    name: str
    buys: bool
    sent: list[tuple[str, int, list[str]]] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)


def clock(at_ms: int) -> str:
    """FIX time of a millisecond of the trading day after 14:00 UTC."""
    seconds, ms = divmod(at_ms, 1000)
    return f"{DAY}-{14 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


def stream(name: str, chance: random.Random) -> Stream:
    """One order with up to four fills."""
    found = Stream(name, buys=chance.random() < 0.5)
    begin = chance.randrange(0, 3_600_000)
    side = "54=1" if found.buys else "54=2"
    terms = [f"11={name}", "55=KESTR", side, "40=1", "59=0"]
    found.sent.append(("D", begin, ["35=D", *terms, "38=1000", f"60={clock(begin)}"]))
    done = 0
    for number in range(chance.randrange(0, 5)):
        at = begin + 100 * (number + 1) + chance.randrange(0, 50)
        shares, cents = 100 * chance.randrange(1, 3), chance.choice([BID - 2, BID, BID + 2, ASK, ASK + 3])
        done += shares
        told = fill_message(found, number, at, shares, cents, done)
        found.sent.append(("8", at, told))
        fill = Fill(number, at, shares, cents)
        found.fills.append(fill)
        fate = chance.random()
        if fate < 0.15:
            found.sent.append(("8", at + 20_000, told_again(told, "H", "B")))
            fill.cents = None
        elif fate < 0.30:
            new = chance.choice([BID - 5, BID + 1, ASK, ASK + 6])
            corrected = [f"31={new / 100:.2f}" if part.startswith("31=") else part for part in told]
            found.sent.append(("8", at + 30_000, told_again(corrected, "G", "C")))
            fill.cents = new
    return found


def fill_message(of: Stream, number: int, at_ms: int, shares: int, cents: int, done: int) -> list[str]:
    """Body of a fill's report."""
    side = "54=1" if of.buys else "54=2"
    return ["35=8", f"37=O{of.name}", f"11={of.name}", f"17={of.name}E{number}", "150=F", "39=1", "55=KESTR", side,
            "38=1000", f"32={shares}", f"31={cents / 100:.2f}", "30=XNAS", f"14={done}", f"151={1000 - done}",
            f"6={cents / 100:.2f}", f"60={clock(at_ms)}"]  # fmt: skip


def told_again(told: list[str], kind: str, mark: str) -> list[str]:
    """A bust (H) or correction (G) of a fill."""
    name = next(part for part in told if part.startswith("17="))[3:]
    changed = [f"17={name}{mark}" if part.startswith("17=") else part for part in told]
    return [f"150={kind}" if part.startswith("150=") else part for part in changed] + [f"19={name}"]


def wire(streams: list[Stream], chance: random.Random) -> list[bytes]:
    """All messages as bytes in a random order, some twice (PossDup), sequence numbers reset in the middle."""
    messages: list[bytes] = []
    numbers = {"FIRM": 0, "SOR": 0}
    every = sorted((at, kind, body) for item in streams for kind, at, body in item.sent)
    for place, (at, kind, body) in enumerate(every):
        if place == len(every) // 2:
            numbers = dict.fromkeys(numbers, 0)
        sender, target = ("FIRM", "SOR") if kind == "D" else ("SOR", "FIRM")
        numbers[sender] += 1
        head = [body[0], f"49={sender}", f"56={target}", f"34={numbers[sender]}"]
        messages.append(framed([*head, f"52={clock(at)}", *body[1:]]))
        if chance.random() < 0.2:
            again = [*head, "43=Y", f"52={clock(at + 60_000)}", f"122={clock(at)}", *body[1:]]
            messages.append(framed(again))
    chance.shuffle(messages)
    return messages


def framed(fields: list[str]) -> bytes:
    """A FIX 4.4 message."""
    body = "".join(f"{part}\x01" for part in fields)
    head = f"8=FIX.4.4\x019={len(body)}\x01"
    return f"{head}{body}10={sum((head + body).encode()) % 256:03d}\x01".encode()


def outside(streams: list[Stream]) -> list[tuple[str, str, int]]:
    """What `outside_nbbo` must find: (order, dollars beyond the quote, ms after 14:00 UTC), sorted."""
    found = []
    for item in streams:
        for fill in item.fills:
            if fill.cents is None:
                continue
            beyond = fill.cents - ASK if item.buys else BID - fill.cents
            if beyond > 0:
                found.append((item.name, f"{beyond / 100:.2f}", fill.at_ms))
    return sorted(found)
