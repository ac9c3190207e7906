"""Pickles read without running them: a small machine of our own that builds numbers, words, lists, dicts and arrays.

A pickle is a program. This machine knows only the instructions that build plain values, and the few functions with
which numpy writes scalars and arrays of numbers; it never imports what a pickle names, and refuses it by that name.
The keys of dicts are words (numbers as keys can be chosen to collide, which makes Python's own loader hang), and the
number of instructions is bounded, and what all calls together are given, so time and memory are too.
"""

from __future__ import annotations

import codecs
import io
import pickletools
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Note
from loganalyzer.readers.common.array_value import Array

MOST_BYTES = 64 * 2**20
MOST_INSTRUCTIONS = 2_000_000
LONGEST_NUMBER = 400
MOST_MEMO = 2**32
LONGEST_KEY = 1000
MOST_GIVEN = 4
"""How often its own size a pickle may hand to functions: honest ones say each byte twice at most, bombs one thing often."""
NUMBER_KINDS = frozenset("biuf")


def load(data: bytes) -> Any:
    """The object in ``data``: dicts, lists, tuples, numbers, words, numpy scalars and arrays of numbers.

    Raises ReadError: "pickle-refused" with the name that was asked for, "too-large", or "bad-pickle".
    """
    return _load(data)[0]


def load_damaged(data: bytes) -> tuple[Any, Note | None]:
    """The same; of a torn or damaged pickle, what was built up to there, and a note of it."""
    return _load(data, salvage=True)


def _load(data: bytes, *, salvage: bool = False) -> tuple[Any, Note | None]:
    if len(data) > MOST_BYTES:
        raise ReadError("too-large", size=len(data), limit=MOST_BYTES)
    machine = _Machine(data)
    try:
        return machine.run(), None
    except ReadError as error:
        if error.code != "bad-pickle":
            raise
        reason = error
    except (Exception, RecursionError, MemoryError) as error:  # a damaged pickle fails in any way it likes
        reason = ReadError("bad-pickle", reason=type(error).__name__)
        reason.__cause__ = error
    built = machine.salvaged() if salvage else None
    if not isinstance(built, dict | list):
        raise reason
    return built, Note("pickle-damaged", {"at": machine.place, "size": len(data)}, harmful=True)


class Name:
    """A function or class that a pickle may name; it is never imported."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call


class Unpickled(Array):
    """An array while it is being unpickled: made empty, filled by its state."""

    def fill(self, state: Any) -> None:
        """Take numpy's state: (version, shape, dtype, is Fortran, bytes or list of objects)."""
        _, shape, kind, fortran, raw = state
        if isinstance(raw, list):
            if not (isinstance(kind, Dtype) and kind.is_object):
                raise ReadError("pickle-refused", name="numpy array")
            self.values = raw
            return
        self.values = _from_buffer(raw, kind, shape, "F" if fortran else "C").values


class Dtype:
    """A numpy dtype of numbers (or of objects, which are read as a list), spelled as numpy spells it."""

    def __init__(self, spelling: Any) -> None:
        if not isinstance(spelling, str) or len(spelling) > 4:
            raise ReadError("pickle-refused", name="numpy dtype")
        self.spelling = spelling

    @property
    def is_object(self) -> bool:
        """Whether its values are Python objects."""
        return self.spelling.lstrip("<>|=") in ("O", "O4", "O8")

    def numeric(self) -> np.dtype[Any]:
        """The dtype itself; ReadError if its values are no numbers."""
        kind = np.dtype(self.spelling) if not self.is_object else None
        if kind is None or kind.kind not in NUMBER_KINDS:
            raise ReadError("pickle-refused", name=f"numpy array of {kind or 'objects'}")
        return kind

    def fill(self, state: Any) -> None:
        """Take numpy's state, of which only the byte order matters."""
        if isinstance(state, tuple) and len(state) > 1 and state[1] in ("<", ">"):
            self.spelling = state[1] + self.spelling.lstrip("<>|=")


def _bytes(raw: Any) -> bytes:
    if isinstance(raw, str):
        return raw.encode("latin-1")
    if isinstance(raw, bytes | bytearray):
        return bytes(raw)
    raise ReadError("bad-pickle", reason="buffer")


def _scalar(kind: Any, raw: Any = b"") -> Any:
    data, dtype = _bytes(raw), _dtype_of(kind).numeric()
    if len(data) != dtype.itemsize:
        raise ReadError("bad-pickle", reason="scalar")
    return np.frombuffer(data, dtype=dtype)[0].item()


