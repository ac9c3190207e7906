"""Load the baseline: a baseline file, a JSON report, or a log that is analysed now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from loganalyzer.model.errors import ConfigError

if TYPE_CHECKING:
    from loganalyzer.config.settings import Settings
    from loganalyzer.gate.baseline import Baseline
    from loganalyzer.pipeline.options import Options


def load_baseline(settings: Settings, options: Options) -> Baseline | None:
    """Load the configured baseline, None without one. Raises ConfigError if it does not exist or has no run."""
    from loganalyzer.gate.baseline import from_json, of_runs
    from loganalyzer.pipeline.analyze import analyze

    if not settings.baseline.path:
        return None
    path = Path(settings.baseline.path)
    if path.is_file():
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        if re.search(r'"schema"\s*:\s*"loganalyzer', text):
            return from_json(text, str(path))
    elif not path.exists():
        raise ConfigError("no such baseline: {path} (write one with --write-baseline {path})", path=path)
    earlier = analyze(path, options=options)
    if not earlier.runs:
        raise ConfigError("the baseline {path} holds no run that can be read", path=path)
    return of_runs(earlier.runs)
