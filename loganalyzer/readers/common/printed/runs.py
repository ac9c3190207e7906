"""Printed text to runs: one for each training that the text tells of."""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.model.record import replace
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.common.printed.absent import with_missing_ends
from loganalyzer.readers.common.printed.axis import Stretch, stretches, uncounted_stretches, values_left_out
from loganalyzer.readers.common.printed.bare_values import bare_values_in
from loganalyzer.readers.common.printed.between import with_steps_between
from loganalyzer.readers.common.printed.counting import before_any_counter
from loganalyzer.readers.common.printed.data_set_names import with_losses_of_data_sets
from loganalyzer.readers.common.printed.episodes import are_of_evaluation
from loganalyzer.readers.common.printed.first_epoch import first_epoch_in
from loganalyzer.readers.common.printed.first_lines import without_first_headings
from loganalyzer.readers.common.printed.improvements import improvements_in
from loganalyzer.readers.common.printed.lines import LONGEST_LINE
from loganalyzer.readers.common.printed.named_runs import texts_by_run
from loganalyzer.readers.common.printed.notices import best_values, without_notices
from loganalyzer.readers.common.printed.parser import Parser
from loganalyzer.readers.common.printed.refusal import refusal
from loganalyzer.readers.common.printed.results import is_by_file
from loganalyzer.readers.common.printed.right_answers import right_answers_in
from loganalyzer.readers.common.printed.trailing import with_leading_values
from loganalyzer.readers.common.printed.unfinished import unfinished_epoch
from loganalyzer.readers.common.returns import Kind
from loganalyzer.readers.encoding import text_of

MOST_BYTES = 256 * 2**20


def read_printed(key: str, path: str, data: bytes) -> Iterator[Run | Unread]:
    """The runs in the bytes of a text, or why there is none. Raises ReadError for binary data."""
    size = len(data)
    text, note = text_of(data[:MOST_BYTES])
    del data  # as large as the text
    notes = [] if note is None else [note]
    if size > MOST_BYTES:
        notes.append(Note("text-cut", {"read": MOST_BYTES, "size": size}, harmful=True))
    if several := _named_runs(key, path, text):
        yield from (run.with_notes(*notes) for run in several)
        return
    parser = Parser()
    parser.feed(text)
    for item in runs_of(parser, key, path, tuple(notes)):
        if isinstance(item, Run) and _of_files(item, text):
            yield Unread(path, Note("no-training-log"), expected=True)
        elif isinstance(item, Run):
            yield item
        else:
            why = refusal(text) or (Note("only-stopped-for-nan") if parser.stops.at else None)
            others = _other_runs(parser, text, key, path, refused=why is not None)
            yield from (run.with_notes(*notes) for run in others)
            if not others:
                yield item if why is None else Unread(path, why)


def _other_runs(parser: Parser, text: str, key: str, path: str, *, refused: bool) -> list[Run]:
    """The runs of a text without a curve under a counter: best values, right answers, values without a name, one epoch."""
    if best := improvements_in(text, key, path):
        return best
    one = right_answers_in(text, key, path) or bare_values_in(text, key, path)
    one = one or unfinished_epoch(text, parser, key, path)
    if one is None and not refused and not parser.lists.found:
        one = first_epoch_in(parser, key, path)
    return [] if one is None else [one]


def _named_runs(key: str, path: str, text: str) -> list[Run]:
    """The runs whose lines take turns in a text, each called after the name that its lines state."""
    found: list[Run] = []
    for name, own in texts_by_run(text).items():
        parser = Parser()
        parser.feed(own)
        found += (item for item in runs_of(parser, f"{key}/{name}", path, ()) if isinstance(item, Run))
    if len(found) < 2:
        return []
    count = len(found)
    return [
        run.with_notes(Note("one-of-several", {"number": number, "count": count}))
        for number, run in enumerate(found, 1)
    ]


def _of_files(run: Run, text: str) -> bool:
    """Whether the values of a run without a counter are of one file each."""
    uncounted = any(note.code == "no-counter" for note in run.notes)
    longest = max(run.series.values(), key=len)
    return uncounted and is_by_file(text, longest.name, len(longest))


def runs_of(parser: Parser, key: str, path: str, notes: tuple[Note, ...]) -> Iterator[Run | Unread]:
    """The runs in what ``parser`` has read; an expected Unread where the text is no training log."""
    if are_of_evaluation(parser.plans, parser.points):
        yield Unread(path, Note("no-training-log"), expected=True)
        return
    points = with_leading_values(without_first_headings(parser.points), parser.uncounted, parser.place)
    points, told = without_notices(points)
    notes = (*notes, *told)
    points, named = with_losses_of_data_sets(points)
    if named:
        notes = (*notes, Note("taken-as-loss", {"name": ", ".join(named)}))
    points, missing = with_missing_ends(with_steps_between(points))
    if missing:
        notes = (*notes, Note("missing-to-the-end", {"names": ", ".join(missing[:5])[:200]}))
    shift = len(points) - len(parser.points)  # records of before the first counter, and headings that are none
    found = stretches(points, [*parser.begun, *parser.heads.begun()], [at + shift for at in parser.stops.at])
    if found and len(points) == len(parser.points) and (before := before_any_counter(parser.uncounted, points)):
        notes = (*notes, Note("values-before-counter", {"count": before}))
    if not found:
        if several := parser.lists.runs_of_trainings(key, path):
            yield from (run.with_notes(*notes) for run in several)
            return
        listed = parser.lists.run(key, path, parser.settings_up_to(len(parser.settings)))
        if listed is not None:
            yield listed.with_notes(*notes)
            return
        if by_name := parser.lists.runs_by_name(key, path):
            yield from (run.with_notes(*notes) for run in by_name)
            return
        values, told = without_notices(parser.uncounted)
        uncounted = uncounted_stretches(values, parser.speaks_of_epochs, parser.begun_uncounted)
        if not uncounted and (best := best_values(points, notes) or best_values(values, told)):
            yield Run(key, (path,), "text-log", best, {}, notes or told)
            return
        if not uncounted:
            yield Unread(path, Note("no-training-log"), expected=True)
            return
        found = [replace(one, numbered="") for one in uncounted]
        notes = (*notes, *told, Note("no-counter", {"name": uncounted[-1].numbered}))
        if left := values_left_out(values, uncounted):
            notes = (*notes, Note("single-values", {"count": left}))
    if parser.skipped:
        notes = (*notes, Note("line-too-long", {"limit": LONGEST_LINE}))
    for number, stretch in enumerate(found, 1):
        own = (*notes, *_notes_of(stretch))
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
            planned=stretch.planned,
        )


def _notes_of(stretch: Stretch) -> Iterator[Note]:
    """What is to be said of the steps of a stretch, and of its end."""
    if stretch.left_out:
        yield Note("single-values", {"count": stretch.left_out})
    if stretch.stopped:
        yield Note("stopped-for-nan")
    if stretch.numbered:
        yield Note("values-numbered", {"name": stretch.numbered, "count": len(stretch.series[stretch.numbered])})
    for kind, code in ((Kind.CONTINUED, "counted-anew"), (Kind.REPEATED, "logged-again")):
        if count := stretch.sessions.count(kind):
            yield Note(code, {"count": count})
    if stretch.evaluated:
        yield Note("evaluated-later", {"count": stretch.evaluated})
    if stretch.restarts:
        yield Note("restarted", {"count": len(stretch.restarts), "superseded": stretch.superseded})
    elif stretch.again:
        yield Note(
            "values-again", {"count": sum(stretch.again.values()), "names": ", ".join(sorted(stretch.again)[:4])}
        )