def _from_buffer(raw: Any, kind: Any, shape: Any, order: Any = "C") -> Unpickled:
    array = Unpickled()
    array.values = np.frombuffer(_bytes(raw), dtype=_dtype_of(kind).numeric()).reshape(
        shape, order="F" if order == "F" else "C"
    )
    return array


def _dtype_of(kind: Any) -> Dtype:
    if not isinstance(kind, Dtype):
        raise ReadError("bad-pickle", reason="dtype")
    return kind


def _encode(text: Any, encoding: Any = "latin-1") -> bytes:
    return str(text).encode("utf-8" if encoding in ("utf-8", "utf8") else "latin-1")


def _mapping(pairs: Any = ()) -> dict[str, Any]:
    return {_key(pair[0]): pair[1] for pair in pairs if isinstance(pair, list | tuple) and len(pair) == 2}


_ARRAY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric")
_NUMPY: dict[str, Callable[..., Any]] = {
    "scalar": _scalar,
    "_reconstruct": lambda *_: Unpickled(),
    "_frombuffer": _from_buffer,
}
_NAMES: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "dtype"): lambda spelling="f8", *_: Dtype(spelling),
    ("numpy", "ndarray"): lambda *_: Unpickled(),
    ("_codecs", "encode"): _encode,
    ("collections", "OrderedDict"): _mapping,
    ("collections", "defaultdict"): lambda *_: {},
    **{(module, name): lambda *_: [] for module in ("builtins", "__builtin__") for name in ("list", "float", "int")},
    **{(module, name): call for module in _ARRAY_MODULES for name, call in _NUMPY.items()},
}


def _named(module: Any, name: Any) -> Name:
    call = _NAMES.get((str(module), str(name)))
    if call is None:
        raise ReadError("pickle-refused", name=f"{module}.{name}"[:120])
    return Name(call)


def _key(value: Any) -> str:
    if isinstance(value, str):
        return value[:LONGEST_KEY]
    if isinstance(value, bytes):
        return value[:LONGEST_KEY].decode("utf-8", "backslashreplace")
    if isinstance(value, int | float) or value is None:
        return str(value) if not isinstance(value, int) or value.bit_length() < LONGEST_NUMBER else "number"
    return type(value).__name__


_VALUES = frozenset(
    "BININT BININT1 BININT2 FLOAT BINFLOAT BINSTRING SHORT_BINSTRING BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8"
    " UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 STRING INT LONG LONG1 LONG4".split()
)
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_SIZES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_IGNORED = frozenset({"PROTO", "FRAME"})
_OBJECTS = frozenset("INST OBJ NEWOBJ NEWOBJ_EX PERSID BINPERSID".split())
_ESCAPED = re.compile(rb"""(?:[^\\]++|\\[\\'"abfnrtv]|\\x[0-9a-fA-F]{2}|\\[0-3]?[0-7]{1,2})*+""")
"""What may stand between quotes; of anything else Python says that it is deprecated, which is an error to some."""


