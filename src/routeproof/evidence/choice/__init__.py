"""Choices among venues: conditional logit, rankings, and the days on which the model of choice changed."""
