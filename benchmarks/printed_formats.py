"""Logs as the print statements of some three hundred training programs write them: how many are read whole at first sight.

``printed_formats.toml`` has one template a program; the names of its fields say what a right reading is. Each is filled in
with curves of our own, loaded, and judged. A log is read whole if it gives one run, every printed loss and metric is a series
with all its points, exact values and the printed counter as its axis, the training and the validation loss are recognised as
such, and nothing else is called a loss.

``python -m benchmarks.printed_formats`` prints the share by language; ``--ids a b`` shows what is wrong with single ones.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import string
import tempfile
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from loganalyzer import Run, load
from loganalyzer.roles.assign import Quantity, roles

FORMATS = Path(__file__).with_suffix(".toml")
POINTS = 20
BATCHES = 5
FALLING = re.compile(r"(?:loss|part_\w+|err|rmse|mse|mae|nrmse|wer|cer|eer|deg\d?|residual|ppl|wer_[ab])$")
UNREAD = re.compile(r"(?:x|best|prev)_")
_ALSO_STEPS = re.compile(r"(?i)batch|'cr'|'bars'|step|iter")
"""What says that a format counts more than epochs."""
BATCH = ("b_", "bv_")


@dataclass
class Log:
    """A rendered log: its text, and of each field that counts the printed numbers and the counter's values beside them."""

    text: str = ""
    points: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    ratios: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """What a count of right answers, printed beside a rounded percentage, says more exactly."""


