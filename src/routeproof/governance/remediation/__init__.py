"""Remediation of a provider's underperformance."""
