"""The answer of a sweep in words, the same in every output."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from loganalyzer import messages
from loganalyzer.diagnosis.failure_groups import FailureGroup, failure_groups
from loganalyzer.diagnosis.sweep_unhealthy import UNRECOMMENDED
from loganalyzer.messages import Lang
from loganalyzer.model.report import Diagnosis, Group, Member, SweepFinding
from loganalyzer.model.run import Detail
from loganalyzer.model.sweep import Answer, Cell, Condition, Conditions, Further
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.safe import term_safe

TOP = 5
MOST_COLUMNS = 4
"""Settings with a column in a table of runs."""
MOST_SHARES = 3
LEAST_SHARE = 0.01
FEWEST_SEEDS = 3
LONGEST = 60
LEAST_PLAIN = 1e-6
"""A smaller spread is written with an exponent even beside a mean without one."""
_SAID_BY_CORNERS = frozenset(("sweep-infeasible-above", "sweep-infeasible-below"))
_KEYS = {"=": "equal", ">=": "from", "<=": "up_to", "<": "below"}


def headlines(group: Group, answer: Answer, lang: Lang) -> list[str]:
    """What the sweep says, sentence by sentence: the best settings, how many failed in which corner, what else is not well."""
    best = _ui("headline", lang, count=len(group.runs), settings=where(answer.best.where, lang),
               score=score(answer.best, group, lang))  # fmt: skip
    unhealthy = [finding(f, lang) for f in group.findings if f.id in UNRECOMMENDED]
    return [best, *unhealthy, *corner(group, answer, lang), *besides(group, answer, lang)]


def subject(group: Group, lang: Lang, *, best: bool = True) -> str:
    """The headline for the subject of a mail: the best settings (unless not asked for), and how many did not go well."""
    answer = group.answer
    if answer is None:
        return ""
    shown = _ui("score", lang, series=term_safe(group.series, LONGEST), mean=mean(answer.best))
    settings = _ui("subject", lang, count=len(group.runs), settings=where(answer.best.where, lang), score=shown)
    failed = answer.failed_in_corners
    bad = [_ui("subject_failed", lang, failed=failed)] if failed else []
    verdicts = _besides(group, answer)
    bad += [messages.verdict_count(v, verdicts[v], lang) for v in _most_first(verdicts)]
    return messages.listed([settings, *bad] if best or not bad else bad, lang)


def corner(group: Group, answer: Answer, lang: Lang) -> list[str]:
    """The sentence about the corners; none where there are none, unless nothing failed at all."""
    count = len(group.runs)
    if not answer.corners:
        return [] if answer.stray else [_ui("corner_none", lang)]
    places = [counted(len(c.failed), c.count, c.where, lang) for c in answer.corners]
    failed = answer.failed_in_corners
    return [_ui("corner", lang, failed=failed, count=count, where=messages.listed(places, lang))]


def besides(group: Group, answer: Answer, lang: Lang) -> list[str]:
    """The sentence about the runs that failed in no corner and did not go well either; none where there are none.

    Those that a person should look at one by one (``answer.attention``) have sentences of their own.
    """
    verdicts = _besides(group, answer)
    if not verdicts:
        return []
    counts = messages.listed([messages.verdict_count(v, verdicts[v], lang) for v in _most_first(verdicts)], lang)
    key = "besides" if answer.corners else "besides_none"
    return [_ui(key, lang, counts=counts)]


def _besides(group: Group, answer: Answer) -> Counter[Verdict]:
    said = {*answer.attention, *(run for c in answer.corners for run in c.failed)}
    return Counter(m.verdict for m in group.table if m.attention and m.run not in said)


def _most_first(verdicts: Counter[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda v: (-verdicts[v], list(Verdict).index(v)))


def varied(groups: Sequence[Group]) -> list[str]:
    """The settings that have a column of the table: those that vary within a group, the most important first."""
    names: dict[str, None] = {}
    for group in groups:
        ordered = [each.name for each in group.answer.importance] if group.answer is not None else list(group.varies)
        names |= dict.fromkeys(ordered)
    return list(names)[:MOST_COLUMNS]


def title(group: Group, lang: Lang) -> str:
    """The name of the sweep, its size, and the settings that vary."""
    settings = messages.listed([term_safe(name, LONGEST) for name in group.varies], lang)
    named = group.id not in ("", ".")  # no name for the analysed folder itself
    key = "title" if named else "title_unnamed"
    return _ui(key, lang, name=term_safe(group.id, LONGEST), count=len(group.runs), settings=settings)


def lines(group: Group, lang: Lang) -> list[tuple[str, str]]:
    """The answer as (label, text): best settings, best runs, what fails, what matters, what to try next."""
    answer = group.answer
    if answer is None:
        return []
    found = [("best", _best(answer.best, group, lang)), ("top", _top(group, lang))]
    if answer.corners:
        texts = [counted(len(c.failed), c.count, c.where, lang) for c in answer.corners]
        found.append(("fails", messages.listed(texts, lang)))
    found += [("matters", text)] if (text := _matters(answer, lang)) else []
    found += [("next", text)] if (text := further(answer, lang)) else []
    return [(_ui(label, lang), text) for label, text in found]


def notes(group: Group, lang: Lang) -> list[str]:
    """Further sentences of the comparison that its answer does not say: how far runs of the same settings differ, findings."""
    texts = [finding(f, lang) for f in group.findings if not is_said(f, group.answer)]
    repeated = [c for c in group.answer.cells if c.good >= FEWEST_SEEDS and c.sd is not None] if group.answer else []
    if len(repeated) > 1:
        from statistics import median

        sd = median(c.sd for c in repeated if c.sd is not None)
        least = min(len(c.runs) for c in repeated)
        texts.append(_ui("seeds_typical", lang, sd=messages.number(sd, 2), cells=len(repeated), least=least))
    return texts


def is_said(found: SweepFinding, answer: Answer | None) -> bool:
    """True for a finding that the lines of the answer say: where runs fail, and the rates beside the best."""
    if answer is None:
        return False
    if found.id in _SAID_BY_CORNERS:
        return bool(answer.corners)
    return found.id == "sweep-suggested-rate" and any(each.name == found.numbers["name"] for each in answer.further)


def finding(found: SweepFinding, lang: Lang) -> str:
    """The sentence of a finding."""
    alone = "-alone" if found.numbers.get("settings") == "" else ""  # seeds of the only settings have none that vary
    numbers = dict(found.numbers)
    if isinstance(pairs := numbers.get("pairs"), str):
        numbers["pairs"] = messages.listed(pairs.split(", "), lang)
    return term_safe(messages.ui("groups", f"{found.id}{alone}", lang, **numbers), 600)


def causes(group: Group, runs: Iterable[Diagnosis], lang: Lang) -> list[tuple[Verdict, str]]:
    """What became of the runs of the sweep: how many by verdict and cause, the worst first, the healthy ones last.

    Nothing where ``runs`` are a part of them, as the worst ones of an analysis that keeps no others.
    """
    inside = set(group.runs)
    own = worst_first(d for d in runs if d.id in inside)
    if len(own) < len(inside):
        return []
    found = [(each.verdict, _cause(each, lang)) for each in failure_groups((d for d in own if d.needs_attention), own)]
    well = Counter(d.verdict for d in own if not d.needs_attention)
    return [
        *found,
        *((v, _ui("group_apart", lang, count=n, verdict=messages.verdict(v, lang))) for v, n in well.items()),
    ]


def _cause(group: FailureGroup, lang: Lang) -> str:
    word = messages.verdict_with_kind(group.verdict, group.kind, lang)
    count = len(group.runs)
    if not group.where:
        return _ui("group_apart", lang, count=count, verdict=word)
    return _ui("group", lang, count=count, verdict=word, where=counted(count, group.of, group.where, lang))


def where(conditions: Conditions, lang: Lang) -> str:
    """Conditions as a person writes them: ``lr = 0.1, batch_size = 64``."""
    return messages.listed([_condition(c, lang) for c in conditions], lang)


def counted(failed: int, of: int, conditions: Conditions, lang: Lang) -> str:
    """How many of the runs that meet ``conditions``: "all 60 runs with lr = 1", "45 of the 60 runs with lr = 1"."""
    key = "where_all" if failed == of else "where_some"
    return _ui(key, lang, count=failed, of=of, where=where(conditions, lang))


def score(cell: Cell, group: Group, lang: Lang) -> str:
    """The mean score of a cell with its spread over the runs: ``val_loss 0.171 ± 0.004``."""
    if cell.mean is None:
        return "–"
    key = "score" if cell.sd is None else "score_spread"
    return _ui(key, lang, series=term_safe(group.series, LONGEST), mean=mean(cell), sd=spread(cell))


def mean(cell: Cell) -> str:
    """The mean of a cell as text; "–" where every run failed."""
    return "–" if cell.mean is None else messages.number(cell.mean)


def spread(cell: Cell) -> str:
    """The standard deviation of a cell as text, two digits, no exponent beside a mean without one; "" for fewer than two
    scores."""
    if cell.sd is None:
        return ""
    shown = messages.number(cell.sd, 2)
    plain = cell.sd >= LEAST_PLAIN and "e" not in mean(cell)
    return f"{cell.sd:.{1 - math.floor(math.log10(cell.sd))}f}" if plain and "e-" in shown else shown


def value(setting: Detail) -> str:
    """A setting as it is typed."""
    return term_safe(messages.typed(setting), LONGEST)


def top(group: Group) -> Sequence[Member]:
    """The best runs, at most five."""
    return [m for m in group.table if m.score is not None and not m.failed][:TOP]


def _best(cell: Cell, group: Group, lang: Lang) -> str:
    key = "best_some" if cell.failed else "best_many" if len(cell.runs) > 1 else "best_one"
    return _ui(key, lang, settings=where(cell.where, lang), score=score(cell, group, lang), good=cell.good,
               count=len(cell.runs), failed=cell.failed)  # fmt: skip


def _top(group: Group, lang: Lang) -> str:
    runs = [(term_safe(m.run, LONGEST), messages.number(m.score)) for m in top(group) if m.score is not None]
    return messages.listed([_ui("top_run", lang, run=run, score=shown) for run, shown in runs], lang)


def _matters(answer: Answer, lang: Lang) -> str:
    shares = [each for each in answer.importance if each.share >= LEAST_SHARE][:MOST_SHARES]
    texts = [
        _ui("share_next" if number else "share", lang, name=term_safe(each.name, LONGEST), share=each.share)
        for number, each in enumerate(shares)
    ]
    return _ui("matters_all", lang, shares=messages.listed(texts, lang)) if texts else ""


def further(answer: Answer, lang: Lang) -> str:
    """The values to try next, with the settings that stay; "" for none."""
    if not answer.further:
        return ""
    changed = {each.name for each in answer.further}
    kept = tuple(c for c in answer.best.where if c.name not in changed)
    texts = [_further(each, lang) for each in answer.further]
    return messages.listed([*texts, _ui("keep", lang, settings=where(kept, lang))] if kept else texts, lang)


def _further(each: Further, lang: Lang) -> str:
    shown = [value(v) for v in each.values]
    values = _ui("span", lang, low=shown[0], high=shown[-1]) if each.reason == "range" else messages.listed(shown, lang)
    return _ui(each.reason, lang, name=term_safe(each.name, LONGEST), values=values)


def _condition(condition: Condition, lang: Lang) -> str:
    name = term_safe(condition.name, LONGEST)
    return _ui(f"condition.{_KEYS[condition.comparison]}", lang, name=name, value=value(condition.value))


def _ui(key: str, lang: Lang, **placeholders: object) -> str:
    return messages.ui("sweep", key, lang, **placeholders)
