"""Addresses of remote roots: allowed schemes, checks, opening their file systems."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

from loganalyzer.model.distribution import needs_extra
from loganalyzer.model.errors import UsageError
from loganalyzer.model.late import late

SCHEMES = {
    "s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs",
    "hf": "huggingface_hub", "sftp": "paramiko", "memory": "",
}  # fmt: skip
"""The allowed schemes, and the package that each needs besides fsspec; no http (any server), no chains
(``zip::s3://``), no ``file`` (a path does the same)."""
MLFLOW_SCHEMES = ("mlflow+http", "mlflow+https")
"""Addresses of MLflow servers, which are asked by ``remote/mlflow`` without any further package."""
IN_THE_EXTRA = frozenset({"", "s3fs"})
THREADS = 32
WAITS = (0.2, 1.0, 4.0)
"""Seconds before each further try of a request that failed for no lasting reason."""
_ADDRESS = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]+)://")
_PASSWORD = late(
    lambda: re.compile(r"://[^/@]*:[^/@]*@|[?&](sig|se|token|x-amz-[\w-]+|signature|awsaccesskeyid)=", re.IGNORECASE)
)

Answer = TypeVar("Answer")


def is_remote(path: str) -> bool:
    """Return True for an address (``s3://bucket/runs``) or a chain of them, False for a path."""
    return _ADDRESS.match(path) is not None or ("::" in path and "://" in path)


def is_mlflow(path: str) -> bool:
    """True for addresses of MLflow servers."""
    return path.lower().startswith(tuple(f"{scheme}://" for scheme in MLFLOW_SCHEMES))


def checked(url: str) -> str:
    """Return the address if it is allowed. Raises UsageError for an unknown scheme, a chain, or credentials in it."""
    if _PASSWORD.search(url):  # they would show in process lists and reports
        raise UsageError(
            "an address must hold no password, key or signature; give credentials the way the storage's own tools "
            "take them (environment variables, their configuration files, the machine's role)"
        )
    match = _ADDRESS.match(url)
    scheme = match.group(1).lower() if match else ""
    if scheme not in MLFLOW_SCHEMES and ("::" in url or scheme not in SCHEMES):
        raise not_readable(url)
    return url


def not_readable(url: str) -> UsageError:
    """Return the error for an invalid address."""
    allowed = " ".join(f"{name}://" for name in (*SCHEMES, *MLFLOW_SCHEMES) if name != "memory")
    return UsageError(
        "cannot read {url}: no such file or folder, and addresses may begin with {allowed}", url=url, allowed=allowed
    )


def file_system(url: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path in it. Raises UsageError."""
    scheme = checked(url).partition("://")[0].lower()
    needed = SCHEMES[scheme]
    missing = needs_extra(f"{scheme}://", "remote", *(() if needed in IN_THE_EXTRA else (needed,)))
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise missing from None
    # one GET per object: by default s3fs asks for the size of each first, and cuts large ones into ranges
    options: dict[str, Any] = {"skip_instance_cache": True} if scheme != "memory" else {}
    if scheme == "s3":
        options |= {
            "max_concurrency": 1,
            "use_listings_cache": False,
            "config_kwargs": {"max_pool_connections": THREADS},
        }
    try:
        found = url_to_fs(url, **options)
    except ImportError:
        raise missing from None
    except Exception as error:
        raise failure(url, error) from None
    return found[0], str(found[1])


def failure(url: str, error: BaseException) -> UsageError:
    """Return the error for a failure of the storage, without its own message, which may contain secrets."""
    if isinstance(error, FileNotFoundError):
        return UsageError("no such file or folder: {path}{hint}", path=url, hint="")
    if isinstance(error, PermissionError):
        return UsageError("access denied: {url} (are the credentials right, and may they list and read?)", url=url)
    if "credential" in type(error).__name__.lower():
        return UsageError("no credentials were found for {url}", url=url)
    return UsageError("cannot list {url}: {reason}", url=url, reason=reason(error))


def reason(error: BaseException) -> str:
    """Describe the kind of a failure in a few words, without its message."""
    if isinstance(error, PermissionError):
        return "access denied"
    if isinstance(error, OSError) and error.errno is not None:
        import os

        return os.strerror(error.errno)
    return type(error).__name__


def persistent(call: Callable[[], Answer]) -> Answer:
    """Call ``call``, retrying after temporary failures (a dropped connection, "slow down")."""
    for wait in WAITS:
        try:
            return call()
        except (FileNotFoundError, PermissionError, IsADirectoryError, NotImplementedError, ImportError):
            raise
        except Exception as error:  # each storage has its own errors
            if "credential" in type(error).__name__.lower():
                raise
            time.sleep(wait)
    return call()
