"""Requests to an MLflow server: credentials from the environment, no redirects, bounded in size and time."""

from __future__ import annotations

import base64
import json
import os
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

TIMEOUT = 30.0
"""Seconds that the server may be silent."""
LONGEST_ANSWER = 300.0
"""Seconds that one answer may take in all."""
WAITS = (0.2, 1.0, 4.0)
"""Seconds before each further try of a request that failed for no lasting reason."""
LARGEST_ANSWER = 256 * 2**20
"""Bytes; a page of runs or of points takes a few megabytes."""
API = "/api/2.0/mlflow"
_BLOCK = 1 << 20
_PASSING = frozenset({429, 500, 502, 503, 504})


class RequestFailed(Exception):
    """A request that gave no answer. ``kind`` is one of the constants below, ``reason`` a short text without secrets."""

    UNREACHABLE, NO_CREDENTIALS, DENIED, MISSING, REDIRECTED, TOO_LARGE, NOT_MLFLOW, REFUSED = (
        "unreachable", "no-credentials", "denied", "missing", "redirected", "too-large", "not-mlflow", "refused"
    )  # fmt: skip

    def __init__(self, kind: str, reason: str, passing: bool = False) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason
        self.passing = passing


class MlflowClient:
    """One server. Safe to use from several threads.

    Credentials and certificates are those of MLflow's own client: ``MLFLOW_TRACKING_USERNAME`` with
    ``MLFLOW_TRACKING_PASSWORD``, else ``MLFLOW_TRACKING_TOKEN``; ``MLFLOW_TRACKING_INSECURE_TLS``,
    ``MLFLOW_TRACKING_SERVER_CERT_PATH``. They are sent to ``server`` only: no redirect is followed.
    """

    def __init__(self, server: str, environ: Mapping[str, str] = os.environ) -> None:
        self.server = server
        self._headers = {"Accept": "application/json", "User-Agent": "loganalyzer", **_authorization(environ)}
        self._opener = _opener(server, environ)

    @property
    def has_credentials(self) -> bool:
        """Return True if the environment has credentials."""
        return "Authorization" in self._headers

    def get(self, path: str, **query: str | int) -> dict[str, Any]:
        """GET one endpoint. Raises RequestFailed."""
        return self._answer(Request(f"{self.server}{API}{path}?{urlencode(query)}", headers=self._headers))

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """POST to an endpoint (searches) with JSON parameters."""
        headers = {**self._headers, "Content-Type": "application/json"}
        return self._answer(Request(f"{self.server}{API}{path}", json.dumps(body).encode(), headers, method="POST"))

    def _answer(self, request: Request) -> dict[str, Any]:
        try:
            data = json.loads(self._body(request))
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise RequestFailed(RequestFailed.NOT_MLFLOW, "the answer is no JSON object")
        return data

    def _body(self, request: Request) -> bytes:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                return _read(response)
        except HTTPError as error:
            with error:
                raise _refusal(error, self.has_credentials) from None
        except (OSError, HTTPException, ValueError) as error:
            raise _unreachable(error) from None


def persistent(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Call ``call``, retrying after temporary failures. Raises RequestFailed."""
    for wait in WAITS:
        try:
            return call()
        except RequestFailed as failed:
            if not failed.passing:
                raise
            time.sleep(wait)
    return call()


class _NoRedirect(HTTPRedirectHandler):
    """Follow no redirect: another host must not receive the credentials or the request."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _opener(server: str, environ: Mapping[str, str]) -> OpenerDirector:
    if not server.startswith("https://"):
        return build_opener(_NoRedirect)
    context = ssl.create_default_context(cafile=_certificates(environ))
    if environ.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in ("true", "1"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return build_opener(_NoRedirect, HTTPSHandler(context=context))


def _certificates(environ: Mapping[str, str]) -> str | None:
    path = environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or None
    if path is not None and not os.access(path, os.R_OK):
        raise RequestFailed(RequestFailed.UNREACHABLE, "MLFLOW_TRACKING_SERVER_CERT_PATH names no readable file")
    return path


def _authorization(environ: Mapping[str, str]) -> dict[str, str]:
    user, password = environ.get("MLFLOW_TRACKING_USERNAME"), environ.get("MLFLOW_TRACKING_PASSWORD")
    token = environ.get("MLFLOW_TRACKING_TOKEN")
    if user and password:
        return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"} if token else {}


def _read(response: IO[bytes]) -> bytes:
    """Read the whole body. Raises RequestFailed where it is too large or takes too long."""
    end = time.monotonic() + LONGEST_ANSWER
    parts: list[bytes] = []
    size = 0
    while block := response.read1(_BLOCK) if hasattr(response, "read1") else response.read(_BLOCK):
        parts.append(block)
        size += len(block)
        if size > LARGEST_ANSWER:
            raise RequestFailed(RequestFailed.TOO_LARGE, "the answer is larger than the limit")
        if time.monotonic() > end:
            raise RequestFailed(RequestFailed.UNREACHABLE, "the answer takes too long")
    return b"".join(parts)


def _refusal(error: HTTPError, with_credentials: bool) -> RequestFailed:
    reason = f"HTTP {error.code}"
    if error.code == 401:
        return RequestFailed(RequestFailed.DENIED if with_credentials else RequestFailed.NO_CREDENTIALS, reason)
    if error.code == 403:
        return RequestFailed(RequestFailed.DENIED, reason)
    if 300 <= error.code < 400:
        return RequestFailed(RequestFailed.REDIRECTED, reason)
    if error.code in _PASSING:
        return RequestFailed(RequestFailed.UNREACHABLE, reason, passing=True)
    code = _error_code(error)
    if not code:
        return RequestFailed(RequestFailed.NOT_MLFLOW, reason)
    missing = code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE") and error.code in (400, 404)
    return RequestFailed(RequestFailed.MISSING if missing else RequestFailed.REFUSED, reason)


def _error_code(error: HTTPError) -> str:
    """Return MLflow's error code; "" if the response is not MLflow's."""
    try:
        data = json.loads(error.read(65_536))
    except (ValueError, OSError, HTTPException, RecursionError):
        return ""
    return str(data.get("error_code", "")) if isinstance(data, dict) else ""


def _unreachable(error: Exception) -> RequestFailed:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return RequestFailed(
            RequestFailed.UNREACHABLE, "its certificate is not trusted (MLFLOW_TRACKING_SERVER_CERT_PATH)"
        )
    if isinstance(cause, TimeoutError):
        return RequestFailed(RequestFailed.UNREACHABLE, "timed out", passing=True)
    if isinstance(cause, ssl.SSLError):
        return RequestFailed(RequestFailed.UNREACHABLE, "no TLS connection (is the server http only?)")
    reason = (cause.strerror if isinstance(cause, OSError) else "") or type(cause).__name__
    return RequestFailed(RequestFailed.UNREACHABLE, reason, passing=True)
