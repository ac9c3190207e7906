"""The networks: a multilayer perceptron with the initialisations that heal it or hurt it."""

from __future__ import annotations

import torch
from torch import nn

from .config import Config
from .data import Data

ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def n_outputs(config: Config, data: Data) -> int:
    """Return the width of the last layer that the loss of `config` asks for."""
    if config.loss == "softmax-of-one":
        return 1
    if config.loss == "gaussian-nll":
        return 2
    return data.n_classes or 1


def build(config: Config, data: Data) -> nn.Sequential:
    """Build the network of `config` for `data`, initialised from torch's global generator."""
    layers: list[nn.Module] = []
    width = data.n_features
    for units in config.hidden:
        layers.append(nn.Linear(width, units))
        if config.batch_norm:
            layers.append(nn.BatchNorm1d(units))
        layers.append(ACTIVATIONS[config.activation]())
        if config.dropout:
            layers.append(nn.Dropout(config.dropout))
        width = units
    layers.append(nn.Linear(width, n_outputs(config, data)))
    model = nn.Sequential(*layers)
    linears = [layer for layer in model if isinstance(layer, nn.Linear)]
    for layer in linears:
        _initialise(layer, config.init, last=layer is linears[-1])
    return model


@torch.no_grad()
def _initialise(layer: nn.Linear, init: str, last: bool) -> None:
    if init == "default":
        return
    nn.init.zeros_(layer.bias)
    if init == "zero":
        nn.init.zeros_(layer.weight)
    elif init == "he" and not last:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    else:
        nn.init.xavier_uniform_(layer.weight)
    if init == "negative-bias" and not last:
        # Large enough that no input of unit scale reaches the part of a ReLU that has a slope.
        nn.init.constant_(layer.bias, -30.0)
