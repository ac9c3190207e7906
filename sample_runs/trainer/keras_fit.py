"""The same training as a Keras user would write it: `model.fit` with Keras's own callbacks, on the torch backend."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from . import machine
from .config import Config
from .data import Data, load
from .keras_backend import load_keras
from .loop import Result, hyper_parameters
from .schedules import learning_rate
from .writers import KERAS_NAMES, KerasCallbacks, Writer

OUR_NAMES = {theirs: ours for ours, theirs in KERAS_NAMES.items()}
INITIALISERS = {"default": "glorot_uniform", "he": "he_normal", "xavier": "glorot_uniform", "zero": "zeros"}


def fit(config: Config, writers: Sequence[Writer] = ()) -> Result:
    """Train with `model.fit` and log to `writers`; Keras's callbacks are handed to Keras, the others told each epoch.

    Raises ValueError for a loss, an initialisation or a logging that only the torch loop has.
    """
    _refuse_what_keras_lacks(config)
    keras = load_keras()
    data = load(config)
    where = machine.choose(config)
    machine.make_repeatable(config, where)
    keras.utils.set_random_seed(config.seed)
    began = time.perf_counter()
    hyper = hyper_parameters(config, data)
    theirs = [writer for writer in writers if isinstance(writer, KerasCallbacks)]
    others = [writer for writer in writers if not isinstance(writer, KerasCallbacks)]
    for writer in theirs:
        writer.prepare(hyper)
    for other in others:
        other.start(hyper)
    policy = keras.config.dtype_policy()
    if where.half is not None:
        keras.config.set_dtype_policy("mixed_bfloat16" if str(where.half) == "torch.bfloat16" else "mixed_float16")
    try:
        with keras.device("gpu" if where.device.type == "cuda" else "cpu"):
            callbacks = [*_steering(keras, config), *(writer.callback() for writer in theirs), _bridge(keras, others)]
            history = _fit(keras, config, data, callbacks)
    finally:
        keras.config.set_dtype_policy(policy)
    for writer in theirs:
        writer.finish()
    for other in others:
        other.end()
    series = {OUR_NAMES.get(name, name): [float(value) for value in values] for name, values in history.items()}
    return Result(config, str(where.device), time.perf_counter() - began, _best_epoch(series), series)


def _best_epoch(series: Mapping[str, Sequence[float]]) -> int:
    finite = [(loss, epoch) for epoch, loss in enumerate(series["val_loss"], 1) if math.isfinite(loss)]
    return min(finite)[1] if finite else 0


def _refuse_what_keras_lacks(config: Config) -> None:
    if config.loss not in {"auto", "softmax-of-one"}:
        raise ValueError(f"loss {config.loss!r} exists in the torch loop only, not with framework keras")
    if config.init == "negative-bias" or config.evals_per_epoch > 1 or config.log_steps or not config.log_objective:
        raise ValueError(
            "this initialisation or way of logging exists in the torch loop only, not with framework keras"
        )


def _fit(keras: Any, config: Config, data: Data, callbacks: list[Any]) -> Mapping[str, Sequence[float]]:
    model = _model(keras, config, data)
    train_y, val_y = data.train_y.numpy(), data.val_y.numpy()
    loss, metrics = "mse", [keras.metrics.R2Score(name="r2")]
    if data.task == "regression":
        train_y, val_y = train_y[:, None], val_y[:, None]
    elif config.loss == "softmax-of-one":
        loss, metrics = "binary_crossentropy", ["accuracy"]
        train_y, val_y = (train_y > 0)[:, None].astype("float32"), (val_y > 0)[:, None].astype("float32")
    else:
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing)
        train_y = keras.utils.to_categorical(train_y, data.n_classes)
        val_y = keras.utils.to_categorical(val_y, data.n_classes)
        metrics = ["accuracy"]
    model.compile(optimizer=_optimizer(keras, config), loss=loss, metrics=metrics)
    fitted = model.fit(
        data.train_x.numpy(),
        train_y,
        validation_data=(data.val_x.numpy(), val_y),
        batch_size=config.batch_size,
        epochs=config.last_epoch or config.epochs,
        shuffle=config.shuffle,
        callbacks=callbacks,
        verbose=0,
    )
    history: Mapping[str, Sequence[float]] = fitted.history
    return history


def _model(keras: Any, config: Config, data: Data) -> Any:
    layers: list[Any] = [keras.Input((data.n_features,))]
    if config.augment:
        layers.append(keras.layers.GaussianNoise(config.augment))
    kernel = INITIALISERS[config.init]
    for units in config.hidden:
        layers.append(keras.layers.Dense(units, kernel_initializer=kernel))
        if config.batch_norm:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.Activation(config.activation))
        if config.dropout:
            layers.append(keras.layers.Dropout(config.dropout))
    if config.loss == "softmax-of-one":
        layers.append(keras.layers.Dense(1, activation="softmax"))
    else:
        last = "zeros" if config.init == "zero" else "glorot_uniform"
        layers.append(keras.layers.Dense(data.n_classes or 1, kernel_initializer=last))
    return keras.Sequential(layers)


def _optimizer(keras: Any, config: Config) -> Any:
    kind = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}[config.optimizer]
    options: dict[str, Any] = {"learning_rate": config.lr}
    if config.optimizer in {"sgd", "rmsprop"}:
        options["momentum"] = config.momentum
    if config.weight_decay:
        options["weight_decay"] = config.weight_decay
    if config.clip_norm:
        options["global_clipnorm"] = config.clip_norm
    return getattr(keras.optimizers, kind)(**options)


def _steering(keras: Any, config: Config) -> list[Any]:
    """Return the callbacks that change the training; they come first, so that the logs hold the rate they set."""
    if config.schedule == "plateau":
        steering = [keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=5)]
    else:
        steering = [keras.callbacks.LearningRateScheduler(lambda epoch: learning_rate(config, float(epoch)))]
    if config.patience:
        steering.append(keras.callbacks.EarlyStopping(patience=config.patience, restore_best_weights=True))
    return steering


def _bridge(keras: Any, writers: Sequence[Writer]) -> Any:
    class Bridge(keras.callbacks.Callback):  # type: ignore[misc, name-defined, unused-ignore]
        """Tells writers that know nothing of Keras what an epoch gave."""

        steps = 0

        def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
            self.steps += 1

        def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
            values = {OUR_NAMES.get(name, name): float(value) for name, value in (logs or {}).items()}
            for writer in writers:
                writer.row(epoch + 1, self.steps, values)

    return Bridge()
