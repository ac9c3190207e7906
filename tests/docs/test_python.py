"""Every Python block of the documentation runs as it stands, with the names that the reader brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.docs.blocks import ROOT, Block, of
from tests.docs.machine import write_run

Names = dict[str, Any]


def a_keras_model() -> Names:
    import keras

    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(64, 3))
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    Path("runs/first").mkdir(exist_ok=True, parents=True)  # the page says so
    return {"keras": keras, "model": model, "x": x, "y": x.sum(1), "xv": x, "yv": x.sum(1)}


def with_the_recipe() -> Names:
    from keras_callback import JudgedCSVLogger

    return {"JudgedCSVLogger": JudgedCSVLogger, **a_keras_model()}


def a_torch_loop() -> Names:
    from torch.utils.tensorboard import SummaryWriter

    losses = iter(2.0 * 0.8 ** (i // 2) for i in range(1000))
    return {"SummaryWriter": SummaryWriter, "epochs": 20} | dict.fromkeys(
        ("train_one_epoch", "validate"), lambda: next(losses)
    )


def a_training() -> Names:
    return {"train": lambda epochs, out: write_run(out / "run", overfits=False, lr=0.1)}


def runs() -> Names:
    write_run(Path("runs/first"), overfits=True, lr=0.1)
    write_run(Path("runs/nightly/one"), overfits=False, lr=0.1)
    return {}


def a_rule() -> Names:
    from loganalyzer_lablog.lucky_best import Limits, check

    from loganalyzer.model.prescription import Prescription
    from loganalyzer.rules.base import Rule
    from loganalyzer.rules.fixes.prescriptions.case import Case

    return {"Case": Case, "Prescription": Prescription, "Rule": Rule, "Limits": Limits, "check": check}


def logged(_: Names) -> None:
    import loganalyzer

    assert loganalyzer.load("runs/first")[0].series["val_loss" if Path("runs/first/log.csv").is_file() else "val/loss"]


def judged(names: Names) -> None:
    assert "val_loss" in Path("runs/first/report.html").read_text(encoding="utf-8") and names["callback"].report


def fails_for_the_bad_one(names: Names) -> None:
    runs()
    names["judge_task"]("runs/nightly")
    with pytest.raises(AssertionError, match="overfitting"):
        names["judge_task"]("runs/first")


def passes(names: Names) -> None:
    names["test_the_model_still_trains"](Path("new"))


def computes(names: Names) -> None:
    assert names["by_median"](SimpleNamespace(best=None)) is None
    best = object()
    assert names["by_median"](SimpleNamespace(best=best)).keep is best


def read(names: Names) -> None:
    assert len(names["run"].series["val_loss"].values) == len(names["run"].to_dataframe()) == 60


def nothing(_: Names) -> None: ...


@dataclass(frozen=True)
class Reader:
    """What the reader of a block has before, and what must hold after it."""

    before: Callable[[], Names]
    after: Callable[[Names], None] = nothing


READERS = {
    "callbacks.CSVLogger": Reader(a_keras_model, logged),
    "SummaryWriter": Reader(a_torch_loop, logged),
    "import loganalyzer\n": Reader(runs, read),
    'assert_healthy("runs/nightly"': Reader(runs),
    "test_the_model_still_trains": Reader(a_training, passes),
    "JudgedCSVLogger": Reader(with_the_recipe, judged),
    "judge_task": Reader(dict, fails_for_the_bad_one),
    "by_median": Reader(a_rule, computes),
    "he-init": Reader(dict),
}
"""By what only that block says."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("block", of("python"), ids=lambda block: block.name)
def test_every_block_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    for folder in ("examples/recipes", "examples/plugin", "sample_runs"):
        monkeypatch.syspath_prepend(str(ROOT / folder))
    (reader,) = (reader for sign, reader in READERS.items() if sign in block.text)
    names = reader.before()
    exec(compile(block.text, block.name, "exec"), names)
    reader.after(names)
