"""Logs that go back to an earlier step: restarts, new runs, continued trainings, and what is none of them.

Each case is a list of records; it is written as an event file, a CSV table, JSON Lines and printed text, and all four
readers must answer the same.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers import csv, json as json_readers, tensorboard, text
from tests.readers.event_files import event_file
