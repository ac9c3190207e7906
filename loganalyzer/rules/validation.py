"""Validate rules: built-in ones in the tests, those of plugins when they are loaded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from loganalyzer.features.view import SIGNALS
from loganalyzer.model.plugins import companion_file
from loganalyzer.model.verdicts import Topic, Verdict
from loganalyzer.rules.base import Abstention, Lead, Rule, Suppression
from loganalyzer.rules.fixes.catalogue import Entry, entries

_PLACEHOLDER = re.compile(r"\{\w+(?::\w+)?\}")


def plugin_problems(
    rule: Rule, ours: Sequence[Rule], own_fixes: Mapping[str, Entry], others_fixes: Mapping[str, Entry]
) -> list[str]:
    """Return the problems of a plugin's rule, a phrase each; empty if it is valid.

    ``own_fixes`` are the fixes of its package, ``others_fixes`` those of plugins already loaded.
    """
    problems = [*_malformed(rule)]
    if problems:  # the checks below rely on the fields' types
        return problems
    languages = _languages()
    messages, unreadable = _messages_of(rule)
    known_kinds = {kind for own in ours for kind in own.kinds} | set(messages.get("kind", {}))
    return [
        *unreadable,
        *_unknown_names(rule, {*entries(), *own_fixes, *others_fixes}, known_kinds),
        *([] if unreadable else message_problems(rule, messages, languages)),
        *_fix_problems(own_fixes, others_fixes, languages),
        *_computation_problems(rule, own_fixes),
    ]


def own_problems(rule: Rule) -> list[str]:
    """Return the problems of a built-in rule, a phrase each; texts of kinds are checked in ``messages``."""
    messages, unreadable = _messages_of(rule)
    malformed = [*_malformed(rule)]
    return malformed or [
        *unreadable,
        *_unknown_names(rule, entries(), rule.kinds),
        *message_problems(rule, messages, _languages()),
    ]


def _languages() -> frozenset[str]:
    """Return the languages of this package: those of its fixes."""
    return frozenset(next(iter(entries().values()))["text"])


def _malformed(rule: Rule) -> Iterator[str]:
    """Return fields of a wrong type, and inconsistent fields."""
    if not callable(rule.check) or not isinstance(getattr(rule.check, "__module__", None), str):
        yield "check is no function of a module"
    for name in ("requires", "optional"):
        if not isinstance(getattr(rule, name), frozenset | set) or not _all_text(getattr(rule, name)):
            yield f"{name} is no set of signals"
    for name in ("kinds", "variants", "fixes", "for_any_task", "hint_for", "explained_by", "points_at", "causes"):
        if not isinstance(getattr(rule, name), tuple | list) or not _all_text(getattr(rule, name)):
            yield f"{name} is no tuple of text"
    for name, wanted in (("suppressed_by", Suppression), ("leads", Lead)):
        if not isinstance(getattr(rule, name), tuple | list) or not _all_are(getattr(rule, name), wanted):
            yield f"{name} is no tuple of {wanted.__name__}"
    if rule.verdict is not None and not isinstance(rule.verdict, Verdict):
        yield f"unknown verdict {rule.verdict!r}"
    if rule.abstains is not None and not (
        isinstance(rule.abstains, Abstention) and rule.verdict is Verdict.INCONCLUSIVE
    ):
        yield "abstains needs an Abstention, and the verdict INCONCLUSIVE"
    yield from _limit_problems(rule.limits)


def _limit_problems(limits: Any) -> Iterator[str]:
    if limits is None:
        return
    if not is_dataclass(limits) or isinstance(limits, type):
        yield "limits is no instance of a dataclass"
        return
    for item in fields(limits):
        value, low, high = getattr(limits, item.name), item.metadata.get("low"), item.metadata.get("high")
        if not isinstance(value, int | float):
            yield f"the limit {item.name} is no number"
        elif (low is not None and value < low) or (high is not None and value > high):
            yield f"the limit {item.name} = {value} is outside {low} to {high}"


def _unknown_names(rule: Rule, fixes: Collection[str], kinds: Collection[str]) -> Iterator[str]:
    for signal in sorted((rule.requires | rule.optional) - set(SIGNALS)):
        yield f"unknown signal {signal!r} (known: {', '.join(SIGNALS)})"
    for topic in sorted(set(rule.points_at) - set(get_args(Topic))):
        yield f"unknown topic {topic!r} (known: {', '.join(get_args(Topic))})"
    for fix in dict.fromkeys((*rule.fixes, *(lead.fix for lead in rule.leads))):
        if fix not in fixes:
            yield f"unknown fix {fix!r}"
    for kind in dict.fromkeys((*rule.kinds, *rule.for_any_task)):
        if kind not in (kinds if kind in rule.kinds else rule.kinds):
            yield f"unknown kind {kind!r}"


def _messages_of(rule: Rule) -> tuple[Mapping[str, Any], list[str]]:
    """Return the rule's message file, and the problems of reading it."""
    file = companion_file(rule.check.__module__, ".toml")
    if not file.is_file():
        return {}, [f"the message file {file.name} is missing"]
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), []
    except ValueError as error:
        return {}, [f"the message file {file.name} is no TOML ({error})"]


