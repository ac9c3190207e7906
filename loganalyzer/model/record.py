"""The base of the package's frozen data: what a dataclass does, at a thirtieth of the time that a dataclass takes to define.

A start defines two hundred such classes. ``dataclasses.dataclass`` writes and compiles Python for each of them (a quarter of
a millisecond); msgspec's structs are made in C, and so are their instances.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from msgspec import Struct, field, structs

if TYPE_CHECKING:
    from dataclasses import replace  # whose arguments mypy checks
else:

    def replace(data, /, **changes):
        """A copy with other values; of a record, or of a dataclass as mypy has it."""
        copied = structs.replace if isinstance(data, Struct) else dataclasses.replace
        return copied(data, **changes)


__all__ = ["Record", "field", "replace"]

Fields = dict[str, dataclasses.Field[Any]]


class _DataclassFields:
    """A class's fields as ``dataclasses`` describes them, worked out when they are first asked for."""

    def __get__(self, _: object, owner: type[Record]) -> Fields:
        return _described(owner)


@cache
def _described(record: type[Record]) -> Fields:
    doc = {"__doc__": record.__doc__ or record.__name__}  # dataclasses would spend long on writing one
    names = record.__struct_fields__
    made: Any = dataclasses.make_dataclass(record.__name__, names, namespace=doc, init=False, repr=False, eq=False)
    fields: Fields = made.__dataclass_fields__
    return fields


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(Struct, frozen=True):
    """Frozen data with declared fields.

    Class options: ``eq=False`` compares by identity, ``dict=True`` lets an instance keep what it has computed.
    ``dataclasses.replace``, ``fields``, ``asdict`` and ``is_dataclass`` take it as a dataclass, which is what it is to users.
    """

    __dataclass_fields__: ClassVar[Fields] = _DataclassFields()  # type: ignore[assignment]
