"""The reference trainer: what it logs is real, repeatable, the same in every format, and what the scenario promises."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import train as script
from trainer import SCENARIOS, Config, Scenario, machine, train
from trainer import schedules as trainer_schedules
from trainer.data import DataUnavailable
from trainer.data import load as load_data
from trainer.fixes import FIXES, apply

SAMPLES = Path(__file__).parents[2] / "sample_runs"
VERDICTS = {"converged", "diverging", "oscillating", "plateau", "overfitting", "underfitting", "inconclusive"}
KINDS = {
    "diverging": {"non-finite", "rising", "blow-up"},
    "overfitting": {"mild", "moderate", "severe"},
    "oscillating": {"periodic", "erratic"},
    "plateau": {"never-learned", "stalled", "constant"},
    "underfitting": {"undertrained", "high-floor"},
    "inconclusive": {"too-short", "no-objective", "range-test"},
}
QUICK = "overfitting-moderate"


def same_numbers(one: Mapping[str, Sequence[float]], other: Mapping[str, Sequence[float]]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


def read_csv(path: Path) -> dict[str, list[float]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def read_events(folder: Path) -> dict[str, list[tuple[int, float]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    return {tag: [(point.step, point.value) for point in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def test_the_same_seed_gives_the_same_numbers_and_another_seed_gives_others() -> None:
    config = dataclasses.replace(SCENARIOS[QUICK].config, epochs=5, device="cpu")
    first = train(config).history
    assert same_numbers(first, train(config).history)
    assert not same_numbers(first, train(dataclasses.replace(config, seed=1)).history)
    assert all(math.isfinite(value) for values in first.values() for value in values)
    assert set(first) == {"train_loss", "val_loss", "train_acc", "val_acc", "lr", "grad_norm"}


def test_one_training_gives_the_same_numbers_in_every_format(tmp_path: Path) -> None:
    formats = "tensorboard,csv,keras,keras-csv"
    assert script.main(["--scenario", QUICK, "--format", formats, "--device", "cpu", "--out", str(tmp_path)]) == 0
    run = tmp_path / QUICK
    table = read_csv(run / "csv" / "log.csv")
    history = json.loads((run / "keras" / "history.json").read_text(encoding="utf-8"))
    events = read_events(run / "tensorboard")
    keras_table = read_csv(run / "keras-csv" / "training.csv")
    n = SCENARIOS[QUICK].config.epochs
    assert table["epoch"] == list(range(1, n + 1))
    assert keras_table["epoch"] == list(range(n))
    names = (
        ("train_loss", "train/loss", "loss"),
        ("val_loss", "val/loss", "val_loss"),
        ("train_acc", "train/accuracy", "accuracy"),
        ("val_acc", "val/accuracy", "val_accuracy"),
        ("lr", "lr", "learning_rate"),
        ("grad_norm", "grad_norm", "grad_norm"),
    )
    for column, tag, key in names:
        assert history[key] == table[column] == keras_table[key]
        assert [step for step, _ in events[tag]] == table["epoch"]
        assert np.array_equal(np.float32([value for _, value in events[tag]]), np.float32(table[column]))
    hyper = json.loads((run / "csv" / "hparams.json").read_text(encoding="utf-8"))
    assert (hyper["optimizer"], hyper["lr"], hyper["n_train"], hyper["n_classes"]) == ("adam", 2e-3, 300, 10)
    assert tomllib.loads((run / "info.toml").read_text(encoding="utf-8"))["expected"] == ["overfitting"]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras with NumPy 2
def test_model_fit_of_keras_logs_two_folders(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    arguments = ["--scenario", "converged-keras", "--epochs", "3", "--format", "keras-tensorboard", "--device", "cpu"]
    assert script.main([*arguments, "--out", str(tmp_path)]) == 0
    tags = {}
    for split in ("train", "validation"):
        events = EventAccumulator(str(tmp_path / "converged-keras" / split))
        events.Reload()
        tags[split] = set(events.Tags()["tensors"])
        assert [event.step for event in events.Tensors("epoch_loss")] == [0, 1, 2]
    assert tags == {
        "train": {"epoch_loss", "epoch_accuracy", "epoch_learning_rate"},
        "validation": {"epoch_loss", "epoch_accuracy"},
    }


def test_event_files_do_not_name_the_machine(tmp_path: Path) -> None:
    import socket

    script.main(["--scenario", "inconclusive-too-short", "--device", "cpu", "--out", str(tmp_path)])
    [path] = (tmp_path / "inconclusive-too-short").glob("events*")
    assert socket.gethostname() not in path.name


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda scenario: scenario.name)
def test_every_scenario_expects_a_known_verdict(scenario: Scenario) -> None:
    assert set(scenario.expected) <= VERDICTS
    assert scenario.kind in KINDS.get(scenario.expected[0], {""})
    assert scenario.see.endswith(".")


def test_every_verdict_and_kind_has_a_scenario_and_two_runs() -> None:
    kinds = {(scenario.expected[0], scenario.kind) for scenario in SCENARIOS.values()}
    assert kinds >= {(verdict, kind) for verdict, known in KINDS.items() for kind in known} | {("converged", "")}
    runs = [tomllib.loads(path.read_text(encoding="utf-8"))["expected"][0] for path in SAMPLES.rglob("info.toml")]
    assert all(runs.count(verdict) >= 2 for verdict in VERDICTS)


@pytest.mark.parametrize("name", FIXES)
def test_a_fix_returns_a_configuration_that_trains(name: str) -> None:
    config = Config(data="wine", lr=1e-3, n_train=40, epochs=2, dropout=0.2, weight_decay=1e-3, device="cpu")
    fixed = apply([name], config)
    assert math.isfinite(train(dataclasses.replace(fixed, epochs=2)).final["val_loss"])
    assert config == Config(data="wine", lr=1e-3, n_train=40, epochs=2, dropout=0.2, weight_decay=1e-3, device="cpu")


def test_early_stopping_ends_the_log_after_the_best_epoch() -> None:
    config = dataclasses.replace(apply(["early-stopping"], SCENARIOS[QUICK].config), device="cpu")
    result = train(config)
    assert len(result.history["val_loss"]) == result.best_epoch + config.patience < config.epochs
    assert min(result.history["val_loss"]) == result.history["val_loss"][result.best_epoch - 1]


def test_a_fix_for_the_cause_heals() -> None:
    ill = SCENARIOS["plateau-zero-init"].config
    healed = train(dataclasses.replace(apply(["he-init"], ill), device="cpu", epochs=10)).final
    assert train(dataclasses.replace(ill, device="cpu", epochs=10)).final["val_acc"] < 0.15 < 0.9 < healed["val_acc"]


def test_schedules() -> None:
    def at(epoch: float, **changes: object) -> float:
        return trainer_schedules.learning_rate(Config(lr=1.0, epochs=100, **changes), epoch)  # type: ignore[arg-type]

    assert at(50) == 1.0
    assert [at(epoch, schedule="step", period=30) for epoch in (29, 30, 60)] == pytest.approx([1.0, 0.1, 0.01])
    assert [at(epoch, schedule="cosine") for epoch in (0, 50, 100)] == pytest.approx([1.0, 0.5, 0.0])
    assert [at(epoch, schedule="warm-restarts", period=10) for epoch in (0, 5, 10)] == pytest.approx([1.0, 0.5, 1.0])
    assert [at(epoch, schedule="range-test", lr_final=100.0) for epoch in (0, 50, 100)] == pytest.approx([1, 10, 100])
    assert at(1, warmup_epochs=5) < at(4, warmup_epochs=5) < at(5, warmup_epochs=5) == 1.0


def test_data_is_split_scaled_and_cut_as_asked() -> None:
    data = load_data(Config(data="digits", n_train=200, n_val=50))
    assert (len(data.train_x), len(data.val_x), data.n_features, data.n_classes) == (200, 50, 64, 10)
    assert float(data.train_x.mean()) == pytest.approx(0.0, abs=1e-4)
    in_order = load_data(Config(shuffle=False)).train_y
    assert bool((in_order.diff() >= 0).all())


def test_torchvision_data_says_what_to_install(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    try:
        import torchvision  # noqa: F401
    except ImportError:
        with pytest.raises(DataUnavailable, match="torchvision"):
            load_data(Config(data="mnist"))
        assert script.main(["--scenario", QUICK, "--data", "mnist", "--out", str(tmp_path)]) == 2
        assert "needs torchvision" in capsys.readouterr().err
        assert not list(tmp_path.iterdir())


def test_a_folder_of_someone_else_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / QUICK / "notes.txt"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    assert script.main(["--scenario", QUICK, "--out", str(tmp_path)]) == 2
    assert mine.read_text(encoding="utf-8") == "mine"
    assert "did not write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scenario", "nonesuch"], "unknown scenario 'nonesuch'"),
        (["--scenario", QUICK, "--fix", "pray"], "unknown fix 'pray'"),
        (["--scenario", QUICK, "--format", "xml"], "unknown format 'xml'"),
        (["--scenario", QUICK, "--epochs", "0"], "--epochs must be 1 or more"),
        ([], "--scenario NAME is needed"),
    ],
)
def test_a_wrong_command_line_is_explained(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        script.main(arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err


def test_the_list_names_every_scenario_and_its_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["--list"]) == 0
    listing = capsys.readouterr().out
    assert all(name in listing for name in SCENARIOS)
    assert script.main(["--list-fixes"]) == 0
    listing = capsys.readouterr().out
    assert all(name in listing for name in FIXES)


def test_a_fresh_training_gets_the_verdict_that_its_scenario_promises(tmp_path: Path) -> None:
    import loganalyzer

    for name in (QUICK, "diverging-nan", "plateau-zero-init"):
        script.main(["--scenario", name, "--format", "csv", "--device", "cpu", "--out", str(tmp_path)])
        [run] = loganalyzer.analyze([tmp_path / name]).runs
        assert run.verdict in SCENARIOS[name].expected


@pytest.mark.parametrize(
    "name", ["plateau-constant", "fault-wrong-loss", "oscillating-momentum", "converged-regression"]
)
def test_a_scaled_loss_ends_no_training_and_leaves_no_nan(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a GPU in float16: the first steps overflow and are skipped; where nothing has a gradient there is no step."""
    monkeypatch.setattr(machine.Machine, "scales_loss", True)
    config = dataclasses.replace(SCENARIOS[name].config, epochs=3, device="cpu", amp="fp16")
    assert all(math.isfinite(value) for values in train(config).history.values() for value in values)
