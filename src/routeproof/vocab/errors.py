"""One tree of errors; each has a stable `code` and a text that says what to do."""

from __future__ import annotations

from typing import Any


class RouteproofError(Exception):
    """Something a person must know about: what was expected, what was found, where, what to do.

    Attributes:
        code: stable snake_case word, part of the public surface.
        exit_code: what the command line returns for it.
        where: file, row, byte or field the message speaks of; empty when it speaks of the whole.
        more: members that a machine may read beside the message; none for most.
    """

    code = "routeproof_error"
    exit_code = 1

    def __init__(self, message: str, *, where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.more: dict[str, Any] = {}


class UsageError(RouteproofError):
    """The call itself is wrong: unknown dimension, missing argument, a switch that does not exist."""

    code = "usage"
    exit_code = 2


class MapError(UsageError):
    """A declared map does not fit the file or the table."""

    code = "wrong_map"


class DataRejectedError(RouteproofError):
    """Input that cannot be taken as evidence; its raw bytes are kept."""

    code = "data_rejected"
    exit_code = 3


class SchemaError(DataRejectedError):
    """A frame lacks a column that its table needs, or holds it in a type that cannot be read exactly."""

    code = "wrong_columns"


class LedgerBrokenError(RouteproofError):
    """The record does not verify; nothing more is written to it."""

    code = "ledger_broken"
    exit_code = 4


class RefusedError(RouteproofError):
    """A rule of the method or of governance forbids what was asked; the message says which."""

    code = "refused"
    exit_code = 5
