"""The time that outputs are dated with."""

from __future__ import annotations

import datetime
import os


def now() -> datetime.datetime:
    """Current time in UTC, or SOURCE_DATE_EPOCH for reproducible builds."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if fixed.isdigit():
        return datetime.datetime.fromtimestamp(int(fixed), datetime.UTC)
    return datetime.datetime.now(datetime.UTC)
