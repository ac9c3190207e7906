"""Delivery to real SMTP servers on this machine: encryption, passwords, refusals."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

import loganalyzer
from loganalyzer.config.load import load
from loganalyzer.gate.judge import judge
from loganalyzer.model.errors import ConfigError
from loganalyzer.reports.mail import Attachment, build
from loganalyzer.reports.mail.delivery import Delivery, Server, deliver, parse_server, read_password

TO = ["a@example.org", "b@example.org"]


class Inbox:
    """Keeps what arrives; answers RCPT and DATA from scripts, the last answer repeats."""

    def __init__(self, data: tuple[str, ...] = ("250 OK",), refused: dict[str, list[str]] | None = None) -> None:
        self.mails: list[tuple[list[str], bytes]] = []
        self.data, self.refused, self.tries = list(data), refused or {}, 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answers = self.refused.get(address, [])
        if answers:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.tries += 1
        answer = self.data.pop(0) if len(self.data) > 1 else self.data[0]
        if answer.startswith("250"):
            self.mails.append((list(envelope.rcpt_tos), envelope.content))
        return answer


@contextmanager
def server(inbox: Inbox, controller: Callable[..., Any] = Controller, **options: Any) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = controller(inbox, hostname="127.0.0.1", port=port, **options)
    running.start()
    try:
        yield port
    finally:
        running.stop()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def context_of(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "hello", "c@example.org", ", ".join(TO)
    message.set_content("first\n.\n.dots\nlast")
    return message


def send(port: int, scheme: str = "smtp", user: str = "", host: str = "localhost", **options: Any) -> Delivery:
    waits: list[float] = []
    chosen: dict[str, Any] = {"sender": "c@example.org", "to": TO, "timeout": 10, "wait": waits.append, **options}
    return deliver(mail(), Server(scheme, host, port, user), **chosen)


def test_plain_to_this_machine() -> None:
    inbox = Inbox()
    with server(inbox) as port:
        assert send(port).complete
    recipients, content = inbox.mails[0]
    assert recipients == TO and b"\n.\r\n.dots" in content


def test_plain_to_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "loopback", property(lambda self: False))
    inbox = Inbox()
    with server(inbox) as port:
        refused = send(port)
        assert "no encryption" in refused.error and refused.attempts == 1 and not inbox.mails
        assert send(port, insecure=True).complete


def test_starttls_and_smtps_verified(authority: trustme.CA, ca_file: str) -> None:
    inbox = Inbox()
    with server(inbox, tls_context=context_of(authority), require_starttls=True) as port:
        assert send(port, ca_file=ca_file).complete
    with server(inbox, ssl_context=context_of(authority)) as port:
        assert send(port, "smtps", ca_file=ca_file).complete
    assert len(inbox.mails) == 2


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_unknown_and_wrong_certificates_get_nothing(authority: trustme.CA, ca_file: str, scheme: str) -> None:
    inbox = Inbox()
    for context, file in ((context_of(trustme.CA()), None), (context_of(authority, "other.example"), ca_file)):
        options = {"tls_context": context} if scheme == "smtp" else {"ssl_context": context}
        with server(inbox, **options) as port:
            refused = send(port, scheme, ca_file=file, password="secret", user="u")
        assert "TLS failed" in refused.error and refused.attempts == 1
    assert not inbox.mails


def test_password_only_over_tls(authority: trustme.CA, ca_file: str) -> None:
    seen = []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    inbox = Inbox()
    with server(inbox, tls_context=context_of(authority), authenticator=check, auth_required=True) as port:
        assert send(port, user="me", password="right", ca_file=ca_file).complete
        wrong = send(port, user="me", password="wrong", ca_file=ca_file)
        assert wrong.error.startswith("535") and wrong.attempts == 1 and "wrong" not in wrong.error
        assert "no password" in send(port, user="me", ca_file=ca_file).error
    assert seen[0] == (b"me", b"right") and len(inbox.mails) == 1
    with server(inbox, authenticator=check, auth_require_tls=False) as port:
        seen.clear()
        assert "never sent without encryption" in send(port, user="me", password="right").error
        assert not seen


def test_a_temporary_refusal_is_tried_again_a_final_one_is_not() -> None:
    inbox = Inbox(data=("451 later", "250 OK"))
    with server(inbox) as port:
        done = send(port)
    assert done.complete and done.attempts == 2 and inbox.tries == 2 and len(inbox.mails) == 1
    inbox = Inbox(data=("451 later",))
    with server(inbox) as port:
        done = send(port)
    assert done.error.startswith("451") and done.attempts == 3
    inbox = Inbox(data=("554 no",))
    with server(inbox) as port:
        done = send(port)
    assert done.error.startswith("554") and done.attempts == 1


def test_one_recipient_refused() -> None:
    inbox = Inbox(refused={"b@example.org": ["550 unknown"]})
    with server(inbox) as port:
        done = send(port)
    assert done.accepted == ("a@example.org",) and done.refused == {"b@example.org": "550 unknown"}
    assert not done.complete and not done.error and inbox.mails[0][0] == ["a@example.org"]


def test_one_recipient_greylisted_gets_it_once_later() -> None:
    inbox = Inbox(refused={"b@example.org": ["450 later", ""]})
    inbox.refused["b@example.org"] = ["450 later", "250 OK"]

    async def recipient(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answers = inbox.refused.get(address, [])
        answer = answers.pop(0) if answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    inbox.handle_RCPT = recipient  # type: ignore[method-assign]
    with server(inbox) as port:
        done = send(port)
    assert done.complete and [m[0] for m in inbox.mails] == [["a@example.org"], ["b@example.org"]]


def test_all_recipients_refused_and_nobody_there() -> None:
    inbox = Inbox(refused={a: ["550 unknown"] for a in TO})
    with server(inbox) as port:
        done = send(port)
    assert done.error and set(done.refused) == set(TO) and not inbox.mails
    assert send(port).error and send(port).attempts == 3  # the server is gone


def test_a_server_that_takes_less_is_told_before() -> None:
    inbox = Inbox()
    with server(inbox, data_size_limit=50) as port:
        done = send(port)
        assert "at most 50 bytes" in done.error and done.too_large and done.attempts == 1
    assert not inbox.mails


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", Server("smtp", "mail.example.org", 25)),
        ("smtps://me@mail.example.org", Server("smtps", "mail.example.org", 465, "me")),
        ("smtp://me%40x.org@mail.example.org", Server("smtp", "mail.example.org", 587, "me@x.org")),
        ("smtp://[::1]:2525", Server("smtp", "::1", 2525)),
    ],
)
def test_addresses_of_servers(url: str, expected: Server) -> None:
    assert parse_server(url) == expected


@pytest.mark.parametrize("url", ["smtp://u:secret@h", "http://h", "smtp://", "smtp://h:99999", "smtp://h/x", "h:25"])
def test_wrong_addresses_of_servers(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_server(url)
    assert "secret" not in str(caught.value)


def test_password_from_file_or_environment(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("pass word\n")
    assert read_password(str(tmp_path / "p"), {}) == "pass word"
    assert read_password(None, {"LOGANALYZER_SMTP_PASSWORD": "x"}) == "x"
    assert read_password(None, {}) is None
    with pytest.raises(ConfigError):
        read_password(str(tmp_path / "none"), {})


def test_loopback() -> None:
    hosts = {"localhost": True, "127.0.0.1": True, "::1": True, "mail.example.org": False, "10.0.0.1": False}
    assert {h: Server("smtp", h, 25).loopback for h in hosts} == hosts


def test_a_whole_mail_arrives_as_it_was_built(authority: trustme.CA, ca_file: str) -> None:
    """Japanese, a name of 240 letters, a line that begins with a dot: over TLS, parsed back, every picture found."""
    names = ("学習😀" * 20, "n" * 240, ".dot", "caf\udce9")
    runs = [replace(d, run=replace(d.run, id=n)) for n, d in zip(names, 4 * (sample().runs[0],), strict=True)]
    report = replace(sample(), runs=tuple(runs))
    judged = judge(report, load(command_line={"fail-on": "diverging"}, environment={}))
    page = "<p>\n.\n" + "長" * 5000 + "</p>"
    message = build(
        report,
        judged,
        to=TO,
        sender="c@example.org",
        lang="ja",
        title="夜間ジョブ",
        attachment=Attachment(page, "r.html"),
    )
    inbox = Inbox()
    with server(inbox, require_starttls=True, tls_context=context_of(authority)) as port:
        done = deliver(message, Server("smtp", "localhost", port), sender="c@example.org", to=TO, ca_file=ca_file)
    assert done.complete, done
    ((_, content),) = inbox.mails
    assert max(map(len, content.split(b"\r\n"))) <= 998 and content.isascii()
    mail = message_from_bytes(content, policy=default)
    assert mail["Subject"] == message["Subject"] and mail["Subject"].endswith("夜間ジョブ")
    sent, arrived = (
        [p.get_content() for p in m.walk() if not p.is_multipart()]
        for m in (message_from_bytes(message.as_bytes(), policy=default), mail)
    )
    assert sent == arrived and any(names[0][:20] in str(p) for p in arrived)
    assert [p.get_content() for p in mail.walk() if p.get_filename() == "report.html"] == [page]
    cids = set(re.findall(r'src="cid:([^"]+)"', str(arrived[1])))
    assert cids and cids == {p["Content-ID"].strip("<>") for p in mail.walk() if p.get_content_maintype() == "image"}


@cache
def sample() -> loganalyzer.Report:
    return loganalyzer.analyze(Path(__file__).parents[2] / "sample_runs" / "diverging-nan")
