"""The server: one process or several workers, one line when it is ready, a quiet end."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
import threading
import time
import urllib.request
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from routeproof.vocab.errors import UsageError
from routeproof.web.application import SETTINGS, make_app
from routeproof.web.log import take_over_logging
from routeproof.web.warm import warm_up_beside

if TYPE_CHECKING:
    from routeproof.web.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
FINISH_S = 30
KEEP_S = 75
"""A connection without requests stays as long: people pause between clicks, and proxies keep theirs for a minute."""
POLL_S = 0.05


class _Ready(uvicorn.Server):
    """Says so when it serves."""

    def __init__(self, config: uvicorn.Config, address: str, settings: Settings) -> None:
        super().__init__(config)
        self._address, self._settings = address, settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            say_ready(self._address)
            warm_up_beside(self._settings)


def serve(settings: Settings, *, host: str, port: int, workers: int = 1) -> None:
    """Serve until SIGTERM or SIGINT; requests that have begun are finished.

    Raises:
        UsageError: plain HTTP to the outside, or an address that is taken.
    """
    if host not in LOOPBACK and not settings.behind_proxy:
        message = (
            f"expected a loopback address, found {host}: passwords would travel in the clear. "
            "Put a proxy that ends TLS in front and give --behind-proxy"
        )
        raise UsageError(message, where="--host")
    take_over_logging(settings.log_level)
    listening = _bound(host, port)
    address = f"http://{host}:{listening.getsockname()[1]}"
    # Uvicorn raises the signal once more when all is done; that shall be an end like any other.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if workers == 1:
        _Ready(_config(settings, host, port, make_app(settings)), address, settings).run([listening])
        return
    with tempfile.TemporaryDirectory(prefix="routeproof-counts-") as counts:
        os.environ.setdefault(
            "POLARS_MAX_THREADS", str(max((os.cpu_count() or 1) // workers, 1))
        )  # they share the cores
        os.environ |= {SETTINGS: settings.as_text(), "PROMETHEUS_MULTIPROC_DIR": counts}
        config = _config(settings, host, port, "routeproof.web.application:from_environment", workers)
        threading.Thread(target=_say_when_ready, args=(address,), daemon=True).start()
        Multiprocess(config, sockets=[listening]).run()


def _config(settings: Settings, host: str, port: int, app: object, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=host,
        port=port,
        workers=workers,
        factory=isinstance(app, str),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=settings.behind_proxy,
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=FINISH_S,
        timeout_keep_alive=KEEP_S,
        lifespan="off",
    )


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        message = f"expected a free address, found {host}:{port} taken or out of reach: {error.strerror}"
        raise UsageError(message, where="--port") from error
    listening.listen(512)
    listening.set_inheritable(True)
    return listening


def say_ready(address: str) -> None:
    """The one line that a program waits for."""
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()


def _say_when_ready(address: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310  # our own address
                say_ready(address)
                return
        except OSError:
            time.sleep(POLL_S)
