"""Who is at the other end of the line: accounts, sessions, tokens, and what each may see and do."""
