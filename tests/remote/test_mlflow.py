"""Runs of an MLflow server: its own server on loopback, and servers that answer wrongly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import pytest

from loganalyzer import analyze, load
from loganalyzer.discovery.discover import discover
from loganalyzer.discovery.remote.mlflow import client, experiment, tree
from loganalyzer.discovery.remote.mlflow.address import MlflowAddress, parse
from loganalyzer.discovery.remote.mlflow.experiment import MlflowRun
from loganalyzer.discovery.remote.mlflow.paths import run_id_in, run_paths
from loganalyzer.model.errors import UsageError
from loganalyzer.pipeline.analyze import Options
from loganalyzer.pipeline.read_job import read_job

from .mlflow_server import PASSWORD, TOKEN, USER

ROOT = Path(__file__).resolve().parents[2]
IDS = ["_odd_学習_", "live", "sweep/lr=0.01", "sweep/lr=0.1"]


@dataclass
class Server:
    """MLflow's server: its host and port."""

    host: str

    def address(self, rest: str) -> str:
        return f"mlflow+http://{self.host}/{rest}"

    def asked(self) -> list[str]:
        """The requests since the last look."""
        with urlopen(f"http://{self.host}/asked") as answer:
            return list(json.load(answer))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    for package in ("mlflow", "sqlalchemy", "alembic", "flask"):
        if find_spec(package) is None:
            pytest.fail(f'the extra "test" brings {package}')
    script, folder = Path(__file__).with_name("mlflow_server.py"), tmp_path_factory.mktemp("mlflow")
    with (
        (folder / "stderr").open("w") as errors,
        subprocess.Popen(
            [sys.executable, str(script), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None and process.stdin is not None
        port = process.stdout.readline().strip()
        assert port, (folder / "stderr").read_text()
        yield Server(f"127.0.0.1:{port}")
        process.stdin.close()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(client, "WAITS", ())


@pytest.fixture
def server(running: Server) -> Server:
    running.asked()
    return running


def test_an_experiment_by_its_name(server: Server, tmp_path: Path) -> None:
    report = analyze(server.address("cifar10"))
    ids = [d.id for d in report.runs]
    assert [i for i in ids if not i.startswith("same-")] == IDS and len(ids) == 6  # the deleted run is left out
    runs = {d.id: d.run for d in report.runs}
    nested = runs["sweep/lr=0.1"]
    assert nested.series["val/loss"].steps.tolist() == list(range(0, 60, 5))
    assert nested.series["val/loss"].values.tolist() == [3.0 / (i + 1) for i in range(12)]
    assert nested.series["val/loss"].wall_times is not None and nested.series["val/loss"].wall_times[1] == 1_700_000_001
    assert nested.series["accuracy: top 1"].steps.tolist() == list(range(12))  # logged without steps
    assert nested.hyperparameters == {"lr": 0.1, "optimizer": "adam", "api_key": "(redacted)"}
    assert nested.group == "sweep"
    assert str(runs["_odd_学習_"].series["val/loss"].values[0]) == "nan"
    assert sorted(str(runs[i].series["val/loss"].values[-1]) for i in ids if i.startswith("same-")) == ["0.25", "inf"]
    assert {(u.note.code, u.expected) for u in report.unread} == {("no-training-log", True)} and len(report.unread) == 2
    assert not list(tmp_path.glob("loganalyzer-*"))


@pytest.mark.parametrize(
    "rest", ["1", "cifar10/", "#/experiments/1", "#/experiments/1/runs", "#/experiments/1?searchFilter=x", "cifar%310"]
)
def test_an_experiment_by_other_addresses(server: Server, rest: str) -> None:
    assert len(load(server.address(rest))) == 6


def test_a_name_with_a_slash(server: Server) -> None:
    assert len(load(server.address("many runs/α"))) == len(load(server.address("many%20runs%2F%CE%B1"))) == 30


def test_one_run(server: Server) -> None:
    (found,) = [r for r in load(server.address("cifar10")) if r.id == "sweep/lr=0.1"]
    run_id = run_id_in(found.files[0])
    server.asked()
    for rest in (
        f"cifar10/runs/{run_id}",
        f"#/experiments/1/runs/{run_id}",
        f"#/experiments/1/runs/{run_id}/model-metrics",
    ):
        (run,) = load(server.address(rest))
        assert run.id == "lr=0.1" and run.points == found.points and run.hyperparameters == found.hyperparameters
    asked = server.asked()
    assert "POST /runs/search" not in asked and len([a for a in asked if a == "GET /metrics/get-history"]) == 6


def test_pages(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "RUNS_A_PAGE", 7)
    monkeypatch.setattr(experiment, "POINTS_A_PAGE", 2)
    runs = load(server.address("many runs/α"))
    assert [r.id for r in runs] == [f"run{i:02}" for i in range(30)]
    assert all(r.series["val/loss"].values.tolist() == [2.0, 1.0, 0.5] for r in runs)
    assert server.asked().count("POST /runs/search") == 5


def test_more_runs_than_the_limit_are_reported(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "MOST_RUNS", 10)
    monkeypatch.setattr(tree, "MOST_RUNS", 10)
    report = analyze(server.address("many runs/α"))
    assert [d.id for d in report.runs] == [f"run{i:02}" for i in range(20, 30)]
    (note,) = [u.note for u in report.unread]
    assert note.code == "runs-left-out" and note.details == {"limit": 10}


def test_a_run_over_the_limit_is_not_read(server: Server) -> None:
    report = analyze(server.address("cifar10"), options=Options(max_bytes=1_500))
    assert [d.id for d in report.runs] == ["live"]
    assert {u.note.code for u in report.unread if not u.expected} == {"too-large"}


def test_finished_runs_are_read_once_with_a_cache(server: Server, tmp_path: Path) -> None:
    options = Options(cache=tmp_path / "cache")
    first = analyze(server.address("cifar10"), options=options)
    server.asked()
    second = analyze(server.address("cifar10"), options=options)
    assert second.to_json() == first.to_json()
    histories = [a for a in server.asked() if a == "GET /metrics/get-history"]
    assert len(histories) == 1  # of the run that is still logged to


def test_a_worker_elsewhere_fetches_its_own_runs(server: Server, tmp_path: Path) -> None:
    with discover([server.address("cifar10")]) as found:
        jobs = found.jobs
    for job in jobs:
        assert not Path(job.root).exists()
        (run,), unread = read_job(job)
        assert not unread and run.points > 5 and run.id == job.run_id
    gone = replace(jobs[0], files=(f"x/{'0' * 32}.mlflow.json",))
    assert [u.note.code for u in read_job(gone)[1]] == ["cannot-open"]
    assert not list(tmp_path.glob("loganalyzer-*"))


@pytest.mark.parametrize(
    ("rest", "english", "japanese"),
    [
        ("cifar-10", "no experiment 'cifar-10' on {server}; did you mean 'cifar10'?", "実験 'cifar-10' はありません"),
        ("77", "no experiment '77' on {server}", "はありません"),
        (
            "",
            "name an experiment: mlflow+{server}/NAME (there are: many runs/α, cifar10, Default)",
            "を指定してください",
        ),
        ("cifar10/runs/" + "0" * 32, "no run " + "0" * 32 + " on {server}", "はありません"),
        (
            "private/#/experiments/1",
            "{server}/private asks for credentials: set MLFLOW_TRACKING_USERNAME",
            "認証が必要",
        ),
        ("moved/#/experiments/1", "{server}/moved redirects to another address", "転送"),
        ("asked/#/experiments/1", "{server}/asked does not answer as an MLflow server (HTTP 404)", "応答しません"),
    ],
)
def test_errors_are_one_sentence(server: Server, rest: str, english: str, japanese: str) -> None:
    from loganalyzer.messages.errors import translate

    with pytest.raises(UsageError) as refused:
        load(server.address(rest))
    assert str(refused.value).startswith(english.format(server=f"http://{server.host}"))
    assert japanese in translate(refused.value.message, "ja") and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "credentials",
    [
        {"MLFLOW_TRACKING_USERNAME": USER, "MLFLOW_TRACKING_PASSWORD": PASSWORD},
        {"MLFLOW_TRACKING_TOKEN": TOKEN},
        {"MLFLOW_TRACKING_USERNAME": USER, "MLFLOW_TRACKING_PASSWORD": PASSWORD, "MLFLOW_TRACKING_TOKEN": "old"},
    ],
)
def test_credentials_come_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch, credentials: dict[str, str]
) -> None:
    for name, value in credentials.items():
        monkeypatch.setenv(name, value)
    report = analyze(server.address("private/#/experiments/1"))
    assert len(report.runs) == 6
    assert not any(value in json.dumps(report.to_json()) for value in (PASSWORD, TOKEN))


def test_refused_credentials_are_never_shown(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MLFLOW_TRACKING_TOKEN": "wrong-secret-token"}
    done = subprocess.run(
        [sys.executable, "-m", "loganalyzer", server.address("private/#/experiments/1"), "--no-html"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip
    assert done.returncode == 2 and "refuses the credentials in MLFLOW_TRACKING_*" in done.stderr
    assert "wrong-secret" not in done.stdout + done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "url",
    ["mlflow+http://ada:s3cret@host/x", "mlflow+http://ada@host/x", "mlflow+http:///x", "mlflow+ftp://host/x",
     "mlflow+http://host/x?token=s3cret", "http://host/x"],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        load(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("mlflow+http://h:5000/exp", MlflowAddress("http://h:5000", "exp")),
        ("MLflow+HTTPS://h/a%20b/c/", MlflowAddress("https://h", "a b/c")),
        ("mlflow+https://h/pre/fix/#/experiments/12/runs/ab12", MlflowAddress("https://h/pre/fix", "12", "ab12", True)),
        ("mlflow+http://h/exp/runs/ab12", MlflowAddress("http://h", "exp", "ab12")),
        ("mlflow+http://h/#/models", MlflowAddress("http://h", "")),
    ],
)
def test_addresses(url: str, parts: MlflowAddress) -> None:
    assert parse(url) == parts
    if parts.experiment:
        assert parse(parts.experiment_address) == replace(parts, run="")


def run(run_id: str, name: str, parent: str = "") -> MlflowRun:
    return MlflowRun(run_id, "1", name, "FINISHED", parent, ("loss",), {}, "")


def test_paths_follow_the_nesting() -> None:
    runs = [
        run("a1", "outer"), run("b2", "mid", "a1"), run("c3", "in", "b2"), run("d4", "in", "b2"), run("e5", "in", "gone"),
        run("f6", "x", "f7"), run("f7", "y", "f6"), run("g8", "../.."), run("h9", "a/b\\c\0\n"), run("i0", "n" * 300),
    ]  # fmt: skip
    assert [path.removesuffix(".mlflow.json") for path in run_paths(runs)] == [
        "outer/a1", "outer/mid/b2", "outer/mid/in-c3/c3", "outer/mid/in-d4/d4", "in/e5", "y/x/f6", "x/y/f7", "_/g8", "a_b_c_/h9",
        "n" * 80 + "/i0",
    ]  # fmt: skip


Answer = Callable[[str], tuple[int, bytes]]


@pytest.fixture
def answering() -> Iterator[Callable[[Answer], str]]:
    """Starts a server that answers every call with what a function makes of its name; gives the address."""
    servers: list[HTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, body = answer(self.path.partition("?")[0].rpartition("/mlflow/")[2])
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"mlflow+http://127.0.0.1:{servers[-1].server_port}/exp"

    yield start
    for one in servers:
        one.shutdown()
        one.server_close()


EXPERIMENT = {"experiment": {"experiment_id": "1", "name": "exp"}}
RUN = {"info": {"run_id": "ab", "experiment_id": "1", "run_name": "r"}, "data": {"metrics": [{"key": "loss"}]}}


def script(**answers: object) -> Answer:
    """Answers by the name of the call (``runs_search``); of another type than ``bytes`` they are JSON, status 200."""
    known: dict[str, object] = {"experiments_get_by_name": EXPERIMENT, "runs_search": {"runs": [RUN]}, **answers}

    def answer(call: str) -> tuple[int, bytes]:
        found = known.get(call.replace("/", "_").replace("-", "_"), {})
        if isinstance(found, tuple):
            return found
        return 200, found if isinstance(found, bytes) else json.dumps(found).encode()

    return answer


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"experiments_get_by_name": b"<html>"}, "does not answer as an MLflow server"),
        ({"experiments_get_by_name": []}, "does not answer as an MLflow server"),
        ({"experiments_get_by_name": {"experiment": 3}}, "does not answer as an MLflow server"),
        ({"experiments_get_by_name": b"[" * 200_000}, "does not answer as an MLflow server"),
        ({"experiments_get_by_name": (403, b"token=s3cret")}, "access denied"),
        ({"experiments_get_by_name": (500, b"token=s3cret")}, "no MLflow server answers"),
        ({"experiments_get_by_name": (400, b'{"error_code": "BAD_REQUEST", "message": "s3cret"}')}, "cannot list"),
        ({"runs_search": {"runs": [], "next_page_token": "again"}}, "does not answer as an MLflow server"),
        ({"runs_search": b" " * 3_000_000}, "cannot list"),
    ],
)
def test_wrong_answers_while_listing(
    answering: Callable[[Answer], str], monkeypatch: pytest.MonkeyPatch, answers: dict[str, object], message: str
) -> None:
    monkeypatch.setattr(client, "LARGEST_ANSWER", 2_000_000)
    with pytest.raises(UsageError) as refused:
        load(answering(script(**answers)))
    assert message in str(refused.value) and "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("history", "code"),
    [
        (b"nonsense", "not-fetched"),
        ((404, b'{"error_code": "RESOURCE_DOES_NOT_EXIST"}'), "vanished"),
        ({"metrics": [{"value": 1, "step": 1}], "next_page_token": "again"}, "not-fetched"),
        ({"metrics": 5}, "no-training-log"),
        ({"metrics": [{"value": "x"}, {"step": 1}, 7, {"value": 1, "step": 1e300}]}, "no-training-log"),
    ],
)
def test_wrong_answers_while_fetching(answering: Callable[[Answer], str], history: object, code: str) -> None:
    report = analyze(answering(script(metrics_get_history=history)))
    assert not report.runs and [u.note.code for u in report.unread] == [code]


