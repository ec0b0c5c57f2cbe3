"""How a venue is named in a file: a code where it has one, else a name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.reports.rule606.tree import Element, name

if TYPE_CHECKING:
    from collections.abc import Mapping

MIC = re.compile("[A-Z0-9]{4}")


@dataclass(frozen=True, slots=True)
class VenueNames:
    """Names by MIC; venues that are not called by a MIC, such as members, have none."""

    names: Mapping[str, str] = field(default_factory=dict)
    members: frozenset[str] = frozenset()

    def elements(self, venue: str, tag: str) -> list[Element]:
        """`tag` with the name, and `mic` where the venue has one."""
        if venue in self.members or not MIC.fullmatch(venue):
            return [(tag, name(venue))]
        return [(tag, name(self.names.get(venue) or venue)), ("mic", venue)]

    def shown(self, venue: str) -> str:
        """The name for people, with the code."""
        known = self.names.get(venue)
        return f"{known} ({venue})" if known and known != venue else venue
