"""Write charts to files, for papers and slides: one SVG and one PNG for each run."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

from loganalyzer.messages import Lang
from loganalyzer.model.report import Analysis
from loganalyzer.reports import fonts
from loganalyzer.reports.files import opened
from loganalyzer.reports.html import figures
from loganalyzer.reports.registry import RenderRequest

DOTS_PER_INCH = 160


def write(analysis: Analysis, folder: str | Path, lang: Lang) -> Iterator[Path]:
    """Write the charts of all runs into ``folder`` and yield each file's path; runs without a curve have none.

    A run's name becomes a plain file name with a short hash, so that names neither collide nor leave the folder.
    PNG text is English where the machine has no font for ``lang``. Raises UsageError if the folder cannot be written.
    """
    import matplotlib as mpl

    for diagnosis in analysis.runs:
        stem = file_stem(diagnosis.id)
        for suffix, language, font in ((".svg", lang, None), (".png", fonts.drawable(lang), fonts.family(lang))):
            figure = figures.build(diagnosis, language, font=font)
            if figure is None:
                continue
            figure.patch.set(visible=True, facecolor="white")
            path = Path(folder) / f"{stem}{suffix}"
            with opened(path) as file, warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="Glyph .* missing")
                about = {"Date": None} if suffix == ".svg" else {"Software": None}
                with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "loganalyzer"}):
                    figure.savefig(file, format=suffix[1:], dpi=DOTS_PER_INCH, metadata=about)
            yield path


def write_all(request: RenderRequest, folder: str) -> None:
    """The output ``--figures``."""
    for _ in write(request.analysis, folder, request.lang):
        pass


def file_stem(run_id: str) -> str:
    """Return a file name for a run: letters, digits and dashes of its id, and a hash of the whole id."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", run_id).strip("-").lower()[:60] or "run"
    return f"{plain}-{hashlib.sha256(run_id.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
