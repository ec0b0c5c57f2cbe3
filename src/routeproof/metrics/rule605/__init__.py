"""Rule 605: one definition, one named function; see `docs/rule605_report.md`."""
