"""Whom a channel believes to be the server: the system's certificates, or those of one file."""

from __future__ import annotations

import ssl

from routeproof.vocab.errors import UsageError


def trust_of(ca_file: str) -> ssl.SSLContext:
    """A context that checks certificate and name; `ca_file` is used in place of the system's certificates.

    Raises:
        UsageError: if the file has no certificates that can be read.
    """
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        message = f"expected a file of PEM certificates, found: {error.strerror or error}"
        raise UsageError(message, where=ca_file) from error
