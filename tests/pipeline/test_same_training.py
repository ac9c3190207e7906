"""Two logs of one training are one run, whoever wrote them; two trainings in one folder stay two."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from loganalyzer import Options, analyze
from loganalyzer.pipeline.analyze import load
from tests.readers.event_files import event, write


def curve(count: int = 12, seed: int = 0) -> list[float]:
    return [2.3 * math.exp(-i / 5) + 0.4 + 0.05 * math.sin(i * (2 + seed)) + 0.03 * seed for i in range(count)]


def table(values: Sequence[float], name: str = "loss", first: int = 0, digits: int = 5, more: str = "") -> str:
    rows = [f"{first + i},{v:.{digits}f}" + (f",{0.1 * i:.2f}" if more else "") for i, v in enumerate(values)]
    return "\n".join([f"epoch,{name}" + (f",{more}" if more else ""), *rows, ""])


def events(folder: Path, values: Sequence[float], tag: str = "loss", first: int = 0, every: int = 1) -> None:
    write(folder, [event(first + every * i, (tag, v)) for i, v in enumerate(values)])


def lines(values: Sequence[float], key: str = "step", name: str = "loss", digits: int = 6) -> str:
    return "".join(json.dumps({key: i, name: round(v, digits), "lr": 0.1}) + "\n" for i, v in enumerate(values))


def yolo(at: Path) -> None:
    (at / "results.csv").write_text(table(curve(), "train/box_loss", 1, more="metrics/mAP50(B)"))
    events(at, curve(), "train/box_loss")


def mmengine(at: Path) -> None:
    (at / "vis_data").mkdir()
    (at / "vis_data" / "scalars.json").write_text(lines(curve()))
    (at / "20240101_000000.log").write_text(
        "".join(f"Iter(train) step {i} loss: {v:.4f}\n" for i, v in enumerate(curve()))
    )


def stylegan(at: Path) -> None:
    (at / "stats.jsonl").write_text(lines(curve(), name="Loss/scores"))
    events(at, curve(), "Loss/scores")


def llama_factory(at: Path) -> None:
    history = [{"step": i, "epoch": i / 10, "loss": round(v, 4)} for i, v in enumerate(curve())]
    (at / "trainer_state.json").write_text(json.dumps({"best_metric": None, "log_history": history}))
    (at / "trainer_log.jsonl").write_text(lines(curve(), digits=4))


def output_beside_its_folder(at: Path) -> None:
    (at / "train.log").write_text("".join(f"step {i} loss: {v:.6f}\n" for i, v in enumerate(curve())))
    events(at / "w", curve())


def significant_digits(at: Path) -> None:
    values = [27.5186, *curve()[1:]]
    rows = "".join(f"{i},{v:.4g}\n" for i, v in enumerate(values))
    (at / "log.csv").write_text("step,loss\n" + rows)
    events(at, values)


def lightning(at: Path) -> None:
    (at / "metrics.csv").write_text(table(curve(), "train_loss").replace("epoch,", "step,"))
    events(at, curve(), "train_loss")


def keras(at: Path) -> None:
    (at / "log.csv").write_text(table(curve(), more="accuracy"))
    events(at / "train", curve(), "epoch_loss")


def hugging_face(at: Path) -> None:
    history = [{"step": 10 * i, "epoch": i / 10, "loss": round(v, 4)} for i, v in enumerate(curve())]
    (at / "trainer_state.json").write_text(json.dumps({"best_metric": None, "log_history": history}))
    events(at / "runs" / "Jan01_host", curve(), "train/loss", every=10)


def a_folder_for_event_files(at: Path) -> None:
    (at / "metrics.csv").write_text(table(curve(), "train_loss"))
    events(at / "tf_logs", curve(), "train_loss")


def few_digits(at: Path) -> None:
    (at / "log.csv").write_text(table(curve(), digits=2))
    events(at, curve())


def resumed_table(at: Path) -> None:
    """The table was begun anew at the resume, the event file holds all but the end."""
    (at / "log.csv").write_text(table(curve()[5:], first=5))
    events(at, curve()[:10])


def epochs_and_iterations(at: Path) -> None:
    (at / "log.csv").write_text(table(curve(), more="accuracy"))
    events(at, curve(), every=50, first=49)


def two_loggers(at: Path, first: Sequence[float] = curve(), second: Sequence[float] = curve()) -> None:
    """Lightning with a CSVLogger and a TensorBoardLogger."""
    (at / "csv" / "version_0").mkdir(parents=True)
    (at / "csv" / "version_0" / "metrics.csv").write_text(table(first, "train_loss").replace("epoch,", "step,"))
    events(at / "tensorboard" / "version_0", second, "train_loss")


def two_loggers_without_versions(at: Path) -> None:
    (at / "csv_logs").mkdir()
    (at / "csv_logs" / "log.csv").write_text(table(curve()))
    events(at / "tb_logs", curve())


def printed(values: Sequence[float], line: str = "step {i} loss {v:.5f} lr 0.1") -> str:
    return "".join(line.format(i=i, v=v) + "\n" for i, v in enumerate(values))


def two_texts(at: Path) -> None:
    (at / "log.txt").write_text(printed(curve()))
    (at / "loss.txt").write_text(printed(curve(), "iter {i}: loss = {v:.4f}"))


def a_text_of_evaluations(at: Path) -> None:
    """Marian's valid.log repeats what train.log says of its evaluations."""
    told = "".join(
        f"[valid] Ep. 1 : Up. {100 * i} : perplexity : {v:.4f} : new best\n" for i, v in enumerate(curve(), 1)
    )
    costs = "".join(f"Ep. 1 : Up. {50 * i} : Cost {9 / i:.4f}\n" for i in range(1, 25))
    (at / "train.log").write_text(costs + told)
    (at / "valid.log").write_text(told)


