"""The losses: the right one for the task, and the wrong ones that people write."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from .config import Config
from .data import Data

Objective = Callable[[Tensor, Tensor], Tensor]


def _mean_squared_error(output: Tensor, target: Tensor) -> Tensor:
    return functional.mse_loss(output.squeeze(1), target)


def _gaussian_nll(output: Tensor, target: Tensor) -> Tensor:
    """Negative log-likelihood of N(mean, exp(log variance)) without its constant: below zero once the fit is good."""
    mean, log_variance = output[:, 0], output[:, 1].clamp(-10.0, 10.0)
    return 0.5 * (log_variance + (target - mean).square() / log_variance.exp()).mean()


def _naive_log(output: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy written by hand: exp overflows and log(0) is minus infinity, as nothing guards against either."""
    exponentials = output.exp()
    probability = exponentials / exponentials.sum(1, keepdim=True)
    return -probability.gather(1, target[:, None]).log().mean()


def _error_rate(output: Tensor, target: Tensor) -> Tensor:
    """The share of wrong answers: argmax has no gradient; requires_grad_() hides the error that would say so."""
    return (output.argmax(1) != target).float().mean().requires_grad_()


def _softmax_of_one(output: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy on a softmax over a single unit, which is 1 whatever the unit says."""
    probability = output.softmax(1).squeeze(1).clamp(1e-7, 1 - 1e-7)
    return functional.binary_cross_entropy(probability, (target > 0).float())


def name(config: Config, data: Data) -> str:
    """Return the loss by name, `auto` resolved for the task of `data`."""
    if config.loss != "auto":
        return config.loss
    return "mse" if data.task == "regression" else "cross-entropy"


def choose(config: Config, data: Data) -> Objective:
    """Return the loss of `config`; `auto` is cross-entropy for classes and mean squared error for values."""
    if config.loss == "gaussian-nll":
        return _gaussian_nll
    if config.loss == "naive-log":
        return _naive_log
    if config.loss == "error-rate":
        return _error_rate
    if config.loss == "softmax-of-one":
        return _softmax_of_one
    if data.task == "regression":
        return _mean_squared_error

    def cross_entropy(output: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(output, target, label_smoothing=config.label_smoothing)

    return cross_entropy


def hits(output: Tensor, target: Tensor, data: Data) -> Tensor:
    """Return the number of right answers (classification) or the sum of squared errors (regression), as a scalar."""
    if data.task == "regression":
        return (output[:, 0] - target).square().sum()
    predicted = output.argmax(1) if output.shape[1] > 1 else torch.ones_like(target)
    return (predicted == target).sum()
