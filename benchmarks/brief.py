"""How long the short text for prompts is, and how long it takes to make, for 10 to 20,000 runs -> benchmarks/brief.md.

The runs are those of ``sample_runs/`` again and again under other names. What rendering costs is compared with the Markdown for
a comment, which is made from the same runs by the same process right after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import loganalyzer
from loganalyzer.config.load import load
from loganalyzer.gate.judge import judge
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.reports import brief, markdown
from loganalyzer.reports.registry import RenderRequest

HERE = Path(__file__).parent
COUNTS = (10, 1_000, 20_000)
STRIDE = 5
"""The samples stand in the order of their verdicts: ten neighbours would be much alike."""


def many(report: loganalyzer.Report, count: int) -> loganalyzer.Report:
    """So many runs, those that need attention and the others as often as in the report."""
    own = report.runs
    chosen = (own[i * STRIDE % len(own)] for i in range(count))
    again = tuple(replace(d, run=replace(d.run, id=f"sweep/{i}")) for i, d in enumerate(chosen))
    return replace(report, runs=again)


def measured(render: Callable[[RenderRequest], str], report: loganalyzer.Report, lang: Lang) -> tuple[str, float]:
    """The text, and the CPU seconds that it took."""
    request = RenderRequest(report, judge(report, load(environment={})), lang)
    begin = process_time()
    return render(request), process_time() - begin


def main() -> None:
    samples = loganalyzer.analyze(HERE.parent / "sample_runs")
    samples = replace(samples, roots=("sample_runs",), runs=tuple(d.without_series() for d in samples.runs))
    for lang in LANGUAGES:  # the texts are loaded before anything is timed
        measured(brief.render, samples, lang)
        measured(markdown.render, samples, lang)
    rows = []
    for count in COUNTS:
        report = many(samples, count)
        for lang in LANGUAGES:
            text, seconds = measured(brief.render, report, lang)
            _, others = measured(markdown.render, report, lang)
            sizes = f"{brief.tokens(text):,} | {len(text):,}"
            rows.append(f"| {count:,} | {lang} | {sizes} | {seconds:.3f} | {seconds / others:.2f} |")
            assert brief.tokens(text) < brief.MOST_TOKENS
    lines = [
        "# The short text for prompts: size and time",
        "",
        "Made by `python benchmarks/brief.py`. A token is four ASCII characters or one other character.",
        "",
        "| runs | language | tokens | characters | CPU seconds | times `--markdown` |",
        "|--:|---|--:|--:|--:|--:|",
        *rows,
        "",
        f"All below {brief.MOST_TOKENS:,} tokens.",
    ]
    (HERE / "brief.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
