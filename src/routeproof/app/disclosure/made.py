"""A report as it was made, before it is written anywhere."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.governance.report import Kind
    from routeproof.reports.document import Document


class DeMinimisError(RefusedError):
    """No report is owed: the firm or the customer is below its level; the message has the figures."""

    code = "de_minimis"


class UnknownMembershipError(RefusedError):
    """It is not known to which section a stock belongs."""

    code = "unknown_membership"


def name_of_part(provider: str) -> str:
    """How ids and file names say a provider: as it is, or by a digest if it has more than letters, digits, `_`, `.`."""
    is_plain = re.fullmatch(r"[A-Za-z0-9_.]{1,64}", provider) is not None
    return provider if is_plain else hashlib.sha256(provider.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report file and what stands behind it.

    Attributes:
        kind: of report.
        period: `2026Q3`, `2026-08`, or the last day of a customer's report.
        customer: account token of a customer's report; empty for a public one.
        content: bytes of the file.
        orders_in: orders that were looked at.
        excluded: of them, those in no statistic, by reason.
        options: what was asked for, as JSON values, so that it can be made again.
        basis: manifest, policy, definitions and program version.
        aspects: texts that a person gave, as TOML; empty if none.
        drafts: texts in it that a person has still to edit.
        warnings: what was assumed since nobody had said it.
        document: the same for people; made when it is asked for.
    """

    kind: Kind
    period: str
    customer: str = ""
    content: bytes
    orders_in: int
    excluded: Mapping[str, int]
    options: Mapping[str, Any] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)
    aspects: str = ""
    drafts: int = 0
    warnings: tuple[str, ...] = ()
    document: Callable[[], Document] | None = None

    @property
    def sha256(self) -> str:
        """Of the file's bytes, lower-case hex."""
        return hashlib.sha256(self.content).hexdigest()
