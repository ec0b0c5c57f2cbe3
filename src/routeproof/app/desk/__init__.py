"""Work on reviews, remediations and restatements: what their deciders are told, and the documents they give."""
