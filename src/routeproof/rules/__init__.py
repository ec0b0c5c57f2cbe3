"""Rules over what happened and was measured: each is a value, judged alike over a day and over any part of it."""
