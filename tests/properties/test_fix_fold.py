"""The fold is a function of the set of messages: order, repetition and files change nothing."""

import io

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.fix.fold.fold import fold_messages
from routeproof.sources.fix.fold.part import FOLDED
from routeproof.sources.fix.tokenizer import tokenize

PARTIES = {"parties": {"firm": ["FIRM"], "provider": ["SOR"], "venue": ["VEN"], "drop_copy": ["DROP"]}}


def framed(fields: list[tuple[int, object]]) -> bytes:
    """The message on the wire: body length and checksum added."""
    body = "".join(f"{tag}={value}\x01" for tag, value in fields).encode()
    message = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return message + b"10=%03d\x01\n" % (sum(message) % 256)


def order_log(number: int, plan: list[str]) -> list[bytes]:
    """Messages of one order that is filled, replaced, corrected, busted, cancelled as the plan says."""
    said: list[bytes] = []
    version, cum, quantity = 0, 0, 1000

    def add(kind: str, sender: str, target: str, *fields: tuple[int, object]) -> None:
        second = 2 * len(said) + number % 2
        at = f"20260105-14:{30 + second // 60:02d}:{second % 60:02d}.{number:03d}"
        said.append(
            framed(
                [(35, kind), (49, sender), (56, target), (34, 100 * number + len(said)), (52, at), *fields, (60, at)]
            )
        )

    def name() -> str:
        return f"A{number}.{version}"

    terms = [(55, "IBM" if number % 3 else "MSFT"), (54, 1 + number % 2), (40, 2), (44, "10.5")]
    add("D", "FIRM", "SOR", (11, name()), *terms, (38, quantity))
    for step, word in enumerate(plan):
        execution = f"E{number}.{step}"
        if word == "fill":
            cum += 10
            report = [(11, name()), (37, f"O{number}"), (17, execution), (150, "F"), (39, 1), (32, 10), (31, "10.4")]
            report.append((14, cum))
            add("8", "SOR", "FIRM", *report, *terms[:2])
            add("8", "SOR", "DROP", *report, *terms[:2])
        elif word in ("correct", "bust"):
            kind, shares = ("G", 9) if word == "correct" else ("H", 10)
            refers = (19, f"E{number}.{max(step - 1, 0)}")
            fields = [(11, name()), (17, execution), refers, (150, kind), (32, shares), (31, "10.3")]
            add("8", "SOR", "FIRM", *fields, (14, cum), *terms[:2])
        elif word == "replace":
            old, version = name(), version + 1
            add("G", "FIRM", "SOR", (11, name()), (41, old), *terms, (38, quantity + step))
            add(
                "8",
                "SOR",
                "FIRM",
                (11, name()),
                (41, old),
                (17, execution),
                (150, 5),
                (39, 0),
                (38, quantity + step),
                (14, cum),
            )
        elif word == "child":
            add("D", "SOR", "VEN", (11, f"C{number}.{step}"), (526, name()), *terms, (38, 10))
        else:
            add("8", "SOR", "FIRM", (11, name()), (17, execution), (150, 4), (39, 4), (14, cum))
    return said


plans = st.lists(st.sampled_from(["fill", "fill", "correct", "bust", "replace", "child", "cancel"]), max_size=6)
logs = st.lists(plans, min_size=1, max_size=4).map(
    lambda chosen: [message for number, plan in enumerate(chosen) for message in order_log(number, plan)]
)


def folded(messages: list[bytes], source_id: str = "") -> dict[str, pl.DataFrame]:
    """Tables of messages, without their places in the file."""
    pieces = tokenize(io.BytesIO(b"".join(messages)), name="log", source_id=source_id, chunk=1 << 22)
    frames = [piece.messages for piece in pieces]
    tables = fold_messages(pl.concat(frames), PARTIES, firm_id="f").tables
    return {name: tables[name].drop("source_row", "source_id") for name in FOLDED}


@examples(8)
@given(log=logs, data=st.data())
def test_order_and_repetition_of_messages_change_nothing(log: list[bytes], data: st.DataObject) -> None:
    """Order and repetition of messages change nothing."""
    shuffled = data.draw(st.permutations(log))
    again = data.draw(st.lists(st.sampled_from(log), max_size=5))
    expected, found = folded(log), folded([*shuffled, *again])
    for name in FOLDED:
        assert expected[name].equals(found[name]), name


