"""The provider's word against the firm's record: orders, fills, figures and clocks of its report, compared."""
