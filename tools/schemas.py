#!/usr/bin/env python3
"""Write the verdicts, severities and languages there are into the schema of ``--json``: ``make schema``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import loganalyzer
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.outcome import Severity, Verdict

FILE = Path(loganalyzer.__file__).parent / "reports" / "json_schema.json"
ENUMS: dict[str, Iterable[str]] = {"lang": LANGUAGES, "severity": Severity, "verdict": Verdict}


def filled(schema: str) -> str:
    """The text of the schema with the values of today in its ``$defs``; one line each, as they stand there."""
    for name, values in ENUMS.items():
        line = f'"{name}": {{ "enum": {json.dumps([str(v) for v in values])} }}'
        schema, count = re.subn(rf'"{name}": \{{ "enum": \[[^\]]*\] \}}', lambda _, line=line: line, schema)  # type: ignore[misc]
        assert count == 1, name
    return schema


if __name__ == "__main__":
    FILE.write_text(filled(FILE.read_text(encoding="utf-8")), encoding="utf-8")
