"""Writes the files in this folder with the trackers themselves: ``python write.py TRACKER FOLDER``.

Each needs ``pip install`` of its package: swanlab, trackio, clearml, comet_ml, visualdl, or polyaxon with traceml. Run it on a
copy outside a repository, whose changes some trackers keep. Files that describe the machine (packages, processor) are not
committed, Trackio's database is compressed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

LOSS = [2.5 / (i + 1) for i in range(12)]
ACCURACY = [float("nan") if i == 3 else 0.5 + i / 32 for i in range(12)]
STEPS = range(0, 120, 10)
SETTINGS = {"lr": 0.05, "model": {"width": 96}, "optimizer": "adamw"}


def swanlab(folder: Path) -> None:
    import swanlab

    swanlab.init(project="flowers", experiment_name="one", config=SETTINGS, mode="offline", logdir=str(folder))
    for step, loss, accuracy in zip(STEPS, LOSS, ACCURACY, strict=True):
        swanlab.log({"train/loss": loss, "val/acc": accuracy}, step=step)
    swanlab.finish()


def trackio(folder: Path) -> None:
    os.environ["TRACKIO_DIR"] = str(folder)
    import trackio

    for name in ("one", "two"):
        trackio.init(project="flowers", name=name, config=SETTINGS, auto_log_gpu=False, auto_log_cpu=False)
        for step, loss, accuracy in zip(STEPS, LOSS, ACCURACY, strict=True):
            trackio.log({"train/loss": loss, "val/acc": accuracy, "note": "text"}, step=step)
        trackio.finish()


def clearml(folder: Path) -> None:
    os.environ["HOME"] = os.environ["CLEARML_CACHE_DIR"] = str(folder)
    from clearml import Logger, Task

    Task.set_offline(True)
    Logger.set_reporting_nan_value(None)
    task = Task.init("flowers", "one", auto_connect_frameworks=False, auto_resource_monitoring=False)
    task.connect(SETTINGS)
    for step, loss, accuracy in zip(STEPS, LOSS, ACCURACY, strict=True):
        task.get_logger().report_scalar("loss", "train", loss, step)
        task.get_logger().report_scalar("accuracy", "validation", accuracy, step)
    task.close()


def comet(folder: Path) -> None:
    import comet_ml

    one = comet_ml.OfflineExperiment(
        project_name="flowers",
        offline_directory=str(folder),
        log_code=False,
        log_env_details=False,
        log_git_metadata=False,
    )
    one.log_parameters({"lr": 0.05, "width": 96, "optimizer": "adamw"})
    for step, loss, accuracy in zip(STEPS, LOSS, ACCURACY, strict=True):
        with one.train():
            one.log_metric("loss", loss, step=step)
        with one.validate():
            one.log_metric("accuracy", accuracy, step=step)
    one.end()


def visualdl(folder: Path) -> None:
    from visualdl import LogWriter

    with LogWriter(logdir=str(folder)) as writer:
        writer.add_hparams({"lr": 0.05, "width": 96, "optimizer": "adamw"}, ["train/loss"])
        for step, loss, accuracy in zip(STEPS, LOSS, ACCURACY, strict=True):
            writer.add_scalar("train/loss", loss, step)
            writer.add_scalar("val/acc", accuracy, step)


def polyaxon(folder: Path) -> None:
    os.environ["POLYAXON_OFFLINE"] = "true"
    os.environ["HOME"] = str(folder)
    from polyaxon import tracking

    tracking.init(is_offline=True, artifacts_path=str(folder))
    for step, loss, accuracy in zip(STEPS, LOSS, ACCURACY, strict=True):
        tracking.log_metrics(step=step, train_loss=loss, val_acc=accuracy)
    tracking.end()


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]).resolve())
