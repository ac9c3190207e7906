"""The runs in the order of one of their fields: the best first, or as numbers and names go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.record import Record
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.run import Detail
from loganalyzer.reports.order import natural
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.where.fields import fields_of_all
from loganalyzer.reports.where.language import Field, found
from loganalyzer.reports.where.synonyms import synonyms
from loganalyzer.roles.hyperparameters import find, meaning_of, names_of_meanings

MOST_SETTINGS = 4
_COLUMNS = ("name", "verdict", "best", "end")


class Board(Record):
    """A table: the heads of its columns, a row of texts for each run, and the runs in order."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    runs: tuple[Diagnosis, ...]


def ordered(runs: Iterable[Diagnosis], key: str, lang: Lang) -> list[Diagnosis]:
    """The runs by the field ``key``, runs without it last; ``-key`` turns the order round.

    What is judged (``best``, ``end``, the series by its name) has the better value first, anything else the smaller one.
    """
    kept = tuple(runs)
    every = list(zip(kept, fields_of_all(kept, lang), strict=True))
    backwards, name = key.startswith("-"), _known(key, [own for _, own in every])
    with_it, without = [], []
    for d, fields in every:
        field = fields.get(found(fields, name))
        with_it.append((_order(field, _sign(d, name)), d)) if field is not None else without.append(d)
    with_it.sort(key=lambda pair: (pair[0], natural(pair[1].id)), reverse=backwards)
    return [*(d for _, d in with_it), *sorted(without, key=lambda d: natural(d.id))]


def board(analysis: Analysis, key: str, varied: Sequence[str], lang: Lang, most: int) -> Board:
    """The first ``most`` runs by ``key``: name, verdict, best value and step, end, and the settings that vary."""
    fields = dict(zip((d.id for d in analysis.runs), fields_of_all(analysis.runs, lang), strict=True))
    runs = ordered(analysis.runs, key, lang)[:most]
    names = _one_each(varied, names_of_meanings(d.hyperparameters for d in analysis.runs))[:MOST_SETTINGS]
    wanted = _known(key, fields.values())
    judged = {d.best.series for d in runs if d.best is not None}
    if not found({n.lower(): 0.0 for n in (*names, *judged, *_COLUMNS)}, wanted):
        names.append(wanted)
    heads = [messages.ui("html", f"col.{k}", lang) for k in ("run", "verdict", "best", "end")]
    return Board(("", *heads, *(term_safe(n, 24) for n in names)),
                 tuple((f"{i}.", *_row(d, fields[d.id], names, lang)) for i, d in enumerate(runs, 1)), tuple(runs))  # fmt: skip


def _one_each(names: Sequence[str], used: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of settings, of one meaning only the one that most runs use."""
    return list(dict.fromkeys(used.get(meaning_of(name), [name])[0] for name in names))


def _known(key: str, fields: Iterable[Mapping[str, Field]]) -> str:
    """The key that is meant by ``key``, which may be another word for it and have a minus in front."""
    name = key.removeprefix("-")
    return synonyms(one for own in fields for one in own).get(name.lower(), name)


def _row(d: Diagnosis, fields: Mapping[str, Field], names: Sequence[str], lang: Lang) -> tuple[str, ...]:
    best = "–"
    if d.best is not None:
        best = messages.aside(messages.number(d.best.value), lang, messages.at_step(d.best.step, d.run.step_unit, lang))
    end = "–" if d.end is None else messages.number(d.end.value)
    return (
        term_safe(d.id, 48),
        messages.verdict(d.verdict, lang),
        best,
        end,
        *(_field(d, fields, n) for n in names),
    )


def _field(d: Diagnosis, fields: Mapping[str, Field], name: str) -> str:
    meant = find(d.hyperparameters, meaning_of(name)) if meaning_of(name) else []
    own: Detail | None = d.hyperparameters.get(name, meant[0][1] if meant else None)
    if own is not None:
        return term_safe(messages.typed(own), 24)
    field = fields.get(found(fields, name))
    if field is None:
        return ""
    return messages.number(field) if isinstance(field, float) else term_safe(field[-1], 24)


def _sign(d: Diagnosis, name: str) -> float:
    """-1 where a higher value is better."""
    judged = name.lower() in ("best", "end") or (d.best is not None and found({d.best.series.lower(): 0.0}, name) != "")
    return -1.0 if judged and d.objective.direction == "max" else 1.0


def _order(field: Field, sign: float) -> tuple[tuple[int, float, str], ...]:
    return ((0, sign * field, ""),) if isinstance(field, float) else natural(field[0])
