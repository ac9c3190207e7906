"""The contract of a projection: what is kept of each diagnosis, made in the worker that found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from loganalyzer.model.report import Diagnosis

Result = TypeVar("Result")


class ResultCodec(Protocol[Result]):
    """How a cache stores the results of a projection as bytes."""

    @property
    def cache_token(self) -> str:
        """Everything that a result depends on besides the diagnosis; results of another token are not used."""

    def encode(self, result: Result) -> bytes:
        """The result as bytes, without its curves."""

    def decode(self, data: bytes) -> Result:
        """The result that was encoded. May raise any exception for damaged bytes."""


class Projection(Protocol[Result]):
    """Reduces a diagnosis to what its caller keeps. Must be picklable: it is called in other processes too."""

    def __call__(self, diagnosis: Diagnosis, /) -> Result:
        """The result of one run."""

    @property
    def codec(self) -> ResultCodec[Result] | None:
        """How results are cached; None if making them again from a cached diagnosis is as cheap."""


@dataclass(frozen=True)
class WholeDiagnosis:
    """The projection that keeps everything."""

    codec: None = None

    def __call__(self, diagnosis: Diagnosis, /) -> Diagnosis:
        """The diagnosis itself."""
        return diagnosis
