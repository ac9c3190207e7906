"""The report: one self-contained page."""

from __future__ import annotations

from loganalyzer.reports.html.page import render

__all__ = ["render"]
