"""MLflow's own server on loopback with runs logged by MLflow's own client: ``python mlflow_server.py FOLDER [PAGE]``.

Prints its port once it answers, and serves until its standard input ends. Below ``/private`` it asks for credentials,
below ``/moved`` it redirects; ``/asked`` gives the requests so far.
"""

from __future__ import annotations

import base64
import json
import math
import os
import sys
import threading
from pathlib import Path
from typing import Any

USER, PASSWORD, TOKEN = "ada", "correct-horse-battery", "tok-5f1e0d3c9b7a"
ALLOWED = {f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}", f"Bearer {TOKEN}"}


def log_runs(store: str) -> None:
    """Two experiments: ``cifar10`` with a sweep nested in a run, a deleted run and two of one name; and one of 60 runs."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

    client = MlflowClient(store)
    ids: dict[str, str] = {}

    def add(experiment: str, name: str, losses: list[float], parent: str = "", **params: str) -> str:
        run = client.create_run(
            experiment, run_name=name, tags={"mlflow.parentRunId": ids[parent]} if parent else {}
        ).info.run_id
        points = [Metric("val/loss", v, 1_700_000_000_000 + 1000 * i, 5 * i) for i, v in enumerate(losses)]
        points += [Metric("accuracy: top 1", 50.0 + i, 1_700_000_000_000 + 1000 * i, 0) for i in range(len(losses))]
        client.log_batch(run, points if losses else [], [Param(k, v) for k, v in params.items()])
        client.set_terminated(run)
        ids.setdefault(name, run)
        return run

    cifar = client.create_experiment("cifar10")
    curve = [3.0 / (i + 1) for i in range(12)]
    add(cifar, "sweep", [], space="log-uniform")
    for lr in ("0.1", "0.01"):
        add(cifar, f"lr={lr}", curve, "sweep", lr=lr, optimizer="adam", api_key="sk-test-9d8c7b6a5f4e3d2c")
    add(cifar, "same", curve)
    add(cifar, "same", [*curve[:-1], math.inf])
    add(cifar, "../odd/学習\n", [math.nan, *curve])
    client.delete_run(add(cifar, "deleted", curve))
    client.create_run(cifar, run_name="empty")
    live = client.create_run(cifar, run_name="live").info.run_id
    client.log_batch(live, [Metric("loss", 1.0 / (i + 1), 1_700_000_000_000 + i, i) for i in range(8)])
    many = client.create_experiment("many runs/α")
    for i in range(30):
        add(many, f"run{i:02}", [2.0, 1.0, 0.5])


class Front:
    """WSGI in front of MLflow's application."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"]
        if path == "/asked":
            start("200 OK", [("Content-Type", "application/json")])
            answer, self.asked = json.dumps(self.asked).encode(), []
            return [answer]
        self.asked.append(f"{environ['REQUEST_METHOD']} {path.rpartition('/mlflow')[2]}")
        if path.startswith("/moved"):
            start("302 Found", [("Location", "http://127.0.0.1:9/" + path)])
            return [b""]
        if path.startswith("/private"):
            if environ.get("HTTP_AUTHORIZATION") not in ALLOWED:
                start("401 Unauthorized", [("Content-Type", "text/plain")])
                return [f"you sent {environ.get('HTTP_AUTHORIZATION')}".encode()]
            environ["PATH_INFO"] = path.removeprefix("/private")
        return self.app(environ, start)


def main(folder: str) -> None:
    store = f"sqlite:///{Path(folder) / 'mlflow.db'}"
    os.environ.update(
        _MLFLOW_SERVER_FILE_STORE=store,
        _MLFLOW_SERVER_ARTIFACT_ROOT=folder,
        MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE="true",
    )
    log_runs(store)
    from mlflow.server import app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: object) -> None:
            """Say nothing."""

    server = make_server("127.0.0.1", 0, Front(app), threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
