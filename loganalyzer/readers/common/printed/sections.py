"""Headings of parts of a log: "Validation:", "> EVALUATION", "evaluate:dev" say on which data the lines below were measured."""

from __future__ import annotations

import re

from msgspec import Struct

from loganalyzer.model.record import field
from loganalyzer.readers.common.line_names import splits_in

LONGEST_HEADING = 160
_STAMP = re.compile(r"[(\[]?\d{4}[-/]\d\d[-/]\d\d[ T_]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?[)\]]?")
_PREFIX = re.compile(r".*(?:\s-\s|\]\s|>>\s|\b(?:INFO|DEBUG|WARNING)\b[\s:]{0,3}(?:[\w.]{1,60}:)?)")
"""What logging puts in front of a message; greedy, over at most ``LONGEST_HEADING`` characters."""
_WORDS = r"evaluat(?:e|ing|ion)|eval|validat(?:e|ing|ion)|valid|val|dev|test(?:ing)?|train(?:ing)?"
_HEADING = re.compile(
    r"[\W_]{0,80}(?:(?:now\s)?(?:continue|back to)\s"
    r"|(?:now|running|run|starting|start|begin|beginning|performing|doing)\s)?"
    rf"(?P<what>{_WORDS})(?:[ :_\-]{{1,3}}(?:on\s|in\s)?(?:the\s)?(?P<on>{_WORDS}|development|held-out))?"
    r"(?:[ _](?:set|data|dataset|split|phase|stage|pass|step|loop"
    r"|results?|metrics?|performance|error|mode|begins?|started|starts)){0,2}"
    r"[\W_]{0,80}",
    re.IGNORECASE,
)
_IN_MODE = re.compile(r"\bin (?:eval|evaluation|test|inference) mode\b", re.IGNORECASE)
"""Up to the next heading or epoch, lines are those of the pass, even if they look like those of training."""
_SPEAKS = re.compile(r"(?i:val|test|train|dev)")
_TRAINING_BEGINS = re.compile(
    r"[\W_]{0,80}(?:(?:model |new )?train(?:ing)?(?: session| run| process)?(?: has| is)? (?:start(?:s|ed|ing)?|begins?|began)"
    r"|(?:start(?:s|ed|ing)?|begins?|beginning)(?: of)?(?: the)?(?: model)? (?:train(?:ing)?|new (?:run|training))"
    r"(?: session| run)?)"
    r"\b(?! (?:epoch|step|iter|round|episode|batch|time))",
    re.IGNORECASE,
)
_HEADS_A_LOG = re.compile(
    r"={2,40} Training (?:Loss|Log)\w{0,3} \([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\) =",
    re.IGNORECASE,
)
"""What CycleGAN, pix2pix and the programs made of them write when they open their log, which they never empty."""
_COUNTER = re.compile(
    r"\b(?:in |for |of |at )?(?:the )?(?:epoch|ep|round|iteration)[\s:#]{0,3}\[?\s{0,3}\d{1,9}"
    r"(?:\s?(?:/|of)\s?\d{1,9})?\s?\]?",
    re.IGNORECASE,
)
HELD_OUT = frozenset({"val", "test"})


def heading_of(line: str) -> str | None:
    """The split that a line without values announces for what follows, "" for training, None for other lines."""
    if len(line) > LONGEST_HEADING or not _SPEAKS.search(line):
        return None
    found = _HEADING.fullmatch(_PREFIX.sub("", _STAMP.sub("", line), count=1))
    if found is None:
        return None
    if found["on"]:
        return (splits_in(found["on"]) or ("val",))[-1]
    split = (splits_in(found["what"]) or ("val",))[-1]
    return split if split != "train" or line.rstrip().endswith(":") else ""


def counted_heading_of(line: str) -> str | None:
    """The split that a line with a counter and no value announces ("Epoch [3/20][validation stage]"), as ``heading_of``."""
    if len(line) > LONGEST_HEADING or not _SPEAKS.search(line) or (counter := _COUNTER.search(line)) is None:
        return None
    return heading_of(f"{line[: counter.start()]} {line[counter.end() :]}")


def begins_training(line: str) -> bool:
    """Whether a line says that a training begins ("Training Session Started: 2024-01-02", "train start...")."""
    if line.startswith("=") and _HEADS_A_LOG.match(line):
        return True
    if ("tart" not in line and "egin" not in line and "START" not in line) or len(line) > LONGEST_HEADING:
        return False
    if "rain" not in line and "RAIN" not in line:
        return False  # most lines, told before any expression
    return _TRAINING_BEGINS.match(_PREFIX.sub("", _STAMP.sub("", line), count=1)) is not None


def says_mode(line: str) -> bool:
    """Whether a heading speaks of the mode of the model ("testing in eval mode")."""
    return _IN_MODE.search(line, 0, LONGEST_HEADING) is not None


class Section(Struct):
    """The part of the log that the last heading began: ``split`` of its lines, "" outside of any.

    A pass over held-out data ends where training goes on: with another epoch, or with a statement that counts and was seen
    outside of any part; bars look alike in both, so that only a heading ends their pass where training has headings.
    ``closed`` parts last up to a line that ends them. ``trains`` says that a heading of training was seen, ``begun`` that a
    line of training was read; ``outside`` are the print statements seen outside of any part.
    """

    split: str = ""
    closed: bool = False
    trains: bool = False
    begun: bool = False
    outside: set[str] = field(default_factory=set)

    @property
    def held_out(self) -> bool:
        """Whether lines are those of a pass over held-out data."""
        return self.split in HELD_OUT

    def begin(self, split: str, closed: bool = False) -> None:
        """A heading."""
        self.split, self.closed = split, closed
        self.trains |= split not in HELD_OUT

    def line(self, statement: str, counts: bool, bar: bool, new_epoch: bool) -> None:
        """A line of ``statement`` (its shape without blanks); ``counts`` where it states a counter."""
        if self.held_out:
            goes_on = counts and (not self.begun or (statement in self.outside and not (bar and self.trains)))
            if new_epoch or (goes_on and not self.closed):
                self.split = ""
        elif self.split and new_epoch:
            self.split = ""
        self.begun |= not self.held_out
        if not self.split:
            self.outside.add(statement)
