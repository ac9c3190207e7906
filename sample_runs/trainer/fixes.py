"""The fixes: each a named, pure change of a configuration, under the name by which a checklist prescribes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .config import Config

Change = Callable[[Config], Config]

ADAM_LR = 1e-3


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the configuration and what it does, in one sentence."""

    name: str
    what: str
    change: Change

    def __call__(self, config: Config) -> Config:
        """Return `config` with the fix applied."""
        return self.change(config)


def _times_lr(factor: float) -> Change:
    def change(config: Config) -> Config:
        return replace(config, lr=config.lr * factor, lr_final=config.lr_final * factor)

    return change


def _use_adam(name: str) -> Change:
    def change(config: Config) -> Config:
        optimizer = "adamw" if name == "adamw" else "adam"
        decay = max(config.weight_decay, 0.01) if optimizer == "adamw" else config.weight_decay
        return replace(config, optimizer=optimizer, lr=ADAM_LR, weight_decay=decay)  # type: ignore[arg-type]

    return change


def _cosine(config: Config) -> Config:
    return replace(config, schedule="cosine", lr_final=0.0)


def _reduce_on_plateau(config: Config) -> Config:
    return replace(config, schedule="plateau", lr_final=0.0)


def _weight_decay(config: Config) -> Config:
    return replace(config, weight_decay=min(0.1, max(0.01, config.weight_decay * 10)))


def _smaller(config: Config) -> Config:
    return replace(config, hidden=tuple(max(4, units // 4) for units in config.hidden[:1]))


def _wider(config: Config) -> Config:
    return replace(config, hidden=tuple(units * 4 for units in config.hidden) if config.hidden else (64,))


def _more_data(config: Config) -> Config:
    """Four times as many training samples; 0 stands for all there are already."""
    return replace(config, n_train=config.n_train * 4)


def _relu(config: Config) -> Config:
    return replace(config, activation="relu", init="he" if config.init in {"default", "xavier"} else config.init)


_ALL = (
    Fix("lr-down-10x", "Divide the learning rate by ten.", _times_lr(0.1)),
    Fix("lr-down-3x", "Divide the learning rate by three.", _times_lr(1 / 3)),
    Fix("lr-half", "Halve the learning rate.", _times_lr(0.5)),
    Fix("lr-up-3x", "Multiply the learning rate by three.", _times_lr(3.0)),
    Fix("lr-up-10x", "Multiply the learning rate by ten.", _times_lr(10.0)),
    Fix("clip-gradients", "Clip the total gradient norm at 1.", lambda c: replace(c, clip_norm=1.0)),
    Fix(
        "warm-up",
        "Raise the learning rate linearly over the first five epochs.",
        lambda c: replace(c, warmup_epochs=5),
    ),
    Fix("reduce-on-plateau", "Halve the rate after five epochs without a better validation loss.", _reduce_on_plateau),
    Fix("cosine-schedule", "Take the learning rate to zero along a cosine.", _cosine),
    Fix("larger-batch", "Double the batch.", lambda c: replace(c, batch_size=c.batch_size * 2)),
    Fix("momentum-0.9", "Use SGD momentum 0.9.", lambda c: replace(c, momentum=0.9)),
    Fix("use-adam", "Use Adam at 0.001.", _use_adam("adam")),
    Fix("use-adamw", "Use AdamW at 0.001 with weight decay 0.01 or more.", _use_adam("adamw")),
    Fix("add-dropout", "Add dropout, or more of it.", lambda c: replace(c, dropout=min(0.5, c.dropout + 0.3))),
    Fix("less-dropout", "Take most of the dropout away.", lambda c: replace(c, dropout=c.dropout / 4)),
    Fix("weight-decay", "Add weight decay: ten times what there is, 0.01 to 0.1.", _weight_decay),
    Fix(
        "less-weight-decay",
        "Divide the weight decay by a hundred.",
        lambda c: replace(c, weight_decay=c.weight_decay / 100),
    ),
    Fix("augment", "Add noise to the training inputs.", lambda c: replace(c, augment=0.3)),
    Fix(
        "early-stopping",
        "Stop ten epochs after the best validation loss and keep the weights of that epoch.",
        lambda c: replace(c, patience=10),
    ),
    Fix("smaller-model", "Keep one hidden layer, a quarter as wide.", _smaller),
    Fix("wider-model", "Make each hidden layer four times as wide.", _wider),
    Fix("longer-training", "Train four times as long.", lambda c: replace(c, epochs=c.epochs * 4)),
    Fix("normalise-inputs", "Scale each input to mean 0, deviation 1.", lambda c: replace(c, normalise=True)),
    Fix("batch-norm", "Normalise each hidden layer over the batch.", lambda c: replace(c, batch_norm=True)),
    Fix("he-init", "Initialise as He et al. do.", lambda c: replace(c, init="he")),
    Fix("relu-activation", "Use ReLU in the hidden layers.", _relu),
    Fix("shuffle", "Shuffle the training data every epoch.", lambda c: replace(c, shuffle=True)),
    Fix("fix-loss", "Use the loss that fits the task.", lambda c: replace(c, loss="auto")),
    Fix("more-data", "Train on four times as many samples, where there are more.", _more_data),
    Fix("more-validation-data", "Validate on all samples kept for it.", lambda c: replace(c, n_val=0)),
    Fix("fix-labels", "Put the right labels back.", lambda c: replace(c, label_noise=0.0)),
    Fix(
        "check-labels-inputs",
        "Give each input its own label back.",
        lambda c: replace(c, label_noise=0.0),
    ),
    Fix("label-smoothing", "Smooth the training labels by 0.1.", lambda c: replace(c, label_smoothing=0.1)),
)

FIXES: dict[str, Fix] = {fix.name: fix for fix in _ALL}


def apply(names: Iterable[str], config: Config) -> Config:
    """Return `config` with the named fixes applied in order. Raises KeyError for an unknown name."""
    for name in names:
        config = FIXES[name](config)
    return config
