"""Monitoring: facts of a day gathered, judged by the rules, recorded as findings."""
