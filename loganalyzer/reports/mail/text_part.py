"""The text part of a mail: the same content as the HTML part, at most 78 columns wide, Japanese counted double."""

from __future__ import annotations

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.reports.mail.content import Content
from loganalyzer.reports.wrap import WIDTH, wrap


def render(content: Content, closing: list[str], *, lang: Lang, link: str = "") -> str:
    """Render the whole text part; ``closing`` are the sentences about the full report, ``link`` its address."""
    lines: list[str] = []
    said = messages.sentences([text for text in (content.outcome, content.more) if text], lang)
    for paragraph in (said, content.gate):
        lines += [*wrap(paragraph), ""] if paragraph else []
    for failure in content.failures:
        lines += wrap(failure, first="* ", rest="  ")
    if content.more_failures:
        lines += wrap(messages.ui("mail", "more", lang, count=content.more_failures), first="* ", rest="  ")
    if content.failures:
        lines.append("")
    if content.since:
        lines += wrap(content.since)
        for line in content.changes:
            lines += wrap(line, first="* ", rest="  ")
        lines.append("")
    blocks = [_sweeps(content), _runs(content, lang)]
    for block in reversed(blocks) if content.newly_bad else blocks:
        lines += block
    for line in content.healthy:
        lines += [*wrap(line), ""]
    if content.unread:
        lines += [messages.ui("mail", "unread", lang), "-" * WIDTH]
        for file, reason in content.unread:
            lines += wrap(messages.pair(file, reason, lang), first="* ", rest="  ")
        if content.more_unread:
            lines += wrap(messages.ui("mail", "more", lang, count=content.more_unread), first="* ", rest="  ")
        lines.append("")
    for sentence in closing:
        lines += wrap(sentence)
    if link:
        # an address stays whole, so that it can be followed
        lines += [messages.pair(messages.ui("mail", "hosted", lang), "", lang).rstrip(), link]
    lines += ["", "-- ", messages.ui("mail", "footer", lang)]
    return "\n".join(lines) + "\n"


def _sweeps(content: Content) -> list[str]:
    lines: list[str] = []
    for title, *answer in content.sweeps:
        lines += [*wrap(title), "-" * WIDTH]
        for line in answer:
            lines += wrap(line, first="* ", rest="  ")
        lines.append("")
    return lines


def _runs(content: Content, lang: Lang) -> list[str]:
    lines: list[str] = []
    if len(content.rows) + len(content.healthy) > 1:
        lines += [messages.ui("mail", "runs", lang), "-" * WIDTH]
    for row in content.rows:
        lines += wrap(row.id)
        lines += wrap(messages.pair(row.word, row.why, lang), first="    ", rest="    ")
        if row.fix:
            lines += wrap(
                messages.pair(messages.ui("mail", "first", lang), row.fix, lang), first="    > ", rest="      "
            )
        lines.append("")
    if content.more_runs:
        lines += [*wrap(messages.ui("mail", "more", lang, count=content.more_runs)), ""]
    return lines
