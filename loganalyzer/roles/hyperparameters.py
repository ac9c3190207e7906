"""Hyper-parameters by meaning: the many names under which people set a learning rate, a momentum, a batch size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loganalyzer.model.outcome import Number
from loganalyzer.model.run import Detail

NAMES: Mapping[str, tuple[str, ...]] = {
    "learning_rate": ("lr", "learningrate", "baselr", "initlr", "initiallr", "lr0", "learningrateinit", "maxlr", "eta"),
    "momentum": ("momentum", "sgdmomentum"),
    "batch_size": ("batchsize", "bs", "trainbatchsize", "perdevicetrainbatchsize", "globalbatchsize"),
    "weight_decay": ("weightdecay", "wd", "l2"),
    "dropout": ("dropout", "dropoutrate", "pdropout"),
    "clip_norm": ("clipnorm", "gradclip", "clipgradnorm", "gradientclipval", "maxgradnorm", "clip"),
    "optimizer": ("optimizer", "optim", "optimizername", "opt", "optimiser"),
}


@dataclass(frozen=True)
class Setting:
    """A hyper-parameter of the run under its own name."""

    name: str
    value: float


@dataclass(frozen=True)
class Beyond:
    """A setting outside its usual range: how many times, the range in signs, the fix that mends it."""

    setting: Setting
    times: float
    usual: str
    fix: str


def told(beyond: Iterable[Beyond]) -> tuple[dict[str, Number], tuple[str, ...]]:
    """What a rule says of settings outside their range, the farthest first: its numbers, and the fixes."""
    ordered = sorted(beyond, key=lambda b: -b.times)
    texts = [f"{b.setting.name} = {b.setting.value:g} ({b.usual})" for b in ordered]
    return {"settings": ", ".join(texts), "count": len(texts)}, tuple(dict.fromkeys(b.fix for b in ordered))


def plain(name: str) -> str:
    """A name without its path and signs: "optimizer/weight-decay" -> "weightdecay"."""
    last = name.replace(".", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last.lower() if c.isalnum())


def number(settings: Mapping[str, Detail], meaning: str) -> Setting | None:
    """The setting that means ``meaning`` (a key of ``NAMES``), where it is a finite number."""
    known = {plain(name): name for name in sorted(settings, reverse=True)}
    for name in NAMES[meaning]:
        value = settings.get(known.get(name, ""))
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return Setting(known[name], float(value))
    return None


def optimizer(settings: Mapping[str, Detail]) -> str:
    """The optimizer's family, "" where it is not set or not known: "AdamW", "Adam", "RMSprop", "Adagrad", "SGD"."""
    known = {plain(name): value for name, value in settings.items()}
    said = next((str(known[name]).lower() for name in NAMES["optimizer"] if name in known), "")
    for family in ("AdamW", "Adam", "RMSprop", "Adagrad", "SGD"):
        if family.lower() in said:
            return family
    return ""
