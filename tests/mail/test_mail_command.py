"""Mail from the command line: a delivery that fails never hides the verdict."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from loganalyzer.reports.mail.delivery import Server, deliver
from tests.cli.conftest import Call, analyze_logs, logs
from tests.mail.test_delivery import Inbox, server

__all__ = ["analyze_logs", "logs"]
SEND = ("--email-to", "a@example.org", "--email-from", "b@example.org", "--smtp", "smtp://127.0.0.1:1", "--no-html")


@pytest.mark.parametrize(
    ("more", "code"), [((), 0), (("--email-required",), 4), (("--email-required", "--fail-on", "diverging"), 1)]
)
def test_a_failed_delivery(analyze_logs: Call, logs: Path, more: tuple[str, ...], code: int) -> None:
    done = analyze_logs(logs, *SEND, *more, LOGANALYZER_MAIL_RETRY_SECONDS="0.02")
    assert done.returncode == code and "the mail was not delivered" in done.stderr


def test_half_an_order_is_wrong_usage(analyze_logs: Call, logs: Path) -> None:
    for arguments in (
        ("--email-to", "a@example.org"),
        ("--smtp", "smtp://h"),
        ("--email-required",),
        ("--email-title", "nightly"),
        ("--eml", "x.eml", "--email-to", "nobody"),
    ):
        assert analyze_logs(logs, "--no-html", *arguments).returncode == 2


def test_the_same_message_twice(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    written = []
    for _ in range(2):
        done = analyze_logs(logs, "--email-to", "a@example.org", "--eml", "1.eml", SOURCE_DATE_EPOCH="1700000000")
        assert done.returncode == 0, done.stderr
        written.append((tmp_path / "1.eml").read_bytes())
    assert written[0] == written[1] and b"report.html" in written[0] and b"image/png" in written[0]


def test_a_server_that_takes_less_gets_the_mail_without_the_report(analyze_logs: Call, logs: Path) -> None:
    inbox = Inbox()
    to = ("--email-to", "a@example.org", "--email-from", "b@example.org")
    with server(inbox, data_size_limit=90_000) as port:
        done = analyze_logs(logs, *to, "--smtp", f"smtp://127.0.0.1:{port}", "--email-required")
    assert done.returncode == 0 and "goes out without the report" in done.stderr, done.stderr
    ((_, content),) = inbox.mails
    assert len(content) < 90_000 and b"report.html" not in content and b"reports/index.html" in content


def test_how_the_report_is_attached(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    for form, name in (("zip", b"report.zip"), ("none", None)):
        assert analyze_logs(logs, "--eml", "m.eml", "--email-attach", form).returncode == 0
        content = (tmp_path / "m.eml").read_bytes()
        assert (b"Content-Disposition: attachment" in content) == (name is not None) and (name or b"") in content


@pytest.mark.parametrize(
    ("when", "what", "more", "sent"),
    [
        ("always", "good", (), True),
        ("attention", "good", (), False),
        ("attention", "bad", (), True),
        ("failure", "bad", (), False),
        ("failure", "bad", ("--fail-on", "diverging"), True),
        ("failure", "torn", ("--strict",), True),
        ("failure", "none", (), True),
    ],
)
def test_when_a_mail_is_sent(
    analyze_logs: Call, logs: Path, when: str, what: str, more: tuple[str, ...], sent: bool
) -> None:
    (logs / "none").mkdir()
    (logs / "torn").mkdir()
    (logs / "torn" / "log.csv").write_bytes((logs / "good" / "log.csv").read_bytes())
    (logs / "torn" / "model.pkl").write_bytes(b"\x80\x04cos\nsystem\n(S'x'\ntR.")
    inbox = Inbox()
    to = ("--email-to", "a@example.org", "--email-from", "b@example.org", "--no-html")
    with server(inbox) as port:
        analyze_logs(logs / what, *to, *more, "--smtp", f"smtp://127.0.0.1:{port}", LOGANALYZER_MAIL_WHEN=when)
    assert len(inbox.mails) == sent


@pytest.mark.parametrize(("seconds", "waits"), [(2.0, [2.0, 4.0]), (0.0, [0.0, 0.0]), (60.0, [60.0, 120.0])])
def test_three_attempts_however_long_the_wait(seconds: float, waits: list[float]) -> None:
    waited: list[float] = []
    delivery = deliver(
        EmailMessage(), Server("smtp", "127.0.0.1", 1), sender="b@example.org", to=["a@example.org"],
        retry_seconds=seconds, wait=waited.append,
    )  # fmt: skip
    assert waited == waits and delivery.attempts == 3 and delivery.error
