"""The word that stands for null in integer arrays handed to compiled kernels."""

NULL = -(2**63)
"""No canonical value reaches it: prices, quantities and instants stay far above."""
