"""Hyper-parameters inside event files: the HParams plugin, and the settings that trainers write as a text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from loganalyzer.model.run import Detail
from loganalyzer.readers.tensorboard.wire import Attachment
from loganalyzer.roles.hyperparameter_values import flattened

_LONGEST_TEXT = 1_000_000
_SETTINGS_TEXTS = (b"args/text_summary", b"model_config/text_summary", b"args", b"hparams/text_summary")


def hyperparameters(attachments: Iterable[Attachment]) -> dict[str, Detail]:
    """The hyper-parameters of a run, later records over earlier ones. Damaged ones are left out."""
    found: dict[str, Detail] = {}
    for attachment in attachments:
        if attachment.plugin == b"hparams" and attachment.tag.endswith(b"session_start_info"):
            found.update(_session(attachment.content))
        elif attachment.plugin == b"text" and attachment.tag in _SETTINGS_TEXTS:
            found.update(_settings(attachment.text))
    return found


def _session(content: bytes) -> dict[str, Detail]:
    """TensorBoard's own message: its map of names to numbers, words and truth values."""
    from google.protobuf.message import DecodeError
    from tensorboard.plugins.hparams import plugin_data_pb2

    try:
        values = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
    except DecodeError:
        return {}
    found: dict[str, Any] = {}
    for name in sorted(values):
        kind = values[name].WhichOneof("kind")
        value = getattr(values[name], kind) if kind else None
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)  # the message knows no integers
        found[name] = value
    return flattened(found)


def _settings(text: bytes) -> dict[str, Detail]:
    """Hugging Face's ``TensorBoardCallback`` writes its arguments as JSON."""
    if len(text) > _LONGEST_TEXT:
        return {}
    try:
        return flattened(json.loads(text))
    except (ValueError, RecursionError):
        return {}
