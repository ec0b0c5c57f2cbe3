"""E Tell people outside: plan, keep what is owed to a channel, deliver it."""
