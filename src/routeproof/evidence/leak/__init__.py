"""Whether the market moves after an own event as it does not otherwise: controls, differences in differences."""
