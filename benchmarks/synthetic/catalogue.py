"""All families; the held-out ones are marked and counted apart, and so are the newest of these."""

from __future__ import annotations

from benchmarks.synthetic import (
    fair_sample,
    healthy,
    held_out_a,
    held_out_b,
    held_out_f,
    poor,
    scheduled,
    second_look,
    sick,
    third_look,
)
from benchmarks.synthetic.family import Family

FAMILIES: tuple[Family, ...] = tuple(
    family
    for module in (
        healthy,
        scheduled,
        sick,
        poor,
        second_look,
        third_look,
        fair_sample,
        held_out_a,
        held_out_b,
        held_out_f,
    )
    for family in module.FAMILIES
)
TUNED = tuple(f for f in FAMILIES if not f.held_out)
HELD_OUT = tuple(f for f in FAMILIES if f.held_out)
FRESH = held_out_f.FAMILIES
"""The held-out families that were labelled when the rules stood already."""
