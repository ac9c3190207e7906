"""What to do next: at most three things, the run's own numbers in them, none for a healthy run, none that is done already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loganalyzer import messages
from loganalyzer.diagnosis.actions import first_actions
from loganalyzer.model.outcome import Outcome, Severity, Status
from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.pipeline.analyze import analyze
from loganalyzer.pipeline.codec import pack, unpack
from loganalyzer.reports.json import run_dict
from loganalyzer.reports.summary import actions, first_action
from loganalyzer.rules.fixes.contradictions import subjects
from loganalyzer.rules.fixes.vetoes import OF_STEPS
from tests.prescriptions.case import diagnosed

OVER = {
    "train_loss": "2 * exp(-4 * x) + 0.01 * noise(1)",
    "val_loss": "0.5 + 1.5 * exp(-12 * x) + 0.8 * x ** 2 + 0.002 * noise(2)",
}
DONE = {
    "train_loss": "2 * exp(-12 * x) + 0.1 + 0.003 * noise(1)",
    "val_loss": "2 * exp(-12 * x) + 0.2 + 0.003 * noise(2)",
}
COSINE = (Change("lr_schedule", "scheduler", "none", "cosine"),)
BLOWN = {"train_loss": "where(x < 0.3, 2 - 4 * x, 0.8 + 20 * (x - 0.3))"}
SWINGS = {
    "train_loss": "2 * exp(-12 * x) + 0.5 + 0.3 * sin(2 * pi * x * 9)",
    "val_loss": "2 * exp(-12 * x) + 0.6 + 0.3 * sin(2 * pi * x * 9)",
}


@pytest.mark.parametrize(
    ("series", "settings", "said"),
    [
        (BLOWN, {"lr": 0.1}, "Lower the learning rate (lr) from 0.1 to 0.01."),
        (BLOWN | {"learning_rate": "0.02"}, {}, "Lower the learning rate (lr) from 0.02 to 0.002."),
        (SWINGS, {"lr": 0.3, "shuffle": "true"}, "Halve the learning rate (lr): 0.3 to 0.15."),
        (
            SWINGS,
            {"lr": 0.3, "shuffle": "false"},
            "The settings say shuffle = false: shuffle the training data anew in every epoch.",
        ),
        (
            OVER,
            {"model": "gpt2", "dropout": 0.2},
            "Use the weights of epoch 17 (val_loss 0.612). Next time stop with patience 3: it would have ended at epoch 20"
            " and saved 66% of the run.",
        ),
    ],
)
def test_the_first_action(series: dict[str, str], settings: dict[str, Any], said: str) -> None:
    d = diagnosed(series, settings)
    assert first_action(d, "en") == said
    assert 1 <= len(actions(d, "ja")) <= 3


def test_the_patience_is_the_one_of_the_replay_in_sentence_and_code() -> None:
    d = diagnosed(OVER)
    replayed = next(o for o in d.findings if o.rule == "early-stopping-replay")
    fix = messages.prescription(d.actions[0], d, "en")
    assert d.actions[0].changes[0].new == replayed.numbers["patience"]
    assert f"patience={replayed.numbers['patience']}" in fix.code["keras"]
    assert d.actions[0].keep is not None and d.actions[0].keep.value == d.run.series["val_loss"].values.min()


def test_a_healthy_run_is_told_nothing() -> None:
    d = diagnosed(DONE, {"lr": 0.01})
    assert d.verdict is Verdict.CONVERGED
    assert d.actions == () and first_action(d, "en") == ""
    assert all(not outcome.fixes for outcome in d.findings)


@pytest.mark.parametrize(
    ("fix", "settings", "new"),
    [
        ("weight-decay", {"weight_decay": 0.1, "optimizer": "AdamW"}, None),
        ("weight-decay", {"weight_decay": 0.001, "optimizer": "AdamW"}, 0.01),
        ("add-dropout", {"dropout": 0.5}, None),
        ("add-dropout", {"dropout": 0.1}, 0.3),
        ("early-stopping", {"early_stopping_patience": 3}, None),
        ("early-stopping", {"early_stopping_patience": 30}, 3),
        ("label-smoothing", {"label_smoothing": 0.1}, None),
        ("augment", {"augment": "true"}, None),
    ],
)
def test_what_the_settings_contain_is_offered_only_as_more_of_it(
    fix: str, settings: dict[str, Any], new: float | None
) -> None:
    found = [p for p in diagnosed(OVER, settings).offered if p.fix == fix]
    assert [change.new for p in found for change in p.changes] == ([] if new is None else [new])
    assert bool(found) is (new is not None)


def test_plain_overfitting_begins_with_the_best_checkpoint_and_ends_with_the_labels() -> None:
    [first, *_, last] = next(o.fixes for o in diagnosed(OVER).findings if o.rule == "overfitting")
    assert (first, last) == ("early-stopping", "fix-labels")


def test_a_prescription_survives_the_cache() -> None:
    d = diagnosed(OVER, {"lr": 0.1, "optimizer": "adam", "model": "gpt2"})
    [back], _ = unpack(pack(([d], [])), keep_series=True, roles={})
    assert (back.actions, back.offered, back.traits) == (d.actions, d.offered, d.traits)


def sweep(folder: Path) -> list[Diagnosis]:
    """Five rates, of which 0.1 is best and 1.0 diverges."""
    for rate, floor in ((0.0001, 2.0), (0.001, 1.2), (0.01, 0.3), (0.1, 0.1), (1.0, None)):
        rows = [
            f"{i},{'nan' if floor is None and i > 5 else (floor or 0) + (2.3 - (floor or 0)) * 0.9**i}\n"
            for i in range(60)
        ]
        own = folder / f"lr_{rate}"
        own.mkdir()
        (own / "log.csv").write_text("epoch,val_loss\n" + "".join(rows), encoding="utf-8")
        (own / "config.json").write_text(json.dumps({"lr": rate, "optimizer": "sgd"}), encoding="utf-8")
    return list(analyze(folder).runs)


def test_a_run_of_a_sweep_is_told_the_best_rate_of_the_sweep(tmp_path: Path) -> None:
    runs = {float(d.hyperparameters["lr"]): d for d in sweep(tmp_path)}
    bad = runs[1.0]
    assert first_action(bad, "en").startswith("Take lr = 0.1 instead of 1. It was best in this sweep (val_loss 0.1")
    assert "0.1" in messages.prescription(bad.actions[0], bad, "en").code["pytorch"]
    assert bad.actions[0].because == "sweep-suggested-rate" and bad.actions[0].expected[0].what == "reached"
    assert len(bad.actions) <= 3
    assert not any(action.fix.startswith("lr-") for d in runs.values() for action in d.actions)


def test_a_run_that_blew_up_at_a_low_rate_is_not_told_to_raise_it(tmp_path: Path) -> None:
    sweep(tmp_path)
    rows = "".join(f"{i},{'nan' if i > 9 else 2.3 * 0.9**i}\n" for i in range(60))
    (tmp_path / "lr_0.01" / "log.csv").write_text("epoch,val_loss\n" + rows, encoding="utf-8")
    runs = {float(d.hyperparameters["lr"]): d for d in analyze(tmp_path).runs}
    assert runs[0.01].verdict.value == "diverging"
    assert runs[0.01].actions
    assert not any(change.meaning == "learning_rate" for a in runs[0.01].actions[:1] for change in a.changes)
    assert runs[1.0].actions[0].fix == "sweep-best-rate"


@pytest.mark.parametrize(
    "rates", [(1.0, 2.0, 3.0), (0.1, 0.3, 1.0), (1e-4, 1e-3, 1e-2), (0.01, 0.02, 0.04), (0.5, 1.0, 2.0, 4.0)]
)
@pytest.mark.parametrize("best", [0, 1])
def test_where_every_run_overfits_no_rate_is_the_answer(tmp_path: Path, rates: tuple[float, ...], best: int) -> None:
    for place, rate in enumerate(rates):
        low = 0.42 if place == best else 0.48 + 0.02 * place
        rows = [
            f"{i},{1.5 * 0.8**i + 0.01},{low + max(0.0, 0.3 - 0.15 * i) + 0.02 * (place + 1) * max(0, i - 2)}\n"
            for i in range(40)
        ]
        own = tmp_path / f"lr_{rate}"
        own.mkdir()
        (own / "log.csv").write_text("epoch,train_loss,val_loss\n" + "".join(rows), encoding="utf-8")
        (own / "config.json").write_text(json.dumps({"lr": rate}), encoding="utf-8")
    runs = analyze(tmp_path).runs
    assert {d.verdict.value for d in runs} == {"overfitting"}
    assert not any(action.fix == "sweep-best-rate" for d in runs for action in d.actions)


def test_the_json_says_what_to_set_what_to_keep_and_why() -> None:
    told = run_dict(diagnosed(OVER, {"early_stopping_patience": 30}), "en")["prescription"]
    assert told[0]["set"] == [{"name": "early_stopping_patience", "meaning": "early_stopping", "from": 30, "to": 3}]
    assert told[0]["keep"]["step"] == 17
    assert told[0]["because"]["finding"] == "overfitting" and told[0]["because"]["evidence"]
    assert {item["what"] for item in told[0]["expected"]} == {"saved", "recovered"}
    assert told[0]["text"] == first_action(diagnosed(OVER, {"early_stopping_patience": 30}), "en")


def test_a_loss_that_is_constant_to_its_last_digit_is_no_matter_of_rates() -> None:
    for settings in ({"lr": 0.5, "optimizer": "sgd"}, {"lr": 1e-6, "optimizer": "sgd"}, {}):
        d = diagnosed({"train_loss": "0.927 + 0 * x", "val_loss": "0.93 + 0 * x"}, settings)
        assert d.kind == "constant" and d.actions[0].fix == "check-gradients"
        assert not any("rate" in subjects(p.fix) or p.fix in OF_STEPS for p in d.offered)


def test_a_number_of_epochs_is_called_epochs_whatever_the_steps_of_the_run_are_called() -> None:
    d = diagnosed({"train_loss": "2 - 1.5 * x"}, {"epochs": 8}, n=8, unit="")
    action = next(p for p in d.offered if p.fix == "longer-training")
    assert action.changes[0].name == "epochs" and action.changes[0].new == 60
    assert messages.prescription(action, d, "en").text.startswith("Train for 60 epochs instead of 8 epochs")


def test_another_optimizer_is_among_what_is_to_be_set() -> None:
    d = diagnosed(OVER, {"optimizer": "adam", "lr": 0.002, "weight_decay": 0.0})
    action = next(p for p in d.offered if p.fix == "weight-decay")
    assert {(c.meaning, c.new) for c in action.changes} == {("weight_decay", 0.01), ("optimizer", "AdamW")}


def _found(*fixes: str, kind: str = "") -> Outcome:
    return Outcome("plateau", Status.FOUND, Severity.ERROR, kind=kind, fixes=fixes)


@pytest.mark.parametrize(
    ("kind", "fixes", "first"),
    [
        (
            "never-learned",
            ("overfit-one-batch", "lr-up-10x", "fix-loss", "use-adam"),
            ["lr-up-10x", "use-adam", "fix-loss"],
        ),
        ("never-learned", ("match-evaluation", "he-init", "use-adam"), ["match-evaluation", "use-adam", "he-init"]),
        ("never-learned", ("overfit-one-batch", "fix-loss"), ["fix-loss", "overfit-one-batch"]),
        (
            "constant",
            ("check-gradients", "overfit-one-batch", "use-adam"),
            ["check-gradients", "overfit-one-batch", "use-adam"],
        ),
    ],
)
def test_what_the_log_has_numbers_for_comes_before_the_rest_and_experiments_last(
    kind: str, fixes: tuple[str, ...], first: list[str]
) -> None:
    known = {
        "lr-up-10x": Change("learning_rate", "lr", 0.01, 0.1),
        "use-adam": Change("optimizer", "optimizer", "sgd", "Adam"),
    }
    offered = [Prescription(fix, "plateau", changes=(known[fix],) if fix in known else ()) for fix in fixes]
    assert [a.fix for a in first_actions([_found(*fixes, kind=kind)], offered, Verdict.PLATEAU)] == first


@pytest.mark.parametrize(
    ("verdict", "changes", "order"),
    [
        (Verdict.OSCILLATING, COSINE, ["lr-half", "cosine-schedule", "log-more-often"]),
        (Verdict.OSCILLATING, (), ["log-more-often", "lr-half", "cosine-schedule"]),
        (Verdict.INCONCLUSIVE, COSINE, ["log-more-often", "lr-half", "cosine-schedule"]),
    ],
)  # fmt: skip
def test_what_only_tells_more_comes_last_where_a_judged_run_has_a_change(
    verdict: Verdict, changes: tuple[Change, ...], order: list[str]
) -> None:
    outcomes = [
        Outcome("undecided", Status.FOUND, Severity.INFO, fixes=("log-more-often",)),
        Outcome("oscillating", Status.FOUND, Severity.WARNING, fixes=("lr-half", "cosine-schedule")),
    ]
    offered = [
        Prescription("log-more-often"),
        Prescription("lr-half"),
        Prescription("cosine-schedule", changes=changes),
    ]
    assert [action.fix for action in first_actions(outcomes, offered, verdict)] == order


def test_one_of_the_first_actions_at_most_only_tells_more() -> None:
    d = diagnosed({"train_loss": "2.3 - 0.1 * i"}, n=3, unit="step")
    assert sum(action.fix.startswith("log-") for action in d.actions) == 1
    assert sum(item.fix.startswith("log-") for item in d.offered) > 1


def test_the_likely_cause_and_the_first_action_are_about_one_thing() -> None:
    flat = {"train_loss": "1.386 + 0.003 * noise(1)", "train_acc": "0.25 + 0.002 * noise(2)", "lr": "0.2"}
    thrown = {"train_loss": "where(i < 1, 1.2, 1.386 + 0.003 * noise(1))", "train_acc": flat["train_acc"]}
    settings = {"optimizer": "sgd", "lr": 0.02}
    agrees, other = (
        diagnosed(thrown, settings),
        diagnosed(thrown, settings | {"activation": "sigmoid", "num_layers": 5}),
    )
    assert other.actions[0].fix == "relu-activation"
    for d in (agrees, other):
        cause = messages.likely_cause(d, "en")
        named = next((o for o in d.findings if cause is not None and o.rule == cause.finding), None)
        assert named is None or not d.actions[0].changes or d.actions[0].fix in named.fixes


FLAT = {"train_loss": "2.3026 + 0.003 * noise(1)"}
TIMID = {"optimizer": "sgd", "lr": 5e-4, "momentum": 0.9, "epochs": 12, "n_train": 900, "batch_size": 32}


@pytest.mark.parametrize(
    ("series", "settings"),
    [
        (FLAT, {"optimizer": "sgd", "lr": 0.02, "dropout": 0.7, "weight_decay": 0.5}),
        (FLAT, {"optimizer": "adam", "lr": 0.3, "weight_decay": 0.01, "activation": "sigmoid"}),
        (BLOWN, {"optimizer": "sgd", "lr": 0.5, "weight_decay": 0.01, "dropout": 0.3}),
        ({"train_loss": "where(x < 0.2, 2 - x, nan)"}, {"optimizer": "rmsprop", "lr": 0.1, "batch_size": 2}),
        (
            {"train_loss": "2 - 0.6 * x + 0.002 * noise(1)"},
            {"optimizer": "sgd", "lr": 0.02, "dropout": 0.3, "hidden": 4},
        ),
    ],
)
def test_a_run_that_does_not_learn_ends_with_a_simple_start(series: dict[str, str], settings: dict[str, Any]) -> None:
    [*before, last] = diagnosed(series, settings).actions
    assert last.fix == "simple-start" and len(before) == 2
    assert all(len(action.changes) < len(last.changes) for action in before)


@pytest.mark.parametrize("settings", [{}, {"lr": 0.02}, {"optimizer": "adam"}, {"optimizer": "adam", "lr": 0.001}])
def test_settings_that_do_not_tell_enough_give_no_simple_start(settings: dict[str, Any]) -> None:
    assert "simple-start" not in [action.fix for action in diagnosed(FLAT, settings).offered]


@pytest.mark.parametrize(
    ("series", "settings"),
    [
        ({"train_loss": "2 - 1.2 * x + 0.002 * noise(1)"}, TIMID),
        ({"train_loss": "2 - 1.2 * x + 0.002 * noise(1)"}, TIMID | {"optimizer": "adam", "lr": 1e-5}),
        (BLOWN, {"lr": 0.1, "shuffle": "false"}),
        (FLAT, {"optimizer": "sgd", "lr": 0.02, "dropout": 0.7, "weight_decay": 0.5}),
        (OVER, {"n_train": 100, "dropout": 0.0, "lr": 0.02, "optimizer": "sgd"}),
        (SWINGS, {"lr": 0.3, "shuffle": "false"}),
    ],
)
def test_no_action_is_a_part_of_one_before_it(series: dict[str, str], settings: dict[str, Any]) -> None:
    seen: list[set[str]] = []
    for action in diagnosed(series, settings).actions:
        changed = {change.meaning for change in action.changes} - {"lr_schedule"}
        assert not changed or not any(changed <= before for before in seen)
        seen.append(changed)
