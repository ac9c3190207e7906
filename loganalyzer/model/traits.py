"""What is trained, with what: as far as the names in a log tell."""

from __future__ import annotations

from enum import StrEnum

from loganalyzer.model.record import Record


class Domain(StrEnum):
    """Kind of data that a model is trained on."""

    LANGUAGE_MODEL = "language-model"
    """Text predicted from itself: there are no labels."""
    TEXT = "text"
    IMAGE = "image"
    SPEECH = "speech"
    UNKNOWN = ""


class Framework(StrEnum):
    """Library that runs the training; its value is the key of the code of fixes."""

    HUGGINGFACE = "huggingface"
    LIGHTNING = "lightning"
    YOLO = "yolo"
    KERAS = "keras"
    BOOSTING = "boosting"
    """Trees: XGBoost, LightGBM, CatBoost. No fix has code for it, and those of neural networks do not apply."""
    UNKNOWN = ""


class Traits(Record):
    """Data, kind of model and library of a run. A trait that the log does not tell is False, or UNKNOWN."""

    domain: Domain = Domain.UNKNOWN
    framework: Framework = Framework.UNKNOWN
    transformer: bool = False
    pretrained: bool = False
