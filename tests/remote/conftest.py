"""A real S3 server on loopback that counts what it is asked."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

pytest.importorskip("s3fs")

SECRET = "wJalrXUtnFEMI-very-secret-key"
KEY = "AKIAIOSFODNN7EXAMPLE"
BUCKET = "experiments"
ROWS = "epoch,loss,val_loss\n" + "".join(f"{e},{1 / (e + 1):.5f},{1.1 / (e + 1):.5f}\n" for e in range(40))


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, empty."""
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@dataclass
class Storage:
    """The server's address, a client for the test's own writes, and the requests that others sent."""

    endpoint: str
    client: Any
    asked: list[tuple[str, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)

    def upload(self, folder: Path, prefix: str) -> None:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            self.put(f"{prefix}/{file.relative_to(folder).as_posix()}", file.read_bytes())
        self.asked.clear()

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=key, Body=data)
        self.asked.clear()

    @property
    def kinds(self) -> Counter[str]:
        return Counter(kind for kind, _ in self.asked)

    @property
    def gets(self) -> Counter[str]:
        return Counter(key for kind, key in self.asked if kind == "get")


class Counting:
    """WSGI in front of moto: notes every request, and answers 404 for what is to have vanished."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.storage: Storage | None = None
        self.port = 0

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        storage = self.storage
        if storage is not None:
            path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
            key = path.removeprefix(f"/{BUCKET}").lstrip("/")
            method = environ["REQUEST_METHOD"]
            kind = "list" if method == "GET" and "list-type" in query else method.lower()
            storage.asked.append((kind, key))
            if kind == "get" and key in storage.gone:
                start("404 Not Found", [("Content-Type", "application/xml")])
                return [b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"]
            if kind == "get" and key in storage.faults:
                return self._fault(storage, storage.faults[key], start)
        return self.app(environ, start)

    @staticmethod
    def _fault(storage: Storage, fault: str, start: Any) -> Any:
        """Answer as a storage in trouble does: no access, a cut connection, other content than was listed, silence."""
        if fault == "denied":
            start("403 Forbidden", [("Content-Type", "application/xml")])
            return [b"<Error><Code>AccessDenied</Code><Message>" + SECRET.encode() + b"</Message></Error>"]
        if fault == "cut":
            start("200 OK", [("Content-Length", "5000")])
            return [b"epoch,loss\n0,1.0\n"]
        if fault == "silent":
            storage.released.wait(60)
        start("200 OK", [("Content-Type", "text/csv")])
        return [b"epoch,loss\n" + b"".join(b"%d,%f\n" % (e, 2 / (e + 1)) for e in range(90))]


@pytest.fixture(scope="session")
def server() -> Iterator[Counting]:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app = Counting(DomainDispatcherApplication(create_backend_app))
    one = make_server("127.0.0.1", 0, app, threaded=True)
    app.port = one.server_port
    thread = threading.Thread(target=one.serve_forever, daemon=True)
    thread.start()
    yield app
    one.shutdown()
    thread.join(5)


@pytest.fixture
def storage(server: Counting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Storage]:
    import boto3

    endpoint = f"http://127.0.0.1:{server.port}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint, "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"), "TMPDIR": str(tmp_path),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket=BUCKET)
    server.storage = Storage(endpoint, client)
    yield server.storage
    server.storage.released.set()
    server.storage = None
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    client.close()
