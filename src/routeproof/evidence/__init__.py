"""Inference from per-day partials: intervals, comparisons, verdicts. Plain numpy in, frozen values out."""
