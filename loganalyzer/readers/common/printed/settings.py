"""Hyper-parameters that a text log prints before it trains: Namespace(...), dictionaries, argument tables."""

from __future__ import annotations

import re

from loganalyzer.model.run import Detail
from loganalyzer.readers.common.settings import plain, typed

_NAMESPACE = re.compile(r"(?:Namespace|Arguments|HParams|Config)\(")
_PAIR = re.compile(
    r"['\"]?([A-Za-z_]\w{0,50})['\"]?\s*[=:]\s*('[^'\n]{0,200}'|\"[^\"\n]{0,200}\"|[-+\w.]{1,60})(?=\s*[,)}\n]|\s*$)"
)
_ROW = re.compile(r"^\s*(?:\[[^\]]{0,60}\]\s*)*([A-Za-z_]\w{1,50})\s+\.{2,}\s+(\S{1,60})\s*$")
_LONE = re.compile(r"^\s*(?:[-*]\s+|--)?['\"]?([A-Za-z_][\w \-]{0,40}?)['\"]?\s*[:=]\s*(\S{1,40})\s*,?$")
_LOSS = re.compile(r"loss['\"]: ?['\"]?[-\d]")
_COMMON = (
    "lr learning_rate base_lr batch_size batchsize train_batch_size eval_batch_size epochs num_epochs n_epochs"
    " max_epochs optimizer opt momentum weight_decay wd dropout seed warmup_steps warmup_epochs max_steps"
    " num_classes hidden_size n_layer n_head n_embd arch model label_smoothing grad_clip clip_grad lr_scheduler"
    " scheduler gamma beta1 beta2 adam_beta1 adam_beta2 adam_eps max_iters max_iter num_layers hidden_dim"
    " embed_dim gradient_accumulation_steps 学習率 バッチサイズ"
)
COMMON = frozenset(_COMMON.split())


def starts_block(line: str) -> bool:
    """Whether the line begins a block of settings, as a new training prints it."""
    if _NAMESPACE.search(line[:400]) or "- arguments -" in line:
        return True
    if not line.startswith(("{", "params", "parameters", "Params", "Parameters")) or _LOSS.search(line):
        return False
    return sum(f"'{name}'" in line for name in COMMON) >= 2


def settings_of(line: str) -> dict[str, Detail]:
    """The settings that a line states; {} for any other line. Secrets are hidden by their key."""
    line = line[:20_000]
    if starts_block(line):
        found = _PAIR.findall(line)
    elif row := _ROW.match(line):
        found = [(row[1], row[2])]
    elif (lone := _LONE.match(line)) and lone[1].strip().lower().replace(" ", "_").replace("-", "_") in COMMON:
        found = [(lone[1].strip(), lone[2])]
    else:
        return {}
    return plain({name: typed(text) for name, text in found})
