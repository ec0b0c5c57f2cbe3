"""What the analyses of choice read: venue routes, what venues pay, and both summed in cells of alike orders."""
