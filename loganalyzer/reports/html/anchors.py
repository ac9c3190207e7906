"""Fragments of the page's address that name runs."""

from __future__ import annotations

import hashlib


def anchor(run_id: str) -> str:
    """A stable fragment for deep links, whatever the name is made of."""
    return "run-" + hashlib.sha256(run_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
