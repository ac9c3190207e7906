"""Counters in brackets, which no word names: "[0/5]", "Epoch: [3][ 10/390]", "100/100 [====]"."""

from __future__ import annotations

import re

from loganalyzer.readers.common.line_names import name_before, splits_in
from loganalyzer.readers.common.printed.plan import Plan
from loganalyzer.readers.common.quantities import KNOWN
from loganalyzer.roles.assign import role_of

BAR_AFTER = re.compile(r"^\s*+(?:\[[=>. ]|-\s|(?<=\s)\x1b|\d*+\s*+━)|^ ?[━╸]")
"""What stands behind the counter of a Keras bar."""
_RICH_BAR = " \t━╸╺"


def is_bracket_counter(texts: list[str], index: int, over: int, brackets: int, plan: Plan) -> bool:
    """Whether an unnamed number counts: "[0/5]", "] [ 10/390]", ":  1000 / 1637", "Epoch 1, 10/ 90;", "100/100 [====]"."""
    left, right = texts[index], texts[index + 1]
    bare = left.strip(_RICH_BAR)
    if over >= 0:
        behind = texts[over + 1]
        if behind.startswith(("/", "-")) or (index == 0 and not bare and not BAR_AFTER.match(behind)):
            return False  # a date, a ratio
        if bare.endswith("[") and not behind.lstrip().startswith(("]", "(", ",")):
            return False  # "[05/01 12:00:00]"
        named = name_before(left)
        if named is not None and bare.endswith(":") and role_of(named.name).quantity in KNOWN:
            return False  # "Accuracy: 8912/10000"
        behind_epoch = bare == "," and plan.epoch >= 0 and index in (plan.epoch + 1, plan.epochs + 1)
        ending = (
            behind_epoch
            or bare[-1:] in {"", "[", ":", "]", "(", "|", "-"}
            or bool(
                re.search(
                    r"(?:^|[\s>])(?:Train|Test|Val\w{0,20}|(?i:eval(?:uat\w{1,3})?|inference|predicting)|評価|検証|推論):?$",
                    bare,
                )
            )
        )
        return ending and (index == 0 or brackets > 0 or bare.endswith(("[", "|"))) and not left.rstrip().endswith("=")
    return (
        brackets == 0
        and bool(re.search(r"(?:Train|Val\w{0,20}|Test|Eval\w{0,20}):?\s{0,20}\[$", left))
        and right.startswith("][")
    ) or (brackets > 0 and re.fullmatch(r"\]\s*\[\s*", left) is not None)


def take_bracket(plan: Plan, texts: list[str], index: int, over: int, split: str) -> str:
    """Let the unnamed counter at ``index`` count epochs or steps; the split that its words name, else ``split``."""
    left = texts[index]
    after = index + (2 if over >= 0 else 1)
    first_of_two = after < len(texts) - 1 and re.fullmatch(r"\]\s*\[\s*", texts[after]) is not None
    if plan.epoch < 0 and first_of_two:
        plan.epoch, plan.epochs = index, over
    elif plan.step < 0:
        plan.step, plan.steps, plan.in_epoch = index, over, True
    own = splits_in(left[-60:])
    return own[-1] if own else split


def is_bar(texts: list[str], plan: Plan) -> bool:
    """A Keras bar or a tqdm bar, whose numbers are running means until it is full."""
    if plan.steps < 0:
        return False
    return plan.step == 0 and not texts[0].strip() and BAR_AFTER.match(texts[plan.steps + 1]) is not None
