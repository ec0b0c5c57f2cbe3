"""What a proposed value of policy would change: the same data under what is in force and under what is proposed."""
