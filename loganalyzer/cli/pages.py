"""What ``--explain`` and ``--list`` print."""

from __future__ import annotations

import dataclasses
import re
import shutil
from difflib import get_close_matches

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.errors import Message, UsageError
from loganalyzer.readers.registry import load_readers
from loganalyzer.reports.wrap import wrap
from loganalyzer.rules.registry import load_rules, rule_page

_NAMED = re.compile(r" +[A-Z][a-z-]+( [a-z-]+)?( \([^)]*\))?: ")


def explain(rule_id: str, lang: Lang) -> str:
    """A rule's page, its limits and the fixes that it may offer. Raises UsageError for an unknown rule."""
    known = {rule.id: rule for rule in load_rules()}
    if rule_id not in known:
        close = get_close_matches(rule_id, known, n=1)
        hint: Message | str = Message("; did you mean {name}?", {"name": close[0]}) if close else ""
        text = "no rule is called {name!r}{hint} (analyze-logs --list rules shows all)"
        raise UsageError(text, name=rule_id, hint=hint)
    rule = known[rule_id]
    lines = [f"{messages.title(rule_id, lang)} ({rule_id})", "", _page(rule_id, lang), ""]
    limits = list(dataclasses.fields(rule.limits)) if dataclasses.is_dataclass(rule.limits) else []
    if limits:
        lines.append(messages.ui("pages", "limits", lang))
        for item in limits:
            meaning = messages.limit(rule_id, item.name, lang) or item.metadata.get("meaning", "")
            lines += wrap(f"{item.name} = {getattr(rule.limits, item.name)!r}  {meaning}", "  ", "      ")
    return "\n".join(lines).rstrip()


def _page(rule_id: str, lang: Lang) -> str:
    """The page in ``lang``, its paragraphs broken to the lines of a terminal."""
    page = messages.page(rule_id, lang)
    lines: list[str] = []
    for paragraph in page.splitlines() if page else _paragraphs(rule_page(rule_id)):
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip())]
        lines += wrap(paragraph.lstrip(), indent, indent) if paragraph else [""]
    return "\n".join(lines)


def _paragraphs(page: str) -> list[str]:
    """The paragraphs of a docstring, each in one line of its indent; "Name: ..." after a full stop begins one."""
    found: list[str] = []
    before = ""
    for line in page.splitlines():
        indent = len(line) - len(line.lstrip())
        goes_on = bool(line.strip() and before.strip()) and indent == len(before) - len(before.lstrip())
        if goes_on and not (before.endswith(".") and _NAMED.match(line)):
            found[-1] += " " + line.strip()
        else:
            found.append(line)
        before = line
    return found


def listing(what: str, lang: Lang) -> str:
    """All rules or all readers, a line each; on a narrow terminal what does not fit hangs below its title."""
    if what == "rules":
        rows = [(rule.id, messages.title(rule.id, lang)) for rule in load_rules()]
    else:
        rows = [(reader.id, messages.reader(reader.id, lang) or reader.title) for reader in load_readers()]
    width = max((len(row[0]) for row in rows), default=0)
    room = shutil.get_terminal_size((200, 24)).columns  # a pipe gets whole lines
    told = (wrap(f"{identity:{width}}  {title}", "", " " * (width + 2), max(room, 60)) for identity, title in rows)
    return "\n".join(line for lines in told for line in lines)
