"""Families of training curves with known illnesses.

A family is a pure function from a random generator to a run and the truth about it, by construction. Some families
are held out: no rule, limit or calibration may be tuned on them (see ``held_out_*.py``), so that their score says
what to expect of curves that nobody thought of.
"""

from benchmarks.synthetic.catalogue import FAMILIES, FRESH, HELD_OUT, TUNED
from benchmarks.synthetic.family import Example, Family, Truth

__all__ = ["FAMILIES", "FRESH", "HELD_OUT", "TUNED", "Example", "Family", "Truth"]
