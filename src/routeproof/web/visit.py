"""One request, as a page or an API call sees it: who asks, what they may, and the workspace opened for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routeproof.app.access.matrix import may
from routeproof.app.access.preferences import THEME
from routeproof.app.access.sessions import form_token
from routeproof.governance.roster import Limits
from routeproof.web.faults import NotFoundError

NO_LIMITS = Limits()

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from starlette.requests import Request

    from routeproof.app.access.sessions import Session
    from routeproof.app.context import Context


@dataclass(frozen=True, slots=True)
class Visit:
    """What a handler gets.

    Attributes:
        request: as it came; query and path are read from parameters of the handler, not from here.
        context: the workspace, with the person who acts.
        session: theirs; null on a public page.
        matrix: roles by what is needed, as in force now.
        form: fields of a form that was sent, without its token.
        uploads: files that were sent, by field, in a folder that goes with the request.
        preferences: the person's, by name.
        limits: first and last day that the person's roles reach; null on either side = no limit.
    """

    request: Request
    context: Context
    session: Session | None
    matrix: Mapping[str, Sequence[str]]
    form: Mapping[str, str] = field(default_factory=dict)
    uploads: Mapping[str, Path] = field(default_factory=dict)
    limits: Limits = NO_LIMITS
    preferences: Mapping[str, str] = field(default_factory=dict)

    @property
    def person(self) -> str:
        """Id in the roster; empty for nobody."""
        return self.session.person if self.session else ""

    @property
    def roles(self) -> tuple[str, ...]:
        """Of the person, as they count now."""
        return self.session.roles if self.session else ()

    @property
    def origin(self) -> str:
        """Address under which browsers reach the server; empty if nobody said."""
        return str(self.request.app.state.settings.origin)

    @property
    def theme(self) -> str:
        """Light, dark, or auto as the system has it."""
        return self.preferences.get(THEME, "auto")

    @property
    def form_token(self) -> str:
        """What every form of the session carries."""
        return form_token(self.session) if self.session else ""

    def require_reach(self, first: date, last: date | None = None) -> None:
        """Show nothing of days that the person's role does not reach.

        Raises:
            NotFoundError: as if there were nothing.
        """
        if not self.reaches(first, last):
            message = "expected something that there is, found nothing of that name"
            raise NotFoundError(message)

    @property
    def is_limited(self) -> bool:
        """Whether the person's role reaches some days only."""
        return self.limits.from_on is not None or self.limits.to_on is not None

    def reaches(self, first: date, last: date | None = None) -> bool:
        """Whether the person's role reaches all days from first to last."""
        begins, ends = self.limits.from_on, self.limits.to_on
        return (begins is None or first >= begins) and (ends is None or (last or first) <= ends)

    def may(self, needs: str) -> bool:
        """Whether the person may do or see this."""
        return may(self.matrix, needs, self.roles)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page's handler answers with, where it is more than values for its template.

    Attributes:
        values: for the template.
        status: of the answer.
    """

    values: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True, slots=True)
class Gone:
    """An action was done: look there next.

    Attributes:
        to: path within the application.
        said: one sentence on what was done.
    """

    to: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file.

    Attributes:
        content: bytes.
        media_type: of the content.
        name: that the browser saves it under; empty shows it.
    """

    content: bytes
    media_type: str
    name: str = ""
