"""The kinds of fault on which prescriptions are measured: each is a training, and the names of a log lead back to its settings."""

from __future__ import annotations

import pytest
from trainer.data import load

from benchmarks.fault_kinds import MENDED_ON, UNSEEN, all_of
from benchmarks.fault_tasks import NAMES, RENAMED_TASKS, TASKS, UNSEEN_TASKS

OF_DATA = {"n_classes"}
"""What the log of a training says beside its settings."""
LOADED = {"spirals": (2, 5, 1125), "clusters": (8, 8, 1500), "phase": (4, 0, 1200), "arm": (5, 0, 750)}


def test_a_kind_that_was_looked_at_is_not_unseen_and_each_goes_into_four_tasks() -> None:
    assert not set(MENDED_ON) & set(UNSEEN)
    sick = list(all_of({**MENDED_ON, **UNSEEN}, (0, 3)))
    assert len(sick) == (len(MENDED_ON) + len(UNSEEN)) * 4 * 2 == len({run.name for run in sick})
    assert {run.task for run in sick if run.kind in UNSEEN} == set(UNSEEN_TASKS)
    assert all(run.config.data == run.task and run.config.seed == run.seed for run in sick)


def test_a_fault_changes_the_healthy_training() -> None:
    healthy = {**TASKS, **RENAMED_TASKS, **UNSEEN_TASKS}
    for run in all_of({**MENDED_ON, **UNSEEN}, (0,)):
        assert run.config.hyper_parameters() != healthy[run.task].hyper_parameters(), run.name


@pytest.mark.parametrize("task", NAMES)
def test_no_two_settings_of_a_log_share_a_name(task: str) -> None:
    known: set[str] = set()
    for run in all_of({**MENDED_ON, **UNSEEN}, (0,)):
        if run.task == task:
            settings = set(run.config.hyper_parameters()) | OF_DATA
            known |= settings
            assert len({run.names.get(name, name) for name in settings}) == len(settings), run.name
    assert not set(NAMES[task]) - known - {"lr_final", "step_size", "gamma"}


@pytest.mark.parametrize(("task", "shape"), LOADED.items())
def test_generated_data_have_their_sizes_and_change_with_the_seed(task: str, shape: tuple[int, int, int]) -> None:
    first, other = (load(run.config) for run in all_of({"few-units-and-a-low-rate": {}}, (0, 1)) if run.task == task)
    assert (first.n_features, first.n_classes, len(first.train_x)) == shape
    assert not first.train_x.equal(other.train_x)
    assert first.val_x.isfinite().all()
