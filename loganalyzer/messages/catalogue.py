"""Texts by their ids, from the TOML files next to the code: ``rules/*/<id>.toml`` (titles, sentences, chart
labels), ``rules/fixes/*.toml`` (the fixes), ``messages/*.toml`` (verdicts, notes, the labels of each report).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from loganalyzer.messages.formatting import fill, fill_code
from loganalyzer.messages.languages import LANGUAGES, Lang, aside, listed, pair
from loganalyzer.model.confidence import level, span
from loganalyzer.model.errors import UsageError
from loganalyzer.model.own_files import own_text
from loganalyzer.model.prescription import Change, Expected, Prescription
from loganalyzer.model.record import Record, field
from loganalyzer.model.traits import Framework
from loganalyzer.roles.hyperparameters import is_on

if TYPE_CHECKING:
    from loganalyzer.model.outcome import Outcome, Severity
    from loganalyzer.model.report import Diagnosis
    from loganalyzer.model.run import Note, Run
    from loganalyzer.model.verdicts import Verdict


USUAL_TABS = ("pytorch", "keras")
TABS: Mapping[Framework, tuple[str, ...]] = {
    Framework.HUGGINGFACE: ("huggingface", "pytorch"),
    Framework.LIGHTNING: ("lightning", "pytorch"),
    Framework.YOLO: ("yolo", "pytorch"),
    Framework.KERAS: ("keras", "pytorch"),
    Framework.BOOSTING: (),
}
"""The code that is shown for a run of each library; ``USUAL_TABS`` for one of an unknown library."""
LIBRARIES = frozenset({*USUAL_TABS, *(library for tabs in TABS.values() for library in tabs)})


class Fix(Record):
    """One thing to try: what to do, why it helps, how (code by framework), the source, and what it costs or may do harm."""

    id: str
    text: str
    why: str
    source: str
    url: str = ""
    code: Mapping[str, str] = field(default_factory=dict)
    risk: str = ""


class Cause(Record):
    """The likely cause of what a run did: the finding that names it, what it is, and what tells whether it is so."""

    finding: str
    variant: str
    text: str
    check: str


@lru_cache(maxsize=256)
def _table(package: str, name: str) -> dict[str, Any]:
    return tomllib.loads(own_text(package, name))


_SAID_TWICE = re.compile(r"\b(\w{1,40}) \(\1\)")
"""A setting that is called as the sentence calls it: "dropout (dropout)"."""


def _rule(rule_id: str) -> Mapping[str, Any]:
    """The rule's message file; empty for a rule that is not installed."""
    from loganalyzer.rules.registry import rule_messages

    try:
        return rule_messages(rule_id)
    except KeyError:
        return {}


def _fixes() -> Mapping[str, Mapping[str, Any]]:
    from loganalyzer.rules.registry import fixes

    return fixes()


def _verdicts() -> dict[str, Any]:
    return _table("loganalyzer.messages", "verdicts.toml")


def _text(entry: Mapping[str, str], lang: Lang) -> str:
    """The entry in ``lang``. Raises UsageError for an unknown language."""
    if lang not in LANGUAGES:
        raise UsageError("no language is called {name!r} (known: {known})", name=lang, known=tuple(LANGUAGES))
    return str(entry[lang])


def title(rule_id: str, lang: Lang) -> str:
    """Return the rule's title: "Overfitting"; its id for a rule that is not installed."""
    entry = _rule(rule_id).get("title")
    return _text(entry, lang) if entry else rule_id


def page(rule_id: str, lang: Lang, limits: Any = None) -> str:
    """Return the rule's page in ``lang``, one paragraph per line: from its message file, or the docstring of its module.

    ``{name}`` in it stands for a limit or a constant (see ``registry.quoted``); ``limits`` are the rule's own unless
    others are given.
    """
    from loganalyzer.messages.pages import paragraphs, with_numbers
    from loganalyzer.rules.registry import quoted, rule_page

    text = _rule(rule_id).get("page", {}).get(lang) or "\n".join(paragraphs(rule_page(rule_id)))
    return with_numbers(str(text), lambda name: quoted(rule_id, name, limits), lang)


def meaning(rule_id: str, lang: Lang) -> str:
    """Return what a finding of the rule means in one sentence: the first of the rule's page, without the name; "" for none."""
    first = page(rule_id, lang).strip().partition("\n")[0]
    name, colon, rest = first.partition(LANGUAGES[lang].colon)
    said = rest.strip() if colon else name
    return said[:1].upper() + said[1:]


