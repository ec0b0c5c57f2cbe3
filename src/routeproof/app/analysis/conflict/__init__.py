"""The test of conflicts: does money pull a router's choice, and what does that cost customers?"""
