"""A server that has just begun loads by itself what its first visitors would wait for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from routeproof.app.context import open_context
from routeproof.web.log import tell

if TYPE_CHECKING:
    from routeproof.web.settings import Settings


def warm_up_beside(settings: Settings) -> None:
    """Begin in a thread of this process; nothing waits for it, and a server that ends does not either."""
    threading.Thread(target=_warm_up, args=(settings,), name="warm-up", daemon=True).start()


def _warm_up(settings: Settings) -> None:
    from routeproof.app.orders.warm_up import warm_up  # noqa: PLC0415  # loading it is half of the work

    try:
        with open_context(settings.workspace, actor_name="server") as context:
            warm_up(context)
    except Exception as error:  # noqa: BLE001  # whoever asks for the same is told
        tell(settings.log_level, "info", "nothing_loaded_ahead", why=str(error))
