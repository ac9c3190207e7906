"""How a rule declares a limit: default, meaning and allowed range in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, ClassVar, Never, dataclass_transform


def limit(default: float, meaning: str, low: float, high: float, *, formerly: str = "") -> Any:
    """A field of a rule's ``Limits`` dataclass; ``meaning``, ``low`` and ``high`` travel in its metadata.

    ``formerly`` is the name that the limit had before: configurations that use it stay valid.
    """
    metadata = {"meaning": meaning, "low": low, "high": high, "formerly": formerly}
    return field(default=default, metadata=metadata)


class _LimitFields:
    """The limits of a class as ``dataclasses`` describes them, worked out when they are asked for."""

    def __get__(self, _: object, owner: type[LimitSet]) -> dict[str, Field[Any]]:
        declared = _declared(owner)
        body = {"__doc__": owner.__doc__, "__annotations__": dict.fromkeys(declared, float), **declared}
        described: Any = dataclass(init=False, repr=False, eq=False)(type(owner.__name__, (), body))
        fields: dict[str, Field[Any]] = described.__dataclass_fields__
        return fields


def _declared(limits: type[LimitSet]) -> dict[str, Field[Any]]:
    return {name: value for name, value in vars(limits).items() if isinstance(value, Field)}


@dataclass_transform(frozen_default=True)
class LimitSet:
    """The base of a built-in rule's ``Limits``, each of which is a ``limit``.

    To its users it is the frozen dataclass that a plugin's ``Limits`` is; defining one as such takes a quarter of a
    millisecond, for each rule at each start.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]] = _LimitFields()  # type: ignore[assignment]

    def __init__(self, **changed: float) -> None:
        declared = _declared(type(self))
        if not changed.keys() <= declared.keys():
            raise TypeError(f"no limits: {', '.join(sorted(changed.keys() - declared.keys()))}")
        self.__dict__.update({name: one.default for name, one in declared.items()} | changed)

    def __setattr__(self, name: str, value: object) -> Never:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")


def by_name(limits: Any) -> Mapping[str, Field[Any]]:
    """The declared limits by the names under which they may be set, former names first; none where ``limits`` is None."""
    declared = fields(limits) if limits is not None else ()
    former = {f.metadata["formerly"]: f for f in declared if f.metadata.get("formerly")}
    return {**former, **{f.name: f for f in declared}}


def current(limits: Any, changed: Mapping[str, Any]) -> dict[str, Any]:
    """``changed`` under today's names; where a limit is given by both of its names, the one of today counts."""
    return {f.name: changed[name] for name, f in by_name(limits).items() if name in changed}
