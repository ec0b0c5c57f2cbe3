"""Templates: everything is escaped, a name that is not there is an error, numbers and times look alike everywhere."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from routeproof.app.objects.fold import roster_of
from routeproof.web.filters import FILTERS
from routeproof.web.navigation import ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.web.visit import Visit

THEMES = ("auto", "light", "dark")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of the package; read once."""
    made = Environment(
        loader=PackageLoader("routeproof.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals["asset"] = asset
    return made


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Address of a file of `static/`, which changes with its content."""
    import hashlib  # noqa: PLC0415

    content = resources.files("routeproof.web").joinpath("static", *name.split("/")).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def page_html(template: str, visit: Visit, values: dict[str, Any]) -> str:
    """A page, with what every page shows around it."""
    who = _namer(visit)
    around = {
        "visit": visit,
        "ways": ways(visit),
        "here": visit.request.url.path,
        "theme": visit.theme,
        "csrf": lambda: Markup('<input type="hidden" name="csrf_token" value="{}">').format(visit.form_token),
        "watermark": _watermark(visit, who),
        "who": who,
        "said": unquote(visit.request.cookies.get("routeproof_said", "")),
    }
    return environment().get_template(template).render({**around, **values})


def _namer(visit: Visit) -> Callable[[str | None], str]:
    """Gives a person's name by their id; the roster is read when it is first asked, what it lacks stays as it is."""
    known: dict[str, str] = {}

    def who(person: str | None) -> str:
        if not known:
            people = roster_of(visit.context.records).people
            known.update({"": "", **{name: one.name or name for name, one in people.items()}})
        return known.get(person or "", person or "")

    return who


def _watermark(visit: Visit, who: Callable[[str], str]) -> str:
    """Who looks, where what is seen belongs to others: an examiner's pages say so."""
    if "examiner" not in visit.roles:
        return ""
    return f"Shown to {who(visit.person)} ({visit.person}), examiner, request {visit.request.state.request_id}"
