"""Mail servers that fall silent, or talk without end: delivery ends in bounded time with one reason, and never raises."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from loganalyzer.reports.mail.delivery import Delivery, deliver, parse_server

STAGES = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", ".")


class Silent:
    """Speaks SMTP up to ``stage`` and is silent there; or, if ``endless``, begins an answer there that never ends."""

    def __init__(self, stage: str, endless: bool) -> None:
        self.stage, self.endless = stage, endless
        self.released = threading.Event()
        self.connections = 0

    def serve(self, listening: socket.socket) -> None:
        while not self.released.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb", buffering=0) as stream:
            try:
                if self._stop_at("greeting", connection):
                    return
                stream.write(b"220 here\r\n")
                data = False
                for line in stream:
                    word = "." if line == b".\r\n" else "" if data else line[:4].decode().strip().upper()
                    if word and self._stop_at(word, connection):
                        return
                    data = word == "DATA" or (data and word != ".")
                    if word:
                        stream.write({"DATA": b"354 go\r\n", "QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n"))
            except OSError:
                return

    def _stop_at(self, word: str, connection: socket.socket) -> bool:
        if word != self.stage:
            return False
        while not self.released.wait(0.05 if self.endless else 60):
            connection.sendall(b"250-and\r\n" if word != "greeting" else b"220-and\r\n")
        return True


@contextmanager
def silent(stage: str, endless: bool = False) -> Iterator[tuple[Silent, int]]:
    server = Silent(stage, endless)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=server.serve, args=(listening,), daemon=True).start()
        try:
            yield server, listening.getsockname()[1]
        finally:
            server.released.set()


def send(port: int, **options: float) -> Delivery:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "hello", "c@example.org", "a@example.org"
    message.set_content("text")
    return deliver(
        message,
        parse_server(f"smtp://127.0.0.1:{port}"),
        sender="c@example.org",
        to=["a@example.org"],
        wait=lambda _: None,
        **options,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_falls_silent(stage: str) -> None:
    with silent(stage) as (server, port):
        delivery = send(port, timeout=0.2)
        assert (delivery.accepted, delivery.complete, delivery.attempts) == ((), False, 3)
        assert "timed out" in delivery.error and server.connections == 3


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_talks_without_end(stage: str) -> None:
    with silent(stage, endless=True) as (_, port):
        delivery = send(port, timeout=20, longest=0.4)
        assert delivery.accepted == () and "timed out" in delivery.error


@pytest.mark.parametrize("longest", [0.4, 60])
def test_a_server_that_answers_is_not_disturbed(longest: float) -> None:
    with silent("NOOP") as (_, port):
        assert send(port, timeout=20, longest=longest).accepted == ("a@example.org",)