def resent(message: bytes, **other: object) -> bytes:
    """A copy of a message, sent again at 20:00, that says something else where told: `t31="9"`."""
    parts = message.decode().strip().rstrip("\x01").split("\x01")[2:-1]
    fields = dict(part.split("=", 1) for part in parts)
    said = fields | {"52": "20260105-20:00:00", "43": "Y", "122": fields["52"]}
    said |= {tag[1:]: str(value) for tag, value in other.items()}
    return framed([(int(tag), value) for tag, value in said.items()])


@examples(8)
@given(log=logs)
def test_a_resend_changes_nothing(log: list[bytes]) -> None:
    """A resend changes nothing."""
    expected, found = folded(log), folded([*log, *(resent(message) for message in log)])
    for name in FOLDED:
        assert expected[name].equals(found[name]), name


@examples(8)
@given(log=logs, data=st.data(), shares=st.integers(1, 20), price=st.integers(1, 20))
def test_a_copy_that_tells_a_fill_otherwise_changes_no_execution(
    log: list[bytes], data: st.DataObject, shares: int, price: int
) -> None:
    """Original and copy have one time and one number, so nothing but 43=Y tells them apart; the original stands."""
    fills = [message for message in log if b"\x01150=F\x01" in message]
    copies = [resent(message, t31=price, t32=shares) for message in fills]
    found = folded(data.draw(st.permutations([*log, *copies])))
    for name in ("executions", "sightings"):
        assert folded(log)[name].equals(found[name]), name


def on(day: str, *messages: str) -> list[bytes]:
    """Messages written `35=…|49=…` of a day in January 2026, sent in this order."""
    stamped = [f"{text}|52=202601{day}-15:00:{second:02d}" for second, text in enumerate(messages)]
    return [
        framed([(int(tag), value) for tag, value in (part.split("=") for part in text.split("|"))]) for text in stamped
    ]


ORDER = "55=IBM|54=1|40=2|44=10|38"
FILL = "17=E1|150=F|39=2|55=IBM|54=1|31=10|32"
UNLIKE_DAYS = [
    on("05", f"35=D|49=CUST|56=FIRM|11=C1|{ORDER}=9", f"35=D|49=FIRM|56=SOR|11=F1|526=C1|{ORDER}=9",
       f"35=8|49=SOR|56=FIRM|11=F1|37=O1|{FILL}=9"),
    on("06", f"35=D|49=FIRM|56=SOR|11=F1|{ORDER}=8", f"35=8|49=SOR|56=FIRM|11=F1|37=O1|{FILL}=8"),
    on("07", f"35=D|49=FIRM|56=SOR|11=F1|{ORDER}=7", f"35=G|49=FIRM|56=SOR|11=F2|41=F1|{ORDER}=6",
       f"35=D|49=SOR|56=VEN|11=V1|{ORDER}=5", f"35=8|49=VEN|56=SOR|11=V1|37=N1|{FILL}=5"),
]  # fmt: skip
"""A day with a customer session, one without, one where the provider reports nothing and the venue does."""


def test_days_without_a_common_order_do_not_change_each_other() -> None:
    """What a day becomes does not depend on which other days are folded with it: batches and files are no meaning."""
    together = folded([message for day in UNLIKE_DAYS for message in day])
    alone = [folded(day) for day in UNLIKE_DAYS]
    for name in FOLDED:
        assert sorted(together[name].rows(), key=str) == sorted(
            (row for tables in alone for row in tables[name].rows()), key=str
        ), name
    assert [tables["parent_orders"].height for tables in alone] == [1, 1, 1]
    assert alone[2]["order_versions"]["event"].to_list() == ["new", "replace"]


@examples(8)
@given(log=logs)
def test_executions_and_their_sightings_agree(log: list[bytes]) -> None:
    """Executions and their sightings agree."""
    tables = folded(log)
    counted = tables["sightings"].group_by("execution_id").agg(pl.len().cast(pl.Int64).alias("n"))
    joined = tables["executions"].join(counted, on="execution_id", how="left")
    assert joined["n"].to_list() == joined["sightings"].to_list()
    assert tables["executions"]["execution_id"].is_unique().all()
    assert tables["routes"]["route_id"].is_unique().all()
    assert tables["parent_orders"]["order_id"].is_unique().all()
