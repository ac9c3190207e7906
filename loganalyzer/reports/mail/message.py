"""Build the message: multipart/mixed(alternative(text, related(html, charts)), report).

Restricted to what mail clients support: tables, inlined style sheets, PNG by content id, no script, no remote resource. The
HTML part stays below 80 KB, since Gmail clips near 102 KB; of many runs it shows the worst.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Literal

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.own_files import own_text
from loganalyzer.model.record import Record
from loganalyzer.model.report import Analysis
from loganalyzer.reports.html.spaces import unbroken
from loganalyzer.reports.mail import chart, text_part
from loganalyzer.reports.mail.content import MAX_CHARTS, Content, Row, content
from loganalyzer.reports.safe import term_safe

HTML_LIMIT = 80_000


class Attachment(Record):
    """The full report: its page, its path, how it may be attached, and the URL where it is hosted."""

    page: str | None = None
    path: str = ""
    form: Literal["html", "zip", "none"] = "html"
    limit_bytes: int = 10_000_000
    url: str = ""


def render(analysis: Analysis, gate_result: GateResult, *, lang: Lang = "en") -> str:
    """Render the HTML part alone, without charts, as it is mailed."""
    return _html(content(analysis, gate_result, lang=lang), {}, [], lang)


def build(
    analysis: Analysis,
    gate_result: GateResult,
    *,
    to: Sequence[str],
    sender: str,
    lang: Lang = "en",
    title: str = "",
    attachment: Attachment | None = None,
    date: datetime.datetime | None = None,
) -> EmailMessage:
    """Build the whole message; the same bytes for the same input and ``date`` (default: now, UTC).

    Raises ConfigError for an invalid address. Curves must have been kept for charts; without them there are none.
    """
    mail = content(analysis, gate_result, lang=lang, title=title)
    when = date or datetime.datetime.now(datetime.UTC)
    origin = address(sender)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message["From"] = origin
    message["To"] = tuple(address(a) for a in to)
    message["Date"] = format_datetime(when)
    seed = _digest(mail.subject, when.isoformat(), *(r.id for r in mail.rows), sender, *to)
    message["Message-ID"] = f"<{seed}@{origin.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    thread = f"<{_digest(title or 'analyze-logs', sender)}@{origin.domain}>"
    message["References"] = thread  # repeated reports of one job stay together
    attached, closing = _attached(attachment, lang)
    pictures = _pictures(mail, lang)
    cids = {row: f"{_digest(row)}@analyze-logs" for row in pictures}
    link = attachment.url if attachment is not None else ""
    message.set_content(text_part.render(mail, closing, lang=lang, link=link), charset="utf-8", cte="quoted-printable")
    html = _html(mail, cids, closing, lang, link)
    message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    html_part: Any = message.get_payload()[1]  # type: ignore[index]
    for number, (row, picture) in enumerate(pictures.items(), start=1):
        name = f"chart-{number}.png"
        html_part.add_related(picture, "image", "png", cid=f"<{cids[row]}>", filename=name, disposition="inline")
    if attached is not None:
        name, kind, data = attached
        coded = {"charset": "utf-8"} if kind[0] == "text" else None
        message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name, params=coded)
    for number, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"={seed}={number}=")
    return message


def address(text: str) -> Address:
    """Parse one address, with or without a display name. Raises ConfigError for none or several."""
    match = re.fullmatch(
        r'\s*(?:"?([^"<>\r\n]*?)"?\s*<)?([^\s<>,;:"()\[\]\\\x00-\x20]+@[^\s<>,;:"()\\@\x00-\x20]+)>?\s*', text
    )
    if match is None or ("<" in text) != (">" in text):
        raise ConfigError("{text!r} is no mail address", text=term_safe(text, 100))
    try:
        return Address(display_name=term_safe(match[1] or ""), addr_spec=match[2])
    except Exception as error:  # the parser's own errors have no common class
        raise ConfigError("{text!r} is no mail address", text=term_safe(text, 100)) from error


def _html(content: Content, cids: dict[str, str], closing: Iterable[str], lang: Lang, link: str = "") -> str:
    import css_inline
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False)
    environment.filters["unbroken"] = unbroken
    source = own_text("loganalyzer.reports.mail", "template.html.j2")

    def ui(key: str, **placeholders: Any) -> str:
        return messages.ui("mail", key, lang, **placeholders)

    page = environment.from_string(source).render(
        content=content,
        cids=cids,
        closing=list(closing),
        link=link,
        lang=lang,
        ui=ui,
        height=chart.HEIGHT,
        colon=messages.LANGUAGES[lang].colon,
    )
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)
    return str(inliner.inline(page))


def _pictures(content: Content, lang: Lang) -> dict[str, bytes]:
    """Draw the charts of the worst runs that have a curve, by row."""
    drawn: dict[str, bytes] = {}
    rows: list[Row] = [r for r in content.rows if r.diagnosis.needs_attention] or list(content.rows[:1])
    for row in rows[:MAX_CHARTS]:
        picture = chart.png(row.diagnosis, lang)
        if picture is not None:
            drawn[row.id] = picture
    return drawn


def _attached(attachment: Attachment | None, lang: Lang) -> tuple[tuple[str, tuple[str, str], bytes] | None, list[str]]:
    """Return the file to attach, and the sentences about the full report."""
    if attachment is None or attachment.page is None:
        return None, []
    data, name, kind = attachment.page.encode("utf-8", "backslashreplace"), "report.html", ("text", "html")
    path = term_safe(attachment.path, 300)
    if attachment.form == "none":
        return None, [messages.ui("mail", "at", lang, path=path)] if path else []
    if attachment.form == "zip":
        data, name, kind = _zipped(data), "report.zip", ("application", "zip")
    if len(data) > attachment.limit_bytes:
        size = f"{len(data) / 1e6:.1f} MB"
        return None, [messages.ui("mail", "too_large", lang, size=size, path=path or "–")]
    return (name, kind, data), [messages.ui("mail", "attached", lang, name=name)]


def _zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        # a fixed date, so that the same report gives the same bytes
        archive.writestr(zipfile.ZipInfo("report.html", (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
