"""What several parts of the tests share."""

from __future__ import annotations

import signal

import pytest

pytest_plugins = ["tests.chromium"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write what is shown now into tests/golden")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--rewrite-golden"))


def heed_interrupts() -> None:
    """For ``preexec_fn``: what is started from a job in the background would inherit that interrupts are ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
