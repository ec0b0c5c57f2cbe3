"""Eight bytes at a time: the machine instructions numba does not offer by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba as nb
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_BYTE, _WORD = ir.IntType(8), ir.IntType(64)
_LANES = 64
_VECTOR = ir.VectorType(_BYTE, _LANES)
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(kernel: _Kernel) -> _Kernel:
    """Compile a kernel on its first call and keep the machine code beside the module; its type stays what it was."""
    return cast("_Kernel", nb.njit(cache=True, no_cfunc_wrapper=True, _nrt=False)(kernel))


def inlined(kernel: _Kernel) -> _Kernel:
    """Compile a kernel that becomes part of each kernel that calls it, so that small parts cost no calls."""
    return cast("_Kernel", nb.njit(cache=True, forceinline=True, no_cfunc_wrapper=True, _nrt=False)(kernel))


@intrinsic  # type: ignore[untyped-decorator]
def load_word(_context: Any, buffer: Any, index: Any) -> Any:  # noqa: ANN401, ARG001 numba's own type objects
    """Read 8 bytes of a uint8 array from any offset as one little-endian word. The caller pads the array."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.gep(array.data, [args[1]])
        return builder.load(builder.bitcast(pointer, _WORD.as_pointer()), align=1)

    return types.uint64(buffer, types.intp), build


@intrinsic  # type: ignore[untyped-decorator]
def trailing_zeros(_context: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Count zero bits below the lowest one bit of a non-zero word."""

    def build(_target: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), build


@intrinsic  # type: ignore[untyped-decorator]
def load_at(_context: Any, address: Any) -> Any:  # noqa: ANN401, ARG001
    """Read 8 bytes at an address of memory that belongs to no array."""

    def build(_target: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.load(builder.inttoptr(args[0], _WORD.as_pointer()), align=1)

    return types.uint64(types.intp), build


@intrinsic  # type: ignore[untyped-decorator]
def store_at(_context: Any, address: Any, word: Any) -> Any:  # noqa: ANN401, ARG001
    """Write 8 bytes at an address of memory that belongs to no array. The caller has made room."""

    def build(context: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        builder.store(args[1], builder.inttoptr(args[0], _WORD.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(types.intp, types.uint64), build


@intrinsic  # type: ignore[untyped-decorator]
def equal_bytes(_context: Any, buffer: Any, index: Any, byte: Any) -> Any:  # noqa: ANN401, ARG001
    """One bit for each of 64 bytes of a uint8 array: whether it is that byte. The caller pads the array."""
    return types.uint64(buffer, types.intp, types.uint8), _compared("==", signed=False)


@intrinsic  # type: ignore[untyped-decorator]
def low_bytes(_context: Any, buffer: Any, index: Any, byte: Any) -> Any:  # noqa: ANN401, ARG001
    """One bit for each of 64 bytes of a uint8 array: whether it is below that byte, those above 127 counting as low."""
    return types.uint64(buffer, types.intp, types.uint8), _compared("<", signed=True)


def _compared(sign: str, *, signed: bool) -> Any:  # noqa: ANN401
    """Builder of a comparison of 64 bytes with one; the compiler makes of it what the processor has."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.bitcast(builder.gep(array.data, [args[1]]), _VECTOR.as_pointer())
        nothing, first = ir.Constant(_VECTOR, ir.Undefined), ir.Constant(ir.IntType(32), 0)
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), _LANES), [0] * _LANES)
        byte = builder.shuffle_vector(builder.insert_element(nothing, args[2], first), nothing, lanes)
        compare = builder.icmp_signed if signed else builder.icmp_unsigned
        return builder.bitcast(compare(sign, builder.load(pointer, align=1), byte), _WORD)

    return build
