"""The notice on the page of runs that are watched."""

from __future__ import annotations

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.watched import Watched
from loganalyzer.reports import watch_text


def context(watched: Watched | None, lang: Lang) -> dict[str, str] | None:
    """Return the data of the notice; None for a page that is written once."""
    if watched is None:
        return None
    return {
        "said": messages.ui("watch", "page.watched", lang, time=watched.time),
        "running": watch_text.running(watched.running, lang),
        "reload": messages.ui("watch", "page.reload", lang),
    }
