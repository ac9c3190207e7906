"""The version, in one place."""

from importlib.metadata import PackageNotFoundError, version


def _version() -> str:
    try:
        return version("loganalyzer")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+unknown"


VERSION = _version()
