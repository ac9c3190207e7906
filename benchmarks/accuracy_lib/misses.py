"""The runs whose verdict is wrong, drawn: one picture, so that a person can say who is right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.accuracy_lib.judged import Judged
from benchmarks.synthetic.family import Example

MOST = 24
COLUMNS = 4


def chosen(judged: Sequence[Judged]) -> list[Judged]:
    """Wrong runs, one of each family first, then further ones."""
    wrong = [j for j in judged if not j.right]
    seen: dict[str, int] = {}
    ranked = []
    for j in wrong:
        seen[j.family] = seen.get(j.family, 0) + 1
        ranked.append((seen[j.family], len(ranked), j))
    return [j for *_, j in sorted(ranked, key=lambda r: r[:2])[:MOST]]


def draw(cases: Sequence[tuple[Example, Judged]], path: Path) -> None:
    """A grid of small charts; each series is scaled to its own range."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    if not cases:
        path.unlink(missing_ok=True)
        return
    rows = -(-len(cases) // COLUMNS)
    figure, axes = plt.subplots(rows, COLUMNS, figsize=(4 * COLUMNS, 2.4 * rows), squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, (example, answer) in zip(axes.flat, cases, strict=False):
        axis.set_axis_on()
        for name, series in example.run.series.items():
            finite = series.values[np.isfinite(series.values)]
            if len(finite):
                low, high = float(finite.min()), float(finite.max())
                every = max(1, len(series) // 2000)
                shown = (series.values[::every] - low) / max(high - low, 1e-300)
                axis.plot(series.steps[::every], shown, linewidth=0.7, label=name)
        said = f"{answer.verdict} {answer.kind} ({answer.confidence:.2f})".replace("  ", " ")
        wanted = " or ".join(answer.truth.accepted)
        axis.set_title(f"{answer.family} {answer.seed}\nsaid {said}; right: {wanted}", fontsize=7)
        axis.tick_params(labelsize=6)
        axis.legend(fontsize=5, loc="upper right")
    figure.tight_layout()
    figure.savefig(path, dpi=60, metadata={"Software": None})
    plt.close(figure)