def limit(rule_id: str, name: str, lang: Lang) -> str:
    """Return the meaning of a limit in ``lang`` from the rule's message file; "" if it has none."""
    return str(_rule(rule_id).get("limits", {}).get(name, {}).get(lang, ""))


def sentence(outcome: Outcome, run: Run, lang: Lang) -> str:
    """Render a finding as one sentence with its numbers; title and numbers for a variant that has no sentence."""
    text = _rule(outcome.rule).get("sentences", {}).get(outcome.variant or "found")
    if text is None:
        numbers = (pair(name, fill(f"{{{name}}}", outcome.numbers, "", lang), lang) for name in outcome.numbers)
        return aside(title(outcome.rule, lang), lang, *numbers)
    return fill(_text(text, lang), _in_words(outcome, lang), run.step_unit, lang)


def _in_words(outcome: Outcome, lang: Lang) -> Mapping[str, Any]:
    """The numbers of a finding; lists of ids that its rule has words for (``[words.<number>]``) are in these words."""
    words = _rule(outcome.rule).get("words", {})
    said = {
        name: listed([_text(own[each], lang) for each in str(outcome.numbers[name]).split(", ")], lang)
        for name, own in words.items()
        if name in outcome.numbers
    }
    return {**outcome.numbers, **said}


def headline(diagnosis: Diagnosis, lang: Lang) -> str:
    """Return the sentence of the finding that heads the others, most often the one that decided the verdict."""
    heading = diagnosis.heading
    if heading is not None:
        return sentence(heading, diagnosis.run, lang)
    return verdict_meaning(diagnosis.verdict, lang)


def likely_cause(diagnosis: Diagnosis, lang: Lang) -> Cause | None:
    """Return the likely cause that the first of the findings names; None where none does, or nothing needs one.

    Where the first action changes a setting that the finding does not speak of, no cause is named: both have to be about
    one thing.
    """
    if not diagnosis.needs_attention:
        return None
    changed = {action.fix for action in diagnosis.actions[:1] if action.changes}
    for outcome in diagnosis.findings:
        cause = cause_of(outcome, diagnosis.run, lang)
        if cause is not None:
            other = bool(changed and outcome.fixes) and changed.isdisjoint(outcome.fixes)
            return None if other else cause
    return None


def cause_of(outcome: Outcome, run: Run, lang: Lang) -> Cause | None:
    """Return the likely cause that a finding names; None for one that names none."""
    variant = outcome.variant or "found"
    texts = _rule(outcome.rule).get("causes", {}).get(variant)
    if texts is None:
        return None
    text, check = (fill(_text(texts[part], lang), outcome.numbers, run.step_unit, lang) for part in ("text", "check"))
    return Cause(outcome.rule, variant, text, check)


def cause_lines(diagnosis: Diagnosis, lang: Lang) -> tuple[str, ...]:
    """Return the likely cause as two lines, what it is and what tells; none where no finding names one."""
    cause = likely_cause(diagnosis, lang)
    if cause is None:
        return ()
    likely = ui("prescriptions", "cause.likely", lang, text=cause.text)
    return likely, ui("prescriptions", "cause.check", lang, check=cause.check)


def label(rule_id: str, label_id: str, lang: Lang, numbers: Mapping[str, Any] | None = None, unit: str = "") -> str:
    """Return the chart label of a piece of evidence; the rule's title if it has no label of that id."""
    entry = _rule(rule_id).get("labels", {}).get(label_id)
    return fill(_text(entry, lang), numbers or {}, unit, lang) if entry else title(rule_id, lang)


def fix(fix_id: str, lang: Lang) -> Fix:
    """Return one entry of the fix catalogue, with its general text. Raises KeyError for an unknown id."""
    return _filled(Prescription(fix_id), "", Framework.UNKNOWN, lang)


def prescription(item: Prescription, diagnosis: Diagnosis, lang: Lang) -> Fix:
    """Return a fix as this run needs it: its sentence and code with the run's own numbers. Raises KeyError for an unknown id."""
    # a run may count its epochs as plain steps; where the number of epochs is what changes, they are called epochs
    unit = "epoch" if any(change.meaning == "epochs" for change in item.changes) else diagnosis.run.step_unit
    return _filled(item, unit, diagnosis.traits.framework, lang)


