"""Which fixes are computed for a run, and which are not: by the id of the fix, a module for each family."""

from __future__ import annotations

from collections.abc import Mapping

from loganalyzer.rules.fixes.prescriptions import (
    batch,
    clipping,
    data,
    learning_rate,
    model,
    optimizer,
    regularisation,
    schedule,
    simple_start,
    stopping,
    usual,
)
from loganalyzer.rules.fixes.prescriptions.case import Compute

COMPUTED: Mapping[str, Compute] = {
    **learning_rate.COMPUTED,
    **schedule.COMPUTED,
    **stopping.COMPUTED,
    **batch.COMPUTED,
    **optimizer.COMPUTED,
    **clipping.COMPUTED,
    **regularisation.COMPUTED,
    **model.COMPUTED,
    **data.COMPUTED,
    **usual.COMPUTED,
    **simple_start.COMPUTED,
}
STATIC: Mapping[str, str] = {
    "better-features": "the inputs",
    "calibrate": "the probabilities on validation data",
    "check-eval-mode": "the evaluation code",
    "check-gradients": "the code between weights and loss",
    "check-interruptions": "the machine, at the time of the gap",
    "check-labels-inputs": "one batch of data",
    "check-leak": "how the data were split",
    "check-numerics": "the code of the loss",
    "check-outliers": "the samples with the largest loss",
    "check-predictions": "some predictions beside their targets",
    "check-training-loop": "the training loop",
    "class-weights": "the frequencies of the classes",
    "fix-labels": "some labels",
    "fix-loss": "the code of the loss and of the last layer",
    "gan-balance": "the rates and updates of both models",
    "log-evaluation-return": "nothing: it is to be logged",
    "log-gradient-norm": "nothing: it is to be logged",
    "log-hyperparameters": "nothing: they are to be logged",
    "log-learning-rate": "nothing: it is to be logged",
    "log-losses": "nothing: they are to be logged",
    "log-metric": "nothing: it is to be logged",
    "log-more-often": "nothing: more is to be logged",
    "log-per-class": "nothing: it is to be logged",
    "log-quality-metric": "nothing: it is to be logged",
    "log-validation": "nothing: it is to be logged",
    "loss-scaling": "the settings of mixed precision",
    "match-evaluation": "one batch in the training and the evaluation code",
    "more-validation-data": "how many validation samples there are",
    "name-roles": "which series is the objective",
    "overfit-one-batch": "whether the code can learn at all",
    "resample": "the frequencies of the classes",
    "rl-exploration": "the scale of the rewards",
    "rl-trust-region": "clip range and target KL",
    "stratified-split": "how the data were split",
    "scale-targets": "the range of the targets",
    "several-seeds": "the spread between seeds",
    "show-nan": "nothing: NaN is to be logged",
    "sweep-best-rate": "the comparison of the runs of a sweep, which computes it",
    "transfer-learning": "which pretrained models there are",
    "weight-averaging": "nothing: an average is to be kept",
    "what-changed": "what the run was the last time: the history, which computes it",
}
"""The fixes that one log does not hold the numbers for, and what would have to be looked up."""
