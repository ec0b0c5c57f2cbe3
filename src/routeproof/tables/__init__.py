"""Canonical tables: what every source becomes before anything is measured."""
