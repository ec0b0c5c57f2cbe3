"""A certification script: test orders in steps, and what a provider must answer to each."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from routeproof.lab.certification.words import ACKNOWLEDGES, ANSWERS, ORD_TYPE, SIDE, STATUS, TIME_IN_FORCE
from routeproof.vocab.errors import UsageError

AGREED = "agreed"
"""In a list of venues: those that the provider discloses."""
GRACE_MS = 1_000
"""Waited beyond what is expected, so that what comes too late is seen to come."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _decimal(value: object) -> object:
    if isinstance(value, int | str) and not isinstance(value, bool):
        return Decimal(value)
    return value


class Instrument(_Part):
    """A symbol of the provider's test system.

    Attributes:
        symbol: as it is sent.
        reference_price: USD per share that the test system trades around.
        tick: USD per share.
    """

    symbol: str = Field(min_length=1)
    reference_price: Decimal = Field(gt=0)
    tick: Decimal = Field(default=Decimal("0.01"), gt=0)

    _exact = field_validator("reference_price", "tick", mode="before")(_decimal)

    def at(self, ticks: Decimal) -> Decimal:
        """The price so many ticks above the reference; below it where negative."""
        return self.reference_price + ticks * self.tick


class Expect(_Part):
    """What must come back; null asks for nothing.

    Attributes:
        exec_types: sequences of answers that are right, each in words with blanks between (`new trade canceled`).
            Pending, restating and status reports are left out, and several fills in a row count once.
        status: order states of which one must be the last.
        filled: shares of this order in all: `all` of its quantity, `none`, `part`, or a number.
        acknowledged_within_ms: from sending to the first answer that acknowledges it.
        acknowledged_by: answers that do, and `pending`; null is what FIX answers with: an order is new or rejected, a
            replace or a cancel done or refused. Where a fill counts as one, say so.
        ended_within_ms, ended_after_ms: from sending to the answer that ends the order, at most and at least.
        venues: MICs that fills may name (LastMkt, tag 30); `agreed` stands for those that the provider discloses.
        adverse_ticks: how far a fill may be from the reference to the customer's harm; below 0, it must be better.
        fills_at_most: executions.
        reject_codes: OrdRejReason (103), CxlRejReason (102), SessionRejectReason (373) or BusinessRejectReason (380).
        reject_text: words of which one must stand in Text (58), whatever the case.
        says_why: whether a reject must give a reason, as a code or a text.
        transact_time_within_ms: between TransactTime (60) and our receipt, either way.
    """

    exec_types: tuple[str, ...] | None = None
    status: tuple[str, ...] | None = None
    filled: Literal["all", "none", "part"] | int | None = None
    acknowledged_within_ms: int | None = Field(default=None, gt=0)
    acknowledged_by: tuple[str, ...] | None = None
    ended_within_ms: int | None = Field(default=None, gt=0)
    ended_after_ms: int | None = Field(default=None, gt=0)
    venues: tuple[str, ...] | None = None
    adverse_ticks: Decimal | None = None
    fills_at_most: int | None = Field(default=None, ge=0)
    reject_codes: tuple[str, ...] | None = None
    reject_text: tuple[str, ...] | None = None
    says_why: bool = True
    transact_time_within_ms: int | None = Field(default=None, gt=0)

    _exact = field_validator("adverse_ticks", mode="before")(_decimal)

    @field_validator("exec_types", "acknowledged_by", "status", "venues", "reject_codes", "reject_text", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("exec_types")
    @classmethod
    def _known_answers(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in " ".join(value or ()).split():
            _expect_word(word, ANSWERS)
        return value

    @field_validator("acknowledged_by")
    @classmethod
    def _known_acknowledgements(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in value or ():
            _expect_word(word, ANSWERS | {"pending"})
        return value

    @field_validator("status")
    @classmethod
    def _known_status(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in value or ():
            _expect_word(word, STATUS)
        return value

    @property
    def sequences(self) -> tuple[tuple[str, ...], ...] | None:
        """`exec_types`, each in its words."""
        return None if self.exec_types is None else tuple(tuple(text.split()) for text in self.exec_types)


class Wait(_Part):
    """How long a step goes on.

    Attributes:
        at_most_ms: from sending; null is what is expected at the latest, and a second.
        quiet_ms: without a further message once all is there; long, it shows that an order rests.
    """

    at_most_ms: int | None = Field(default=None, gt=0)
    quiet_ms: int = Field(default=150, ge=0)


class Step(_Part):
    """One message that is sent, and what it must lead to.

    Attributes:
        id: within the script.
        title: what the step shows, as a sentence.
        send: `order`, or a `replace` or `cancel` of the order of step `of`.
        of: an earlier step.
        only_if_open: leave the step out where the order of `of` has ended.
        instrument: name among the script's; orders only.
        limit_ticks, stop_ticks: prices in ticks from the reference.
        expires_in_s: ExpireTime (126) from the sending on; below 0 it has passed already.
        iso: intermarket sweep (ExecInst f).
        located: whether shares to borrow were found (LocateReqd 114 = N); null sends nothing.
        min_quantity, display_quantity: MinQty (110), MaxFloor (111).
        destination: ExDestination (100).
        fields: further fields by tag, as they are; an empty text takes a field out of the message.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)
    title: str = Field(min_length=1)
    send: Literal["order", "replace", "cancel"] = "order"
    of: str | None = None
    only_if_open: bool = False
    instrument: str | None = None
    side: str | None = None
    quantity: int | None = None
    order_type: str | None = None
    limit_ticks: Decimal | None = None
    stop_ticks: Decimal | None = None
    time_in_force: str | None = None
    expires_in_s: int | None = None
    iso: bool = False
    located: bool | None = None
    min_quantity: int | None = None
    display_quantity: int | None = None
    destination: str | None = None
    fields: Mapping[str, str] = Field(default_factory=dict)
    expect: Expect = Expect()
    wait: Wait = Wait()

    _exact = field_validator("limit_ticks", "stop_ticks", mode="before")(_decimal)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.send == "order") == (self.of is not None):
            message = "a replace or a cancel names the step that it is of, an order does not"
            raise ValueError(message)
        if self.only_if_open and self.of is None:
            message = "only_if_open is about the order of another step"
            raise ValueError(message)
        if self.send == "order":
            needed = ("instrument", "side", "quantity", "order_type")
            if lacking := [name for name in needed if getattr(self, name) is None]:
                message = f"an order needs {', '.join(lacking)}"
                raise ValueError(message)
        for value, words in ((self.side, SIDE), (self.order_type, ORD_TYPE), (self.time_in_force, TIME_IN_FORCE)):
            if value is not None:
                _expect_word(value, words)
        if unknown := [tag for tag in self.fields if not tag.isdigit()]:
            message = f"fields are named by tag, found {', '.join(unknown)}"
            raise ValueError(message)
        return self

    @property
    def acknowledged_by(self) -> frozenset[str]:
        """Answers that acknowledge it."""
        said = self.expect.acknowledged_by
        return frozenset(said) if said is not None else ACKNOWLEDGES[self.send]

    @property
    def at_most_ms(self) -> int:
        """How long the step may take."""
        if self.wait.at_most_ms is not None:
            return self.wait.at_most_ms
        return max(self.expect.acknowledged_within_ms or 0, self.expect.ended_within_ms or 0) + GRACE_MS


class Script(_Part):
    """A whole script.

    Attributes:
        id: its name; policy demands scripts by it.
        version: of the text.
        dated_on: day of this version.
        title, purpose: for people.
        order_types: order types and instructions that it covers, for people.
        citation: what it rests on.
        instruments: by name; a session file may say what they are on a provider's test system.
        steps: in order.
        sha256: of the file's bytes.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)
    version: int = Field(ge=1)
    dated_on: date
    title: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    order_types: tuple[str, ...] = ()
    citation: str = Field(min_length=1)
    instruments: Mapping[str, Instrument]
    steps: tuple[Step, ...] = Field(min_length=1)
    sha256: str

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> Self:
        seen: set[str] = set()
        orders: set[str] = set()
        for step in self.steps:
            if step.id in seen:
                message = f"step {step.id} is there twice"
                raise ValueError(message)
            if step.of is not None and step.of not in orders:
                message = f"step {step.id} is of {step.of}, which is no order of an earlier step"
                raise ValueError(message)
            if step.instrument is not None and step.instrument not in self.instruments:
                message = f"step {step.id} names instrument {step.instrument}, which the script does not have"
                raise ValueError(message)
            seen.add(step.id)
            orders |= {step.id} if step.send == "order" else set()
        return self

    def on(self, instruments: Mapping[str, Instrument]) -> Script:
        """The script with what some of its instruments are on a test system."""
        theirs = {name: instruments.get(name, own) for name, own in self.instruments.items()}
        return self.model_copy(update={"instruments": theirs})


def script_of(content: bytes, where: str) -> Script:
    """A script from the bytes of its TOML file; `[expect]` holds for each step that does not say otherwise.

    Raises:
        UsageError: it is no TOML, or no script; each wrong place is named.
    """
    try:
        document = tomllib.loads(content.decode())
        return Script.model_validate({**_spread(document), "sha256": hashlib.sha256(content).hexdigest()})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"expected a script as TOML, found: {error}"
        raise UsageError(message, where=where) from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'script'}: {e['msg']}" for e in error.errors())
        message = f"expected a certification script, found {problems}"
        raise UsageError(message, where=where) from error


def _spread(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its `[expect]` in each step, and its lists as tuples."""
    whole = dict(document)
    every = whole.pop("expect", {})
    steps = whole.get("steps", [])
    if isinstance(steps, list) and isinstance(every, dict):
        whole["steps"] = tuple(_with(step, every) for step in steps)
    if isinstance(whole.get("order_types"), list):
        whole["order_types"] = tuple(whole["order_types"])
    return whole


def _with(step: object, every: Mapping[str, Any]) -> object:
    if not isinstance(step, dict) or not isinstance(step.get("expect", {}), dict):
        return step
    return {**step, "expect": {**every, **step.get("expect", {})}}


def _expect_word(word: str, words: Mapping[str, object] | frozenset[str]) -> None:
    if word not in words:
        message = f"expected one of {', '.join(sorted(words))}, found {word!r}"
        raise ValueError(message)
