"""A map in an address: parallel lists, one place per canonical column, as a form of selects sends them."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from pydantic import BaseModel, Field

MOST = 80
_Texts = list[str]


def _texts(description: str) -> Any:  # noqa: ANN401  # a field of pydantic
    return Field([], max_length=MOST, description=description)


class MapQuery(BaseModel):
    """A file that was sent, and what its columns are said to be.

    Attributes:
        upload: name that the upload was given.
        table: canonical table.
        delimiter: of the fields; empty as it seems.
        of: canonical columns; `column`, `unit`, `zone` and `constant` have a place for each of them.
        recode_of: canonical columns of recodings; `recode_from` and `recode_to` have a place for each.
    """

    upload: str = Field("", max_length=64)
    table: str = Field("", max_length=64)
    delimiter: str = Field("", max_length=4)
    of: _Texts = _texts("Canonical columns.")
    column: _Texts = _texts("Source column of each.")
    unit: _Texts = _texts("Unit of each instant: iso, s, ms, us or ns.")
    zone: _Texts = _texts("IANA zone of each local time.")
    constant: _Texts = _texts("What every row has, where there is no column.")
    recode_of: _Texts = _texts("Canonical column of each recoding.")
    recode_from: _Texts = _texts("What the file writes.")
    recode_to: _Texts = _texts("What it means.")

    def document(self) -> dict[str, Any] | None:
        """The map that is asked for; null if nothing was said of any column."""
        if not self.of:
            return None
        rows = list(zip_longest(self.of, self.column, self.unit, self.zone, self.constant, fillvalue=""))[
            : len(self.of)
        ]
        sections: dict[str, dict[str, Any]] = {
            "columns": {name: column for name, column, *_ in rows if column},
            "constants": {name: constant for name, column, _, _, constant in rows if constant and not column},
            "time": {name: _time(unit, zone) for name, column, unit, zone, _ in rows if column and unit},
            "values": self._recodings(),
        }
        plain = {"table": self.table, **({"delimiter": self.delimiter} if self.delimiter not in {"", ","} else {})}
        return {**plain, **{name: section for name, section in sections.items() if section}}

    def _recodings(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, old, new in zip(self.recode_of, self.recode_from, self.recode_to, strict=False):
            if new:
                found.setdefault(name, {})[old] = new
        return found


def _time(unit: str, zone: str) -> dict[str, str]:
    return {"unit": unit, **({"zone": zone} if zone and unit == "iso" else {})}