class _Values:
    """Numbers for the fields of one format: curves that fall or rise, noise, counters."""

    def __init__(self, name: str, form: dict[str, Any]) -> None:
        self.random = random.Random(name)
        self.form = form
        self.counters: dict[str, int | float] = {}
        self.epoch: dict[str, float] = {}
        self.best: dict[str, float] = {}

    def begin(self, index: int) -> None:
        """Draw the values of one epoch; what was best before it stays known as ``prev_``."""
        first, every = self.form.get("first", 1), self.form.get("every", 1)
        number, last = first + index * every, first + (POINTS - 1) * every
        self.counters |= {"epoch": number, "epoch0": number - 1, "epochs": last, "batches": BATCHES}
        self.counters |= {"step": number, "steps": last}
        self.epoch, self.progress = {}, index / (POINTS - 1)

    def batch(self, index: int, batch: int) -> None:
        """Set the counters of one batch, which draws its own values."""
        done = index * BATCHES + batch
        self.counters |= {"batch": batch, "batch0": batch - 1, "pct": 100 * batch // BATCHES}
        self.counters |= {"sample": batch * 640, "sample0": (batch - 1) * 640, "step": done, "steps": POINTS * BATCHES}
        self.epoch = {name: value for name, value in self.epoch.items() if not name.startswith(BATCH)}

    def get(self, name: str) -> Any:
        """The value of a field as it is now."""
        if name in self.counters:
            return self.counters[name]
        if name == "bar":
            full = self.counters["pct"] // 10
            return "█" * int(full) + " " * (10 - int(full))
        if name == "d":
            return self.random.randrange(1, 10)
        if name.startswith("x_n"):
            return self.random.randrange(1000, 9999)
        if name.startswith("x_"):
            return self.random.uniform(0.5, 9.5)
        if name.startswith("best_"):
            return self._best(name.removeprefix("best_"))
        if name.startswith("prev_"):
            return self.best.get(name.removeprefix("prev_"), math.inf)
        if name not in self.epoch:
            self.epoch[name] = self._curve(name)
        return self.epoch[name]

    def improved(self) -> bool:
        """Whether the epoch's leading value is the best so far."""
        names = [name for name in self.epoch if not UNREAD.match(name) and not name.startswith(BATCH) and name != "lr"]
        lead = next((n for n in ("val_loss", "loss", "train_loss") if n in names), names[0] if names else "")
        return bool(lead) and self._best(lead, keep=False) == self.epoch[lead]

    def end(self) -> None:
        """Remember what was best."""
        for name in self.epoch:
            if not UNREAD.match(name):
                self._best(name)

    def _best(self, name: str, keep: bool = True) -> float:
        now, before = float(self.get(name)), self.best.get(name)
        best = now if before is None else (min if FALLING.search(name) else max)(now, before)
        if keep:
            self.best[name] = best
        return best

    def _curve(self, name: str) -> float:
        done, noise = self.progress, self.random.gauss(0, 1)
        start = 2.0 + (len(name) % 7) * 0.1
        if name == "lr":
            return float(0.01 * 0.9 ** round(done * (POINTS - 1)))
        if name.endswith("ppl"):
            return math.exp(1 + 3 * math.exp(-3 * done) + 0.05 * noise)
        if FALLING.search(name) or name.startswith(BATCH):
            floor = 0.5 if name.startswith(("val_", "test_")) else 0.2
            return floor + start * math.exp(-3 * done) + 0.03 * abs(noise)
        if name.endswith("reward"):
            return 150 * done - 50 + 8 * noise
        if name.endswith("psnr"):
            return 22 + 9 * done + 0.3 * noise
        value = min(0.99, 0.3 + 0.6 * (1 - math.exp(-3 * done)) + 0.01 * noise)
        return 100 * value if name.endswith("_pct") else value


def render(name: str, form: dict[str, Any]) -> Log:
    """The log of one format, with the numbers as they were printed."""
    values, log = _Values(name, form), Log()

    def write(key: str, end: str = "\n", suffix: str = "") -> None:
        if key in form:
            repeats = key.startswith("best") or key == "after"  # what has been printed is said again
            log.text += _filled(form[key], values, Log() if repeats else log) + suffix + end

    values.begin(0)
    write("head")
    for index in range(POINTS):
        values.begin(index)
        write("start")
        for key, end in (("batch", "\n"), ("cr", ""), ("bars", ""), ("middle", "\n")):
            for batch in range(1, BATCHES + 1) if key in form else ():
                values.batch(index, batch)
                log.text += "\r" if not end else ""
                write(key, end)
            log.text += "\n" if not end and key in form else ""
        values.counters["step"] = values.counters["step"] if "batch" in form else values.counters["epoch"]
        _filled(
            form.get("lines", ""), values, Log()
        )  # draws the epoch's values, so that it is known whether they are the best
        if values.improved():
            write("best_first")
        write(
            "lines", suffix=form.get("suffix_best" if values.improved() else "suffix_else", "").format(d=index % 9 + 1)
        )
        if values.improved():
            write("best")
        write("after")
        values.end()
    write("tail")
    return log


def _filled(template: str, values: _Values, log: Log) -> str:
    text = ""
    for literal, name, spec, _ in string.Formatter().parse(template):
        text += literal.replace("\\t", "\t")
        if name is None:
            continue
        if name == "correct":  # "{correct:acc_pct,10000}": how many of 10000 make that percentage
            of, _, total = spec.partition(",")
            number = round(values.get(of) * int(total) / 100)
            text += str(number)
            log.ratios[of].append(100 * number / int(total))
            if f"{{{of}" not in template:
                log.points[of].append((int(values.counters["epoch"]), log.ratios[of][-1]))
            continue
        printed = format(values.get(name), spec or "")
        text += printed
        if name not in values.counters and name not in {"bar", "d"} and not UNREAD.match(name):
            at = (int(values.counters["epoch"]), float(printed))
            if name.startswith(BATCH) or log.points[name][-1:] != [at]:  # one epoch's value printed twice is one point
                log.points[name].append(at)
    return text


def faults(name: str, form: dict[str, Any], runs: list[Run], log: Log) -> list[str]:
    """What of a reading is not right; empty if the log is read whole."""
    if len(runs) != 1:
        return [f"{len(runs)} runs"]
    run, points = runs[0], log.points
    wanted = {field for field in points if not field.startswith(BATCH) and field != "lr"}
    by_epoch = bool({"loss", "train_loss", "gen_loss"} & wanted)
    batchwise = [f for f in points if f.startswith("b_")]
    needed = [f for f in batchwise if f == "b_loss"] or batchwise
    wrong = []
    for field_ in sorted(wanted) + ([] if by_epoch else needed):
        if not (found := _found(run, log, field_, form)):
            wrong.append(f"{field_} missing")
        elif found == "axis":
            wrong.append(f"{field_} axis")
    return wrong + _wrong_roles(run, points, by_epoch)


def _found(run: Run, log: Log, name: str, form: dict[str, Any]) -> str:
    """The series with a field's points: its name, "axis" if only its counter is another one, "" if there is none."""
    points = log.points[name]
    values = np.array([value for _, value in points])
    numbers = np.array([number for number, _ in points])
    best = ""
    for series in run.series.values():
        if not (
            _same(series.values, values)
            or _same(series.values, np.array(log.ratios.get(name, ())))
            or (name.startswith(BATCH) and _ends(series.values, values, form))
        ):
            continue
        if name.startswith(BATCH) or _axis_fits(series.steps, numbers, bool(_ALSO_STEPS.search(str(form)))):
            return series.name
        best = "axis"
    return best


def _ends(found: Any, values: Any, form: dict[str, Any]) -> bool:
    """Whether these are the last states of the bars, which is what stays on a terminal."""
    return ("bars" in form or "cr" in form) and _same(found, values[BATCHES - 1 :: BATCHES])


def _same(found: Any, values: Any) -> bool:
    """Equal, where a percentage may be read as a fraction."""
    return len(found) == len(values) and (
        np.allclose(found, values, 1e-12, 0) or np.allclose(found * 100, values, 1e-9, 0)
    )


def _axis_fits(steps: Any, numbers: Any, batches: bool) -> bool:
    shift = steps - numbers
    if len(set(shift)) == 1 and abs(shift[0]) <= 1:
        return True
    return batches and len(set(np.diff(steps))) == 1  # counted in steps: one epoch's width apart


def _wrong_roles(run: Run, points: dict[str, list[tuple[int, float]]], by_epoch: bool) -> list[str]:
    told = roles(run)
    wrong = []
    if told.generator is None and told.reward is None and not told.objective_is_metric:
        for role, found in (("train", told.train), ("validation", told.validation)):
            split = "train_loss" if "train_loss" in points else "loss"
            right = (
                ["val_loss" if "val_loss" in points else "test_loss", "bv_loss"] if role == "validation" else [split]
            )
            if role == "train":
                right += [f for f in points if f == "b_loss" or (f.startswith("b_") and not by_epoch)]
            expected = [[v for _, v in points[f]] for f in right if f in points]
            expected = [] if expected and right[0] not in points and role == "validation" else expected
            of_parts = found is not None and " + " in found.name and "b_loss" not in points and not by_epoch
            if (
                expected
                and not of_parts
                and not (found is not None and any(_covers(found.values, e) for e in expected))
            ):
                wrong.append(f"{role} loss is {found and found.name!r}")
    losses = [n for n, r in told.by_name.items() if r.quantity is Quantity.LOSS and n in run.series]
    printed = [np.array([v for _, v in p]) for f, p in points.items() if f != "lr"]
    wrong += [
        f"{n!r} called a loss"
        for n in losses
        if not any(_covers(run.series[n].values, p) for p in printed) and len(run.series[n]) > 1  # one: of a last test
    ]
    return wrong


def _covers(found: Any, printed: Any) -> bool:
    """Whether all that was found are printed values of one field, in their order."""
    left = iter(np.asarray(printed, dtype=float))
    return all(
        any(math.isclose(v, w, rel_tol=1e-9) or math.isclose(v * 100, w, rel_tol=1e-9) for w in left) for v in found
    )


BEFORE = """Using device: cuda:0
Namespace(batch_size=64, dropout=0.1, epochs=20, lr=0.001, seed=42, weight_decay=0.0005)
Loading data from ./data ...
Train samples: 50000, validation samples: 5000, test samples: 10000
Number of classes: 10
Model parameters: 11,173,962
Starting training at 2024-03-05 10:12:44
"""
BEHIND = """Training finished in 0:21:43
Best model saved to out/best_model.pth
Total time: 1303.2s, peak memory: 3.41 GB
"""
BETWEEN = (
    "/usr/lib/python3.10/site-packages/torch/optim/lr_scheduler.py:143: UserWarning: Detected call of `lr_scheduler.step()`",
    "Model saved to out/checkpoint_{n}.pth",
    "EarlyStopping counter: {m} out of 10",
    "[GPU 0] 3.41 GB allocated, 5.02 GB reserved",
)
STAMP = "2024-03-05 10:{minute:02d}:{second:02d},{n:03d} - INFO - "


def dressed(text: str, how: str) -> str:
    """A log as it stands among other output: "framed" by what is printed before and behind the training, "stamped" by
    logging, with "warnings" and messages in between, or with the line ends of Windows ("crlf")."""
    if how == "framed":
        return BEFORE + text + BEHIND
    if how == "crlf":
        return text.replace("\n", "\r\n")
    lines = text.split("\n")
    if how == "stamped":
        stamps = (STAMP.format(minute=n // 60 % 60, second=n % 60, n=7 * n % 1000) for n in range(len(lines)))
        return "\n".join(stamp + line if line.strip() else line for stamp, line in zip(stamps, lines, strict=True))
    if how == "warnings":
        every = max(2, len(lines) // 12)
        said = [BETWEEN[n % 4].format(n=n, m=n % 3 + 1) for n in range(len(lines))]
        return "\n".join(
            f"{line}\n{said[n // every]}" if n % every == every - 1 else line for n, line in enumerate(lines)
        )
    return text


def judged(forms: dict[str, dict[str, Any]], how: str = "") -> dict[str, list[str]]:
    """What is wrong with the reading of each format, dressed or plain."""
    wrong = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, form in forms.items():
            log, place = render(name, form), Path(folder) / name
            place.mkdir()
            (place / "train.log").write_text(dressed(log.text, how), encoding="utf-8", newline="")
            wrong[name] = faults(name, form, list(load(place)), log)
    return wrong


LANGUAGES = {"py": "Python", "jl": "Julia", "cpp": "C++", "m": "MATLAB", "r": "R", "js": "JavaScript", "lua": "Lua"} | {
    "rs": "Rust", "go": "Go", "java": "Java", "c": "C", "php": "PHP"
}  # fmt: skip


def section(wrong: dict[str, list[str]]) -> list[str]:
    """The figures as a table of Markdown."""
    of = Counter(LANGUAGES[re.split(r"\d", name)[0]] for name in wrong)
    whole = Counter(LANGUAGES[re.split(r"\d", name)[0]] for name, lines in wrong.items() if not lines)
    rows = [f"| {language} | {whole[language]} of {n} |" for language, n in of.most_common()]
    total = f"| all | {sum(whole.values())} of {len(wrong)} ({sum(whole.values()) / len(wrong):.2f}) |"
    return ["| language | read whole |", "|---|---|", *rows, total]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--formats", type=Path, default=FORMATS)
    parser.add_argument("--ids", nargs="*", help="only these formats, with what is wrong")
    given = parser.parse_args()
    forms = tomllib.loads(given.formats.read_text(encoding="utf-8"))
    wrong = judged({name: forms[name] for name in given.ids or forms})
    if given.ids:
        print("\n".join(f"{name}: {'; '.join(lines) or 'whole'}" for name, lines in wrong.items()))
    print("\n".join(section(wrong)))


if __name__ == "__main__":
    main()
