"""The log formats: TensorBoard event files, CSV, and what Keras's own callbacks write."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Protocol

from .keras_backend import load_keras

HyperParameters = Mapping[str, int | float | str | bool]

COLUMNS = ("train_loss", "val_loss", "train_acc", "val_acc", "train_r2", "val_r2", "lr", "grad_norm", "weight_norm")
TAGS = {
    "train_loss": "train/loss",
    "val_loss": "val/loss",
    "train_acc": "train/accuracy",
    "val_acc": "val/accuracy",
    "train_r2": "train/r2",
    "val_r2": "val/r2",
}
KERAS_NAMES = {
    "train_loss": "loss",
    "train_acc": "accuracy",
    "val_acc": "val_accuracy",
    "train_r2": "r2",
    "lr": "learning_rate",
}


class Writer(Protocol):
    """What the loop tells a log: it starts, a row, maybe single steps, it ends."""

    def start(self, hyper_parameters: HyperParameters) -> None:
        """Open the log."""

    def row(self, epoch: int, step: int, values: Mapping[str, float]) -> None:
        """Log one row: `epoch` counts from 1, `step` is the number of batches so far, `values` by column name."""

    def batch(self, step: int, loss: float) -> None:
        """Log the training loss of one batch."""

    def end(self) -> None:
        """Close the log."""


def _anonymous(folder: Path, name: str = "sample") -> None:
    """Take the machine's name and the process number out of the names of the event files in `folder`."""
    for number, path in enumerate(sorted(folder.glob("events.out.tfevents.*"))):
        stamp = path.name.split(".")[3]
        path.rename(folder / f"events.out.tfevents.{stamp}.{name}.{number}")


class TensorBoard:
    """torch's SummaryWriter with hyper-parameters in the same folder; the step is the epoch, or the batch if asked."""

    def __init__(self, folder: Path, by_step: bool = False) -> None:
        """Prepare to log into `folder`; with `by_step` a row's place is its number of batches."""
        self._folder = folder
        self._by_step = by_step
        self._writer: Any = None
        self._end: Any = None

    def start(self, hyper_parameters: HyperParameters) -> None:
        """Open the event file and write the hyper-parameters into it."""
        from torch.utils.tensorboard import SummaryWriter
        from torch.utils.tensorboard.summary import hparams

        self._writer = SummaryWriter(str(self._folder))  # type: ignore[no-untyped-call, unused-ignore]
        # SummaryWriter.add_hparams would open a second run in a folder below; these three records are what it writes.
        experiment, started, self._end = hparams(dict(hyper_parameters), {"val/loss": 0.0}, None)  # type: ignore[no-untyped-call, unused-ignore]
        self._writer.file_writer.add_summary(experiment)
        self._writer.file_writer.add_summary(started)

    def row(self, epoch: int, step: int, values: Mapping[str, float]) -> None:
        """Write one scalar a value."""
        for name, value in values.items():
            self._writer.add_scalar(TAGS.get(name, name), value, step if self._by_step else epoch)

    def batch(self, step: int, loss: float) -> None:
        """Write the loss of one batch under a tag of its own, as its steps are batches."""
        self._writer.add_scalar("train/loss_step", loss, step)

    def end(self) -> None:
        """Write the end of the session and close."""
        self._writer.file_writer.add_summary(self._end)
        self._writer.close()
        _anonymous(self._folder)


