"""Contents of an MLflow server: an experiment by name or id, its runs, the history of each metric."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from loganalyzer.discovery.remote.mlflow.address import MlflowAddress
from loganalyzer.discovery.remote.mlflow.client import MlflowClient, RequestFailed, persistent
from loganalyzer.model.errors import UsageError, did_you_mean
from loganalyzer.model.record import Record

MOST_RUNS = 20_000
MOST_PAGES = 10_000
RUNS_A_PAGE = 1_000
POINTS_A_PAGE = 25_000
MOST_NAMES = 2_000
SHOWN_NAMES = 20
_RUN_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class Experiment(Record):
    """An experiment of a server."""

    id: str
    name: str


class MlflowRun(Record):
    """A run in a search result: latest value of each metric, parameters, id of its parent run."""

    id: str
    experiment: str
    name: str
    status: str
    parent: str
    metrics: tuple[str, ...]
    params: Mapping[str, str]
    latest: str
    """All that the answer says of metrics and parameters, to see whether it changed."""


def find_experiment(client: MlflowClient, address: MlflowAddress) -> Experiment:
    """Find the experiment of an address. Raises RequestFailed, UsageError if there is none."""
    if not address.experiment:
        raise UsageError(
            "name an experiment: {address}/NAME (there are: {names})",
            address=f"mlflow+{client.server}",
            names=tuple(_names(client)[:SHOWN_NAMES]),
        )
    if not address.by_id and (found := _experiment(client, "get-by-name", experiment_name=address.experiment)):
        return found
    if address.experiment.isdecimal() and (found := _experiment(client, "get", experiment_id=address.experiment)):
        return found
    raise UsageError(
        "no experiment {name!r} on {server}{hint}",
        name=address.experiment,
        server=client.server,
        hint=did_you_mean(address.experiment, _names(client)),
    )


def find_runs(client: MlflowClient, experiment: Experiment, run: str = "") -> tuple[list[MlflowRun], bool]:
    """Find the runs that were not deleted, newest first, or the one of that id; also return whether the limit was exceeded.

    Raises RequestFailed, UsageError if there is no such run.
    """
    if run:
        return [_one_run(client, experiment, run)], False
    runs: list[MlflowRun] = []
    wanted: dict[str, object] = {
        "experiment_ids": [experiment.id], "run_view_type": "ACTIVE_ONLY", "max_results": RUNS_A_PAGE,
        "order_by": ["attributes.start_time DESC"],
    }  # fmt: skip
    for answer in _pages(lambda page: client.post("/runs/search", {**wanted, **page})):
        runs += filter(None, map(_run, _objects(answer, "runs")))
        if len(runs) > MOST_RUNS:
            return runs[:MOST_RUNS], True
    return runs, False


def get_run(client: MlflowClient, run_id: str) -> MlflowRun | None:
    """Get the run of that id; None if it is deleted. Raises RequestFailed."""
    try:
        answer = persistent(lambda: client.get("/runs/get", run_id=run_id))
    except RequestFailed as failed:
        if failed.kind == RequestFailed.MISSING:
            return None
        raise
    run = _object(answer, "run")
    return None if _object(run, "info").get("lifecycle_stage") == "deleted" else _run(run)


def history(client: MlflowClient, run_id: str, metric: str) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Fetch all points of a metric, page by page. Raises RequestFailed."""
    wanted: dict[str, str | int] = {"run_id": run_id, "metric_key": metric, "max_results": POINTS_A_PAGE}
    for answer in _pages(lambda page: client.get("/metrics/get-history", **wanted, **page)):
        yield _objects(answer, "metrics")


def _pages(ask: Callable[[Mapping[str, str]], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the pages of a call until one has no next page. Raises RequestFailed."""
    page: dict[str, str] = {}
    seen: set[str] = set()
    while True:
        answer = persistent(partial(ask, page))
        yield answer
        token = str(answer.get("next_page_token") or "")
        if not token:
            return
        if token in seen or len(seen) >= MOST_PAGES:  # bounded, whatever the server returns
            raise RequestFailed(RequestFailed.NOT_MLFLOW, "the server's pages have no end")
        seen.add(token)
        page = {"page_token": token}


def _one_run(client: MlflowClient, experiment: Experiment, run_id: str) -> MlflowRun:
    run = get_run(client, run_id)
    if run is None or run.experiment != experiment.id:
        raise UsageError("no run {run} on {server}", run=run_id, server=client.server)
    return run


def _experiment(client: MlflowClient, call: str, **query: str) -> Experiment | None:
    try:
        found = client.get(f"/experiments/{call}", **query).get("experiment")
    except RequestFailed as failed:
        if failed.kind == RequestFailed.MISSING:
            return None
        raise
    if not isinstance(found, dict) or not found.get("experiment_id"):
        raise RequestFailed(RequestFailed.NOT_MLFLOW, "the answer names no experiment")
    return Experiment(str(found["experiment_id"]), str(found.get("name") or found["experiment_id"]))


def _names(client: MlflowClient) -> list[str]:
    names: list[str] = []
    for answer in _pages(lambda page: client.get("/experiments/search", max_results=1_000, **page)):
        names += [str(one.get("name")) for one in _objects(answer, "experiments")]
        if len(names) >= MOST_NAMES:
            break
    return names


def _objects(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = answer.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _object(answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}


def _run(answer: Mapping[str, Any]) -> MlflowRun | None:
    """Convert a run of a response; None if its id is invalid."""
    info, data = _object(answer, "info"), _object(answer, "data")
    run_id = str(info.get("run_id") or info.get("run_uuid") or "")
    if not _RUN_ID.fullmatch(run_id):
        return None
    tags = {str(one.get("key")): str(one.get("value", "")) for one in _objects(data, "tags")}
    metrics, params = _objects(data, "metrics"), _objects(data, "params")
    return MlflowRun(
        id=run_id,
        experiment=str(info.get("experiment_id", "")),
        name=str(info.get("run_name") or tags.get("mlflow.runName") or run_id),
        status=str(info.get("status", "")),
        parent=tags.get("mlflow.parentRunId", ""),
        metrics=tuple(dict.fromkeys(str(one["key"]) for one in metrics if one.get("key"))),
        params={str(one["key"]): str(one.get("value", "")) for one in params if one.get("key")},
        latest=repr((info.get("end_time"), metrics, params)),
    )