class _Machine:
    """Stack and memo of a pickle."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.place = 0
        self.left = MOST_GIVEN * len(data) + 2**20

    def salvaged(self) -> Any:
        """What was built when the pickle broke off: open dicts and lists get what stands above them on the stack."""
        while self.marks:
            items = self._since_mark()
            under = self.stack[-1] if self.stack else None
            if isinstance(under, dict):
                self._put(under, items[: len(items) // 2 * 2])
            elif isinstance(under, list):
                under.extend(items)
        if len(self.stack) >= 3 and isinstance(self.stack[0], dict):  # a key and its value, not yet put in
            self._put(self.stack[0], self.stack[1:3])
        return self.stack[0] if self.stack else None

    def run(self) -> Any:
        """Execute up to STOP."""
        file = io.BytesIO(self.data)
        codes: dict[str, Any] = pickletools.code2op  # type: ignore[attr-defined]
        push = self.stack.append
        for _ in range(MOST_INSTRUCTIONS):
            self.place = file.tell()
            code = file.read(1)
            if not code:
                raise ReadError("bad-pickle", reason="EOFError")
            opcode = codes.get(code.decode("latin-1"))
            if opcode is None:
                raise ReadError("bad-pickle", reason="opcode")
            name = opcode.name
            if name == "STRING":  # Python 2 wrote the bytes of arrays like this; pickletools wants ASCII
                quoted: Any = pickletools.read_stringnl(file, decode=False)
                if not _ESCAPED.fullmatch(quoted):
                    raise ReadError("bad-pickle", reason="escape")
                argument: Any = codecs.escape_decode(quoted)[0].decode("latin-1")
            elif name in ("INT", "LONG"):
                argument = self._number(file)
            elif name == "GLOBAL":  # here too pickletools undoes escapes, which are none
                argument = tuple(file.readline().rstrip(b"\n").decode("utf-8") for _ in range(2))
            elif name in _OBJECTS:
                raise ReadError("pickle-refused", name=name)
            else:
                argument = opcode.arg.reader(file) if opcode.arg is not None else None
            if name in _VALUES:
                push(argument)
            elif name == "STOP":
                return self._pop()
            elif name not in _IGNORED:
                self._step(name, argument)
        raise ReadError("too-large", size=len(self.data), limit=MOST_INSTRUCTIONS)

    def _number(self, file: io.BytesIO) -> int | bool:
        digits = file.readline().strip().rstrip(b"L")
        if digits in (b"00", b"01"):
            return digits == b"01"
        if len(digits) > LONGEST_NUMBER:
            raise ReadError("bad-pickle", reason="number")
        return int(digits)

    def _pop(self) -> Any:
        if not self.stack or (self.marks and self.marks[-1] >= len(self.stack)):
            raise ReadError("bad-pickle", reason="stack")
        return self.stack.pop()

    def _since_mark(self) -> list[Any]:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def _step(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self.memo[argument])
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            if not 0 <= argument < MOST_MEMO:
                raise ReadError("bad-pickle", reason="memo")
            self.memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name == "MARK":
            self.marks.append(len(stack))
        elif name == "POP" and self.marks and self.marks[-1] == len(stack):
            self.marks.pop()
        elif name == "POP":
            self._pop()
        elif name == "POP_MARK":
            self._since_mark()
        elif name == "DUP":
            stack.append(stack[-1])
        elif name in _SIZES:
            stack.append(tuple(reversed([self._pop() for _ in range(_SIZES[name])])))
        elif name == "TUPLE":
            stack.append(tuple(self._since_mark()))
        elif name in ("EMPTY_LIST", "LIST"):
            stack.append(self._since_mark() if name == "LIST" else [])
        elif name in ("EMPTY_DICT", "DICT"):
            found: dict[str, Any] = {}
            self._put(found, self._since_mark() if name == "DICT" else [])
            stack.append(found)
        elif name in ("APPEND", "APPENDS"):
            items = self._since_mark() if name == "APPENDS" else [self._pop()]
            self._on_top(list).extend(items)
        elif name in ("SETITEM", "SETITEMS"):
            items = self._since_mark() if name == "SETITEMS" else [self._pop(), self._pop()][::-1]
            self._put(self._on_top(dict), items)
        else:
            self._call(name, argument)

    def _call(self, name: str, argument: Any) -> None:
        if name == "GLOBAL":
            self.stack.append(_named(*argument))
        elif name == "STACK_GLOBAL":
            attribute, module = self._pop(), self._pop()
            self.stack.append(_named(module, attribute))
        elif name == "REDUCE":
            arguments, function = self._pop(), self._pop()
            if not isinstance(function, Name) or not isinstance(arguments, tuple):
                raise ReadError("bad-pickle", reason="call")
            self._account(arguments)
            self.stack.append(function.call(*arguments))
        elif name == "BUILD":
            state, built = self._pop(), self.stack[-1]
            if not isinstance(built, Unpickled | Dtype):
                raise ReadError("bad-pickle", reason="state")
            self._account(state)
            built.fill(state)
        else:  # extensions, sets, buffers out of band
            raise ReadError("pickle-refused", name=name)

    def _account(self, given: Any) -> None:
        """A call costs what it is given, for most of them copy it."""
        for one in given if isinstance(given, tuple) else ():
            self.left -= len(one) if isinstance(one, str | bytes | bytearray | list | tuple) else 0
        if self.left < 0:
            limit = MOST_GIVEN * len(self.data) + 2**20
            raise ReadError("too-large", size=limit - self.left, limit=limit)

    def _on_top(self, kind: type) -> Any:
        if not self.stack or not isinstance(self.stack[-1], kind):
            raise ReadError("bad-pickle", reason="stack")
        return self.stack[-1]

    @staticmethod
    def _put(into: dict[str, Any], items: list[Any]) -> None:
        for key, value in zip(items[::2], items[1::2], strict=True):
            into[_key(key)] = value
