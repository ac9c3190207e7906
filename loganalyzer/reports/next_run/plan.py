"""What the next run is to be, before it is written in a format: settings with the reason of each, and the checkpoint."""

from __future__ import annotations

from collections.abc import Mapping

from loganalyzer import messages
from loganalyzer.diagnosis.sweep_unhealthy import UNRECOMMENDED
from loganalyzer.messages import Lang
from loganalyzer.model.errors import UsageError
from loganalyzer.model.prescription import Change, Keep, Prescription
from loganalyzer.model.record import Record
from loganalyzer.model.report import Analysis, Diagnosis, Group, Member, SweepFinding
from loganalyzer.model.run import Detail
from loganalyzer.reports import sweep_text
from loganalyzer.reports.next_run.choose import choose
from loganalyzer.roles.hyperparameters import is_bookkeeping, is_number, is_seed, says_what_is_learned

ALL = "all"
"""Every action at once, instead of the one of a number."""


class NextSetting(Record):
    """A setting of the next run, named as in the run's own settings where these name it, and a remark on it."""

    name: str
    value: Detail
    remark: str = ""


class NextRun(Record):
    """The next run after ``run``.

    ``actions`` are the fixes it applies, by id; ``comments`` say in sentences what they are and why; ``keep`` is the
    checkpoint to use, if an action names one.
    """

    run: str
    verdict: str
    actions: tuple[str, ...] = ()
    settings: tuple[NextSetting, ...] = ()
    keep: Keep | None = None
    comments: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """True where there is neither a setting to change nor a checkpoint to use."""
        return not self.settings and self.keep is None


def next_run(analysis: Analysis, wanted: str, number: str, lang: Lang, option: str = "--next-run") -> NextRun:
    """Return the next run after the run or sweep ``wanted`` (see ``choose``).

    ``number`` is the place of the action to take, from "1", or ``ALL``; of a sweep the best settings are taken. Raises
    UsageError where no run, or several that are no sweep, are wanted.
    """
    found = choose(analysis, wanted, option)
    return _best_of(found, lang) if isinstance(found, Group) else _after(found, number, lang)


def _after(diagnosis: Diagnosis, number: str, lang: Lang) -> NextRun:
    verdict = messages.verdict_with_kind(diagnosis.verdict, diagnosis.kind, lang)
    taken = [(place, action) for place, action in enumerate(diagnosis.actions, 1) if number in (ALL, str(place))]
    settings: dict[str, NextSetting] = {}
    for place, action in taken:
        for change in action.changes:
            settings.setdefault(change.name, _setting(change, place, diagnosis.hyperparameters, lang))
    comments = [_ui("title", lang, run=diagnosis.id, verdict=verdict)]
    for place, action in taken:
        comments += _about(place, action, diagnosis, lang)
    if not taken:
        missing = _ui("too_few", lang, number=number, count=len(diagnosis.actions))
        comments.append(missing if diagnosis.actions else _ui("nothing", lang))
    if settings and not diagnosis.hyperparameters:
        comments.append(_ui("no_settings", lang))
    return NextRun(
        diagnosis.id,
        diagnosis.verdict.value,
        tuple(action.fix for _, action in taken),
        tuple(settings.values()),
        next((action.keep for _, action in taken if action.keep is not None), None),
        tuple(comments),
    )


def _about(place: int, action: Prescription, diagnosis: Diagnosis, lang: Lang) -> list[str]:
    """What an action is, and why; that it is done by hand where there is nothing in it to write."""
    told = messages.prescription(action, diagnosis, lang)
    by_hand = [] if action.changes or action.keep is not None else [_ui("by_hand", lang)]
    return [f"{place}. {told.text}", *(f"   {line}" for line in (told.why, *by_hand))]


def _setting(change: Change, place: int, own: Mapping[str, Detail], lang: Lang) -> NextSetting:
    remarks = [
        *([_ui("was", lang, old=change.old)] if change.old is not None else []),
        *([_ui("usual_name", lang)] if own and change.name not in own else []),
    ]
    return NextSetting(change.name, change.new, f"{place}: {messages.listed(remarks, lang)}" if remarks else "")


def _best_of(group: Group, lang: Lang) -> NextRun:
    """The settings of the best run, where the runs differ; instead of its own those that the comparison suggests."""
    unhealthy = next((f for f in group.findings if f.id in UNRECOMMENDED), None)
    lower = None if unhealthy is None else unhealthy.numbers.get("low")
    best = next((member for member in group.table if not member.failed), None)
    if best is None and lower is not None:
        best = group.table[0]  # it gives the other settings
    if best is None:
        raise UsageError("no run of the sweep {group} went well, so it has no best settings", group=group.id)
    suggested = {name: advice["value"] for name, advice in group.suggested.items()}
    if unhealthy is not None and is_number(lower):
        suggested[str(unhealthy.numbers["name"])] = lower
    settings = []
    for name, own in best.settings.items():
        if is_seed(name) or says_what_is_learned(name) or is_bookkeeping(name):
            continue
        new = suggested.get(name, own)
        remark = _ui("suggested", lang, run=best.run, old=own) if new != own else ""
        settings.append(NextSetting(name, new, remark))
    return NextRun(
        best.run, best.verdict.value, settings=tuple(settings), comments=tuple(_why(group, best, unhealthy, lang))
    )


def _why(group: Group, best: Member, unhealthy: SweepFinding | None, lang: Lang) -> list[str]:
    """Where the settings are from; where no run is healthy that, else that they are a repetition, and what to try next."""
    title = _ui("sweep", lang, count=len(group.table), run=best.run, series=group.series, score=best.score)
    told = [] if best.failed or best.score is None else [title]
    return [*told, sweep_text.finding(unhealthy, lang)] if unhealthy is not None else [*told, *_beyond(group, lang)]


def _beyond(group: Group, lang: Lang) -> list[str]:
    """That the best settings are a repetition, and which values nobody tried yet; nothing for a comparison of a few runs."""
    if group.answer is None:
        return []
    further = sweep_text.further(group.answer, lang)
    return [_ui("repeats", lang, text=further) if further else _ui("repeats_best", lang)]


def _ui(key: str, lang: Lang, **placeholders: object) -> str:
    return messages.ui("next_run", key, lang, **placeholders)