def both_became_nan(at: Path) -> None:
    (at / "log.csv").write_text(table(ends_as_nan(2)))
    events(at, ends_as_nan(2))


def too_large_for_an_event_file(at: Path) -> None:
    (at / "log.csv").write_text(table([*curve()[:-1], 1e39]))
    events(at, [*curve()[:-1], math.inf])


SAME = (
    both_became_nan, too_large_for_an_event_file, output_beside_its_folder, significant_digits,
    yolo, mmengine, stylegan, llama_factory, lightning, keras, hugging_face, a_folder_for_event_files, few_digits,
    resumed_table, epochs_and_iterations, two_loggers, two_loggers_without_versions, two_texts, a_text_of_evaluations,
)  # fmt: skip


@pytest.mark.parametrize("layout", SAME, ids=lambda layout: layout.__name__)
def test_one_training_is_one_run(layout: Callable[[Path], None], tmp_path: Path) -> None:
    at = tmp_path / "run"
    at.mkdir()
    layout(at)
    (run,) = load(tmp_path)
    assert len(run.files) == 2
    (note,) = [note for note in run.notes if note.code == "same-training"]
    assert str(note.details["files"]) in run.files
    curves = [s for s in run.series.values() if len(s) == 12 and abs(s.values[3] - curve()[3]) < 0.01]
    assert len(curves) == 1  # not once more under the other's name


def test_what_only_one_of_them_has_comes_along_at_its_step(tmp_path: Path) -> None:
    epochs_and_iterations(tmp_path)
    (run,) = load(tmp_path)
    if run.step_unit == "epoch":
        assert run.series["accuracy"].steps.tolist() == list(range(12))
    else:
        assert run.series["accuracy"].steps.tolist() == [49 + 50 * i for i in range(12)]
    assert run.series["accuracy"].values.tolist() == pytest.approx([0.1 * i for i in range(12)])


def two_seeds(at: Path) -> None:
    (at / "log.csv").write_text(table(curve(seed=1)))
    events(at, curve(seed=2))


def two_seeds_with_one_rate(at: Path) -> None:
    rows = (f"{i},{v:.5f},{0.1 / (i + 1):.6f}\n" for i, v in enumerate(curve(seed=1)))
    (at / "log.csv").write_text("epoch,loss,lr\n" + "".join(rows))
    write(at, [event(i, ("loss", v), ("lr", 0.1 / (i + 1))) for i, v in enumerate(curve(seed=2))])


def equal_up_to_nan(at: Path) -> None:
    values = [2.3, 2.2, *[math.nan] * 10]
    (at / "log.csv").write_text(table(values))
    events(at, values)


def training_and_validation(at: Path) -> None:
    (at / "train.csv").write_text(table(curve(), "train_loss"))
    events(at, curve(seed=3), "val_loss")


def another_part_of_the_training(at: Path) -> None:
    (at / "log.csv").write_text(table(curve()[:6]))
    events(at, curve()[6:], first=60)


def constants(at: Path) -> None:
    (at / "log.csv").write_text(table([0.693] * 12))
    events(at, [0.693] * 12)


def coarse_values(at: Path) -> None:
    (at / "log.csv").write_text(table([0.5 + 0.1 * (i % 3) for i in range(12)], "acc", digits=1))
    events(at, [0.52 + 0.1 * (i % 3) for i in range(12)], "acc")


def a_restarted_seed_in_the_same_folder(at: Path) -> None:
    """The first value is that of the same initial weights, then they part."""
    (at / "log.csv").write_text(table([curve()[0], *curve(seed=1)[1:]]))
    events(at, [curve()[0], *curve(seed=2)[1:]])


def two_tables(at: Path) -> None:
    """Of one program: copies are the business of the user."""
    (at / "a.csv").write_text(table(curve()))
    (at / "b.csv").write_text(table(curve()))


