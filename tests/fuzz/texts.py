"""What the harnesses of text share: a file whose name the first byte chooses is detected and read as any other log.

The same byte chooses a second form of the file that must give the same runs: other ends of lines, a mark in front,
packed. A seed is written as that byte and the text.
"""

from __future__ import annotations

import codecs
import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from loganalyzer.discovery.source import open_source
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.pipeline.read_job import completed
from loganalyzer.readers.base import HEAD_BYTES, Match, Reader, Source
from loganalyzer.readers.registry import readers_for
from tests.fuzz.checks import Finding, Items, scratch

Form = Callable[[bytes], bytes | None]
_CONTROL = re.compile(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f]")
"""Too many of them make a file a binary one, by their share of it, if no mark says that it is text."""
WORDS = (
    "epoch", "Epoch 1/3", "Epoch [1/3]", "step", "iter", "[10/600]", "loss", "train_", "val_", "Val Loss: ",
    "accuracy", "acc", "lr", "learning_rate", "1e-05", "grad_norm", "reward", "episode", "nan", "inf", "-inf", "NaN",
    "Infinity", "None", "null", "true", "1e999", "0x1f", "1,234", "1_000", "12.5%", "3s", "12ms/step", "it/s", "s/it",
    "00:01<00:05", "K", "dB", "±", "2024-01-01 10:00:00,123", "INFO", "[INFO|trainer.py:9] ", "tensor(",
    ", device='cuda:0')", "np.float64(", "━", "│", "|", "+---+", "====", "████", "\r", "\x1b[2K", "\x1b[1A",
    "\x1b[32m", "\b", "\n\n", "\t", "  ", " - ", ": ", "=", ", ", ";", "{'loss': ", '{"loss": ', '"epoch": ', "}",
    "[", "]", "(", ")", "[[", "]]", "'", '"', "損失", "エポック", "精度", "：", "１２", "\u200f", "\ufeff",
    "Traceback (most recent call last):", "Early stopping", "best", "Test: ", "checkpoint", "__MIN", "__MAX", "Step",
    "Value",
)  # fmt: skip
"""What the grammars of the readers look for, for mutations to put in."""


@dataclass(frozen=True)
class Texts:
    """The names under which a harness stores its texts; ``read`` and ``seed`` agree on the first byte."""

    names: Sequence[str]

    def seed(self, name: str, text: str | bytes, form: int = 0) -> bytes:
        """An input that is ``text`` under ``name``, compared in the form of that number."""
        content = text.encode() if isinstance(text, str) else text
        return bytes((self.names.index(name) + len(self.names) * form,)) + content

    def seeds(self, texts: Sequence[tuple[str, str]]) -> list[bytes]:
        """An input for each text, all forms in turn."""
        return [self.seed(name, text, number % len(FORMS)) for number, (name, text) in enumerate(texts)]

    def read(self, data: bytes) -> Iterator[Run | Unread]:
        """What is in the file, which must be what is in its other form."""
        first, content = (data[0] if data else 0), data[1:]
        name = self.names[first % len(self.names)]
        form = FORMS[first // len(self.names) % len(FORMS)]
        whole = list(runs_of(_source(name, content)))
        yield from whole
        other = form(content)
        if other is not None:
            must_agree(whole, list(runs_of(_packed(name, other) if form is as_it_is else _source(name, other))))


def runs_of(source: Source) -> Iterator[Run | Unread]:
    """The runs of a file, detected and read as in an analysis, but that nothing is caught except ReadError."""
    reader = _reader_of(source)
    if reader is None:
        return
    try:
        for item in reader.read(reader.key(source), [source]):
            yield item if isinstance(item, Unread) else completed(item)
    except ReadError as error:
        yield Unread(source.path, Note(error.code, error.details))


def _reader_of(source: Source) -> Reader | None:
    best, chosen = Match.NO, None
    for reader in readers_for(source):
        match = reader.detect(source)
        if match > best:
            best, chosen = match, reader
        if best is Match.CERTAIN:
            break
    return chosen


def _source(name: str, content: bytes) -> Source:
    return Source(name, len(content), content[:HEAD_BYTES], lambda: content, frozenset())


def _packed(name: str, content: bytes) -> Source:
    path = scratch() / "packed.gz"
    path.write_bytes(gzip.compress(content, 1, mtime=0))
    return replace(open_source(path, f"{name}.gz"), stored=None)


def must_agree(whole: Items, other: Items) -> None:
    """Raise Finding where two forms of a file do not give the same runs."""
    a, b = ({one.id: one for one in items if isinstance(one, Run)} for items in (whole, other))
    if a.keys() != b.keys():
        raise Finding(f"runs {[*a]} as it is, {[*b]} in its other form")
    for run, its_other in zip(a.values(), b.values(), strict=True):
        if run.series.keys() != its_other.series.keys() or run.step_unit != its_other.step_unit:
            raise Finding(f"{[*run.series]} as it is, {[*its_other.series]} in its other form")
        for one, two in zip(run.series.values(), its_other.series.values(), strict=True):
            if not (np.array_equal(one.steps, two.steps) and np.array_equal(one.values, two.values, equal_nan=True)):
                raise Finding(
                    f"{one.name}: {one.steps} {one.values} as it is, {two.steps} {two.values} in its other form"
                )


def as_it_is(content: bytes) -> bytes | None:
    """The content itself, which is then packed."""
    return None if content.startswith(b"\x1f\x8b") else content


def ends_of_windows(content: bytes) -> bytes | None:
    """Lines that end in a carriage return as well."""
    return content.replace(b"\n", b"\r\n") if b"\r" not in content and _is_text(content) else None


def marked(content: bytes) -> bytes | None:
    """The mark of UTF-8 in front, where the content has none."""
    return codecs.BOM_UTF8 + content if not content.startswith(codecs.BOM_UTF8) and _is_text(content) else None


def _is_text(content: bytes) -> bool:
    """Whether it is UTF-8: what a damaged text is decoded as depends on where the damage is."""
    try:
        return bool(content.decode()) and not _CONTROL.search(content)
    except UnicodeDecodeError:
        return False


FORMS: tuple[Form, ...] = (as_it_is, ends_of_windows, marked)
