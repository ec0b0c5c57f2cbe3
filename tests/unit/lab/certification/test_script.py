"""A script that is not what it should be is refused with the place that is wrong; messages are as FIX writes them."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from routeproof.lab.certification.messages import Marks, message_of, order_of
from routeproof.lab.certification.script import Instrument, Script, script_of
from routeproof.lab.certification.shipped import load_shipped_scripts
from routeproof.stores.shipped_certification import shipped_script_bytes
from routeproof.vocab.errors import UsageError

HEAD = """
id = "mine"
version = 3
dated_on = 2026-11-26
title = "Mine"
purpose = "A script of the firm's own"
citation = "ours"
[expect]
acknowledged_within_ms = 250
[instruments.liquid]
symbol = "ZVZZT"
reference_price = "10.00"
"""
STEP = """
[[steps]]
id = "first"
title = "First"
instrument = "liquid"
side = "sell_short"
quantity = 100
order_type = "stop_limit"
stop_ticks = -5
limit_ticks = "-5.5"
time_in_force = "gtd"
expires_in_s = 2
located = true
iso = true
destination = "XNAS"
min_quantity = 10
display_quantity = 50
fields = { 21 = "3", 58 = "" }
"""
AT = 1_790_000_000_123_000_000
"""2026-09-21 14:13:20.123 UTC."""


def _script(text: str) -> Script:
    return script_of(text.encode(), "mine.toml")


def test_a_message_has_the_fields_of_its_step() -> None:
    """Each written by hand from the FIX 4.4 field list; a step's own `fields` win, an empty one is left out."""
    script = _script(HEAD + STEP)
    (step,) = script.steps
    raw = message_of(step, order_of(script, step, None), "C1", Marks(text="TEST ORDER", account="T1"), AT)
    assert raw.decode().split("\x01")[2:-2] == [
        "35=D",
        "11=C1",
        "1=T1",
        "55=ZVZZT",
        "54=5",
        "38=100",
        "60=20260921-14:13:20.123",
        "21=3",
        "40=4",
        "44=9.945",
        "99=9.95",
        "59=6",
        "18=f",
        "126=20260921-14:13:22",
        "114=N",
        "110=10",
        "111=50",
        "100=XNAS",
    ]


def test_what_every_step_expects_is_said_once() -> None:
    """A step may say otherwise."""
    own = STEP.replace('"first"', '"second"') + "[steps.expect]\nacknowledged_within_ms = 900\n"
    steps = _script(HEAD + STEP + own).steps
    assert [step.expect.acknowledged_within_ms for step in steps] == [250, 900]
    assert [step.at_most_ms for step in steps] == [1250, 1900]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = ", "as TOML"),
        (HEAD, "steps"),
        (HEAD + STEP.replace("sell_short", "sideways"), "sideways"),
        (HEAD + STEP.replace("stop_limit", "pegged"), "pegged"),
        (HEAD + STEP.replace('instrument = "liquid"', 'instrument = "bond"'), "bond"),
        (HEAD + STEP + STEP, "there twice"),
        (HEAD + STEP.replace("quantity = 100\n", "", 1), "quantity"),
        (HEAD + STEP + "colour = 1\n", "colour"),
        (HEAD + STEP + '[steps.expect]\nexec_types = ["new traded"]\n', "traded"),
        (HEAD + STEP + '[steps.expect]\nstatus = ["done"]\n', "done"),
        (HEAD + STEP.replace("fields = { 21", "fields = { HandlInst"), "HandlInst"),
        (HEAD + '[[steps]]\nid = "c"\ntitle = "c"\nsend = "cancel"\nof = "nothing"\n', "nothing"),
        (HEAD + '[[steps]]\nid = "c"\ntitle = "c"\nsend = "cancel"\n', "names the step"),
        (HEAD + STEP + "only_if_open = true\n", "only_if_open"),
        (HEAD.replace('"10.00"', '"0"') + STEP, "reference_price"),
    ],
)
def test_what_is_no_script_is_refused(text: str, said: str) -> None:
    """With the file, and the place or the word that is wrong."""
    with pytest.raises(UsageError) as refused:
        _script(text)
    assert said in refused.value.message
    assert refused.value.where == "mine.toml"


def test_a_provider_may_have_other_test_symbols() -> None:
    """The session file says what an instrument is there; prices follow its reference."""
    script = _script(HEAD + STEP)
    theirs = script.on(
        {"liquid": Instrument(symbol="TEST", reference_price=Decimal(50)), "other": script.instruments["liquid"]}
    )
    order = order_of(theirs, theirs.steps[0], None)
    assert (order.instrument.symbol, order.limit, order.stop) == ("TEST", Decimal("49.945"), Decimal("49.95"))
    assert set(theirs.instruments) == {"liquid"}
    assert theirs.sha256 == script.sha256


def test_the_hash_is_that_of_the_file() -> None:
    """As `sha256sum` gives it, so that anybody can compare."""
    for name, content in shipped_script_bytes().items():
        script = load_shipped_scripts()[name]
        assert (script.id, script.sha256) == (name, hashlib.sha256(content).hexdigest())


def test_every_demanded_subject_has_a_script() -> None:
    """What must be certified before go-live: order types, instructions, rejects and edges."""
    assert set(load_shipped_scripts()) == {
        "market", "limit", "ioc-fok", "stop", "iso", "cancel-replace", "rejects", "halts", "odd-lots", "large-blocks",
        "short-sale", "time-in-force",
    }  # fmt: skip
