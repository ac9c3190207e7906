"""What a person is shown: which runs (``--where``), in which order (``--sort``), and the page in a browser (``--open``).

The gate, the mail and all documents have every run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from loganalyzer.cli.errors import complain
from loganalyzer.model.errors import Message, UsageError, did_you_mean
from loganalyzer.model.record import replace

if TYPE_CHECKING:
    from loganalyzer.messages import Lang
    from loganalyzer.reports.report import Report


MOST_KEYS = 24
"""So many keys an error lists."""


def selected(report: Report, where: str | None, sort: str | None, lang: Lang) -> Report:
    """The report with the runs that match ``where`` (nothing: all); the answer of a sweep is still that of all its runs.

    Raises UsageError for a key of ``where`` or ``sort`` that no run has, and for a condition without a value or with
    one that is no number where only a number can be compared.
    """
    if not (where or sort):
        return report
    from loganalyzer.model.report import Tally
    from loganalyzer.reports.where.fields import fields_of_all, text_of
    from loganalyzer.reports.where.language import matches, number, parse
    from loganalyzer.reports.where.synonyms import under_known_keys

    fields = dict(zip((d.id for d in report.runs), fields_of_all(report.runs, lang), strict=True))
    names = tuple(dict.fromkeys(name for own in fields.values() for name in own))
    if sort and fields:
        _check_key("--sort", sort.removeprefix("-"), names)
    if not where:
        return report
    terms = under_known_keys(parse(where), names)
    for term in terms:
        if not term.complete:
            raise UsageError("--where: {key!r} has no value (such as {key}>0.1)", key=term.key)
        if term.operator in ("<", ">", "<=", ">=") and number(term.value) is None:
            text = "--where: {key}{operator} needs a number, not {value!r}"
            raise UsageError(text, key=term.key, operator=term.operator, value=term.value)
        if term.operator and fields:
            _check_key("--where", term.key, names)
    kept = tuple(d for d in report.runs if matches(fields[d.id], text_of(d, lang), terms))
    shown = {d.id for d in kept}
    groups = tuple(group for group in report.groups if not shown.isdisjoint(group.runs))
    return replace(report, runs=kept, groups=groups, left_out=Tally())


def open_in_browser(page: Path, lang: Lang) -> None:
    """Open the page in the user's browser; complain where there is none."""
    import webbrowser

    address = page.resolve().as_uri()
    if not webbrowser.open(address):
        complain(Message("no browser could be opened for {address}", {"address": address}), lang)


def _check_key(option: str, key: str, names: Sequence[str]) -> None:
    from loganalyzer.reports.where.language import found
    from loganalyzer.reports.where.synonyms import synonyms

    if not found(dict.fromkeys(names, 0.0), key) and key.lower() not in synonyms(names):
        text = "{option}: no run has {key!r}{hint} (keys: {keys})"
        keys = (*names[:MOST_KEYS], *(["..."] if len(names) > MOST_KEYS else []))
        raise UsageError(text, option=option, key=key, hint=did_you_mean(key, names), keys=keys)
