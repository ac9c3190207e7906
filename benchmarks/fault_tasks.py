"""The healthy trainings into which ``fault_kinds`` puts faults, and what their logs call the settings."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.trials import Config

TASKS: Mapping[str, Config] = {
    "quantiles": Config(data="quantiles", lr=0.02, hidden=(48,), batch_size=32, epochs=60, weight_decay=5e-3),
    "hastie": Config(data="hastie", lr=0.02, hidden=(40,), batch_size=32, epochs=50, weight_decay=1e-2),
    "swiss-roll": Config(data="swiss-roll", lr=0.02, hidden=(48,), batch_size=32, epochs=80, weight_decay=1e-3),
    "sparse": Config(data="sparse", lr=5e-3, hidden=(16,), batch_size=32, epochs=50, weight_decay=5e-2),
}
"""The healthy trainings into which the kinds of ``MENDED_ON_PLAIN`` are put."""
RENAMED_TASKS: Mapping[str, Config] = {
    "mixture": Config(data="mixture", lr=0.02, hidden=(32,), batch_size=32, epochs=50, weight_decay=1e-2),
    "circles": Config(data="circles", lr=0.05, hidden=(24,), batch_size=32, epochs=80, weight_decay=1e-3),
    "impedance": Config(data="impedance", lr=0.01, hidden=(32,), batch_size=32, epochs=60, weight_decay=1e-3),
    "s-curve": Config(data="s-curve", lr=0.02, hidden=(40,), batch_size=32, epochs=60, weight_decay=1e-3),
}
"""Those of the kinds of ``MENDED_ON_RENAMED``, whose logs call the settings otherwise."""
UNSEEN_TASKS: Mapping[str, Config] = {
    "spirals": Config(data="spirals", lr=0.05, hidden=(48,), batch_size=32, epochs=60, weight_decay=1e-3),
    "clusters": Config(data="clusters", lr=0.01, hidden=(48,), batch_size=32, epochs=50, weight_decay=1e-2),
    "phase": Config(data="phase", lr=0.01, hidden=(32,), batch_size=32, epochs=60, weight_decay=1e-3),
    "arm": Config(data="arm", lr=0.02, hidden=(40,), batch_size=32, epochs=70, weight_decay=1e-3),
}
"""Those of ``UNSEEN``; their logs call the settings otherwise again."""
NAMES: Mapping[str, Mapping[str, str]] = {
    "mixture": {
        "lr": "learning_rate", "batch_size": "per_device_train_batch_size", "epochs": "num_train_epochs", "optimizer": "optim",
        "scheduler": "lr_scheduler_type", "clip_norm": "max_grad_norm", "patience": "early_stopping_patience",
        "dropout": "hidden_dropout_prob", "label_smoothing": "label_smoothing_factor", "n_train": "max_train_samples",
    },
    "circles": {
        "lr": "base_lr", "batch_size": "bs", "epochs": "n_epochs", "weight_decay": "wd", "dropout": "drop_rate",
        "hidden": "hidden_dim", "activation": "act", "clip_norm": "grad_clip", "init": "weight_init", "optimizer": "opt",
    },
    "impedance": {
        "lr": "init_lr", "batch_size": "train_batch_size", "epochs": "max_epochs", "clip_norm": "gradient_clip_val",
        "patience": "early_stopping", "normalise": "standardize", "scheduler": "lr_scheduler", "n_train": "train_size",
        "augment": "input_noise", "batch_norm": "use_bn",
    },
    "s-curve": {
        "lr": "initial_lr", "epochs": "num_epochs", "weight_decay": "l2_reg", "dropout": "p_dropout", "scheduler": "schedule",
        "hidden": "hidden_size", "activation": "nonlinearity", "shuffle": "shuffle_train", "warmup_epochs": "warmup",
    },
    # as fastai's learners call them
    "spirals": {
        "lr": "lr_max", "epochs": "n_epoch", "batch_size": "bs", "weight_decay": "wd", "momentum": "mom", "dropout": "ps",
        "hidden": "layers", "activation": "act_cls", "batch_norm": "use_bn", "optimizer": "opt_func", "clip_norm": "max_norm",
        "warmup_epochs": "warmup_epoch", "scheduler": "sched",
    },
    # the settings of a Keras optimizer, its layers and its callbacks
    "clusters": {
        "optimizer": "optimizer.class_name", "lr": "optimizer.config.learning_rate", "momentum": "optimizer.config.momentum",
        "weight_decay": "optimizer.config.weight_decay", "clip_norm": "optimizer.config.global_clipnorm", "hidden": "units",
        "init": "kernel_initializer", "dropout": "dropout_rate", "batch_norm": "batch_normalization",
        "augment": "gaussian_noise_stddev", "patience": "EarlyStopping.patience",
        "n_train": "num_train_samples", "n_val": "num_val_samples",
    },
    # nested as Hydra nests them
    "phase": {
        "data": "data.name", "lr": "optimizer.lr", "optimizer": "optimizer.name", "momentum": "optimizer.momentum",
        "weight_decay": "optimizer.weight_decay", "batch_size": "data.batch_size", "shuffle": "data.shuffle",
        "normalise": "data.normalize", "n_train": "data.num_train", "n_val": "data.num_val", "augment": "data.noise_std",
        "hidden": "model.hidden_dims", "activation": "model.activation", "dropout": "model.dropout", "init": "model.init",
        "batch_norm": "model.batch_norm", "epochs": "trainer.max_epochs", "clip_norm": "trainer.gradient_clip_val",
        "patience": "callbacks.early_stopping.patience", "scheduler": "scheduler.name", "step_size": "scheduler.step_size",
        "gamma": "scheduler.gamma", "warmup_epochs": "scheduler.warmup_epochs",
    },
    # options of a command line
    "arm": {
        "lr": "learning-rate", "batch_size": "batch-size", "epochs": "num-epochs", "weight_decay": "weight-decay",
        "hidden": "hidden-sizes", "dropout": "dropout-prob", "clip_norm": "clip-grad-norm", "optimizer": "opt",
        "scheduler": "lr-scheduler", "step_size": "lr-step-size", "gamma": "lr-gamma", "warmup_epochs": "warmup-epochs",
        "patience": "early-stopping-patience", "batch_norm": "batch-norm", "label_smoothing": "label-smoothing",
        "normalise": "normalize-inputs", "init": "init-method", "n_train": "train-samples", "n_val": "val-samples",
        "augment": "noise-std", "label_noise": "label-noise", "lr_final": "lr-final", "n_classes": "num-classes",
    },
}  # fmt: skip
"""How the logs of a task call settings that the trainer calls otherwise."""
