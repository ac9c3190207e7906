"""What lies beside a sample run: an info.toml that says where the log came from and what it should show."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .config import Config
from .data import VISION
from .loop import Result
from .scenarios import Scenario

_ORIGINS = {
    "digits": "handwritten digits of UCI, as bundled with scikit-learn",
    "breast_cancer": "Breast Cancer Wisconsin (diagnostic), as bundled with scikit-learn",
    "wine": "UCI wine recognition, as bundled with scikit-learn",
    "diabetes": "diabetes progression (Efron et al. 2004), as bundled with scikit-learn",
    "moons": "generated: sklearn.datasets.make_moons",
    "friedman": "generated: sklearn.datasets.make_friedman1",
}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _formats(config: Config, formats: Sequence[str]) -> str:
    told = {
        "tensorboard": "TensorBoard event file by torch.utils.tensorboard.SummaryWriter",
        "csv": "CSV by Python's csv, hyper-parameters in hparams.json",
        "keras": "History.history of keras.callbacks.History, dumped as JSON",
        "keras-csv": "CSV by keras.callbacks.CSVLogger",
        "keras-tensorboard": "train/ and validation/ as keras.callbacks.TensorBoard lays them out, written by torch's "
        "SummaryWriter (the Keras callback itself needs TensorFlow)",
    }
    loop = "keras model.fit on the torch backend" if config.framework == "keras" else "a loop in torch"
    return f"{loop}; " + "; ".join(told[name] for name in formats)


def text(
    scenario: Scenario,
    result: Result,
    formats: Sequence[str],
    command: str,
    expected: Mapping[str, object],
) -> str:
    """Return the info.toml of a run; `expected` holds what is known of the verdict after any change to the scenario."""
    config = result.config
    origin = _ORIGINS.get(config.data, f"torchvision {VISION.get(config.data, config.data)}")
    entries: dict[str, object] = {
        "command": command,
        "scenario": scenario.name,
        **expected,
        "data": f"{config.data}: {origin}",
        "written_by": _formats(config, formats),
        "seed": config.seed,
        "device": result.device,
    }
    versions = {
        "python": platform.python_version(),
        "torch": _version("torch"),
        "scikit-learn": _version("scikit-learn"),
        "numpy": _version("numpy"),
    }
    if config.framework == "keras" or any(name.startswith("keras") for name in formats):
        versions["keras"] = _version("keras")
    if any("tensorboard" in name for name in formats):
        versions["tensorboard"] = _version("tensorboard")
    # A JSON string, number or list of strings is a TOML one too.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entries.items()]
    lines += ["", "[versions]", *(f"{name} = {json.dumps(value)}" for name, value in versions.items() if value)]
    return "\n".join(lines) + "\n"


def write(folder: Path, content: str) -> None:
    """Write `content` as info.toml into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "info.toml").write_text(content, encoding="utf-8")
