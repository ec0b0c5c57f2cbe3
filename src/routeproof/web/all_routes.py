"""Every way in. A page or a resource is one file and one name here; a path that is not here does not exist."""

from __future__ import annotations

from routeproof.web import acts, looks
from routeproof.web.api import tokens, uploads
from routeproof.web.pages import (
    admin,
    cases,
    conflicts,
    data,
    documents,
    duties,
    exceptions,
    health,
    help,  # noqa: A004  # the page of that name
    home,
    ledger,
    login,
    me,
    objects,
    policy,
    procedures,
    providers,
    remediation,
    reports,
    reviews,
    second_factor,
)

PAGES = (
    login, second_factor, home, me, exceptions, cases, conflicts, providers, reviews, remediation, duties, procedures,
    policy, reports, ledger, data, admin, help, documents, objects,
)  # fmt: skip
"""Pages with a design of their own before those without one."""
CALLS = (tokens, uploads, looks, acts)

ALL = (*health.ALL, *(route for part in (*PAGES, *CALLS) for route in part.routes.all))
