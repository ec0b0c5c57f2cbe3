"""Measuring: the question, where rows come from, and the measured rows that are kept."""
