"""The door: what the package offers, and that the same training in another format is the same training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import loganalyzer


def test_all_names_of_the_door_open() -> None:
    assert set(loganalyzer.__all__) <= set(dir(loganalyzer))
    for name in loganalyzer.__all__:
        assert getattr(loganalyzer, name) is not None
    with pytest.raises(AttributeError):
        _ = loganalyzer.nonsense


@pytest.fixture
def training() -> dict[str, list[float]]:
    rng = np.random.default_rng(3)
    epochs = np.arange(60)
    train = 1.8 * np.exp(-epochs / 7) + 0.05 + 0.003 * rng.normal(size=60)
    validation = train + 0.1 + 0.002 * np.maximum(0, epochs - 25) ** 1.5 + 0.004 * rng.normal(size=60)
    return {"loss": np.float32(train).tolist(), "val_loss": np.float32(validation).tolist()}


def test_the_same_training_in_three_formats_is_the_same_training(
    tmp_path: Path, training: dict[str, list[float]]
) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for name in ("csv", "keras", "tensorboard"):
        (tmp_path / name).mkdir()
    rows = [f"{e},{a!r},{b!r}" for e, (a, b) in enumerate(zip(*training.values(), strict=True))]
    (tmp_path / "csv" / "log.csv").write_text("epoch,loss,val_loss\n" + "\n".join(rows) + "\n")
    (tmp_path / "keras" / "history.json").write_text(json.dumps(training))
    writer = EventFileWriter(str(tmp_path / "tensorboard"))
    for epoch in range(60):
        for tag, values in training.items():
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=values[epoch])])
            writer.add_event(Event(step=epoch, wall_time=1.7e9 + epoch, summary=summary))
    writer.close()

    runs = {name: run for name in ("csv", "keras", "tensorboard") for run in loganalyzer.analyze(tmp_path / name).runs}
    assert set(runs) == {"csv", "keras", "tensorboard"}
    assert {str(r.verdict) for r in runs.values()} == {"overfitting"}
    for run in runs.values():
        for name, values in training.items():
            np.testing.assert_array_equal(np.float32(run.run.series[name].values), np.float32(values))
            np.testing.assert_array_equal(run.run.series[name].steps, np.arange(60))
    assert len({(r.best.step, np.float32(r.best.value)) for r in runs.values() if r.best}) == 1


def test_a_run_is_a_dataframe_too(tmp_path: Path, training: dict[str, list[float]]) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps(training))
    frame = loganalyzer.load(path)[0].to_dataframe()
    assert list(frame.columns) == ["loss", "val_loss"] and len(frame) == 60
    assert frame["loss"].dtype == np.float64 and frame.index.name == "step"


def test_a_report_shows_itself_in_a_notebook(tmp_path: Path, training: dict[str, list[float]]) -> None:
    (tmp_path / "<script>alert(1)").mkdir()
    (tmp_path / "<script>alert(1)" / "history.json").write_text(json.dumps(training))
    shown = loganalyzer.analyze(tmp_path)._repr_html_()
    assert "overfitting" in shown and "&lt;script&gt;" in shown and "<script>" not in shown


def test_a_path_that_does_not_exist_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(loganalyzer.UsageError, match="no such file or folder"):
        loganalyzer.analyze(tmp_path / "nowhere")


def test_what_a_shell_shows_is_a_line_not_thousands(tmp_path: Path) -> None:
    rows = "\n".join(f"{n},{1 / (n + 1)}" for n in range(200))
    (tmp_path / "log.csv").write_text(f"epoch,loss\n{rows}\n")
    report = loganalyzer.analyze(tmp_path)
    shown = [repr(report), repr(report.runs[0]), repr(report.runs[0].run), repr(report.runs[0].run.series["loss"])]
    assert all(len(line) < 120 and "\n" not in line for line in shown), shown
    assert "200 points" in shown[3] and report.runs[0].verdict.value in shown[1]
