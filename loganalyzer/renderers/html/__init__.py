"""The report: one self-contained page."""

from __future__ import annotations

from loganalyzer.renderers.html.page import render

__all__ = ["render"]
