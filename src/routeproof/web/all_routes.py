"""Every way in. A page or a resource is one file and one name here; a path that is not here does not exist."""

from __future__ import annotations

from routeproof.web import acts, looks
from routeproof.web.api import measure as measure_api
from routeproof.web.api import orders as orders_api
from routeproof.web.api import tokens, uploads
from routeproof.web.pages import (
    admin,
    analyses,
    cases,
    conflicts,
    data,
    documents,
    duties,
    exceptions,
    experiments,
    explore,
    health,
    help,  # noqa: A004  # the page of that name
    home,
    key,
    ledger,
    login,
    mapping,
    me,
    my_tokens,
    objects,
    orders,
    passkeys,
    policy,
    preparing,
    procedures,
    providers,
    remediation,
    reports,
    reviews,
    scorecard,
    second_factor,
    sso,
    venues,
)

PAGES = (
    login, sso, second_factor, passkeys, key, home, me, my_tokens, scorecard, explore, analyses, orders, exceptions,
    cases, conflicts, providers, preparing, reviews, venues, remediation, duties, procedures, policy, reports, ledger,
    mapping, data, admin, help, experiments, documents, objects,
)  # fmt: skip
"""Pages with a design of their own before those without one."""
CALLS = (measure_api, orders_api, tokens, uploads, looks, acts)

ALL = (*health.ALL, *(route for part in (*PAGES, *CALLS) for route in part.routes.all))
