"""Pages printed by ``--explain`` and ``--list``."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping
from typing import Any

from loganalyzer import messages
from loganalyzer.diagnosis.answers import with_limits
from loganalyzer.messages import Lang
from loganalyzer.model.errors import UsageError, did_you_mean
from loganalyzer.readers.registry import load_readers
from loganalyzer.reports.wrap import wrap
from loganalyzer.rules.base import current_id
from loganalyzer.rules.registry import load_rules


def explain(rule_id: str, lang: Lang, configured: Mapping[str, Mapping[str, float]] | None = None) -> str:
    """Return a rule's page and its limits, with ``configured`` values (by rule id and name) where there are any.

    Raises UsageError for an unknown rule, ConfigError for an unknown limit.
    """
    known = {rule.id: rule for rule in load_rules()}
    rule_id = current_id(rule_id, known.values())
    if rule_id not in known:
        text = "no rule is called {name!r}{hint} (analyze-logs --list rules shows all)"
        raise UsageError(text, name=rule_id, hint=did_you_mean(rule_id, known, quote=False))
    own = {rule_id: configured[rule_id]} if configured and rule_id in configured else {}
    limits = with_limits([known[rule_id]], own)[0].limits
    lines = [f"{messages.title(rule_id, lang)} ({rule_id})", "", _page(rule_id, lang, limits), ""]
    items = list(dataclasses.fields(limits)) if dataclasses.is_dataclass(limits) else []
    if items:
        lines.append(messages.ui("pages", "limits", lang))
        for item in items:
            meaning = messages.limit(rule_id, item.name, lang) or item.metadata.get("meaning", "")
            lines += wrap(f"{item.name} = {getattr(limits, item.name)!r}  {meaning}", "  ", "      ")
    return "\n".join(lines).rstrip()


def _page(rule_id: str, lang: Lang, limits: Any) -> str:
    """Return the page in ``lang``, wrapped to the width of a terminal."""
    lines: list[str] = []
    for paragraph in messages.page(rule_id, lang, limits).splitlines():
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip())]
        lines += wrap(paragraph.lstrip(), indent, indent) if paragraph else [""]
    return "\n".join(lines)


def listing(what: str, lang: Lang) -> str:
    """Return all rules or all readers, a line each; on a narrow terminal with hanging indents."""
    if what == "rules":
        rows = [(rule.id, messages.title(rule.id, lang)) for rule in load_rules()]
    else:
        rows = [(reader.id, messages.reader(reader.id, lang) or reader.title) for reader in load_readers()]
    width = max((len(row[0]) for row in rows), default=0)
    room = shutil.get_terminal_size((200, 24)).columns  # no wrapping in a pipe
    lines = (wrap(f"{identity:{width}}  {title}", "", " " * (width + 2), max(room, 60)) for identity, title in rows)
    return "\n".join(line for entry in lines for line in entry)