class _Sidecar:
    """The hyper-parameters as a JSON file beside the log, for the formats that cannot hold them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, hyper_parameters: HyperParameters) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dict(hyper_parameters), indent=2) + "\n"
        (self._folder / "hparams.json").write_text(text, encoding="utf-8")


class Csv:
    """One row an epoch, with the columns that the first row has; hyper-parameters in hparams.json beside it."""

    def __init__(self, folder: Path, by_step: bool = False) -> None:
        """Prepare to log into `folder`; with `by_step` a row's place is its number of batches."""
        self._folder = folder
        self._by_step = by_step
        self._file: IO[str] | None = None
        self._rows: csv.DictWriter[str] | None = None

    def start(self, hyper_parameters: HyperParameters) -> None:
        """Open log.csv and write hparams.json."""
        _Sidecar(self._folder).write(hyper_parameters)
        self._file = (self._folder / "log.csv").open("w", encoding="utf-8", newline="")

    def row(self, epoch: int, step: int, values: Mapping[str, float]) -> None:
        """Write one line; the header comes with the first."""
        assert self._file is not None, "start() comes before row()"
        if self._rows is None:
            head = ["epoch", "step"] if self._by_step else ["epoch"]
            self._rows = csv.DictWriter(self._file, [*head, *(name for name in COLUMNS if name in values)])
            self._rows.writeheader()
        place = {"epoch": epoch, "step": step} if self._by_step else {"epoch": epoch}
        self._rows.writerow({**place, **values})
        self._file.flush()

    def batch(self, step: int, loss: float) -> None:
        """Leave single batches out: a CSV row is an epoch."""

    def end(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class KerasCallbacks:
    """Keras's own callbacks, told of each epoch as `model.fit` tells them.

    `kind` is `keras` (the History callback, its `history` dumped as history.json), `keras-csv` (the CSVLogger callback)
    or `keras-tensorboard` (event files in train/ and validation/ with the tags of Keras's TensorBoard callback; that
    callback itself writes through TensorFlow, so torch's SummaryWriter writes them here).
    """

    def __init__(self, folder: Path, kind: str) -> None:
        """Prepare to log into `folder`."""
        self.folder = folder
        self.kind = kind
        self._callback: Any = None

    def callback(self) -> Any:
        """Return the Keras callback, made when first asked for."""
        if self._callback is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._callback = _keras_callback(self.kind, self.folder)
        return self._callback

    def start(self, hyper_parameters: HyperParameters) -> None:
        """Tell the callback that training begins."""
        self.prepare(hyper_parameters)
        keras = load_keras()
        self.callback().set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
        self.callback().on_train_begin()

    def prepare(self, hyper_parameters: HyperParameters) -> None:
        """Write the hyper-parameters beside the log."""
        _Sidecar(self.folder).write(hyper_parameters)

    def row(self, epoch: int, step: int, values: Mapping[str, float]) -> None:
        """Tell the callback that an epoch ended; Keras counts epochs from 0."""
        self.callback().on_epoch_end(epoch - 1, {KERAS_NAMES.get(name, name): value for name, value in values.items()})

    def batch(self, step: int, loss: float) -> None:
        """Leave single batches out, as these callbacks do by default."""

    def end(self) -> None:
        """Tell the callback that training ended and write what it kept."""
        self.callback().on_train_end()
        self.finish()

    def finish(self) -> None:
        """Write history.json, where this is the History callback."""
        if self.kind == "keras":
            history = {name: [float(value) for value in values] for name, values in self.callback().history.items()}
            (self.folder / "history.json").write_text(json.dumps(history) + "\n", encoding="utf-8")


def _keras_callback(kind: str, folder: Path) -> Any:
    """Make the Keras callback of `kind`; Keras is imported here, as it takes seconds."""
    keras = load_keras()
    if kind == "keras":
        return keras.callbacks.History()
    if kind == "keras-csv":
        return keras.callbacks.CSVLogger(str(folder / "training.csv"))

    class TwoFolders(keras.callbacks.Callback):  # type: ignore[misc, name-defined, unused-ignore]
        """The layout and tags of Keras's TensorBoard callback: train/ and validation/ with epoch_* tags from step 0."""

        def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
            from torch.utils.tensorboard import SummaryWriter

            self.places = {"train": folder / "train", "validation": folder / "validation"}
            self.writers = {name: SummaryWriter(str(place)) for name, place in self.places.items()}  # type: ignore[no-untyped-call, unused-ignore]

        def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
            for name, value in (logs or {}).items():
                split = "validation" if name.startswith("val_") else "train"
                tag = f"epoch_{name.removeprefix('val_')}"
                self.writers[split].add_scalar(tag, value, epoch, new_style=True)  # type: ignore[no-untyped-call, unused-ignore]

        def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
            for name, writer in self.writers.items():
                writer.close()  # type: ignore[no-untyped-call, unused-ignore]
                _anonymous(self.places[name])

    return TwoFolders()


FORMATS = ("tensorboard", "csv", "keras", "keras-csv", "keras-tensorboard")


def make(formats: tuple[str, ...], folder: Path, by_step: bool = False) -> list[Writer]:
    """Return a writer for each of `formats`: in `folder` itself if there is one, else each in a folder of its name."""
    writers: list[Writer] = []
    for name in formats:
        place = folder if len(formats) == 1 else folder / name
        if name == "tensorboard":
            writers.append(TensorBoard(place, by_step))
        elif name == "csv":
            writers.append(Csv(place, by_step))
        else:
            writers.append(KerasCallbacks(place, name))
    return writers
