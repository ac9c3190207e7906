"""Learning-rate schedules, as pure functions of the time gone by."""

from __future__ import annotations

import math

from .config import Config


def learning_rate(config: Config, epoch: float) -> float:
    """Return the learning rate after `epoch` epochs (a fraction within one), warm-up included.

    The schedule `plateau` depends on the validation loss, not on time: for it this is the rate before any drop.
    """
    rate = config.lr
    if config.schedule == "step":
        rate *= config.gamma ** (int(epoch) // config.period)
    elif config.schedule == "exponential":
        rate *= config.gamma**epoch
    elif config.schedule == "cosine":
        rate *= 0.5 * (1.0 + math.cos(math.pi * min(1.0, epoch / config.epochs)))
    elif config.schedule == "warm-restarts":
        rate *= 0.5 * (1.0 + math.cos(math.pi * (epoch % config.period) / config.period))
    elif config.schedule == "linear-growth":
        rate += (config.lr_final - config.lr) * epoch / config.epochs
    elif config.schedule == "range-test":
        rate *= (config.lr_final / config.lr) ** (epoch / config.epochs)
    if epoch < config.warmup_epochs:
        rate *= (epoch + 1e-2) / config.warmup_epochs
    return rate
