"""A short text for a prompt: what happened, worst first, what to do first about it, and how to ask for more.

It stays below ``MOST_TOKENS`` however many runs there are. Where the runs do not fit one by one, those with one verdict, kind and
fix are told together, by the worst of them; what still does not fit is counted. A sweep is told as one.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Iterator, Sequence

from loganalyzer import messages
from loganalyzer.diagnosis.failure_groups import failure_groups
from loganalyzer.messages import Lang
from loganalyzer.model.distribution import NAME
from loganalyzer.model.report import Analysis, Group
from loganalyzer.model.version import VERSION
from loganalyzer.reports import gate_text, sweep_text
from loganalyzer.reports.alike import LONGEST_NAME, Alike, grouped, healthy
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.overview import Overview, overview
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import first_action, summary

MOST_TOKENS = 2000
MOST_TOKENS_OF_SWEEPS = 500
MOST_TOKENS_OF_OTHERS = 300
"""What is not about a run that needs attention takes at most so many: healthy runs, comparisons, unread files, warnings."""
MOST_ONE_BY_ONE = 200
"""More runs than this are not tried one by one: they would not fit."""
LONGEST_LINE = 400
"""Characters of a sentence; a longer one is shortened in the middle."""
LONGEST_PATHS = 80
MOST_OTHERS = 3
"""Sweeps, comparisons, files that could not be read and warnings: so many of each."""


def render(request: RenderRequest) -> str:
    """Render the text, in fewer than ``MOST_TOKENS`` tokens (see ``tokens``)."""
    return text(request, [*_how_to_ask(overview(request.analysis), request.analysis, request.lang)])


def text(request: RenderRequest, ask: Sequence[str]) -> str:
    """Render the text with other last lines, of 300 tokens at most, which say how to ask for more."""
    analysis, lang = request.analysis, request.lang
    view = overview(analysis)
    head = [f"{NAME} {VERSION}: {_paths(analysis)}", term_safe(summary(analysis, lang), LONGEST_LINE)]
    if request.gate.failed:
        head.append(term_safe(gate_text.headline(analysis, request.gate, lang), LONGEST_LINE // 2))
    sweeps = _within(_sweeps(view.sweeps, lang), MOST_TOKENS_OF_SWEEPS)
    others = _within([*_healthy(view, lang), *_others(analysis, lang)], MOST_TOKENS_OF_OTHERS)
    room = MOST_TOKENS - 1 - tokens(_joined([head, sweeps, others, ask]) + "\n\n")
    return _joined([head, sweeps, _entries(view, analysis, lang, room), others, ask])


def _joined(blocks: Iterable[Sequence[str]]) -> str:
    """The blocks that have any lines, with an empty line between them."""
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


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


def _entries(view: Overview, analysis: Analysis, lang: Lang, room: int) -> list[str]:
    """The runs to look at in at most ``room`` tokens, one by one if they fit so."""
    sick = len(view.watched) + view.tally.sick
    if sick == len(view.attention) <= MOST_ONE_BY_ONE:
        alike = grouped(view.attention, lang, analysis.runs)
        lines = [line for entry in alike for line in _entry(entry, lang)]
        if tokens("\n".join(lines)) <= room:
            return lines
    groups = failure_groups(view.attention, analysis.runs)
    return _fitting([Alike(g.runs, first_action(g.runs[0], lang), g.where, g.of) for g in groups], sick, lang, room)


def _fitting(entries: Iterable[Alike], sick: int, lang: Lang, room: int) -> list[str]:
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


def _entry(entry: Alike, lang: Lang) -> list[str]:
    """Verdict and names, what happened, and what to do first; where the numbers differ, those of the first run."""
    first = entry.first
    kind = messages.kind(first.kind, lang) if first.kind else ""
    word = messages.aside(messages.verdict(first.verdict, lang), lang, kind, messages.confidence_of(first, lang))
    lines = [
        f"- {messages.pair(word, entry.name(lang), lang)}",
        f"  {term_safe(entry.headline(lang), LONGEST_LINE)}",
    ]
    if entry.action:
        same = all(run.actions[0] == first.actions[0] for run in entry.runs)
        action = entry.action if same else messages.pair(term_safe(first.id, LONGEST_NAME), entry.action, lang)
        lines.append(f"  -> {term_safe(action, LONGEST_LINE)}")
    return lines


def _sweeps(groups: Sequence[Group], lang: Lang) -> Iterator[str]:
    """What each sweep says: best settings, best runs, what fails, what matters, what to try next."""
    for group in groups[:MOST_OTHERS]:
        yield f"- {term_safe(sweep_text.title(group, lang), LONGEST_LINE)}"
        for label, text in sweep_text.lines(group, lang):
            yield f"  {term_safe(messages.pair(label, text, lang), LONGEST_LINE)}"


def _healthy(view: Overview, lang: Lang) -> Iterator[str]:
    for well in healthy(view):
        yield f"- {term_safe(well.line(lang, MOST_OTHERS), LONGEST_LINE)}"


def _others(analysis: Analysis, lang: Lang) -> Iterator[str]:
    """What comparisons of a few runs found, what could not be read, and warnings."""
    spoken = [group for group in analysis.groups if group.findings and not group.is_sweep]
    for group in spoken[:MOST_OTHERS]:
        finding = group.findings[0]
        text = sweep_text.finding(finding, lang)
        name = term_safe(group.id, LONGEST_NAME)
        shown = term_safe(text, LONGEST_LINE // 2)
        named = group.id not in ("", ".")  # no name for the analysed folder itself
        yield f"- {_ui('sweep', lang, name=name, text=shown) if named else shown}"
    unread = [item for item in analysis.unread if not item.expected]
    if unread:
        yield f"- {messages.ui('terminal', 'unread', lang, count=len(unread))}"
    for item in unread[:MOST_OTHERS]:
        text = messages.pair(term_safe(item.file, 100), messages.note(item.note, lang), lang)
        yield f"  {term_safe(text, LONGEST_LINE // 2)}"
    for note in list(analysis.warnings)[:MOST_OTHERS]:
        yield f"- {term_safe(messages.note(note, lang), LONGEST_LINE // 2)}"


def _how_to_ask(view: Overview, analysis: Analysis, lang: Lang) -> Iterator[str]:
    """The calls that say more, with the paths and the worst run of this analysis."""
    if not analysis.tally.total:
        yield messages.ui("terminal", "no_runs_hint", lang)
        return
    worst = worst_first(analysis.runs)[:1]
    rule = worst[0].deciding if worst else "overfitting"
    run = term_safe(shlex.quote(worst[0].id), LONGEST_PATHS) if worst else "RUN"
    one_sweep = len(view.sweeps) == 1 and not view.attention and not view.runs
    for key in ("one", "all", "rule", "sweep" if one_sweep else "next"):
        yield _ui(f"ask_{key}", lang, paths=_paths(analysis), run=run, rule=rule)


def _paths(analysis: Analysis) -> str:
    """The analysed paths as a shell takes them; PATH where they are too long for a line."""
    paths = term_safe(shlex.join(analysis.roots))
    return paths if len(paths) <= LONGEST_PATHS else "PATH"


def _ui(key: str, lang: Lang, **placeholders: object) -> str:
    return messages.ui("brief", key, lang, **placeholders)