def test_numbers_as_texts_and_points_that_are_none(answering: Callable[[Answer], str]) -> None:
    rows = [{"value": v, "step": str(i), "timestamp": str(1000 * i)} for i, v in enumerate(["3", "NaN", "Infinity", 1])]
    (found,) = load(answering(script(metrics_get_history={"metrics": [*rows, {"value": None}]})))
    assert [str(v) for v in found.series["loss"].values] == ["3.0", "nan", "inf", "1.0"]
    assert [(n.code, n.details, n.harmful) for n in found.notes] == [("damaged-records", {"count": 1}, True)]


def test_runs_that_are_no_runs(answering: Callable[[Answer], str]) -> None:
    runs = [{}, {"info": {"run_id": "../../etc"}}, {"info": 3, "data": []}, "x", None, RUN]
    history = {"metrics": [{"value": 1, "step": 1}, {"value": 2, "step": 2}]}
    assert len(load(answering(script(runs_search={"runs": runs}, metrics_get_history=history)))) == 1


def test_a_failure_that_passes_is_tried_again(
    answering: Callable[[Answer], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "WAITS", (0.0, 0.0))
    good = script(metrics_get_history={"metrics": [{"value": 1, "step": 1}, {"value": 2, "step": 2}]})
    busy = [503, 429]
    address = answering(lambda call: (busy.pop(), b"") if call == "metrics/get-history" and busy else good(call))
    assert len(load(address)) == 1 and not busy


def test_no_server() -> None:
    with pytest.raises(UsageError, match=r"no MLflow server answers at http://127\.0\.0\.1:9: Connection refused"):
        load("mlflow+http://127.0.0.1:9/exp")


def test_no_tls() -> None:
    class Plain(BaseHTTPRequestHandler):
        pass

    with HTTPServer(("127.0.0.1", 0), Plain) as one:
        threading.Thread(target=one.handle_request, daemon=True).start()
        with pytest.raises(UsageError, match=r"no MLflow server answers at https://"):
            load(f"mlflow+https://127.0.0.1:{one.server_port}/exp")
