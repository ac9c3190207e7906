"""Write or send the mail about an analysis. A failing mail never hides the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loganalyzer.cli.clock import now
from loganalyzer.cli.errors import complain
from loganalyzer.model.errors import Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from loganalyzer.cli.options.values import CliOptions
    from loganalyzer.config.settings import MailSettings, Settings
    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.model.report import Analysis
    from loganalyzer.reports.mail import Attachment
    from loganalyzer.reports.mail.delivery import Delivery

_SENDER = "analyze-logs@localhost"


def wanted(settings: Settings, options: CliOptions) -> bool:
    """Return True if a mail is to be written or sent. Raises UsageError if the mail options are incomplete."""
    from loganalyzer.model.errors import UsageError

    mail = settings.mail
    if not mail.to and not options.eml:
        if options.mail_details:
            raise UsageError("a mail needs --email-to")
        return False
    from loganalyzer.reports.mail.delivery import parse_server, read_password, trust
    from loganalyzer.reports.mail.message import address

    for one in (*mail.to, *([mail.sender] if mail.sender else [])):
        address(one)
    if not options.eml:
        if not mail.sender or not mail.smtp:
            missing = "--email-from" if not mail.sender else "--smtp"
            key = "mail.from" if not mail.sender else "mail.smtp"
            raise UsageError("a mail needs {option} too (or {key} in the configuration)", option=missing, key=key)
        parse_server(mail.smtp)
        read_password(mail.password_file)
        trust(mail.ca_file)
    return True


def send(
    analysis: Analysis, result: GateResult, settings: Settings, eml: str | None, page: str | None, path: str
) -> bool:
    """Write the mail to the file ``eml`` or deliver it, attaching the ``page`` that was written to ``path``.

    Returns False if delivery to some recipient failed: the reasons are printed on standard error, not raised.
    """
    from loganalyzer.reports.files import write
    from loganalyzer.reports.mail import Attachment

    mail = settings.mail
    full = Attachment(page, path, mail.attach, int(mail.attach_limit_mb * 1e6), mail.report_url)
    compose = _composer(analysis, result, settings)
    if eml:
        write(eml, _as_text(compose(full)))
        return True
    if not _due(mail, analysis, result):
        return True
    small = None if mail.attach == "none" else Attachment(page, path, "none", url=mail.report_url)
    return _deliver(compose, full, small, settings)


def _composer(analysis: Analysis, result: GateResult, settings: Settings) -> Callable[[Attachment], EmailMessage]:
    """Return a function that builds the message for an attachment, always with the same date."""
    from loganalyzer.reports.mail import build

    mail, date = settings.mail, now()
    sender = mail.sender or _SENDER

    def compose(attachment: Attachment) -> EmailMessage:
        return build(
            analysis, result, to=mail.to or (sender,), sender=sender, lang=settings.lang, title=mail.title,
            attachment=attachment, date=date,
        )  # fmt: skip

    return compose


def _deliver(
    compose: Callable[[Attachment], EmailMessage], full: Attachment, small: Attachment | None, settings: Settings
) -> bool:
    """Deliver the mail, without the report (``small``) if it is too large for the server. True if it reached everybody."""
    from loganalyzer.model.errors import ConfigError
    from loganalyzer.reports.mail.delivery import deliver, parse_server, read_password
    from loganalyzer.reports.mail.message import address

    mail, lang = settings.mail, settings.lang
    sender, to = address(mail.sender or _SENDER).addr_spec, [address(a).addr_spec for a in mail.to]
    try:
        server, password = parse_server(mail.smtp or ""), read_password(mail.password_file)
    except ConfigError as error:  # it was readable at the start; a later failure must not cost the verdict
        complain(Message("the mail was not delivered: {reason}", {"reason": error.message}), lang)
        return False

    def attempt(attachment: Attachment) -> Delivery:
        return deliver(
            compose(attachment), server, sender=sender, to=to, password=password, ca_file=mail.ca_file,
            insecure=mail.insecure, retry_seconds=mail.retry_seconds,
        )  # fmt: skip

    delivery = attempt(full)
    if delivery.too_large and small is not None:
        complain(Message("{reason}; the mail goes out without the report", {"reason": delivery.error}), lang)
        delivery = attempt(small)
    for recipient, reason in delivery.refused.items():
        about = {"recipient": recipient, "reason": reason}
        complain(Message("the mail was refused for {recipient}: {reason}", about), lang)
    if delivery.error:
        complain(Message("the mail was not delivered: {reason}", {"reason": delivery.error}), lang)
    return delivery.complete


def _due(mail: MailSettings, analysis: Analysis, result: GateResult) -> bool:
    unread = result.strict and bool(
        result.unread or result.partly_read
    )  # exit code 4: the job fails, so print the reason
    if mail.when == "always" or result.failed or unread or not analysis.runs:
        return True
    return mail.when == "attention" and any(d.needs_attention for d in analysis.runs)


def _as_text(message: EmailMessage) -> str:
    # quoted-printable and base64 leave nothing but ASCII
    return message.as_bytes().decode("ascii", "backslashreplace")