def expected(item: Expected, lang: Lang) -> str:
    """Return what following a prescription is expected to bring, as a sentence."""
    return ui("prescriptions", f"expected.{item.what}", lang, amount=item.amount, on=item.on)


def _filled(item: Prescription, unit: str, framework: Framework, lang: Lang) -> Fix:
    entry = _fixes()[item.fix]
    variant = entry.get("variants", {}).get(item.variant) or entry["text"]
    values = item.placeholders
    text = fill(_text(variant, lang), values, unit, lang) if values else _text(variant, lang)
    text = _SAID_TWICE.sub(r"\1", text) + _then(item, _text(variant, lang), lang)
    own_risk = entry.get("risks", {}).get(item.variant) or entry.get("risk")
    return Fix(
        item.fix,
        text,
        _text(entry["why"], lang),
        entry.get("source", ""),
        entry.get("url", ""),
        {k: fill_code(code, values).strip("\n") for k, code in _code(entry, framework).items()},
        _text(own_risk, lang) if own_risk else "",
    )


def risk(item: Fix, lang: Lang) -> str:
    """Return what a fix costs or may do harm, as a sentence with its label; "" where nothing is known."""
    return ui("prescriptions", "risk.label", lang, text=item.risk) if item.risk else ""


_THEN = {
    "patience": "then.patience", "early_stopping": "then.patience", "epochs": "then.epochs",
    "learning_rate": "then.rate", "dropout": "then.dropout", "clip_norm": "then.clip",
}  # fmt: skip
_LISTED = ("learning_rate", "dropout", "clip_norm")
"""What is in the list of a fix that changes several settings at once; what else it changes is said after the list."""


def _then(item: Prescription, said: str, lang: Lang) -> str:
    """Sentences about what a fix changes besides what it is about, a schedule or a patience, and what its own sentence
    ``said`` does not name; "" without any."""
    besides = item.changes if item.variant == "constant" else item.changes[1:]
    unsaid = (c for c in besides if f"{{{c.meaning}" not in said and (c.meaning not in _LISTED or "{list" not in said))
    keys = {c: _then_key(c) for c in unsaid if c.meaning in ("lr_schedule", *_THEN)}
    return "".join(ui("prescriptions", key, lang, name=c.name, old=c.old, new=c.new) for c, key in keys.items())


def _then_key(change: Change) -> str:
    """The sentence about one change; a patience that was off is begun, not lengthened."""
    key = _THEN.get(change.meaning, f"then.{change.new}")
    return "then.stop" if key == "then.patience" and change.old is not None and not is_on(change.old) else key


def _code(entry: Mapping[str, Any], framework: Framework) -> Mapping[str, str]:
    """Return the code of a fix by library, that of the run's own first; libraries that it cannot be from are left out."""
    code: Mapping[str, str] = entry.get("code", {})
    shown = (*TABS.get(framework, USUAL_TABS), *(k for k in code if k not in LIBRARIES))
    return {library: code[library] for library in shown if library in code}


def trial(rule_id: str, kind: str, fix_id: str, lang: Lang) -> str:
    """Return the fix's success in trials on runs with this finding: "cured 17 of 20 such runs"; "" if too few trials."""
    from loganalyzer.rules.fixes.ranking import ENOUGH, trials

    known = next((t for t in (trials(rule_id, fix_id, kind), trials(rule_id, fix_id)) if t and t.runs >= ENOUGH), None)
    if known is None:
        return ""
    key = "cured" if known.cured else "better" if known.better else "neither"
    return ui("trials", key, lang, cured=known.cured, better=known.better, runs=known.runs)


def fix_ids() -> tuple[str, ...]:
    """Return all ids of the fix catalogue, sorted."""
    return tuple(sorted(_fixes()))


def note(item: Note, lang: Lang) -> str:
    """Render a reader's note as a sentence."""
    entry = _table("loganalyzer.messages", "notes.toml").get(item.code)
    if entry is None:
        details = ", ".join(f"{k}: {v}" for k, v in item.details.items())
        return f"{item.code.replace('-', ' ')} ({details})" if details else item.code.replace("-", " ")
    return fill(_text(entry, lang), item.details, "", lang)


def verdict(item: Verdict, lang: Lang) -> str:
    """Return the word for a verdict: "overfitting" / "過学習"."""
    return _text(_verdicts()["verdict"][item.value], lang)


