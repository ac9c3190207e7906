"""Printed text: the lines of all tools that the tests of the reader know, mutated."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.fuzz.texts import WORDS as WORDS
from tests.fuzz.texts import Texts
from tests.readers.test_text_layouts import TRAINER

CASES = Path(__file__).parents[1] / "readers" / "cases"
LONGEST = 900
TEXTS = Texts(("a/train.log", "a/nohup.out", "a/slurm-1.txt", "a/output"))
read = TEXTS.read


def seeds() -> list[bytes]:
    """The cases of the reader's tests, cut where they are long, and the lines of a Trainer."""
    files = (tomllib.loads(path.read_text(encoding="utf-8"))["case"] for path in sorted(CASES.glob("*.toml")))
    texts = [case["text"][:LONGEST] for cases in files for case in cases]
    names = TEXTS.names
    return TEXTS.seeds([(names[i % len(names)], text) for i, text in enumerate([*texts, *TRAINER.values()])])
