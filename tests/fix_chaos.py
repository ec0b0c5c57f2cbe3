"""Messages of a FIX log that name each other at random: what any fold of them must hold for."""

import random

SESSIONS = (("FIRM", "SOR"), ("FIRM", "SOR"), ("FIRM", "SOR"), ("CUST", "FIRM"), ("SOR", "VEN"), ("SOR", "FIRM"))
"""Mostly firm to provider; a customer above, a venue below, and now and then orders the other way round."""

KINDS = ("D", "D", "D", "D", "D", "G", "G", "F", "F", *"8888888888", "9", "3", "j", "AB")
ONE_LEG = tuple(kind for kind in KINDS if kind != "AB")
REPORTING = ("8", "9", "3", "j")
REPORTS = ("0", "1", "2", "F", "F", "F", "H", "G", "4", "5", "8", "C", "3", "I")


def framed(fields: list[tuple[int, object]]) -> bytes:
    """The message on the wire: body length and checksum added."""
    body = "".join(f"{tag}={value}\x01" for tag, value in fields).encode()
    message = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return message + b"10=%03d\x01\n" % (sum(message) % 256)


class Chaos:
    """Messages that name each other at random, from pools of identifiers that are sometimes small."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 nothing secret
        self.sessions = SESSIONS[: self.chance.choice((1, 3, 4, 5, 6))]
        self.pool = self.chance.choice((3, 8, 30))
        self.kinds = self.chance.choice((KINDS, ONE_LEG))
        self.days = self.chance.choice(((5, 5, 5, 6), (5, 6, 7), (5, 6, 7, 8, 9, 12)))
        self.symbols = ("IBM", "MSFT", "F", "GE")[: self.chance.choice((1, 4))]

    def log(self) -> bytes:
        """Some messages."""
        return b"".join(framed(self.message()) for _ in range(self.chance.choice((6, 20, 60))))

    def name(self, letter: str, size: int = 1) -> str:
        """An identifier of a pool."""
        return f"{letter}{self.chance.randrange(size * self.pool)}"

    def message(self) -> list[tuple[int, object]]:
        """One message, each tag once."""
        kind = self.chance.choice(self.kinds)
        source, target = self.chance.choice(self.sessions)
        if kind in REPORTING:
            source, target = target, "DROP" if self.chance.random() < 0.15 else source
        at = self.instant()
        own = self.name("A") + self.chance.choice(("", "", "x"))
        fields: list[tuple[int, object]] = [(35, kind), (49, source), (56, target), (34, self.chance.randrange(1, 60))]
        fields += [(52, at), *self.maybe(at, likely=kind in REPORTING)]
        if kind not in "3j" or self.chance.random() < 0.3:
            fields.append((11, own))
        if kind in ("G", "F") or self.chance.random() < 0.1:
            fields.append((41, self.name("A")))
        fields += self.terms(kind) + self.report(kind, own)
        return list(dict(fields).items())

    def instant(self) -> str:
        """Of a few seconds on some days."""
        return f"202601{self.chance.choice(self.days):02d}-15:00:{self.chance.randrange(40):02d}"

    def maybe(self, at: str, *, likely: bool) -> list[tuple[int, object]]:
        """Fields that any message may have."""
        names = {37: "O", 198: "O", 526: "A", 527: "E", 583: "A", 880: "E"}
        fields = [(tag, self.name(letter)) for tag, letter in names.items()]
        fields += [
            (60, self.chance.choice((at, at, self.instant()))),
            (14, self.chance.choice((5, 10, 20))),
            (442, self.chance.choice((1, 1, 2) if self.kinds == KINDS else (1,))),
        ]
        return [field for field in fields if self.chance.random() < (0.7 if field[0] in (37, 60) and likely else 0.12)]

    def terms(self, kind: str) -> list[tuple[int, object]]:
        """What an order says of itself."""
        fields: list[tuple[int, object]] = []
        if kind in ("D", "G", "8", "AB", "F"):
            fields += [(55, self.chance.choice(self.symbols)), (54, self.chance.choice((1, 1, 2)))]
        if kind in ("D", "G", "AB"):
            fields += [(38, self.chance.choice((10, 20))), (40, 2), (44, 10), (59, self.chance.choice((0, 1)))]
        return fields

    def report(self, kind: str, own: str) -> list[tuple[int, object]]:
        """What a report says of an order."""
        if kind in ("3", "j"):
            named = [(379, own), (380, 1)] if kind == "j" else []
            return [(45, self.chance.randrange(1, 60)), (372, "D"), *named]
        if kind != "8":
            return []
        refers = [(19, self.name("E", 2))] if self.chance.random() < 0.3 else []
        stated = [(150, self.chance.choice(REPORTS)), (39, self.chance.choice("0128")), *refers]
        return [(17, self.name("E", 2)), *stated, (32, self.chance.choice((5, 10))), (31, self.chance.choice((10, 11)))]


def good_till_logs(seed: int) -> list[bytes]:
    """A log for each of three days: names begin anew every morning, some orders live on, and so may OrderIDs."""
    chance, living, logs = random.Random(seed), [], []  # noqa: S311 nothing secret
    for day in (5, 6, 7):
        lines, names = [], [f"{number}" for number in range(1, 5)]
        anew = chance.random() < 0.3
        told = {name: f"O{name}" if anew else f"O{name}d{day}" for name in names}
        orders = [[(35, "D"), (49, "FIRM"), (56, "SOR"), (11, name), (55, "IBM"), (54, 1), (38, 90), (40, 1),
                   (59, chance.choice((0, 1)))] for name in names]  # fmt: skip
        known = [*living, *told.items()]
        living += [(name, told[name]) for name, order in zip(names, orders, strict=True) if dict(order)[59]]
        reports = [[(35, "8"), (49, "SOR"), (56, "FIRM"), (11, name), (37, order), (17, f"E{at}"), (150, "F"), (39, 1),
                    (55, "IBM"), (54, 1), (32, 5), (31, 10)]
                   for at, (name, order) in enumerate(chance.choices(known, k=8))]  # fmt: skip
        for at, message in enumerate([*orders, *reports]):
            lines.append(framed([*message, (34, at), (52, f"202601{day:02d}-15:00:{at:02d}")]))
        logs.append(b"".join(lines))
    return logs
