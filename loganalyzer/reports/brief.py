"""A short text for a prompt: what happened, worst first, what to do first about it, and how to ask for more.

It stays below ``MOST_TOKENS`` however many runs there are. Where the runs do not fit one by one, those with one verdict, kind and
fix are told together, by the worst of them; what still does not fit is counted.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Iterator, Sequence

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.confidence import level
from loganalyzer.model.distribution import NAME
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.version import VERSION
from loganalyzer.reports import gate_text
from loganalyzer.reports.alike import LONGEST_NAME, Alike, grouped, healthy
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import first_action, summary

MOST_TOKENS = 2000
MOST_TOKENS_OF_OTHERS = 500
"""What is not about a run that needs attention takes at most so many: healthy runs, sweeps, unread files, warnings."""
MOST_ONE_BY_ONE = 200
"""More runs than this are not tried one by one: they would not fit."""
LONGEST_LINE = 400
"""Characters of a sentence; a longer one is shortened in the middle."""
LONGEST_PATHS = 120
MOST_OTHERS = 3
"""Sweeps, files that could not be read and warnings: so many of each."""


def render(request: RenderRequest) -> str:
    """Render the text, in fewer than ``MOST_TOKENS`` tokens (see ``tokens``)."""
    analysis, lang = request.analysis, request.lang
    head = [*_head(analysis, lang)]
    if request.gate.failed:
        head.append(term_safe(gate_text.headline(analysis, request.gate, lang), LONGEST_LINE))
    others = _within([*_healthy(analysis, lang), *_others(analysis, lang)], MOST_TOKENS_OF_OTHERS)
    tail = ["", *others, *([""] if others else []), *_how_to_ask(analysis, lang)]
    entries = _entries(analysis, lang, MOST_TOKENS - 1 - tokens("\n".join([*head, "", *tail, ""])))
    return "\n".join([*head, *([""] if entries else []), *entries, *tail]) + "\n"


def tokens(text: str) -> int:
    """Estimate how many tokens of a language model a text is: four ASCII characters are one, any other character is one."""
    plain = sum(character.isascii() for character in text)
    return math.ceil(plain / 4) + len(text) - plain


def _within(lines: Iterable[str], room: int) -> list[str]:
    """The first lines that take at most so many tokens together."""
    kept: list[str] = []
    for line in lines:
        if tokens("\n".join([*kept, line])) > room:
            break
        kept.append(line)
    return kept


def _head(analysis: Analysis, lang: Lang) -> Iterator[str]:
    yield f"{NAME} {VERSION}: {_paths(analysis)}"
    yield summary(analysis, lang)


def _entries(analysis: Analysis, lang: Lang, room: int) -> list[str]:
    """The runs that need attention in at most ``room`` tokens, one by one if they fit so."""
    sick = [d for d in worst_first(analysis.runs) if d.needs_attention]
    if analysis.tally.sick == len(sick) <= MOST_ONE_BY_ONE:
        lines = [line for entry in grouped(sick, lang) for line in _entry(entry, lang)]
        if tokens("\n".join(lines)) <= room:
            return lines
    return _fitting(_by_fix(sick, lang), analysis.tally.sick, lang, room)


def _fitting(entries: Sequence[Alike], sick: int, lang: Lang, room: int) -> list[str]:
    """The first entries that fit, and how many of the ``sick`` runs are in no entry."""
    lines: list[str] = []
    told = 0
    for entry in entries:
        more = _ui("more", lang, count=sick - told)
        text = _entry(entry, lang)
        if tokens("\n".join([*lines, *text, more])) > room:
            break
        lines += text
        told += len(entry.runs)
    return [*lines, *([_ui("more", lang, count=sick - told)] if sick > told else [])]


def _by_fix(runs: Iterable[Diagnosis], lang: Lang) -> list[Alike]:
    """Put runs with one verdict, kind and first fix together, whatever its numbers; the worst of them speaks for all."""
    found: dict[tuple[str, ...], list[Diagnosis]] = {}
    for run in runs:
        fix = run.actions[0].fix if run.actions else ""
        found.setdefault((run.verdict.value, run.kind, fix), []).append(run)
    return [Alike(tuple(members), first_action(members[0], lang)) for members in found.values()]


def _entry(entry: Alike, lang: Lang) -> list[str]:
    """Verdict and names, what happened, and what to do first; where the numbers differ, those of the first run."""
    first = entry.first
    kind = messages.kind(first.kind, lang) if first.kind else ""
    word = messages.aside(
        messages.verdict(first.verdict, lang), lang, kind, messages.confidence(level(first.probability), lang)
    )
    lines = [
        f"- {messages.pair(word, entry.name(lang), lang)}",
        f"  {term_safe(entry.headline(lang), LONGEST_LINE)}",
    ]
    if entry.action:
        same = all(run.actions[0] == first.actions[0] for run in entry.runs)
        action = entry.action if same else messages.pair(term_safe(first.id, LONGEST_NAME), entry.action, lang)
        lines.append(f"  -> {term_safe(action, LONGEST_LINE)}")
    return lines


def _healthy(analysis: Analysis, lang: Lang) -> Iterator[str]:
    for well in healthy(analysis):
        yield f"- {term_safe(well.line(lang, MOST_OTHERS), LONGEST_LINE)}"


def _others(analysis: Analysis, lang: Lang) -> Iterator[str]:
    """What the comparison of sweeps says, what could not be read, and warnings."""
    spoken = [group for group in analysis.groups if group.findings]
    for group in spoken[:MOST_OTHERS]:
        finding = group.findings[0]
        text = messages.ui("groups", finding.id, lang, **finding.numbers)
        name = term_safe(group.id, LONGEST_NAME)
        yield f"- {_ui('sweep', lang, name=name, text=term_safe(text, LONGEST_LINE))}"
    unread = [item for item in analysis.unread if not item.expected]
    if unread:
        yield f"- {messages.ui('terminal', 'unread', lang, count=len(unread))}"
    for item in unread[:MOST_OTHERS]:
        text = messages.pair(term_safe(item.file, 100), messages.note(item.note, lang), lang)
        yield f"  {term_safe(text, LONGEST_LINE // 2)}"
    for note in list(analysis.warnings)[:MOST_OTHERS]:
        yield f"- {term_safe(messages.note(note, lang), LONGEST_LINE // 2)}"


def _how_to_ask(analysis: Analysis, lang: Lang) -> Iterator[str]:
    """The calls that say more, with the paths and the worst run of this analysis."""
    if not analysis.tally.total:
        yield messages.ui("terminal", "no_runs_hint", lang)
        return
    worst = worst_first(analysis.runs)[:1]
    rule = worst[0].deciding if worst else "overfitting"
    run = term_safe(shlex.quote(worst[0].id), LONGEST_PATHS) if worst else "RUN"
    for key in ("one", "all", "rule", "next"):
        yield _ui(f"ask_{key}", lang, paths=_paths(analysis), run=run, rule=rule)


def _paths(analysis: Analysis) -> str:
    """The analysed paths as a shell takes them; PATH where they are too long for a line."""
    paths = term_safe(shlex.join(analysis.roots))
    return paths if len(paths) <= LONGEST_PATHS else "PATH"


def _ui(key: str, lang: Lang, **placeholders: object) -> str:
    return messages.ui("brief", key, lang, **placeholders)
