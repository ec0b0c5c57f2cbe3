"""How kernels are compiled: on their first call, into machine code that is kept beside the module.

Each wrapper that nobody calls is left out: compiling it takes as long as a small kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable


def kernel(function: Callable[..., Any]) -> Any:  # noqa: ANN401 numba's dispatcher
    """A kernel that Python and other kernels call."""
    return njit(cache=True, nogil=True, no_cfunc_wrapper=True)(function)


def inner(function: Callable[..., Any]) -> Any:  # noqa: ANN401
    """A kernel that only other kernels call; Python cannot."""
    return njit(cache=True, nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True)(function)
