"""Figures of Rule 606 reports: which orders count, where they were routed, what was paid for them; pure."""
