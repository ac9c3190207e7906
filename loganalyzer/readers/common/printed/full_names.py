"""What the values of a line are called in full: with their data set, their class, and the word "loss" where a program leaves
it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity, Split
from loganalyzer.readers.common.printed.plan import Plan, Value
from loganalyzer.readers.common.quantities import OBJECTIVES, with_split
from loganalyzer.roles.assign import role_of

SECONDS = re.compile(r"\s?(?:ms|s|sec|secs|seconds|min|minutes)\b")
_COST = re.compile(r"\bcosts?\s{0,3}[:=]?\s{0,3}$", re.IGNORECASE)
_OF_IMAGE_TRANSLATION = re.compile(r"^\s{0,8}\(epoch: $")
"""What CycleGAN, pix2pix and the programs made of them print before each line of losses: "(epoch: 1, iters: 100, time: ...) "."""

_OF_BASICSR = re.compile(r"\[epoch:\s{0,8}$")
"""What BasicSR and the programs made of it print before each line of losses: "[epoch:  3, iter:   1,000, lr:(1e-4,)] "."""


def with_full_names(
    found: Sequence[tuple[Value, str]], plan: Plan, texts: Sequence[str], label: str, places: dict[int, str]
) -> list[Value]:
    """The values under their full names, one per name (the first is for a training step).

    ``found`` holds each value with the split of its place, ``texts`` what stands around the numbers, ``label`` the class that
    the line is of, ``places`` the words before numbers that are part of a name.
    """
    explicit = {
        (role_of(v.name).metric, v.name != v.name.split(" ")[0])
        for v, _ in found
        if role_of(v.name).split is not Split.NONE
    }
    values = []
    costs_time = any(_COST.search(a) and SECONDS.match(b) for a, b in pairwise(texts))
    for value, own in found:
        if costs_time and value.name.lower().endswith("cost"):
            continue  # "epoch cost 2.8, cal cost 7.5 s, sync cost 4.7 s"
        name = f"class {label} {value.name}" if label else value.name
        name = f"{places[value.place]} \0 {name}" if value.place >= 0 else name
        name = name if (role_of(name).metric, True) in explicit else with_split(name, own)
        values.append(replace(value, name=name, held_out=is_held_out(name)))
    values = _losses_of_image_translation(_losses_of_basicsr(values, plan, texts), plan, texts)
    return _total_of_losses(_of_two_players(values), plan)


def distinct(values: Sequence[Value]) -> list[Value]:
    """One value per name in a line: the first for a training step."""
    seen: dict[str, Value] = {}
    for value in values:
        seen.setdefault(value.name, value)
    return list(seen.values())


def is_held_out(name: str) -> bool:
    """Whether a value is of data that the training does not see."""
    return role_of(name).split in (Split.VALIDATION, Split.TEST)


def _total_of_losses(values: list[Value], plan: Plan) -> list[Value]:
    """The values with the word "loss" where a line that counts steps in epochs holds a total, and no loss by its name."""
    if plan.step < 0 or plan.epoch < 0 or any(role_of(v.name).quantity in OBJECTIVES for v in values):
        return values
    return [replace(v, name=f"loss/{v.name}") if v.name.lower() == "total" else v for v in values]


def _losses_of_image_translation(values: list[Value], plan: Plan, texts: Sequence[str]) -> list[Value]:
    """The values with the word "loss" where their print statement prints losses only and no name says so ("z_style")."""
    if not _OF_IMAGE_TRANSLATION.match(texts[0]) or plan.step < 0:
        return values
    if any(role_of(value.name).quantity in OBJECTIVES for value in values):
        return values
    closed = next((i for i, text in enumerate(texts) if text.lstrip().startswith(")")), len(texts))
    return _called_losses(values, {v.name for v in values if v.index >= closed})


def _losses_of_basicsr(values: list[Value], plan: Plan, texts: Sequence[str]) -> list[Value]:
    """The values with the word "loss" where BasicSR prints them: it calls each of its losses "l_" and a word ("l_mos")."""
    if plan.epoch < 0 or plan.step < 0 or not _OF_BASICSR.search(texts[plan.epoch]):
        return values
    return _called_losses(values, {v.name for v in values if v.name.startswith("l_")})


def _called_losses(values: list[Value], names: set[str]) -> list[Value]:
    """The values with the word "loss" where one of ``names`` says nothing by itself."""
    unknown = {name for name in names if role_of(name).quantity is Quantity.OTHER}
    return [replace(v, name=f"loss/{v.name}") if v.name in unknown else v for v in values]


def _of_two_players(values: list[Value]) -> list[Value]:
    """The values with the word "loss" where a line names a D and a G: a discriminator and a generator."""
    players = {"D", "G"}
    if not players <= {value.name for value in values}:
        return values
    return [replace(v, name=f"{v.name} loss") if v.name in players else v for v in values]
