"""Pickles read without running anything: an unpickler that can build numbers, words, lists, dicts and number arrays.

A pickle is a program. This one may call exactly the few functions with which numpy writes scalars and arrays of
numbers; whatever else it names is refused by that name, before it is imported.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import Any

import numpy as np

from loganalyzer.errors import ReadError

MOST_BYTES = 64 * 2**20
MOST_VALUES = 20_000_000
NUMBER_KINDS = frozenset("biuf")


def load(data: bytes) -> Any:
    """The object in ``data``: dicts, lists, tuples, numbers, words, numpy scalars and arrays of numbers.

    Raises ReadError: "pickle-refused" with the name that was asked for, "too-large", or "bad-pickle".
    """
    if len(data) > MOST_BYTES:
        raise ReadError("too-large", size=len(data), limit=MOST_BYTES)
    _check_sizes(data)
    try:
        return _Unpickler(io.BytesIO(data), encoding="latin-1").load()
    except ReadError:
        raise
    except (Exception, RecursionError, MemoryError) as error:  # a damaged pickle fails in any way it likes
        raise ReadError("bad-pickle", reason=type(error).__name__) from error


def _check_sizes(data: bytes) -> None:
    """Refuse memo slots and lengths far beyond the file: they make the loader allocate before it looks."""
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if isinstance(argument, int) and "PUT" in opcode.name and argument > len(data):
                raise ReadError("bad-pickle", reason=f"memo slot {argument}")
            if opcode.name in {"EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID", "INST", "OBJ"}:
                raise ReadError("pickle-refused", name=opcode.name)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError("bad-pickle", reason=type(error).__name__) from error


def _scalar(dtype: Any, raw: Any = b"") -> Any:
    kind = np.dtype(dtype)
    data = raw.encode("latin-1") if isinstance(raw, str) else raw
    if kind.kind not in NUMBER_KINDS or len(data) != kind.itemsize:
        raise ReadError("pickle-refused", name=f"numpy scalar of {kind}")
    return np.frombuffer(data, dtype=kind)[0].item()


def _from_buffer(buffer: Any, dtype: Any, shape: Any, order: str) -> Any:
    kind = np.dtype(dtype)
    if kind.kind not in NUMBER_KINDS:
        raise ReadError("pickle-refused", name=f"numpy array of {kind}")
    return np.frombuffer(buffer, dtype=kind).reshape(shape, order="F" if order == "F" else "C")


class _Array:
    """What an array is while it is being unpickled: made empty, filled by its state."""

    def __init__(self, *_: Any) -> None:
        self.values: Any = np.zeros(0)

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, fortran, raw = state
        kind = np.dtype(dtype)
        if kind.kind not in NUMBER_KINDS:
            raise ReadError("pickle-refused", name=f"numpy array of {kind}")
        data = raw.encode("latin-1") if isinstance(raw, str) else raw
        self.values = np.frombuffer(data, dtype=kind).reshape(shape, order="F" if fortran else "C")


class _Dtype:
    """A numpy dtype of numbers, spelled as a string; its further state (byte order) is part of the spelling."""

    def __new__(cls, spelling: Any = "f8", *_: Any) -> Any:
        if not isinstance(spelling, str) or len(spelling) > 4:
            raise ReadError("pickle-refused", name="numpy dtype")
        return _Spelled(spelling)


class _Spelled:
    def __init__(self, spelling: str) -> None:
        self.spelling = spelling

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.spelling)

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, tuple) and len(state) > 1 and state[1] in ("<", ">"):
            self.spelling = state[1] + self.spelling.lstrip("<>|=")


def _encode(text: str, encoding: str = "latin-1") -> bytes:
    return text.encode("latin-1" if encoding not in ("utf-8", "utf8") else encoding)


def _number(value: Any = 0, *_: Any) -> Any:
    return value


_NUMPY = ("numpy", "numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric")
_ALLOWED: dict[str, Any] = {
    "scalar": _scalar,
    "_reconstruct": _Array,
    "dtype": _Dtype,
    "ndarray": _Array,
    "_frombuffer": _from_buffer,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module in _NUMPY and name in _ALLOWED:
            return _ALLOWED[name]
        if (module, name) == ("_codecs", "encode"):
            return _encode
        if (module, name) == ("collections", "OrderedDict"):
            return dict
        raise ReadError("pickle-refused", name=f"{module}.{name}"[:120])

    def persistent_load(self, pid: Any) -> Any:
        raise ReadError("pickle-refused", name="persistent id")


def as_array(value: Any) -> Any:
    """A list, tuple or array of numbers as float64[n]; None for anything else. Looks at shared nodes once."""
    if isinstance(value, _Array):
        value = value.values
    if isinstance(value, np.ndarray):
        return value.astype(np.float64) if value.ndim == 1 and value.dtype.kind in NUMBER_KINDS else None
    if not isinstance(value, list | tuple) or len(value) > MOST_VALUES:
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
        flat = [v[0] if isinstance(v, list | tuple) and len(v) == 1 else v for v in value]
        if not all(isinstance(v, int | float) or v is None for v in flat):
            return None
        value = [np.nan if v is None else v for v in flat]
    try:
        return np.array(value, dtype=np.float64)
    except (OverflowError, ValueError):
        return None
