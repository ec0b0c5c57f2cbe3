"""Eight bytes at a time: the machine instructions numba does not offer by name."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_WORD = ir.IntType(64)


@intrinsic  # type: ignore[untyped-decorator]
def load_word(_context: Any, buffer: Any, index: Any) -> Any:  # noqa: ANN401 numba hands over its own type objects
    """Read 8 bytes of a uint8 array from any offset as one little-endian word. The caller pads the array."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.gep(array.data, [args[1]])
        return builder.load(builder.bitcast(pointer, _WORD.as_pointer()), align=1)

    return types.uint64(buffer, types.intp), build


@intrinsic  # type: ignore[untyped-decorator]
def store_word(_context: Any, buffer: Any, index: Any, word: Any) -> Any:  # noqa: ANN401
    """Write 8 bytes into a uint8 array at any offset. The caller pads the array."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.gep(array.data, [args[1]])
        builder.store(args[2], builder.bitcast(pointer, _WORD.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(buffer, types.intp, types.uint64), build


@intrinsic  # type: ignore[untyped-decorator]
def trailing_zeros(_context: Any, word: Any) -> Any:  # noqa: ANN401
    """Count zero bits below the lowest one bit of a non-zero word."""

    def build(_target: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), build
