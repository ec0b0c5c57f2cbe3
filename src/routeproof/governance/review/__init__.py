"""The review of a provider's quarter."""
