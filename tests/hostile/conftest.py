"""The real program under hostile conditions."""

from __future__ import annotations

from tests.cli.conftest import analyze_logs, logs

__all__ = ["analyze_logs", "logs"]
