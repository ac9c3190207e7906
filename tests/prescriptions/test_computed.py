"""Every fix that can be computed has a sentence with the run's own numbers; every other one says what to look up."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

import numpy as np
import pytest

from loganalyzer import messages
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.run import Run, Series
from loganalyzer.model.traits import Framework, Traits
from loganalyzer.reports.html.advice import steps
from loganalyzer.reports.json import run_dict
from loganalyzer.rules.fixes.catalogue import entries
from loganalyzer.rules.fixes.contradictions import MOVES
from loganalyzer.rules.fixes.prescriptions import COMPUTED, STATIC
from tests.prescriptions.case import Told, case_of, computed, diagnosed, load, sentence

CASES = load()
BY_CURVES = {"sweep-best-rate", "what-changed"}
UNFILLED = "–"
FRAMEWORKS = {"pytorch", *(framework.value for framework in Framework if framework.value)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.fix}: {case.name}")
def test_a_fix_says_the_numbers_of_the_run(case: Told) -> None:
    found, diagnosis = computed(case.fix, case.run)
    assert (found.variant if found is not None else "") == case.variant
    if found is not None:
        assert sentence(found, diagnosis) == case.says
        assert UNFILLED not in sentence(found, diagnosis, "ja")
        code = "\n".join(messages.prescription(found, diagnosis, "en").code.values())
        assert case.code in code


def test_every_fix_is_computed_or_said_to_be_static() -> None:
    assert COMPUTED.keys().isdisjoint(STATIC)
    assert COMPUTED.keys() | STATIC.keys() == entries().keys()


def test_every_sentence_is_said_in_a_case() -> None:
    written = {(fix, variant) for fix, entry in entries().items() for variant in entry.get("variants", {})}
    assert {(c.fix, c.variant) for c in CASES if c.variant} == {w for w in written if w[0] not in BY_CURVES}
    assert {fix for fix, _ in written} - BY_CURVES == COMPUTED.keys()


def test_every_computation_has_a_run_that_does_not_tell_enough() -> None:
    assert COMPUTED.keys() - {case.fix for case in CASES if not case.variant} == set()


@pytest.mark.parametrize("fix", entries())
def test_code_is_code_with_and_without_numbers(fix: str) -> None:
    entry = entries()[fix]
    assert set(entry.get("code", {})) <= FRAMEWORKS
    names = set(re.findall(r"\{(\w+)\|", str(entry.get("code", {}))))
    diagnosis = diagnose(Run("r", ("r.csv",), "csv", {}))
    known = Prescription(fix, variant="", numbers={name: "Adam" if name == "optimizer" else 7 for name in names})
    for item in (Prescription(fix), known):
        frameworks = (replace(diagnosis, traits=Traits(framework=framework)) for framework in Framework)
        shown = [messages.prescription(item, each, "en").code.values() for each in frameworks]
        for text in (text for texts in shown for text in texts):
            assert not re.search(r"\{\w+\|", text)
            try:
                ast.parse(text)
            except SyntaxError:  # a piece of a loop is no module
                ast.parse("for _ in ():\n" + "\n".join(f"    {line}" for line in text.splitlines()))


@pytest.mark.parametrize(
    ("framework", "libraries"),
    [
        (Framework.UNKNOWN, ["pytorch", "keras"]),
        (Framework.KERAS, ["keras", "pytorch"]),
        (Framework.HUGGINGFACE, ["huggingface", "pytorch"]),
        (Framework.LIGHTNING, ["lightning", "pytorch"]),
        (Framework.YOLO, ["yolo", "pytorch"]),
        (Framework.BOOSTING, []),
    ],
)
def test_the_code_of_the_runs_own_library_comes_first(framework: Framework, libraries: list[str]) -> None:
    diagnosis = replace(diagnose(Run("r", ("r.csv",), "csv", {})), traits=Traits(framework=framework))
    assert [*messages.prescription(Prescription("lr-down-10x"), diagnosis, "en").code] == libraries


HOSTILE = {
    "empty": [],
    "one point": [0.5],
    "flat": [0.5] * 30,
    "zeros": [0.0] * 30,
    "all NaN": [float("nan")] * 30,
    "mixed": [1.0, float("nan"), float("inf"), -float("inf"), 0.5] * 6,
    "enormous": [1.7e308, -1.7e308] * 15,
    "tiny": list(np.linspace(5e-324, 1e-320, 30)),
    "falling": list(np.linspace(2.0, 1.0, 30)),
    "rising": list(np.linspace(1.0, 200.0, 30)),
    "to NaN": [*np.linspace(1.0, 0.1, 29), float("nan")],
}
SETTINGS = {
    "none": {},
    "usual": {"lr": 0.1, "batch_size": 32, "optimizer": "adam", "dropout": 0.1, "weight_decay": 0.0, "epochs": 30},
    "odd": {"lr": float("nan"), "batch_size": -1, "optimizer": "", "dropout": "x", "weight_decay": 1e300, "epochs": 1e300,
            "momentum": float("inf"), "clip_norm": 0, "hidden": 1e308, "gamma": "none", "warmup": -5, "patience": "true"},
}  # fmt: skip


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize("values", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_series_and_no_setting_breaks_a_computation(
    values: list[float], settings: dict[str, float | int | str]
) -> None:
    names = ("train_loss", "val_loss", "train_acc", "val_acc", "lr", "grad_norm")
    steps = np.arange(len(values), dtype=np.int64)
    series = {name: Series(name, steps, np.array(values, dtype=float)) for name in names}
    diagnosis = diagnose(Run("r", ("r.csv",), "csv", series, hyperparameters=settings, step_unit="step"))
    case = case_of(diagnosis)
    for fix, compute in COMPUTED.items():
        found = compute(case)
        for change in found.changes if found is not None else ():
            assert change.new != change.old, fix
            assert not isinstance(change.new, float) or np.isfinite(change.new), fix


def test_every_change_of_a_setting_says_what_it_costs_or_risks() -> None:
    changing = {fix for fix in COMPUTED if fix in MOVES or fix in {"shuffle", "batch-norm", "use-adam"}}
    silent = {fix for fix in changing if "risk" not in entries()[fix]}
    assert silent <= {"larger-batch-lr", "one-cycle", "use-adamw", "augment", "step-schedule", "shorter-training"}
    said = [
        text for entry in entries().values() for text in (entry.get("risk"), *entry.get("risks", {}).values()) if text
    ]
    assert said and all(set(text) == set(messages.LANGUAGES) for text in said)


def test_cost_and_risk_are_on_the_terminal_the_page_and_in_json() -> None:
    d = diagnosed({"train_loss": "where(x < 0.3, 2 - 4 * x, 0.8 + 20 * (x - 0.3))"}, {"lr": 0.1})
    fix = messages.prescription(d.actions[0], d, "en")
    said = "Cost or risk: Learning takes longer; with a rate ten times too low the loss hardly moves."
    assert messages.risk(fix, "en") == said and messages.risk(replace(fix, risk=""), "en") == ""
    assert messages.risk(messages.prescription(d.actions[0], d, "ja"), "ja").startswith("負担・リスク：")
    assert steps(d, "en")[0]["risk"] == said
    found = next(o for o in run_dict(d, "en")["findings"] if o["rule"] == d.deciding)
    assert found["fixes"][0]["risk"] == fix.risk
