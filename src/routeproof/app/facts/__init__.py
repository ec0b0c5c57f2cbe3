"""Facts of a day: gathered from the lake, from logs, from the record and from agreements, for the rules to judge."""
