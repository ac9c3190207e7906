"""Services on this machine, as the documentation has them elsewhere: MLflow, S3, Dask, mail, webhooks."""

from __future__ import annotations

import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

PASSWORD = "correct-horse"

PATIENCE = 180.0
"""Seconds that a server may take to start on a machine that has much else to do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mlflow_server(folder: Path) -> Iterator[str]:
    """``mlflow server`` with its database and its artifacts below ``folder``; gives its address."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    stores = ("--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/artifacts")
    command = (sys.executable, "-m", "mlflow", "server", *stores, "--port", str(port), "--workers", "1")
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "mlflow.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_for(f"{address}/health", server, folder / "mlflow.log")
            yield address
        finally:
            os.killpg(server.pid, 15)
            server.wait(60)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers; raises ``RuntimeError`` with its log where it ends or stays silent."""
    for _ in range(int(PATIENCE / 0.2)):
        try:
            with urlopen(address, timeout=10):
                return
        except (URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError(log.read_text(encoding="utf-8"))


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A web server that keeps the JSON that was posted to it."""
    received: list[dict[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", received
        server.shutdown()


def an_experiment(address: str) -> tuple[str, str]:
    """The id of an experiment that MLflow's client logs there, and the id of its run."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(address)
    experiment = client.create_experiment("documentation")
    run = client.create_run(experiment).info.run_id
    for step in range(30):
        client.log_metric(run, "val_loss", 2.0 * 0.8**step + 0.1, step=step)
    client.set_terminated(run)
    return experiment, run


@contextmanager
def bucket(folder: Path) -> Iterator[dict[str, str]]:
    """``s3://bucket/experiments`` with the files of a folder; gives the environment that leads there."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint, keys = f"http://{host}:{port}", {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)
        client.create_bucket(Bucket="bucket")
        for file in filter(Path.is_file, folder.rglob("*")):
            client.upload_file(str(file), "bucket", f"experiments/{file.relative_to(folder).as_posix()}")
        variables = {name.upper(): value for name, value in keys.items()}
        yield {"AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": "us-east-1", **variables}
    finally:
        server.stop()


@contextmanager
def scheduler() -> Iterator[str]:
    """A Dask scheduler with one worker."""
    import distributed

    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        yield str(cluster.scheduler_address).replace("tcp://", "dask://")


@contextmanager
def mail_server(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A mail server that speaks TLS and takes ``PASSWORD`` alone: its address with a user, and the mails it got.

    ``authority.pem`` in the folder is the certificate to trust.
    """
    import trustme
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    mails: list[bytes] = []

    class Inbox:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            mails.append(envelope.content)
            return "250 OK"

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    port = free_port()
    options = {"ssl_context": context, "authenticator": check, "auth_require_tls": False}
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield f"smtps://nightly@localhost:{port}", mails
    finally:
        controller.stop()
