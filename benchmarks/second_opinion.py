"""Does a fitted second opinion beat the rules on sources it has not seen? `python -m benchmarks.second_opinion --corpus DIR`.

The opinion is a table of points per descriptor (an additive model of some 70 descriptors of the judged curves, fitted to
labels that accept several verdicts); it may speak alone or be multiplied with the probabilities that the rules give. Each
fold of whole sources (repositories, problems, workloads, generated families) is judged by a table fitted to the others.
`--seen DIR` (may be repeated; a folder with `labels.tsv`) is fitted to beside the corpora; `--unseen DIR` is judged by a
table fitted to all of these: logs that neither the rules nor the table were made with. Writes second_opinion.md; with
`--write` only the table that is shipped, fitted to the corpora, to what was seen and to the tuned generated families.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from benchmarks.accuracy_lib.judged import accepts
from benchmarks.by_source import mean_over_sources, source_of
from benchmarks.labelled_logs import labels_of, said_by_place, said_of
from benchmarks.synthetic import FAMILIES, TUNED, Family
from loganalyzer.diagnosis.descriptors import descriptors
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.diagnosis.second_opinion import Table
from loganalyzer.model.run import Run
from loganalyzer.model.verdicts import BY_PRIORITY

Array = NDArray[np.float64]
WORDS = tuple(v.value for v in BY_PRIORITY)
FOLDS = 8
PER_FAMILY = 20
KNOTS, TAIL = 6, 0.04
"""A descriptor has points at so many quantiles, from this one to the same at the other end, and straight lines between."""
FEWEST = 40
"""A descriptor that fewer runs have gets no points."""
SHIPPED_RIDGE, SHIPPED_PER_FAMILY = 5.0, 6
SHIPPED = Path(__file__).parents[1] / "loganalyzer" / "diagnosis" / "second_opinion.json"
CAP = 0.9
"""The most that the rules' own probability counts beside the table."""
SECOND_CHOICE = 0.5
"""What an accepted verdict counts in the fit where the preferred one counts 1."""


@dataclass(frozen=True, eq=False)
class Row:
    """One labelled log: what is accepted, what the rules say, the descriptors of its curves."""

    corpus: str
    source: str
    accepted: tuple[str, ...]
    given: str
    probabilities: Mapping[str, float]
    descriptors: Mapping[str, float]

    @property
    def right(self) -> bool:
        """Whether the rules' verdict is accepted."""
        return accepts(self.accepted, self.given)


def _row(corpus: str, source: str, accepted: tuple[str, ...], run: Run) -> Row:
    diagnosis = diagnose(run)
    shares = {verdict.value: share for verdict, share in diagnosis.probabilities.items()}
    return Row(corpus, source, accepted, diagnosis.verdict.value, shares, descriptors(diagnosis.roles))


def labelled(folder: Path) -> Iterator[Row]:
    """The logs of a folder with ``labels.tsv`` of which a run was read; of several runs the one that agrees best."""
    said = said_by_place(folder, lambda run: _row(folder.name, "", (), run))
    for label in labels_of(folder):
        source = source_of(label.path, label.repository)
        rows = [replace(row, source=source, accepted=label.accepted) for row in said_of(label, said)]
        if rows:
            yield max(rows, key=lambda r: (r.given == label.accepted[0], r.right))


def generated(families: Sequence[Family], seeds: range) -> Iterator[Row]:
    """Runs of generated families."""
    for family in families:
        for seed in seeds:
            example = family.make(seed)
            kind = "generated, held out" if family.held_out else "generated"
            yield _row(kind, family.name, example.truth.accepted, example.run)