def verdict_with_kind(item: Verdict, of_kind: str, lang: Lang) -> str:
    """Return the word for a verdict with its kind in brackets: "overfitting (severe)"."""
    return aside(verdict(item, lang), lang, kind(of_kind, lang) if of_kind else "")


def rival(diagnosis: Diagnosis, lang: Lang) -> str:
    """The verdict and the one that is close to it, with their probabilities: "plateau 55%, underfitting 35%"; or ""."""
    second = diagnosis.rival
    if second is None:
        return ""
    first, shares = diagnosis.verdict, diagnosis.probabilities
    values = {
        "first": verdict(first, lang), "p": shares[first], "second": verdict(second, lang), "q": shares[second],
    }  # fmt: skip
    return fill(_text(_verdicts()["rival"], lang), values, "", lang)


def verdict_of_one(item: Verdict, lang: Lang) -> str:
    """Return the sentence about a single run that needs attention: "The run is overfitting."."""
    return _text(_verdicts()["one"][item.value], lang)


def verdict_count(item: Verdict, count: int, lang: Lang) -> str:
    """Render the number of runs with a verdict that needs attention: "2 overfitting"."""
    return fill(_text(_verdicts()["count"][item.value], lang), {"count": count}, "", lang)


def verdict_meaning(item: Verdict, lang: Lang) -> str:
    """Explain the verdict in one sentence."""
    return _text(_verdicts()["meaning"][item.value], lang)


def reader(reader_id: str, lang: Lang) -> str:
    """Return a reader's title: "CSV and TSV tables"; "" for a plugin without a title in this language."""
    own = _table("loganalyzer.messages", "readers.toml").get(reader_id)
    if own is None:
        from loganalyzer.readers.registry import find_reader, plugin_titles

        own = plugin_titles(find_reader(reader_id))
    return str(own.get(lang, ""))


def kind(item: str, lang: Lang) -> str:
    """Return the word for a verdict's kind: "severe" / "重度"; the id itself if it has none."""
    entry = _of_kind("kind", item)
    return _text(entry, lang) if entry else item.replace("-", " ")


def kind_meaning(item: str, lang: Lang) -> str:
    """Explain the kind in one sentence; "" if it has no explanation."""
    return str(_of_kind("kind_meaning", item).get(lang, ""))


def _of_kind(table: str, item: str) -> Mapping[str, str]:
    """Return the text of a kind from ``verdicts.toml``, or from the message file of the plugin rule that declares it."""
    own: Mapping[str, str] | None = _verdicts()[table].get(item)
    if own is None:
        from loganalyzer.rules.registry import load_rules

        theirs = (_rule(rule.id).get(table, {}).get(item) for rule in load_rules() if item in rule.kinds)
        own = next((text for text in theirs if text), {})
    return own


def severity(item: Severity, lang: Lang) -> str:
    """Return the word for a severity."""
    return _text(_verdicts()["severity"][item.value], lang)


def confidence_of(diagnosis: Diagnosis, lang: Lang) -> str:
    """The word for how sure a verdict is; "" where there is none that could be right or wrong."""
    return confidence(level(diagnosis.probability), lang) if diagnosis.verdict.info.judged else ""


def confidence(level: str, lang: Lang) -> str:
    """Return the words for a level of ``model.confidence`` when used alone: "high confidence", "likely"."""
    return _text(_verdicts()["confidence"][level], lang)


def confidence_grade(level: str, lang: Lang) -> str:
    """Return the words for a level after the label "confidence": "high", "likely"."""
    entry = _verdicts()["confidence_grade"].get(level)
    return _text(entry, lang) if entry else confidence(level, lang)


def confidence_meaning(level: str, lang: Lang) -> str:
    """Explain the level in one sentence."""
    least, most = (round(100 * bound) for bound in span(level))
    return fill(_text(_verdicts()["confidence_meaning"][level], lang), {"least": least, "most": most}, "", lang)


def ui(file: str, key: str, lang: Lang, **placeholders: Any) -> str:
    """Return a label of a report: the entry ``[key]`` of ``messages/<file>.toml`` with its placeholders filled."""
    entry: Any = _table("loganalyzer.messages", f"{file}.toml")
    for part in key.split("."):
        entry = entry[part]
    return fill(_text(entry, lang), placeholders, "", lang)