def two_loggers_of_two_seeds(at: Path) -> None:
    two_loggers(at, curve(seed=1), curve(seed=2))


def two_loggers_of_two_versions(at: Path) -> None:
    """Equal numbers, but the folders say that they are two trainings."""
    two_loggers(at)
    (at / "tensorboard" / "version_0").rename(at / "tensorboard" / "version_1")


def texts_of_two_seeds(at: Path) -> None:
    (at / "seed1.log").write_text(printed(curve(seed=1)))
    (at / "seed2.log").write_text(printed(curve(seed=2)))


def texts_of_training_and_validation(at: Path) -> None:
    (at / "train.txt").write_text(printed(curve()))
    (at / "valid.txt").write_text(printed([1.2 * v for v in curve(seed=3)]))


def ends_as_nan(count: int = 4, seed: int = 0) -> list[float]:
    return [*curve(seed=seed)[:-count], *[math.nan] * count]


def a_table_that_became_nan(at: Path) -> None:
    (at / "log.csv").write_text(table(ends_as_nan()))
    events(at, curve())


def an_event_file_that_became_nan(at: Path) -> None:
    (at / "log.csv").write_text(table(curve()))
    events(at, ends_as_nan())


def only_the_last_value_is_nan(at: Path) -> None:
    (at / "log.csv").write_text(table(ends_as_nan(1)))
    events(at, curve())


def only_the_last_value_differs(at: Path) -> None:
    long = curve(40)
    (at / "log.csv").write_text(table([*long[:-1], 1e6]))
    events(at, long)


def validation_of_one_is_nan(at: Path) -> None:
    """Training and accuracy agree, and no finite value of the other validation loss can."""
    rows = (f"{i},{v:.5f},{v:.5f},{0.07 * i:.5f}\n" for i, v in enumerate(curve()))
    (at / "log.csv").write_text("epoch,loss,val_loss,acc\n" + "".join(rows))
    write(at, [event(i, ("loss", v), ("val_loss", math.nan), ("acc", 0.07 * i)) for i, v in enumerate(curve())])


def two_loggers_of_which_one_became_nan(at: Path) -> None:
    two_loggers(at, curve(), ends_as_nan())


def a_text_that_became_nan(at: Path) -> None:
    (at / "old.log").write_text(printed(curve()))
    (at / "new.log").write_text(printed(ends_as_nan()))


DIFFERENT = (
    a_table_that_became_nan, an_event_file_that_became_nan, only_the_last_value_is_nan, only_the_last_value_differs,
    validation_of_one_is_nan, two_loggers_of_which_one_became_nan, a_text_that_became_nan,
    two_seeds, two_seeds_with_one_rate, equal_up_to_nan, training_and_validation, another_part_of_the_training, constants,
    coarse_values, a_restarted_seed_in_the_same_folder, two_tables, two_loggers_of_two_seeds, two_loggers_of_two_versions,
    texts_of_two_seeds, texts_of_training_and_validation,
)  # fmt: skip


@pytest.mark.parametrize("layout", DIFFERENT, ids=lambda layout: layout.__name__)
def test_two_trainings_stay_two(layout: Callable[[Path], None], tmp_path: Path) -> None:
    at = tmp_path / "run"
    at.mkdir()
    layout(at)
    runs = load(tmp_path)
    assert len(runs) == 2
    assert not any(note.code == "same-training" for run in runs for note in run.notes)


def test_the_same_numbers_in_two_folders_are_two_runs(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "log.csv").write_text(table(curve()))
    events(tmp_path / "b", curve())
    assert len(load(tmp_path)) == 2


def test_a_table_beside_a_copied_checkpoint(tmp_path: Path) -> None:
    """The state in a checkpoint is a part of the state above it, and that is the same training as the event file."""
    hugging_face(tmp_path)
    state = json.loads((tmp_path / "trainer_state.json").read_text())
    (tmp_path / "checkpoint-50").mkdir()
    state["log_history"] = state["log_history"][:5]
    (tmp_path / "checkpoint-50" / "trainer_state.json").write_text(json.dumps(state))
    (run,) = load(tmp_path)
    assert len(run.files) == 2


def test_merged_runs_come_from_the_cache_and_from_workers(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    for name in ("a", "b", "c"):
        (runs / name).mkdir(parents=True)
        lightning(runs / name)
    first = analyze(runs, options=Options(cache=tmp_path / "cache")).to_dict()["runs"]
    again = analyze(runs, options=Options(cache=tmp_path / "cache")).to_dict()["runs"]
    spread = analyze(runs, workers=2).to_dict()["runs"]
    assert len(first) == 3 and first == again == spread
    (runs / "a" / "metrics.csv").write_text(table(curve(seed=4), "train_loss"))
    assert len(analyze(runs, options=Options(cache=tmp_path / "cache")).runs) == 4
