"""What a page of hundreds of runs holds back: the contents of cards and the curves to compare, unpacked by its script."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

PACKED_ABOVE = 200
"""Runs of a report whose cards are filled when they are opened; the table is whole in any case."""
SHOWN_FIRST = 60
"""Rows and cards of such a report that are shown until somebody asks for all."""


def pack(bodies: Sequence[str], runs: Sequence[Any]) -> str:
    """Return ``bodies`` (HTML, one for each card) and ``runs`` (data of the comparison) as Base64 of deflated JSON."""
    text = json.dumps({"bodies": bodies, "runs": runs}, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode("ascii")
