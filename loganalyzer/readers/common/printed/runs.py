"""Printed text to runs: one for each training that the text tells of."""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.common.printed.axis import stretches
from loganalyzer.readers.common.printed.lines import LONGEST_LINE
from loganalyzer.readers.common.printed.parser import Parser
from loganalyzer.readers.encoding import text_of

MOST_BYTES = 256 * 2**20
MOST_UNCOUNTED = 20
"""From so many lines with a loss but without any counter on, a text is a log that could not be read."""


def read_printed(key: str, path: str, data: bytes) -> Iterator[Run | Unread]:
    """The runs in the bytes of a text, or why there is none. Raises ReadError for binary data."""
    text, note = text_of(data[:MOST_BYTES])
    parser = Parser()
    parser.feed(text)
    notes = [] if note is None else [note]
    if len(data) > MOST_BYTES:
        notes.append(Note("text-cut", {"read": MOST_BYTES, "size": len(data)}, harmful=True))
    yield from runs_of(parser, key, path, tuple(notes))


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
