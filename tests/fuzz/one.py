"""One harness under Atheris, in a process of its own: ``python -m tests.fuzz.one NAME [libFuzzer flags] [folders]``."""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

import atheris


def main() -> None:
    """Instrument the readers while they are imported, write the seeds down, mutate until told to stop."""
    name, flags = sys.argv[1], sys.argv[2:]
    with atheris.instrument_imports(include=["loganalyzer.readers", "loganalyzer.discovery.source", "pickletools"]):
        checks = importlib.import_module("tests.fuzz.checks")
        harness = importlib.import_module(f"tests.fuzz.fuzz_{name}")
    with tempfile.TemporaryDirectory(prefix="seeds-") as seeds, tempfile.TemporaryDirectory(prefix="words-") as scratch:
        for number, seed in enumerate(harness.seeds()):
            Path(seeds, f"{number:03}").write_bytes(seed)
            checks.checked(harness.read, seed)  # what is imported on demand is imported now
        if words := getattr(harness, "WORDS", ()):
            dictionary = Path(scratch, "words")
            dictionary.write_text("".join(f'"{escaped(word)}"\n' for word in words))
            flags = [*flags, f"-dict={dictionary}"]
        atheris.Setup([sys.argv[0], *flags, seeds], lambda data: void(checks.checked(harness.read, data)))
        atheris.Fuzz()


def escaped(word: str) -> str:
    """A word as the dictionaries of libFuzzer want it."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def void(_: object) -> None:
    """Atheris wants nothing returned."""


if __name__ == "__main__":
    main()
