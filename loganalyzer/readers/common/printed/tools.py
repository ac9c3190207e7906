"""Lines that a tool beside the training prints: W&B's summary of what was logged before, Chainer's bar below its table."""

from __future__ import annotations

import re

_WANDB = "wandb: "
_BAR_OF_CHAINER = re.compile(
    r"\s{0,16}(?:\d{1,15} iter, \d{1,9} epoch / \d{1,15} (?:epoch|iteration)s?|(?:[\d.]{1,30}|inf) iters/sec\. Estimated)"
    r"|(?:     total|this epoch) \[[#.]{50}\]"
)


def is_of_a_tool(line: str) -> bool:
    """Whether a line says nothing of the training that its own lines do not say."""
    if line.startswith(_WANDB):
        return True
    return (" iter" in line or "[" in line) and "%|" not in line and _BAR_OF_CHAINER.match(line) is not None