class Opinion:
    """The table: for each descriptor and verdict the points at ``KNOTS`` of its values, and those for its absence."""

    def __init__(self, rows: Sequence[Row], ridge: float) -> None:
        """Fit to ``rows``, one vote a source (tempered by a square root); ``ridge`` is the weight of the squared points.

        Maximises the probability of the accepted verdicts, the preferred one counting 1, others ``SECOND_CHOICE``.
        """
        count = Counter(name for row in rows for name in row.descriptors)
        self._names = sorted(name for name in count if count[name] >= FEWEST)
        values = self._values(rows)
        places = np.linspace(TAIL, 1 - TAIL, KNOTS)
        self._knots = [np.unique(np.round(np.quantile(x[~np.isnan(x)], places), 4)) for x in values.T]
        self._points = _fit(self._design(values), _wanted(rows), _weights(rows), ridge)
        self._table = Table(self.document())

    def log_probabilities(self, rows: Sequence[Row]) -> Array:
        """Of each row and verdict (in the order of ``WORDS``) the logarithm of the table's probability."""
        return np.array([list(self._table.log_probabilities(row.descriptors).values()) for row in rows])

    def document(self) -> dict[str, object]:
        """The table as it is shipped (``loganalyzer/diagnosis/second_opinion.json``)."""
        rows, at = {}, 1
        for name, knots in zip(self._names, self._knots, strict=True):
            absent, rises = self._points[at], self._points[at + 1 : at + len(knots)]
            points = np.vstack([np.zeros(len(WORDS)), np.cumsum(rises, axis=0)]) - rises.sum(axis=0) / 2
            rows[name] = {"knots": knots.tolist(), "points": _rounded(points), "absent": _rounded(absent)}
            at += len(knots)
        return {"verdicts": list(WORDS), "constant": _rounded(self._points[0]), "descriptors": rows}

    def _values(self, rows: Sequence[Row]) -> Array:
        return np.array([[row.descriptors.get(name, np.nan) for name in self._names] for row in rows])

    def _design(self, values: Array) -> Array:
        columns = [np.ones(len(values))]
        for x, knots in zip(values.T, self._knots, strict=True):
            missing = np.isnan(x)
            columns.append(missing.astype(float))
            for low, high in pairwise(knots):  # how much of the way between two knots it has gone
                columns.append(np.where(missing, 0.0, np.clip((x - low) / (high - low), 0.0, 1.0) - 0.5))
        return np.array(columns).T


def _rounded(points: Array) -> list[object]:
    return list(np.round(points, 3).tolist())


def _fit(design: Array, wanted: Array, weights: Array, ridge: float) -> Array:
    def loss(flat: Array) -> tuple[float, Array]:
        points = flat.reshape(design.shape[1], len(WORDS))
        scores = design @ points
        shares = np.exp(scores - logsumexp(scores, axis=1, keepdims=True))
        good = (shares * wanted).sum(axis=1, keepdims=True) + 1e-12
        gradient = design.T @ ((shares - shares * wanted / good) * weights[:, None]) + 2 * ridge * points
        return float(-(weights * np.log(good[:, 0])).sum() + ridge * (points**2).sum()), gradient.ravel()

    start = np.zeros(design.shape[1] * len(WORDS))
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x).reshape(
        -1, len(WORDS)
    )


def _wanted(rows: Sequence[Row]) -> Array:
    first = np.array([[float(row.accepted[0] in (word, f"!{row.accepted[0]}")) for word in WORDS] for row in rows])
    also = np.array([[float(accepts(row.accepted, word)) for word in WORDS] for row in rows])
    return np.maximum(first, SECOND_CHOICE * also)


def _weights(rows: Sequence[Row]) -> Array:
    count = Counter((row.corpus, row.source) for row in rows)
    weights = np.array([count[row.corpus, row.source] ** -0.5 for row in rows])
    return weights / weights.mean()


def combined(rows: Sequence[Row], table: Array, share: float) -> list[str]:
    """The verdicts of rules and table together; ``share`` is the power of the table."""
    rules = np.log([[min(CAP, row.probabilities.get(word, 0.0)) + 1e-3 for word in WORDS] for row in rows])
    return [WORDS[i] for i in (rules + share * table).argmax(axis=1)]


def _line(title: str, rows: Sequence[Row], verdicts: Sequence[str]) -> str:
    answers = {id(row): verdict for row, verdict in zip(rows, verdicts, strict=True)}
    right = [accepts(row.accepted, answers[id(row)]) for row in rows]
    first = [row.accepted[0] == answers[id(row)] for row in rows]
    voted = mean_over_sources(rows, lambda r: accepts(r.accepted, answers[id(r)]))  # type: ignore[arg-type]
    changed = np.mean([row.given != answers[id(row)] for row in rows])
    return f"| {title} | {len(rows)} | {np.mean(right):.3f} | {np.mean(first):.3f} | {voted:.3f} | {changed:.3f} |"


