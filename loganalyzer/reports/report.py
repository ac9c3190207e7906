"""The report of an analysis in the Python interface: data with methods to render it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loganalyzer.model.record import replace
from loganalyzer.model.report import Analysis, Tally
from loganalyzer.reports.order import by_name

if TYPE_CHECKING:
    from loganalyzer.messages import Lang
    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.reports.html.origin import Origin


class Report(Analysis, eq=False):
    """Result of ``analyze``; shown as a table in a notebook, and as a sentence when printed."""

    def __repr__(self) -> str:
        return f"<Report: {self.tally.total} runs, {self.tally.sick} need attention>"

    def __str__(self) -> str:
        from loganalyzer.reports.summary import summary

        return summary(self, "en")

    def to_dict(self, lang: Lang = "en") -> dict[str, Any]:
        """Return the document of ``to_json`` as Python data."""
        from loganalyzer.model.version import VERSION
        from loganalyzer.reports import json

        return json.as_dict(self, lang=lang, version=VERSION)

    def to_json(self, lang: Lang = "en") -> str:
        """Render strict JSON, schema ``loganalyzer/2``."""
        from loganalyzer.model.version import VERSION
        from loganalyzer.reports import json

        return json.render(self, lang=lang, version=VERSION)

    def to_html(
        self,
        lang: Lang = "en",
        *,
        figures_for: str = "auto",
        origin: Origin | None = None,
        gate: GateResult | None = None,
        note: str = "",
        whole: Analysis | None = None,
    ) -> str:
        """Render one self-contained HTML page; above 200 runs with charts for healthy runs only if ``figures_for`` is "all".

        ``origin`` is what its head says of the time, the command and the commit, and lets it link to the logs.
        ``gate`` is the result of conditions, which is shown below the headline, ``note`` a sentence above it,
        ``whole`` the analysis of which this is a part.
        """
        from loganalyzer.reports import html

        return html.render(self, lang=lang, figures_for=figures_for, origin=origin, gate=gate, note=note, whole=whole)

    def worst(self, most: int) -> Report:
        """Return a report with only the ``most`` worst runs, those that are newly bad first; ``left_out`` counts the others."""
        from loganalyzer.reports.order import newly_bad_first

        if len(self.runs) <= most:
            return self
        ordered = newly_bad_first(self.runs, self.trend)
        kept = tuple(by_name(ordered[:most]))
        return replace(self, runs=kept, left_out=self.left_out + Tally.of(ordered[most:]))

    def _repr_html_(self) -> str:
        from loganalyzer.reports import notebook

        return notebook.render(self)
