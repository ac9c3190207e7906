"""Contract of a projection, which reduces each diagnosis inside the worker to what is kept."""

from __future__ import annotations

from typing import Protocol, TypeVar

from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis

Result = TypeVar("Result")


class ResultCodec(Protocol[Result]):
    """Encoding of projected results for a cache."""

    @property
    def cache_token(self) -> str:
        """Everything that a result depends on besides the diagnosis; results with another token are not used."""

    def encode(self, result: Result) -> bytes:
        """Encode the result, without its curves."""

    def decode(self, data: bytes) -> Result:
        """Decode a result. May raise any exception for damaged bytes."""


class Projection(Protocol[Result]):
    """Reduces a diagnosis to what its caller keeps. Must be picklable: it is called in other processes too."""

    def __call__(self, diagnosis: Diagnosis, /) -> Result:
        """Return the result for one run."""

    @property
    def codec(self) -> ResultCodec[Result] | None:
        """Codec for caching results; None if projecting a cached diagnosis again is as cheap."""


class WholeDiagnosis(Record):
    """The projection that keeps everything."""

    codec: None = None

    def __call__(self, diagnosis: Diagnosis, /) -> Diagnosis:
        """Return the diagnosis itself."""
        return diagnosis
