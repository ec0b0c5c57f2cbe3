"""Every way in. A page or a resource is one file and one name here; a path that is not here does not exist."""

from __future__ import annotations

from routeproof.web import acts, looks
from routeproof.web.pages import health, home, login, me

ALL = (*health.ALL, *login.routes.all, *home.routes.all, *me.routes.all, *looks.routes.all, *acts.routes.all)
