"""Eight bytes at a time: the machine instructions numba does not offer by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba as nb
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_WORD = ir.IntType(64)
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(kernel: _Kernel) -> _Kernel:
    """Compile a kernel on its first call and keep the machine code beside the module; its type stays what it was."""
    return cast("_Kernel", nb.njit(cache=True)(kernel))


def inlined(kernel: _Kernel) -> _Kernel:
    """Compile a kernel that becomes part of each kernel that calls it, so that small parts cost no calls."""
    return cast("_Kernel", nb.njit(cache=True, forceinline=True)(kernel))


@intrinsic  # type: ignore[untyped-decorator]
def load_word(_context: Any, buffer: Any, index: Any) -> Any:  # noqa: ANN401, ARG001 numba's own type objects
    """Read 8 bytes of a uint8 array from any offset as one little-endian word. The caller pads the array."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.gep(array.data, [args[1]])
        return builder.load(builder.bitcast(pointer, _WORD.as_pointer()), align=1)

    return types.uint64(buffer, types.intp), build


@intrinsic  # type: ignore[untyped-decorator]
def store_word(_context: Any, buffer: Any, index: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Write 8 bytes into a uint8 array at any offset. The caller pads the array."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.gep(array.data, [args[1]])
        builder.store(args[2], builder.bitcast(pointer, _WORD.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(buffer, types.intp, types.uint64), build


@intrinsic  # type: ignore[untyped-decorator]
def trailing_zeros(_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Count zero bits below the lowest one bit of a non-zero word."""

    def build(_target: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), build
