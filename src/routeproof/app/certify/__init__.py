"""Certification before go-live: scripts run over FIX against a provider's test system, judged, reported, recorded."""
