"""What people read of a message: its subject and text, made of the document that was kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from routeproof.renderers.notices.text import notices_subject, notices_text

if TYPE_CHECKING:
    from routeproof.app.notify.message import Message


def subject_of(message: Message) -> str:
    """One line."""
    return notices_subject(json.loads(message.body))


def text_of(message: Message) -> str:
    """Lines of plain text."""
    return notices_text(json.loads(message.body))
