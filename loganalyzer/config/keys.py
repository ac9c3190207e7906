"""The configuration keys as data: path, analysed type and environment variable of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

from loganalyzer.config.settings import Configuration
from loganalyzer.model.record import Record

Path = tuple[str, ...]


class Kind(Record):
    """Analysed type: ``plain`` without ``Annotated`` and None, its constraints ``metas``, and ``whole``, the original."""

    plain: Any
    metas: tuple[Meta, ...]
    whole: Any

    @property
    def is_table(self) -> bool:
        """True for a table with fixed keys."""
        return isinstance(self.plain, type) and issubclass(self.plain, Struct)

    @property
    def items(self) -> Any:
        """Type of the values of a table with free keys, or of the items of a list; None otherwise."""
        origin, arguments = get_origin(self.plain), get_args(self.plain)
        return arguments[1] if origin is dict else arguments[0] if origin is tuple else None

    @property
    def is_list_of_texts(self) -> bool:
        """True for a list that may be given as comma-separated text outside files."""
        return get_origin(self.plain) is tuple and kind_of(self.items).plain is str

    @property
    def choices(self) -> tuple[str, ...]:
        """Allowed texts; empty if unrestricted."""
        if get_origin(self.plain) is Literal:
            return tuple(map(str, get_args(self.plain)))
        if isinstance(self.plain, type) and issubclass(self.plain, Enum):
            return tuple(str(choice.value) for choice in self.plain)
        return self.extra("choices") or ()

    @property
    def description(self) -> str:
        """Description in the definition; "" if there is none."""
        return next((m.description for m in self.metas if m.description), "")

    def extra(self, name: str) -> Any:
        """Value of ``name`` in ``Meta.extra``; None if absent."""
        return next((m.extra[name] for m in self.metas if m.extra and name in m.extra), None)

    def limit(self, name: str) -> float | None:
        """Constraint "ge", "gt" or "le"; None if absent."""
        return next((value for m in self.metas if (value := getattr(m, name)) is not None), None)


class Key(Record):
    """One key of the configuration that holds a value, not a table of keys."""

    path: Path
    kind: Kind

    @property
    def variable(self) -> str:
        """The environment variable that sets it; "" for tables and lists of tables, which only a file can write."""
        if self.kind.items and not self.kind.is_list_of_texts:
            return ""
        return "LOGANALYZER_" + "_".join(self.path).upper().replace("-", "_")


def kind_of(annotation: Any) -> Kind:
    """Analyse the type of a field."""
    plain, metas = annotation, []
    while True:
        if get_origin(plain) is Annotated:
            plain, *more = get_args(plain)
            metas += [m for m in more if isinstance(m, Meta)]
        elif get_origin(plain) in (Union, UnionType) and len(rest := _without_none(plain)) == 1:
            plain = rest[0]
        else:
            return Kind(plain, tuple(metas), annotation)


@lru_cache(maxsize=64)
def fields_of(table: type[Struct]) -> Mapping[str, FieldInfo]:
    """Fields of a table by their names in the file."""
    return {f.encode_name: f for f in fields(table)}


def keys(table: type[Struct] = Configuration, before: Path = ()) -> Iterator[Key]:
    """All keys, including those of nested tables."""
    for name, field in fields_of(table).items():
        kind, path = kind_of(field.type), (*before, name)
        if kind.is_table:
            yield from keys(kind.plain, path)
        else:
            yield Key(path, kind)


@lru_cache(maxsize=1)
def by_variable() -> Mapping[str, Key]:
    """Keys that have an environment variable, by variable."""
    return MappingProxyType({key.variable: key for key in keys() if key.variable})


def kind_at(path: Path) -> Kind:
    """Type of the value at ``path``, which may lead through tables with free keys. Raises KeyError for an unknown key."""
    kind = kind_of(Configuration)
    for part in path:
        kind = kind_of(fields_of(kind.plain)[part].type if kind.is_table else kind.items)
    return kind


def leaves(document: Mapping[str, Any], before: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Flatten nested tables to (path, value) pairs; an empty table counts as a value."""
    for key, value in document.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*before, key))
        else:
            yield (*before, key), value


def _without_none(union: Any) -> list[Any]:
    return [each for each in get_args(union) if each is not NoneType]
