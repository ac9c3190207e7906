"""Fragments of the page's address that name runs."""

from __future__ import annotations

import hashlib


def anchor(run_id: str) -> str:
    """Return a stable fragment for deep links, for any characters in the name."""
    return "run-" + hashlib.sha256(run_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
