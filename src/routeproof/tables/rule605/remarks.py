"""What was found while files of Rule 605 reports were read: kept beside their rows, one part a file."""

from routeproof.tables.schema import Column, Table

REJECTED, CORRECTED, QUARANTINED = "rejected", "corrected", "quarantined"

REMARKS = Table(
    name="rule605_remarks",
    columns=(
        Column("layout", "text", "legacy, detailed or summary", required=True),
        Column("kind", "text", "what became of it", required=True, words=(REJECTED, CORRECTED, QUARANTINED)),
        Column("code", "text", "stable word of the check", required=True),
        Column("field", "text", "canonical column; empty if the whole row"),
        Column("stated", "text", "what the file says"),
        Column("became", "text", "what it was read as; null unless corrected"),
        Column("message", "text", "a sentence for people"),
    ),
    identity=(),
    order=("source_row", "kind", "code", "field"),
    is_event=False,
)
"""A quarantined value is null in its row, except that shares which do not add up to their whole stay as filed."""
