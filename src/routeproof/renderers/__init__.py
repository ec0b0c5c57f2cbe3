"""From one report value to HTML, PDF, XLSX and JSON; the same value always gives the same bytes."""
