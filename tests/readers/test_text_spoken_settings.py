"""Settings that a text log names in a sentence before it trains."""

from __future__ import annotations

import pytest

from loganalyzer.readers.common.printed.settings import settings_in_passing


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("Using Adam optimizer with lr=0.001, batch size 32", {"lr": 0.001, "batch_size": 32, "optimizer": "Adam"}),
        ("Training with learning rate 0.001 and batch size 64", {"learning_rate": 0.001, "batch_size": 64}),
        ("optimizer: Adam (lr=0.001)", {"lr": 0.001, "optimizer": "Adam"}),
        ("INFO lr=0.001 batch_size=32", {"lr": 0.001, "batch_size": 32}),
        ("Start training, lr=1e-4, wd=0.05", {"lr": 1e-4, "wd": 0.05}),
        (
            "[12:00:01] SGD, learning rate of 0.1, momentum 0.9.",
            {"learning_rate": 0.1, "momentum": 0.9, "optimizer": "SGD"},
        ),
        ("Epoch 0 lr=0.1 time 3", {}),
        ("step 100 lr=0.1", {}),
        ("lr=0.1 loss=2.3", {}),
        ("Adjusting learning rate of group 0 to 1.0000e-03.", {}),
        ("reducing learning rate 0.1 -> 0.01", {}),
        ("suggested lr: 0.003 (steepest)", {}),
        ("max_lr=0.1x and base.lr=0.1", {}),
        ("Adam Smith wrote this", {}),
    ],
)
def test_settings_in_words(line: str, settings: dict[str, object]) -> None:
    assert settings_in_passing(line) == settings
