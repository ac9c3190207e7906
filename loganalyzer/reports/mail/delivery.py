"""Deliver a message by SMTP: certificates are always verified, passwords never travel in plain text.

``smtplib`` alone would accept any certificate after STARTTLS; here every TLS connection gets a verifying context.
Temporary refusals (4xx) are tried again, final ones (5xx) are not.
"""

from __future__ import annotations

import ipaddress
import os
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from loganalyzer.model.errors import ConfigError
from loganalyzer.model.record import Record, field

PASSWORD_VARIABLE = "LOGANALYZER_SMTP_PASSWORD"
TIMEOUT_SECONDS, ATTEMPTS, RETRY_SECONDS = 30.0, 3, 2.0
LONGEST_SECONDS = 300.0
"""An attempt is given up after this time: a server that sends a line now and then never runs into the time-out of a read."""


class Server(Record):
    """Mail server: ``scheme`` "smtp" (STARTTLS where offered) or "smtps" (TLS from the first byte)."""

    scheme: str
    host: str
    port: int
    user: str = ""

    @property
    def loopback(self) -> bool:
        """True if the server is this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class Delivery(Record):
    """Result of a delivery: ``refused`` recipients with the server's reason; ``error`` is "" if the message was sent."""

    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    attempts: int = 0
    too_large: bool = False

    @property
    def complete(self) -> bool:
        """True if every recipient was accepted."""
        return not self.error and not self.refused


def parse_server(url: str) -> Server:
    """Parse ``smtp[s]://user@host:port``. Raises ConfigError, also for a password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigError("the mail server's address is wrong: {reason}", reason=error) from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ConfigError("the mail server must be given as smtp://host:port or smtps://user@host:port")
    if parts.password is not None:
        raise ConfigError(
            "a password does not belong in the mail server's address; set {variable} or password-file",
            variable=PASSWORD_VARIABLE,
        )
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ConfigError("the mail server's address ends after the port")
    standard = 465 if parts.scheme == "smtps" else 587 if parts.username else 25
    return Server(parts.scheme, parts.hostname, port or standard, unquote(parts.username or ""))


def read_password(password_file: str | None, environment: Mapping[str, str] | None = None) -> str | None:
    """Read the password from its file, else from the environment, else None. Raises ConfigError for a bad file."""
    if password_file:
        try:
            return Path(password_file).read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("cannot read the password file {file}", file=password_file) from error
    return (os.environ if environment is None else environment).get(PASSWORD_VARIABLE) or None


def trust(ca_file: str | None) -> ssl.SSLContext:
    """Return the TLS context that verifies every connection. Raises ConfigError for a bad ``ca_file``."""
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as bad_file:
            raise ConfigError("cannot use the certificate file {file}", file=ca_file) from bad_file
    return context


def deliver(
    message: EmailMessage,
    server: Server,
    *,
    sender: str,
    to: Sequence[str],
    password: str | None = None,
    ca_file: str | None = None,
    insecure: bool = False,
    timeout: float = TIMEOUT_SECONDS,
    longest: float = LONGEST_SECONDS,
    attempts: int = ATTEMPTS,
    retry_seconds: float = RETRY_SECONDS,
    wait: Callable[[float], None] = time.sleep,
) -> Delivery:
    """Hand ``message`` to ``server`` for each bare address of ``to``. Never raises for failures of server or network.

    Before the second attempt it waits ``retry_seconds``, before the third one twice as long.
    A read or write that takes ``timeout`` seconds, and an attempt that takes ``longest``, has failed.
    ``insecure`` allows plain text to other machines; a password is never sent without TLS all the same.
    """
    context = trust(ca_file)
    pending, refused, accepted, error = list(to), dict[str, str](), list[str](), ""
    number, large = 0, False
    for number in range(1, attempts + 1):
        if number > 1:
            wait(retry_seconds * 2.0 ** (number - 2))
        try:
            answers = _once(message, server, sender, pending, password, context, insecure, timeout, longest)
        except smtplib.SMTPRecipientsRefused as all_refused:
            answers = all_refused.recipients
        except (_Refused, smtplib.SMTPException, OSError) as failed:
            error, large = _said(failed), isinstance(failed, _Refused) and failed.too_large
            if _may_pass(failed):
                continue
            break
        error = ""
        accepted += [a for a in pending if a not in answers]
        refused.update({a: f"{code} {_text(text)}" for a, (code, text) in answers.items()})
        pending = [a for a, (code, _) in answers.items() if 400 <= code < 500]
        if not pending:
            break
    for recipient in accepted:
        refused.pop(recipient, None)
    if not accepted and not error:
        error = "every recipient was refused"
    return Delivery(tuple(accepted), refused, "" if accepted and not pending else error, number, large)


def _said(failed: Exception) -> str:
    """Return in words why an attempt failed."""
    if isinstance(failed, smtplib.SMTPResponseException):
        return f"{failed.smtp_code} {_text(failed.smtp_error)}"
    if isinstance(failed, ssl.SSLError):
        return f"TLS failed, nothing was sent: {getattr(failed, 'verify_message', '') or failed}"
    return str(failed) or type(failed).__name__


def _may_pass(failed: Exception) -> bool:
    """True if another attempt may succeed: a temporary answer, a name or a port that may be there again in a moment."""
    if isinstance(failed, smtplib.SMTPResponseException):
        return 400 <= failed.smtp_code < 500
    return not isinstance(failed, (_Refused, ssl.SSLError))


class _Refused(Exception):
    """Refusal to send: the connection is not secure, or the message too large for the server."""

    def __init__(self, reason: str, *, too_large: bool = False) -> None:
        super().__init__(reason)
        self.too_large = too_large


def _once(
    message: EmailMessage,
    server: Server,
    sender: str,
    to: Sequence[str],
    password: str | None,
    context: ssl.SSLContext,
    insecure: bool,
    timeout: float,
    longest: float,
) -> dict[str, tuple[int, bytes]]:
    """Make one attempt; return the refused recipients with code and reason."""
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(timeout=timeout, context=context)
    else:
        connection = smtplib.SMTP(timeout=timeout)
    with _within(longest, connection), connection as smtp:
        smtp._host = server.host  # type: ignore[attr-defined]  # the name that TLS verifies; set by the constructor only
        code, answer = smtp.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, answer)
        smtp.ehlo()
        encrypted = server.scheme == "smtps"
        if not encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
            encrypted = True
        if not encrypted and not (server.loopback or insecure):
            raise _Refused(f"{server.host} offers no encryption; use smtps://, or allow plain text explicitly")
        if server.user:
            if not encrypted:
                raise _Refused("a password is never sent without encryption")
            if password is None:
                raise _Refused(f"no password for {server.user}: set {PASSWORD_VARIABLE} or password-file")
            smtp.login(server.user, password)
        size = smtp.esmtp_features.get("size", "")
        if size.isdigit() and 0 < int(size) < len(message.as_bytes()):
            raise _Refused(f"the server takes at most {int(size):,} bytes", too_large=True)
        return smtp.send_message(message, from_addr=sender, to_addrs=list(to))


@contextmanager
def _within(seconds: float, connection: smtplib.SMTP) -> Iterator[None]:
    """End the connection after so many seconds: what waits for it then raises TimeoutError."""
    ended = threading.Event()

    def end() -> None:
        ended.set()
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        if ended.is_set():
            raise TimeoutError("timed out") from error
        raise
    finally:
        timer.cancel()


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]
