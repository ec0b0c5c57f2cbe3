"""Numbers as they come, written as fixed point where they are needed; `coerce` is the reference."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.tables.kernels import kernel
from routeproof.vocab.fixed import FLOAT_NOISE, LEAST_FLOAT_NOISE, SCALE

Int64s = npt.NDArray[np.int64]
Float64s = npt.NDArray[np.float64]

_SCALE = float(SCALE)
_TOO_LARGE = 2.0**63


@kernel
def write_floats(values: Float64s, missing: int, out: Int64s) -> bool:
    """Write floats as fixed point; whether all of them can be held exactly and none is negative.

    Args:
        values: (n,) numbers of at most nine decimals, not-a-number = null.
        missing: what stands for null.
        out: (n,) written; worthless where the answer is no.
    """
    good = True
    for i in range(values.size):
        scaled = values[i] * _SCALE
        fixed = np.rint(scaled)
        near = abs(scaled - fixed) <= max(abs(scaled) * FLOAT_NOISE, LEAST_FLOAT_NOISE)
        null = np.isnan(scaled)
        good &= (near & (fixed >= 0.0) & (fixed < _TOO_LARGE)) | null
        out[i] = missing if null else np.int64(fixed)
    return good


@kernel
def is_in_order(at: Int64s, sequence: Int64s, lengths: Int64s) -> bool:
    """Whether instants, and the sequence numbers of equal ones, ascend within each symbol.

    Args:
        at: (n,) UTC ns.
        sequence: (n,), or empty where rows follow each other as they stand.
        lengths: (symbols,) rows of each symbol, which add up to n.
    """
    begin = 0
    for length in lengths:
        for row in range(begin + 1, begin + length):
            if at[row] < at[row - 1]:
                return False
            if sequence.size and at[row] == at[row - 1] and sequence[row] < sequence[row - 1]:
                return False
        begin += length
    return True
