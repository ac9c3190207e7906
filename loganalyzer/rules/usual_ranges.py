"""Hyper-parameters outside their usual range, and how a rule reports them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loganalyzer.model.outcome import Number
from loganalyzer.roles.hyperparameters import Setting


@dataclass(frozen=True)
class OutOfRange:
    """A setting outside its usual range: by which factor (above 1), the range as a text ("≤ 0.5"), the fix for it."""

    setting: Setting
    factor: float
    usual: str
    fix: str


def reported(settings: Iterable[OutOfRange]) -> tuple[dict[str, Number], tuple[str, ...]]:
    """The numbers of the finding and its fixes, the setting farthest from its range first; no fixes for no settings."""
    ordered = sorted(settings, key=lambda s: -s.factor)
    texts = [f"{s.setting.name} = {s.setting.value:g} ({s.usual})" for s in ordered]
    return {"settings": ", ".join(texts), "count": len(texts)}, tuple(dict.fromkeys(s.fix for s in ordered))
