"""Addresses of experiments and runs on an MLflow server: ``mlflow+https://host/experiment/runs/id``."""

from __future__ import annotations

import re
from urllib.parse import unquote

from loganalyzer.discovery.remote.address import checked, not_readable
from loganalyzer.model.record import Record

_PARTS = re.compile(r"mlflow\+(https?)://([^/#?]+)(/[^#]*)?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_RUN = re.compile(r"/runs/([0-9A-Za-z_-]{1,64})$")
_PAGE = re.compile(r"/experiments/(\d{1,40})(?:/runs/([0-9A-Za-z_-]{1,64}))?")


class MlflowAddress(Record):
    """``server`` is the URL of the server (``https://host:port/prefix``), ``experiment`` a name or an id ("" where none is given).

    ``by_id`` where only an id can be meant, ``run`` the id of a single run or "".
    """

    server: str
    experiment: str
    run: str = ""
    by_id: bool = False

    @property
    def experiment_address(self) -> str:
        """The address of the whole experiment; ``parse`` reads it again."""
        name = (
            f"#/experiments/{self.experiment}"
            if self.by_id
            else self.experiment.replace("%", "%25").replace("#", "%23")
        )
        return f"mlflow+{self.server}/{name}"


def parse(url: str) -> MlflowAddress:
    """The parts of an address; what a browser shows (``https://host/prefix/#/experiments/1/runs/...``) is one too.

    Raises UsageError for an address that holds credentials or has no host.
    """
    checked(url)
    match = _PARTS.fullmatch(url)
    if match is None or "@" in match[2]:
        raise not_readable(url)
    server, path, page = f"{match[1].lower()}://{match[2]}", match[3] or "", match[4]
    if page is not None:
        server += path.rstrip("/")
        place = _PAGE.match(page)
        return MlflowAddress(server, place[1], place[2] or "", by_id=True) if place else MlflowAddress(server, "")
    path = path.rstrip("/")
    run = _RUN.search(path)
    return MlflowAddress(server, unquote(path[: run.start()] if run else path).strip("/"), run[1] if run else "")
