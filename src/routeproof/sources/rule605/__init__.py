"""Files of Rule 605 reports: which layout, which rows, what is wrong with them."""
