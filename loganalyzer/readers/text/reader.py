"""Training logs as printed text: one reader for all tools, its knowledge in the line grammars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.encoding import text_of
from loganalyzer.readers.text.axis import stretches
from loganalyzer.readers.text.lines import LONGEST_LINE
from loganalyzer.readers.text.parser import Parser

MOST_BYTES = 256 * 2**20
MOST_UNCOUNTED = 20
"""From so many lines with a loss but without any counter on, a text is a log that could not be read."""
OTHER_FORMATS = frozenset(
    ".json .jsonl .csv .tsv .yaml .yml .toml .ini .cfg .py .md .rst .sh .ipynb .xml .html .svg .diff .patch".split()
)
WORDS = (
    *"loss epoch iter step acc :::ml learn error metric round train val rmse mae auc".split(),
    *"損失 精度 エポック 正解率 検証".split(),
)


def detect(source: Source) -> Match:
    """Text that speaks of training, or a log by its name; never sure, so that every other reader goes first."""
    suffix = PurePosixPath(source.name).suffix.lower()
    if suffix in OTHER_FORMATS:
        return Match.NO
    text = source.text_head
    if not text:
        return Match.NO
    low = text.lower()
    logs = suffix in {".log", ".txt", ".out", ".err", ".stdout", ".stderr"} or "log" in source.name.lower()
    return Match.MAYBE if logs or sum(w in low for w in WORDS) >= 2 else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per training that the file tells of, or why there is none."""
    for source in sources:
        data = source.read()
        text, note = text_of(data[:MOST_BYTES])
        parser = Parser()
        parser.feed(text)
        notes = [] if note is None else [note]
        if len(data) > MOST_BYTES:
            notes.append(Note("text-cut", {"read": MOST_BYTES, "size": len(data)}, harmful=True))
        yield from runs_of(parser, key, source.path, tuple(notes))


def runs_of(parser: Parser, key: str, path: str, notes: tuple[Note, ...]) -> Iterator[Run | Unread]:
    """The runs in what ``parser`` has read; an expected Unread where the text is no training log."""
    found = stretches(parser.points)
    if not found:
        listed = parser.listed_run(key, path)
        if listed is not None:
            yield listed.with_notes(*notes)
            return
        yield Unread(path, Note("no-training-log"), expected=parser.uncounted < MOST_UNCOUNTED)
        return
    if parser.skipped:
        notes = (*notes, Note("line-too-long", {"limit": LONGEST_LINE}))
    for number, stretch in enumerate(found, 1):
        own = notes
        if stretch.restarts:
            own = (*own, Note("restarted", {"count": len(stretch.restarts), "superseded": stretch.superseded}))
        if len(found) > 1:
            own = (*own, Note("one-of-several", {"number": number, "count": len(found)}))
        yield Run(
            f"{key}#{number}" if len(found) > 1 else key,
            (path,),
            "text-log",
            stretch.series,
            parser.settings_for(stretch),
            own,
            stretch.unit,
            stretch.restarts,
        )


READER = Reader("text-log", "Printed text", detect, lambda source: source.path, read)
