"""The options of ``analyze-logs`` for mail, and sending it. A mail that fails never hides the verdict."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from loganalyzer.cli.errors import complain
from loganalyzer.cli.options import together
from loganalyzer.model.errors import Message

if TYPE_CHECKING:
    from email.message import EmailMessage

    from loganalyzer.config.settings import MailSettings, Settings
    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.model.report import Analysis
    from loganalyzer.reports.mail.delivery import Delivery

_OF_NO_USE_ALONE = ("smtp", "email_from", "email_title", "email_attach", "email_required", "insecure_smtp")
options = together(
    click.option("--email-to", metavar="A,B", help="Mail the outcome to these addresses."),
    click.option("--email-from", metavar="ADDRESS", help="Sender of the mail."),
    click.option(
        "--smtp",
        metavar="URL",
        help="Mail server, smtp[s]://user@host:port; the password comes from LOGANALYZER_SMTP_PASSWORD or a file.",
    ),
    click.option("--eml", metavar="FILE|-", help="Write the mail to a file instead of sending it."),
    click.option("--email-title", metavar="TEXT", help="Name of the job, for the end of the subject."),
    click.option(
        "--email-attach",
        type=click.Choice(["html", "zip", "none"]),
        help="How the full report is attached. [default: html]",
    ),
    click.option("--email-required", is_flag=True, help="Exit 4 if the mail could not be delivered."),
    click.option("--insecure-smtp", is_flag=True, help="Allow plain text to a server elsewhere (never a password)."),
)


def wanted(settings: Settings, given: Mapping[str, Any]) -> bool:
    """True if a mail is to be written or sent. Raises UsageError for half an order, before any work is done."""
    from loganalyzer.model.errors import UsageError

    mail = settings.mail
    if not mail.to and not given.get("eml"):
        if any(given.get(name) for name in _OF_NO_USE_ALONE):
            raise UsageError("a mail needs --email-to")
        return False
    from loganalyzer.reports.mail.delivery import parse_server, read_password, trust
    from loganalyzer.reports.mail.message import address

    for one in (*mail.to, *([mail.sender] if mail.sender else [])):
        address(one)
    if not given.get("eml"):
        if not mail.sender or not mail.smtp:
            missing = "--email-from" if not mail.sender else "--smtp"
            key = "mail.from" if not mail.sender else "mail.smtp"
            raise UsageError("a mail needs {option} too (or {key} in the configuration)", option=missing, key=key)
        parse_server(mail.smtp)
        read_password(mail.password_file)
        trust(mail.ca_file)
    return True


def send(
    analysis: Analysis, result: GateResult, settings: Settings, given: Mapping[str, Any], page: str | None, path: str
) -> bool:
    """Write or deliver the mail; False if it did not reach everybody. Tells on standard error, never raises for it."""
    from loganalyzer.cli.output import write
    from loganalyzer.model.errors import ConfigError
    from loganalyzer.reports.mail import Attachment, build
    from loganalyzer.reports.mail.delivery import deliver, parse_server, read_password
    from loganalyzer.reports.mail.message import address

    mail = settings.mail
    if not given.get("eml") and not _due(mail, analysis, result):
        return True
    attachment = Attachment(page, path, mail.attach, int(mail.attach_limit_mb * 1e6), mail.report_url)
    sender = mail.sender or "analyze-logs@localhost"
    date = _date()

    def written(attached: Attachment) -> EmailMessage:
        return build(
            analysis, result, to=mail.to or (sender,), sender=sender, lang=settings.lang, title=mail.title,
            attachment=attached, date=date,
        )  # fmt: skip

    message = written(attachment)
    if given.get("eml"):
        write(given["eml"], _as_text(message))
        return True
    to = [address(a).addr_spec for a in mail.to]
    try:
        server, password = parse_server(mail.smtp or ""), read_password(mail.password_file)
    except ConfigError as error:  # it could be read when we began: the verdict must not be lost over it
        complain(Message("the mail was not delivered: {reason}", {"reason": error.message}), settings.lang)
        return False

    def handed_over(message: EmailMessage) -> Delivery:
        return deliver(
            message, server, sender=address(sender).addr_spec, to=to, password=password, ca_file=mail.ca_file,
            insecure=mail.insecure, retry_seconds=mail.retry_seconds,
        )  # fmt: skip

    delivery = handed_over(message)
    if delivery.too_large and mail.attach != "none":
        complain(Message("{reason}; the mail goes out without the report", {"reason": delivery.error}), settings.lang)
        delivery = handed_over(written(Attachment(page, path, "none", url=mail.report_url)))
    for recipient, reason in delivery.refused.items():
        told = Message("the mail was refused for {recipient}: {reason}", {"recipient": recipient, "reason": reason})
        complain(told, settings.lang)
    if delivery.error:
        complain(Message("the mail was not delivered: {reason}", {"reason": delivery.error}), settings.lang)
    return delivery.complete


def _due(mail: MailSettings, analysis: Analysis, result: GateResult) -> bool:
    unread = result.strict and bool(result.unread or result.partly_read)  # exit code 4: the job fails, so tell why
    if mail.when == "always" or result.failed or unread or not analysis.runs:
        return True
    return mail.when == "attention" and any(d.needs_attention for d in analysis.runs)


def _date() -> datetime.datetime:
    """Now, or SOURCE_DATE_EPOCH for builds that must repeat byte by byte."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if fixed.isdigit():
        return datetime.datetime.fromtimestamp(int(fixed), datetime.UTC)
    return datetime.datetime.now(datetime.UTC)


def _as_text(message: EmailMessage) -> str:
    # quoted-printable and base64 leave nothing but ASCII
    return message.as_bytes().decode("ascii", "backslashreplace")
