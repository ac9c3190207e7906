"""Training logs as printed text: one reader for all tools; the knowledge of the lines is in ``readers/common/printed``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.file_names import NOT_PRINTED_TEXT, PRINTED_TEXT, suffix
from loganalyzer.readers.common.printed.lines import message_in
from loganalyzer.readers.common.printed.runs import read_printed

WORDS = (
    *"loss epoch iter step acc :::ml learn error metric round train val rmse mae auc".split(),
    *"損失 精度 エポック 正解率 検証".split(),
)
RECORDS = frozenset({".json", ".jsonl"})


def detect(source: Source) -> Match:
    """Text that speaks of training, or a log by its name; never sure, so that every other reader goes first."""
    ending = suffix(source.name)
    text = source.text_head
    if not text or (ending in NOT_PRINTED_TEXT and not (ending in RECORDS and _holds_messages(text))):
        return Match.NO
    low = text.lower()
    named = ending in PRINTED_TEXT or "log" in source.name.lower()
    return Match.MAYBE if named or sum(w in low for w in WORDS) >= 2 else Match.NO


def _holds_messages(text: str) -> bool:
    """Whether a text is records of structured logging, whose messages are what a program would have printed."""
    first = text.lstrip().partition("\n")[0]
    return first.startswith('{"') and message_in(first) != first


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per training that the file tells of, or why there is none."""
    for source in sources:
        yield from read_printed(key, source.path, source.read())


READER = Reader("text-log", "Printed text", detect, lambda source: source.path, read)
