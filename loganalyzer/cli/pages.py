"""Pages printed by ``--explain`` and ``--list``."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loganalyzer import messages
from loganalyzer.diagnosis.answers import with_limits
from loganalyzer.messages import LANGUAGES, Lang, pages
from loganalyzer.model.errors import UsageError, did_you_mean
from loganalyzer.model.verdicts import Verdict
from loganalyzer.readers.registry import load_readers
from loganalyzer.reports.wrap import wrap
from loganalyzer.rules.base import Rule, current_id
from loganalyzer.rules.registry import load_rules

MOST_FIXES = 6
BEFORE_FIXES = 3
"""Parts of a page that stand before what to do: the sentence, what the rule sees, why it matters."""


def explain(
    rule_id: str, lang: Lang, configured: Mapping[str, Mapping[str, float]] | None = None, *, everything: bool = True
) -> str:
    """Return a rule's page and its limits, with ``configured`` values (by rule id and name) where there are any.

    What it sees, why it matters, and what to do come first, how it is measured last; without ``everything`` only these
    first parts, and how to see the others. ``rule_id`` may also be the title of a
    rule or the name of a verdict in any language, in any case.

    Raises UsageError for an unknown rule, ConfigError for an unknown limit.
    """
    known = {rule.id: rule for rule in load_rules()}
    rule_id = current_id(_named(rule_id, known), known.values())
    if rule_id not in known:
        text = "no rule is called {name!r}{hint} (analyze-logs --list rules shows all)"
        raise UsageError(text, name=rule_id, hint=did_you_mean(rule_id, known, quote=False))
    own = {rule_id: configured[rule_id]} if configured and rule_id in configured else {}
    limits = with_limits([known[rule_id]], own)[0].limits
    page = _page(known[rule_id], lang, limits, everything=everything)
    title = messages.title(rule_id, lang)
    lines = [title if _plain(title) == rule_id else messages.aside(title, lang, rule_id), "", *page, ""]
    if not everything:
        return "\n".join([*lines, messages.ui("pages", "verbose", lang)])
    items = list(dataclasses.fields(limits)) if dataclasses.is_dataclass(limits) else []
    if items:
        lines.append(messages.ui("pages", "limits", lang))
        for item in items:
            meaning = messages.limit(rule_id, item.name, lang) or item.metadata.get("meaning", "")
            lines += wrap(f"{item.name} = {getattr(limits, item.name)!r}  {meaning}", "  ", "      ")
    return "\n".join(lines).rstrip()


def _named(name: str, known: Iterable[str]) -> str:
    """The id of the rule that ``name`` means: its id, title or verdict, whatever its case; ``name`` itself for none."""
    wanted = _plain(name)
    for rule_id in known:
        titles = [messages.title(rule_id, lang) for lang in LANGUAGES]
        verdicts = [messages.verdict(Verdict(rule_id), lang) for lang in LANGUAGES if rule_id in {*Verdict}]
        if wanted in map(_plain, (rule_id, *titles, *verdicts)):
            return rule_id
    return name


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def _page(rule: Rule, lang: Lang, limits: Any, *, everything: bool) -> list[str]:
    """Return the page in ``lang``, wrapped to the width of a terminal: how it is measured at the end, fixes before it."""
    sections: list[list[str]] = [[]]
    for line in messages.page(rule.id, lang, limits).splitlines():
        if line and not line.startswith(" ") and sections[-1]:
            sections.append([])
        sections[-1].append(line)
    measured = messages.ui("pages", "measured", lang)
    last = [section for section in sections if section[0] == measured]
    fixes = [f"    - {messages.fix(fix, lang).text}" for fix in rule.fixes[:MOST_FIXES]]
    to_do = [[messages.ui("pages", "do", lang), *fixes, ""]] if fixes else []
    lines: list[str] = []
    first = [section for section in sections if section not in last]
    for section in (*first[:BEFORE_FIXES], *to_do, *((*first[BEFORE_FIXES:], *last) if everything else ())):
        for paragraph in (*section, *([""] if section[-1] else [])):
            lines += _wrapped(pages.plain(paragraph)) if paragraph else [""]
    return lines[:-1]


def _wrapped(paragraph: str) -> list[str]:
    """A paragraph of a page as lines with its indent; a long one as several, with an empty line between them."""
    text = paragraph.lstrip()
    indent = paragraph[: len(paragraph) - len(text)]
    if text.startswith("- "):
        return wrap(text, indent, f"{indent}  ")
    lines: list[str] = []
    for piece in pages.short(text):
        lines += [*([""] if lines else []), *wrap(piece, indent, indent)]
    return lines


def listing(what: str, lang: Lang) -> str:
    """Return all rules with a sentence each, those that give a verdict first, or all readers, a line each."""
    if what == "readers":
        return _table([(r.id, messages.reader(r.id, lang) or r.title) for r in load_readers()])
    rules = load_rules()
    width = max((len(rule.id) for rule in rules), default=0)
    parts = []
    for heading, chosen in (
        ("verdicts", [rule for rule in rules if rule.verdict is not None]),
        ("findings", [rule for rule in rules if rule.verdict is None]),
    ):
        rows = [(rule.id, messages.pair(messages.title(rule.id, lang), messages.meaning(rule.id, lang), lang))
                for rule in chosen]  # fmt: skip
        parts.append(f"{messages.ui('pages', heading, lang)}\n{_table(rows, width)}")
    return "\n\n".join(parts)


def _table(rows: Sequence[tuple[str, str]], width: int = 0) -> str:
    """Ids with what they mean beside them; on a narrow terminal with hanging indents."""
    width = width or max((len(row[0]) for row in rows), default=0)
    room = shutil.get_terminal_size((200, 24)).columns  # no wrapping in a pipe
    lines = (wrap(f"{identity:{width}}  {title}", "", " " * (width + 2), max(room, 60)) for identity, title in rows)
    return "\n".join(line for entry in lines for line in entry)
