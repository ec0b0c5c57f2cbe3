"""A question of `routeproof measure` in an address: the same names, the same words, an examiner's days kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from routeproof.app.measuring.asked import Asked, day_in, names_in
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.dimensions import DIMENSIONS

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.measuring.measure import Question
    from routeproof.web.visit import Visit


def _listed(names: tuple[str, ...]) -> str:
    one = "|".join(names)
    return rf"^\s*(({one})\s*(,\s*({one})\s*)*)?$"


def _items(pattern: str) -> dict[str, Any]:
    """What an item looks like: documented here, and refused in better words by whoever reads it."""
    return {"items": {"type": "string", "pattern": pattern}}


BY = _listed(DIMENSIONS)
METRICS = _listed(tuple(BY_NAME))
WHERE = r"^(symbol|venue|provider|order_class|order_type|side)=[A-Za-z0-9._-]{1,30}(,[A-Za-z0-9._-]{1,30})*$"
DAY = r"^(\d{4}-\d{2}-\d{2})?$"
SPAN = r"[+-]?\d{1,12}(\.\d{1,6})?(ns|us|ms|s)"
LONGEST = 300


class MeasureQuery(BaseModel):
    """What is asked; see `routeproof measure --help` for each."""

    model_config = ConfigDict(populate_by_name=True)

    by: list[str] = Field([], description="Dimensions; repeated, or between commas.", json_schema_extra=_items(BY))
    metrics: list[str] = Field([], description="Names of metrics; all if omitted.", json_schema_extra=_items(METRICS))
    first: str | None = Field(None, alias="from", pattern=DAY, description="First trading day.")
    last: str | None = Field(None, alias="to", pattern=DAY, description="Last trading day.")
    provider: str | None = Field(None, max_length=LONGEST, description="Only this provider's orders.")
    where: list[str] = Field(
        [],
        description="COLUMN=V[,V], COLUMN>=V or COLUMN<V; several are joined by *and*.",
        json_schema_extra=_items(WHERE),
    )
    benchmark: Literal["", "receipt", "route", "venue", "execution"] = Field("", description="Moment of the quote.")
    population: Literal["own", "tape"] = "own"
    tie: Literal["strict", "inclusive"] = "strict"
    locked: Literal["exclude", "include"] = "exclude"
    after_close: Literal["null", "final_quote"] = "null"
    stale_after: str = Field("60s", pattern=rf"^{SPAN}$")
    shift: str | None = Field(None, pattern=rf"^{SPAN}((\.\.|…){SPAN})?$")
    manifest: str | None = Field(None, max_length=64, pattern="^[0-9a-f]*$")

    def question(self, visit: Visit) -> Question:
        """The question, within the days that the person's role reaches.

        Raises:
            UsageError: a text that says nothing.
            NotFoundError: days beyond those that the role reaches.
        """
        asked = self.asked()
        first, last = asked.first, asked.last
        begins, ends = visit.limits.from_on, visit.limits.to_on
        if begins is not None or ends is not None:
            first, last = first or _text(begins), last or _text(ends)
            reached = day_in(first, "--from"), day_in(last, "--to")
            given = [day for day in reached if day is not None]
            if given:
                visit.require_reach(min(given), max(given))
        return Asked(**{**_members(asked), "first": first, "last": last}).question()

    def asked(self) -> Asked:
        """The texts, as the command line takes them."""
        return Asked(
            by=",".join(dict.fromkeys(names_in(self.by))),
            metrics=",".join(dict.fromkeys(names_in(self.metrics))),
            first=self.first or None,
            last=self.last or None,
            provider=self.provider or None,
            where=tuple(text for text in self.where if text.strip()),
            benchmark=self.benchmark or None,
            population=self.population,
            tie=self.tie,
            locked=self.locked,
            after_close=self.after_close,
            stale_after=self.stale_after,
            shift=self.shift or None,
            manifest=self.manifest or None,
        )

    def address(self, path: str = "/explore", **changed: Any) -> str:  # noqa: ANN401  # members of an address
        """The address of this question, with some members changed; what is as usual is left out."""
        members = {**self.model_dump(by_alias=True, exclude_defaults=True), **changed}
        members["by"] = ",".join(names_in(members.get("by", [])))
        members["metrics"] = ",".join(names_in(members.get("metrics", [])))
        members["where"] = [text for text in members.get("where", []) if text.strip()]
        given = {name: value for name, value in members.items() if value not in (None, "", [])}
        return f"{path}?{urlencode(given, doseq=True)}" if given else path


def _members(asked: Asked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in Asked.__slots__}


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
