"""What is trained, with what: recognised from names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loganalyzer.model.run import Run, Series
from loganalyzer.model.traits import Domain, Framework, Traits
from loganalyzer.roles.task import traits


def told(series: str = "train_loss val_loss", run: str = "run1", reader: str = "csv", **settings: Any) -> Traits:
    """The traits of a run whose series are called so."""
    made = {name: Series(name, np.arange(3), np.ones(3)) for name in series.split()}
    return traits(Run(run, (f"{run}/log.csv",), reader, made, hyperparameters=settings))


@pytest.mark.parametrize(
    ("domain", "series", "run", "settings"),
    [
        (Domain.LANGUAGE_MODEL, "train/loss val/perplexity", "r", {}),
        (Domain.LANGUAGE_MODEL, "train_loss num_tokens", "r", {}),
        (Domain.LANGUAGE_MODEL, "loss", "gpt2-small", {}),
        (Domain.LANGUAGE_MODEL, "loss", "r", {"model_name_or_path": "meta-llama/Llama-3-8B"}),
        (Domain.LANGUAGE_MODEL, "loss", "r", {"n_embd": 384, "block_size": 256}),
        (Domain.LANGUAGE_MODEL, "loss", "r", {"dataset": "shakespeare_char"}),
        (Domain.TEXT, "loss eval_bleu", "r", {}),
        (Domain.TEXT, "loss eval_loss", "r", {"model": "bert-base-uncased"}),
        (Domain.TEXT, "loss val_ppl val_bleu", "r", {}),
        (Domain.IMAGE, "train/box_loss metrics/mAP50(B)", "r", {}),
        (Domain.IMAGE, "loss val_dice", "r", {}),
        (Domain.IMAGE, "loss", "r", {"arch": "ResNet-18"}),
        (Domain.IMAGE, "loss", "cifar10_run", {}),
        (Domain.IMAGE, "loss", "r", {"imgsz": 640}),
        (Domain.SPEECH, "loss valid_wer", "r", {}),
        (Domain.SPEECH, "loss", "whisper-large-v2", {}),
        (Domain.UNKNOWN, "train_loss val_loss val_accuracy", "experiment_7", {"lr": 0.1, "model": "mlp"}),
        (Domain.UNKNOWN, "loss", "map", {"optimizer": "adam"}),
    ],
)
def test_domain(domain: Domain, series: str, run: str, settings: dict[str, Any]) -> None:
    assert told(series, run, **settings).domain is domain


@pytest.mark.parametrize(
    ("framework", "series", "run", "reader", "settings"),
    [
        (Framework.YOLO, "metrics/mAP50(B) train/box_loss", "r", "csv", {}),
        (Framework.YOLO, "loss", "r", "csv", {"close_mosaic": 10}),
        (Framework.HUGGINGFACE, "loss eval_loss", "r", "csv", {}),
        (Framework.HUGGINGFACE, "loss learning_rate grad_norm epoch", "r", "csv", {}),
        (Framework.HUGGINGFACE, "train_loss", "r", "csv", {"per_device_train_batch_size": 8}),
        (Framework.LIGHTNING, "train_loss_step train_loss_epoch", "r", "csv", {}),
        (Framework.LIGHTNING, "train_loss", "lightning_logs/version_0", "csv", {}),
        (Framework.LIGHTNING, "train_loss lr-Adam", "r", "csv", {}),
        (Framework.KERAS, "loss val_loss accuracy val_accuracy", "r", "csv", {}),
        (Framework.KERAS, "loss", "r", "keras", {}),
        (Framework.BOOSTING, "learn/Logloss", "r", "catboost", {}),
        (Framework.BOOSTING, "validation_0-rmse validation_1-rmse", "r", "csv", {}),
        (Framework.BOOSTING, "train_auc valid_auc", "lightgbm_run", "csv", {}),
        (Framework.BOOSTING, "train_auc valid_auc", "r", "csv", {"num_leaves": 31}),
        (Framework.UNKNOWN, "train_loss val_loss", "r", "csv", {"lr": 0.1}),
    ],
)
def test_framework(framework: Framework, series: str, run: str, reader: str, settings: dict[str, Any]) -> None:
    assert told(series, run, reader, **settings).framework is framework


@pytest.mark.parametrize(
    ("pretrained", "transformer", "run", "settings"),
    [
        (True, True, "r", {"model_name_or_path": "bert-base-uncased"}),
        (True, False, "resnet_finetune", {}),
        (True, False, "r", {"pretrained": "true"}),
        (True, False, "r", {"lora_r": 8}),
        (False, False, "finetune", {"pretrained": "false"}),
        (False, True, "gpt2_from_scratch", {"init_from": "scratch"}),
        (False, True, "r", {"n_head": 6}),
        (False, False, "r", {"model": "resnet18"}),
    ],
)
def test_weights_and_kind_of_model(pretrained: bool, transformer: bool, run: str, settings: dict[str, Any]) -> None:
    known = told(run=run, **settings)
    assert (known.pretrained, known.transformer) == (pretrained, transformer)
