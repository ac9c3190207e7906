"""One machine for all tests of the documentation, and services for the addresses that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docs.machine import ROOT, Machine, new_machine, new_project
from tests.recipes.services import PASSWORD, an_experiment, bucket, mail_server, mlflow_server, scheduler, webhook


@dataclass(frozen=True)
class Services:
    """``addresses`` maps what a page says to where it is here; ``variables`` are what they need in the environment."""

    addresses: dict[str, str]
    variables: dict[str, str]
    mails: list[bytes]
    posts: list[dict[str, Any]]

    def here(self, command: str) -> str:
        """The command with the addresses of this machine."""
        for name, address in self.addresses.items():
            command = command.replace(name, address)
        return command


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine without the package."""
    return new_machine(tmp_path_factory.mktemp("machine"))


@pytest.fixture(scope="session")
def machine(bare: Machine) -> Machine:
    """The package is installed, by pip."""
    done = bare.run("pip install .", bare.repository)
    assert done.returncode == 0, done.stderr
    return bare


@pytest.fixture
def project(machine: Machine, tmp_path: Path) -> Path:
    """A new folder to work in."""
    return new_project(tmp_path / "project", machine)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """All that the documentation talks to: a bucket, a Dask scheduler, MLflow, a mail server and a webhook."""
    folder = tmp_path_factory.mktemp("services")
    with (
        bucket(ROOT / "sample_runs" / "lr-sweep") as s3,
        scheduler() as dask,
        mlflow_server(folder) as mlflow,
        webhook() as (hook, posts),
        mail_server(folder) as (smtp, mails),
    ):
        experiment, run = an_experiment(mlflow)
        host = mlflow.removeprefix("http://")
        addresses = {
            "dask://scheduler:8786": dask,
            "mlflow+https://mlflow.example.org/EXPERIMENT": f"mlflow+http://{host}/{experiment}",
            "mlflow+http://localhost:5000/#/experiments/1": f"mlflow+http://{host}/#/experiments/{experiment}",
            "https://mlflow.example.org": mlflow,
            "/shared/runs": "runs",
            "RUN_ID": run,
            "WEBHOOK_URL=...": f"WEBHOOK_URL={hook}",
            "smtps://nightly@mail.example.org:465": smtp,
            "smtps://...": smtp,
        }
        own = {"SSL_CERT_FILE": str(folder / "authority.pem"), "LOGANALYZER_SMTP_PASSWORD": PASSWORD}
        yield Services(addresses, {**s3, **own}, mails, posts)
