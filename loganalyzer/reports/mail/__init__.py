"""The mail about an analysis: what it says, its charts, the message. Delivery is elsewhere (``mail_delivery``)."""

from loganalyzer.reports.mail.message import Attachment, build, render

__all__ = ["Attachment", "build", "render"]
