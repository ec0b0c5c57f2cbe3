"""Which files are evidence: judged when they come, contradicted later, withdrawn; and the rows that were refused."""
