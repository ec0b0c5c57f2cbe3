"""One parent order as it went: its rows, the market on its way, figures, findings, and the messages that say so."""
