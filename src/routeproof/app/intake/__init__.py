"""From files to the lake: deliveries parsed, split by day, folded, merged and committed."""
