"""The report as JSON: the document tree, with the report's machine-readable surfaces at the top level."""

import json

from routeproof.renderers.plain import plain_document
from routeproof.reports.document import Document


def render_json(document: Document) -> bytes:
    """UTF-8 JSON, two-space indent, keys in document order; NaN and infinities are refused (ValueError)."""
    text = json.dumps(plain_document(document), ensure_ascii=False, allow_nan=False, indent=2)
    return (text + "\n").encode()
