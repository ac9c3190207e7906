"""What several parts of the tests share."""

from __future__ import annotations

import signal
from importlib.util import find_spec

import pytest

pytest_plugins = ["tests.chromium"]

WITH_BROWSER = all(find_spec(name) for name in ("playwright", "axe_playwright_python"))
# everything but the browser's own tests runs without Playwright; `make test` installs it, so that CI leaves nothing out
collect_ignore = [] if WITH_BROWSER else ["browser", "mail/test_in_a_browser.py"]


def pytest_report_header() -> str:
    return "" if WITH_BROWSER else "Playwright is not installed: the browser tests are left out (make test installs it)"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write what is shown now into tests/golden")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--rewrite-golden"))


def heed_interrupts() -> None:
    """For ``preexec_fn``: what is started from a job in the background would inherit that interrupts are ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