def message_problems(rule: Rule, messages: Mapping[str, Any], languages: Collection[str]) -> Iterator[str]:
    """Return missing titles and sentences, and texts that are not in all ``languages`` or have other placeholders in one."""
    texts = {"title": messages.get("title")}
    sentences = _table(messages, "sentences")
    texts |= {f"sentences.{variant}": sentences.get(variant) for variant in rule.variants}
    for group in ("sentences", "labels", "kind", "kind_meaning"):
        texts |= {f"{group}.{name}": text for name, text in _table(messages, group).items()}
    causes = _table(messages, "causes")
    for variant in dict.fromkeys((*rule.causes, *causes)):
        texts |= {f"causes.{variant}.{part}": _table(causes, variant).get(part) for part in ("text", "check")}
    for name, text in texts.items():
        yield from _text_problems(name, text, languages)


def _text_problems(name: str, text: Any, languages: Collection[str]) -> Iterator[str]:
    if not isinstance(text, Mapping):
        yield f"the text {name} is missing"
        return
    missing = [lang for lang in sorted(languages) if not isinstance(text.get(lang), str) or not text[lang].strip()]
    if missing:
        yield f"the text {name} is missing in {', '.join(missing)}"
    elif len({frozenset(_PLACEHOLDER.findall(text[lang])) for lang in languages}) > 1:
        yield f"the text {name} has other placeholders in one language"


def _fix_problems(own: Mapping[str, Any], others: Mapping[str, Entry], languages: Collection[str]) -> Iterator[str]:
    for fix_id, entry in own.items():
        if fix_id in entries() or others.get(fix_id, entry) != entry:
            yield f"the fix id {fix_id!r} is taken"
        elif not isinstance(entry, Mapping):
            yield f"the fix {fix_id!r} is no table"
        else:
            for part in ("text", "why"):
                yield from _text_problems(f"{part} of the fix {fix_id!r}", entry.get(part), languages)
            for name, text in _table(entry, "variants").items():
                yield from _text_problems(f"variants.{name} of the fix {fix_id!r}", text, languages)
            code, url = entry.get("code", {}), entry.get("url", "")
            if (
                not isinstance(code, Mapping)
                or not _all_text(code.values())
                or not _all_text([entry.get("source", "")])
            ):
                yield f"source or code of the fix {fix_id!r} is no text"
            if not isinstance(url, str) or (url and not url.startswith("https://")):
                yield f"the address of the fix {fix_id!r} is no https address"
            if not isinstance(entry.get("unless", []), list) or not _all_text(entry.get("unless", [])):
                yield f"unless of the fix {fix_id!r} is no list of settings"


def _computation_problems(rule: Rule, own_fixes: Mapping[str, Entry]) -> Iterator[str]:
    if not isinstance(rule.computes, Mapping) or not all(callable(compute) for compute in rule.computes.values()):
        yield "computes is no mapping of functions"
        return
    for fix_id in sorted(set(rule.computes) - set(own_fixes)):
        yield f"it computes {fix_id!r}, which is no fix of its package"


def _table(messages: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = messages.get(name, {})
    return found if isinstance(found, Mapping) else {}


def _all_text(values: Collection[Any]) -> bool:
    return _all_are(values, str)


def _all_are(values: Collection[Any], wanted: type) -> bool:
    return all(isinstance(value, wanted) for value in values)