def _section(title: str, rows: Sequence[Row], tables: Mapping[float, Array]) -> list[str]:
    lines = ["", f"## {title}", "", "| who decides | logs | accepted | first | accepted, mean over sources | changed |"]
    lines += ["|---|---|---|---|---|---|", _line("rules alone", rows, [row.given for row in rows])]
    for ridge, table in tables.items():
        lines.append(_line(f"table alone, ridge {ridge:g}", rows, [WORDS[i] for i in table.argmax(axis=1)]))
        for share in (0.5, 1.0):
            lines.append(_line(f"rules x table^{share:g}, ridge {ridge:g}", rows, combined(rows, table, share)))
    return lines


def left_out(rows: Sequence[Row], ridge: float) -> Array:
    """Of each row the table's log probabilities, fitted without the fold that its source belongs to."""
    folds = np.array([zlib.crc32(f"{row.corpus}/{row.source}".encode()) % FOLDS for row in rows])
    result = np.zeros((len(rows), len(WORDS)))
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if len(inside):
            opinion = Opinion([rows[i] for i in outside], ridge)
            result[inside] = opinion.log_probabilities([rows[i] for i in inside])
    return result


def one_line_each(document: dict[str, object]) -> str:
    """JSON with a line for each descriptor."""
    rows = document["descriptors"]
    assert isinstance(rows, dict)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}" for name, row in rows.items())
    head = json.dumps({**document, "descriptors": None})
    return head.replace("null", "{\n" + lines + "\n}") + "\n"


def _decided(rows: Sequence[Row]) -> list[Row]:
    """Rows of one of the six verdicts: what the log cannot answer is asked of the rules alone."""
    return [row for row in rows if row.given in WORDS and any(accepts(row.accepted, word) for word in WORDS)]


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=os.environ.get("LOGANALYZER_CORPUS"))
    parser.add_argument("--seen", type=Path, action="append", default=[])
    parser.add_argument("--unseen", type=Path, action="append", default=[])
    parser.add_argument("--write", action="store_true", help="fit the table that is shipped, and write it alone")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "second_opinion.md")
    options = parser.parse_args()
    if options.corpus is None or not Path(options.corpus).is_dir():
        parser.error("give the folder of the labelled corpora with --corpus")
    folders = [*sorted(path.parent for path in Path(options.corpus).glob("*/labels.tsv")), *options.seen]
    real = _decided([row for folder in folders for row in labelled(folder)])
    if options.write:
        made = _decided(list(generated(TUNED, range(500, 500 + SHIPPED_PER_FAMILY))))
        SHIPPED.write_text(one_line_each(Opinion([*real, *made], SHIPPED_RIDGE).document()))
        return 0
    rows = [*real, *_decided(list(generated(FAMILIES, range(PER_FAMILY))))]
    ridges = (0.5, 2.0, 5.0)
    tables = {ridge: left_out(rows, ridge) for ridge in ridges}
    lines = [
        "# A fitted second opinion beside the rules", "",
        "Made by `python -m benchmarks.second_opinion --corpus DIR --unseen DIR ...`. A table of points per descriptor, fitted"
        " without the sources that it judges. *changed*: the share of the logs where the answer is not that of the rules.",
    ]  # fmt: skip
    for name in dict.fromkeys(row.corpus for row in rows):
        own = [i for i, row in enumerate(rows) if row.corpus == name]
        lines += _section(name, [rows[i] for i in own], {ridge: table[own] for ridge, table in tables.items()})
    opinions = {ridge: Opinion(rows, ridge) for ridge in ridges} if options.unseen else {}
    for folder in options.unseen:
        unseen = _decided(list(labelled(folder)))
        tables = {ridge: opinion.log_probabilities(unseen) for ridge, opinion in opinions.items()}
        lines += _section(f"logs that neither was made with: round {folder.name}", unseen, tables)
    text = "\n".join(lines) + "\n"
    options.out.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
