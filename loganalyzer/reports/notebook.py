"""A report in a notebook cell: one small table, worst runs first with curve and what to do next, then the healthy ones in
a line."""

from __future__ import annotations

from html import escape

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Analysis, Diagnosis, Group
from loganalyzer.reports import sweep_text
from loganalyzer.reports.alike import Alike, grouped, healthy
from loganalyzer.reports.heat_table import heat_table
from loganalyzer.reports.html.sparkline import sparkline
from loganalyzer.reports.overview import overview
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import summary

MOST_ROWS = 50
LOOKS = {
    "spark": "display:block;width:240px;height:56px",
    "spark-train": "fill:none;stroke:#3b82c4;stroke-width:1.5;vector-effect:non-scaling-stroke",
    "spark-validation": "fill:none;stroke:#d97a1a;stroke-width:1.5;vector-effect:non-scaling-stroke;stroke-dasharray:4 2",
    "spark-span": "fill:#d97a1a;opacity:.15",
    "spark-mark": "fill:none;stroke:#a855c0;stroke-width:.6;stroke-dasharray:1 1.2",
    "spark-broken": "fill:none;stroke:#a855c0;stroke-width:.6",
}
"""Of the parts of a curve: a fragment has no style sheet. The colours are seen on light and on dark notebooks."""


def render(analysis: Analysis, lang: Lang = "en") -> str:
    """Render an HTML fragment without scripts or styles of its own; names are escaped."""
    view = overview(analysis)
    entries = grouped(view.attention, lang, analysis.runs)
    shown = entries[:MOST_ROWS]
    rows = "".join(_row(entry, lang) for entry in shown)
    more = view.tally.sick + len(view.watched) - sum(len(entry.runs) for entry in shown)
    tail = f"<p>{escape(messages.ui('terminal', 'more', lang, count=more))}</p>" if more > 0 else ""
    well = "".join(f"<p>{h.verdict.info.sign}&nbsp;{escape(h.line(lang))}</p>" for h in healthy(view))
    sweeps = "".join(_sweep(group, analysis, lang) for group in view.sweeps)
    table = f"<table><tbody>{rows}</tbody></table>" if rows else ""
    return f"<p><b>{escape(summary(analysis, lang))}</b></p>{sweeps}{table}{tail}{well}"


def _sweep(group: Group, analysis: Analysis, lang: Lang) -> str:
    """The answer of a sweep and what became of its runs, a line each, and the table of its settings."""
    answer = (messages.pair(*line, lang) for line in sweep_text.lines(group, lang))
    causes = (f"{verdict.info.sign} {text}" for verdict, text in sweep_text.causes(group, analysis.runs, lang))
    lines = "<br>".join(escape(text) for text in (*answer, *causes))
    return f"<p><b>{escape(sweep_text.title(group, lang))}</b><br>{lines}</p>{heat_table(group, lang)}"


def _row(entry: Alike, lang: Lang) -> str:
    """Runs alike as a row: verdict, names with the curve of the first, and what happened with what to do next below it."""
    verdict = entry.first.verdict
    word = f"{verdict.info.sign}&nbsp;{escape(messages.verdict(verdict, lang))}"
    action = f"<br><b>→ {escape(term_safe(entry.action))}</b>" if entry.action else ""
    return (
        f'<tr><td>{word}</td><td style="text-align:left">{escape(entry.name(lang))}{_curve(entry.first)}</td>'
        f'<td style="text-align:left">{escape(entry.headline(lang))}{action}</td></tr>'
    )


def _curve(diagnosis: Diagnosis) -> str:
    """The run's curve with the evidence on it; "" if there is none."""
    drawn = sparkline(diagnosis, marked=True)
    for name, look in LOOKS.items():
        drawn = drawn.replace(f'class="{name}"', f'style="{look}"')
    return drawn
