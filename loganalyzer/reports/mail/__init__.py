"""The mail about an analysis: its content, charts, message and delivery."""

from loganalyzer.reports.mail.message import Attachment, build, render

__all__ = ["Attachment", "build", "render"]
