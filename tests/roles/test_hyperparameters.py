"""The table of hyper-parameters: a name that is in it is understood everywhere, however it is spelled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.diagnosis.sweeps import compare
from loganalyzer.discovery.sidecars import from_name
from loganalyzer.messages import LANGUAGES, Lang, ui
from loganalyzer.model.report import Diagnosis, Group
from loganalyzer.model.run import Detail, Run, Series
from loganalyzer.readers.common.data_tables import is_table_of_data
from loganalyzer.readers.common.printed.settings import settings_in_passing, settings_of_block, starts_block
from loganalyzer.reports.html.group_plot import plot
from loganalyzer.reports.report import Report
from loganalyzer.roles import hyperparameters
from loganalyzer.roles.hyperparameter_values import flattened, typed
from loganalyzer.roles.hyperparameters import (
    TABLE,
    Kind,
    concept,
    find,
    in_use,
    is_bookkeeping,
    is_on,
    is_seed,
    meaning_of,
    number,
    optimizer,
    plain,
    says_what_is_learned,
)
from loganalyzer.rules.fixes.catalogue import entries
from loganalyzer.rules.fixes.ranking import HINTS, ranked
from loganalyzer.rules.registry import unless


def spellings(name: str) -> list[str]:
    """``name``, which is in snake case, as other people spell it."""
    first, *others = name.split("_")
    camel = first + "".join(word.capitalize() for word in others)
    return list(dict.fromkeys((name, camel, name.replace("_", "-"), f"opt.{name}", f"train/{camel}", name.upper())))


def every(*, names: str = "names vague", **wanted: object) -> list[tuple[str, str]]:
    """(meaning, spelling) of all names of the table whose entry has the ``wanted`` attributes."""
    return [
        (meaning, spelling)
        for meaning, entry in TABLE.items()
        if all(getattr(entry, key) == value for key, value in wanted.items())
        for which in names.split()
        for name in getattr(entry, which)
        for spelling in spellings(name)
    ]


@lru_cache(maxsize=64)
def judged(end: float) -> Diagnosis:
    """A run whose loss ends at ``end``."""
    steps = np.arange(1, 41, dtype=np.int64)
    loss = end + (2.5 - end) * np.exp(-steps / 5) + 0.002 * np.random.default_rng(0).standard_normal(40)
    return diagnose(Run("sweep/run", ("a.csv",), "csv", {"val_loss": Series("val_loss", steps, loss)}))


def trained(name: str, values: Mapping[Detail, float], others: Mapping[str, Detail] | None = None) -> list[Diagnosis]:
    """Runs whose setting ``name`` takes each value and whose losses end where it says."""
    runs = []
    for i, (value, end) in enumerate(values.items()):
        one = judged(end)
        settings = {name: value, "nothing special": 2, **(others or {})}
        runs.append(replace(one, run=replace(one.run, id=f"sweep/run{'abcd'[i]}", hyperparameters=settings)))
    return runs


def sweep(name: str, values: Mapping[Detail, float], others: Mapping[str, Detail] | None = None) -> tuple[Group, ...]:
    """The comparison of such runs."""
    return compare(trained(name, values, others))


SCORES: Mapping[Detail, float] = {0.001: 0.9, 0.01: 0.3, 0.1: 0.6, 1.0: 0.8}


def test_no_name_means_two_things() -> None:
    kinds = (Kind.SETTING, Kind.SEED, Kind.PROBLEM)
    names = [plain(n) for e in TABLE.values() if e.kind in kinds for n in (*e.names, *e.vague, *e.abbreviations)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("meaning", "name"), [pair for kind in (Kind.SETTING, Kind.SEED) for pair in every(kind=kind)])
def test_rules_find_every_spelling(meaning: str, name: str) -> None:
    assert meaning_of(name) == meaning
    assert find({"other": 1, name: 0.5}, meaning) == [(name, 0.5)]
    found = number({"other": 1, name: 0.5}, meaning)
    assert found is not None and (found.name, found.value) == (name, 0.5)
    assert not is_bookkeeping(name) and is_seed(name) is (TABLE[meaning].kind is Kind.SEED)


@pytest.mark.parametrize("name", [name for meaning, name in every() if meaning == "learning_rate"])
def test_a_sweep_over_any_learning_rate_gets_advice_and_a_shaded_range(name: str) -> None:
    (group,) = sweep(name, SCORES)
    assert group.suggested == {name: pytest.approx({"value": 0.01, "low": 0.00316, "high": 0.0316}, rel=0.01)}
    assert "sweep-suggested-rate" in {f.id for f in group.findings}
    for lang in LANGUAGES:
        assert plot(group, name, lang).count('class="advice"') == 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["lr", "learningRate", "base-lr", "opt.learningRate"])
def test_the_report_shades_the_range_and_says_so(name: str, lang: Lang) -> None:
    runs = trained(name, SCORES)
    report = Report(roots=(), runs=tuple(runs), groups=compare(runs))
    page = report.to_html(lang)
    assert page.count('<rect class="advice"') == 1 and ui("html", "groups.key", lang) in page
    assert set(json.loads(report.to_json())["groups"][0]["suggested"]) == {name}


@pytest.mark.parametrize("name", [name for meaning, name in every() if meaning == "batch_size"])
def test_a_sweep_over_any_batch_size_is_held_against_its_rate(name: str) -> None:
    (group,) = sweep(name, {32: 0.3, 64: 0.5, 512: 0.9}, {"lr": 0.1})
    assert "sweep-batch-same-rate" in {f.id for f in group.findings}


@pytest.mark.parametrize("name", [name for _, name in every(kind=Kind.SEED)])
def test_seeds_are_no_settings(name: str) -> None:
    (group,) = sweep(name, {1: 0.3, 2: 0.31, 3: 0.3})
    assert group.varies == {} and "seeds-spread" in {f.id for f in group.findings}


@pytest.mark.parametrize("name", [name for _, name in every(kind=Kind.SETTING)])
def test_every_setting_can_be_compared(name: str) -> None:
    (group,) = sweep(name, {1: 0.3, 2: 0.4, 3: 0.5})
    assert set(group.varies) == {name} and plot(group, name, "en")


@pytest.mark.parametrize("name", [name for _, name in every(kind=Kind.PROBLEM)])
def test_runs_that_learned_something_else_are_not_compared(name: str) -> None:
    assert says_what_is_learned(name)
    assert sweep(name, {"a": 0.3, "b": 0.4, "c": 0.5}) == ()


@pytest.mark.parametrize("name", [name for _, name in every(kind=Kind.BOOKKEEPING)])
def test_bookkeeping_does_not_vary(name: str) -> None:
    assert is_bookkeeping(name)
    assert sweep(name, {"a": 0.3, "b": 0.4, "c": 0.5}) == ()


@pytest.mark.parametrize("name", ["output_dir", "runName", "trial.ID", "WANDB_PROJECT", "gpu0", "data-path"])
def test_names_with_a_word_of_bookkeeping(name: str) -> None:
    assert is_bookkeeping(name)


@pytest.mark.parametrize("name", ["width", "identity", "timeout", "profile", "learningRate", "optimizer_name"])
def test_names_that_only_look_like_it(name: str) -> None:
    assert not is_bookkeeping(name)


@pytest.mark.parametrize("name", ["train_data", "data/nClasses", "trainDataset", "dataset_name"])
def test_names_that_end_in_what_is_learned(name: str) -> None:
    assert says_what_is_learned(name) and not says_what_is_learned(f"{name}_workers")


@pytest.mark.parametrize(("meaning", "name"), every(names="names abbreviations", in_run_names=True))
@pytest.mark.parametrize("pattern", ["runs/{}=0.5", "a_{}_0.5_b", "{}-0.5"])
def test_values_in_the_names_of_runs(meaning: str, name: str, pattern: str) -> None:
    assert from_name(pattern.format(name)) == {TABLE[meaning].names[0]: 0.5}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lr1e-3_bs32", {"lr": 1e-3, "batch_size": 32}),
        ("lr0.1", {"lr": 0.1}),
        ("lr0_0.1", {"lr": 0.1}),
        ("max_lr=1,base_lr=0.1", {"lr": 0.1}),
        ("resnet50_b64_v2", {}),
        ("color1", {}),
        ("seed42/SEED7", {"seed": 7}),
    ],
)
def test_names_of_runs(name: str, values: dict[str, Detail]) -> None:
    assert from_name(name) == values


@pytest.mark.parametrize("name", [name for _, name in every(names="names", printed=True) if "/" not in name])
def test_settings_on_lines_of_printed_text(name: str) -> None:
    assert settings_in_passing(f"  {name}: 0.5") == {name: 0.5}
    block = f"{{'{name}': 0.5, 'lr': 0.1, 'seed': 1}}"
    assert starts_block(block) and settings_of_block(block)[name] == (
        0.1 if name == "lr" else 1 if name == "seed" else 0.5
    )


@pytest.mark.parametrize("name", [name for _, name in every(names="vague")])
def test_vague_words_in_printed_text_set_nothing(name: str) -> None:
    assert settings_in_passing(f"{name}: 0.5") == {}


FAR_OUT: Mapping[str, Detail] = {
    "init": "zeros", "activation": "sigmoid", "input_scaling": "false", "shuffle": 0, "momentum": 0.99,
    "weight_decay": 0.5, "dropout": 0.9, "epochs": 5, "clip_norm": 0.001, "layers": 20, "depth": 12, "width": 2,
    "hidden_size": "64-64-64-64-64-64-64-64",
}  # fmt: skip


def test_every_hint_has_a_value_below() -> None:
    assert {hint.meaning for hint in HINTS} == set(FAR_OUT) <= set(TABLE)


@pytest.mark.parametrize(("meaning", "name"), [pair for pair in every() if pair[0] in FAR_OUT])
def test_settings_far_out_put_their_fix_first(meaning: str, name: str) -> None:
    hint = next(h for h in HINTS if h.meaning == meaning)
    assert ranked(("a", "b"), hint.rules[0], "", {name: FAR_OUT[meaning]})[: len(hint.fixes)] == hint.fixes


def test_fixes_name_meanings_of_the_table() -> None:
    named = {meaning for fix in entries() for meaning in unless(fix)}
    assert len(named) > 5 and named <= set(TABLE)


@pytest.fixture
def peak_lr(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One more name of the learning rate, by one more word in the table."""
    entry = TABLE["learning_rate"]
    table = {**TABLE, "learning_rate": replace(entry, names=(*entry.names, "peak_lr"))}
    cached = [f for f in vars(hyperparameters).values() if hasattr(f, "cache_clear")]
    monkeypatch.setattr(hyperparameters, "TABLE", table)
    for function in cached:
        function.cache_clear()
    yield "peak_lr"
    for function in cached:
        function.cache_clear()


def test_a_name_that_is_added_is_understood_everywhere(peak_lr: str) -> None:
    for spelling in spellings(peak_lr):
        (group,) = sweep(spelling, SCORES)
        assert spelling in group.suggested and 'class="advice"' in plot(group, spelling, "en")
        found = number({spelling: 10.0}, "learning_rate")
        assert found is not None and found.value == 10.0
    assert from_name("peakLr0.5") == from_name("peak-lr=0.5") == {"lr": 0.5}
    assert settings_in_passing("Peak LR: 0.5") == {"Peak LR": 0.5}


def test_the_preferred_name_counts() -> None:
    found = number({"max_lr": 1.0, "b.lr": 0.1, "a.lr": 0.2, "learning_rate": "auto"}, "learning_rate")
    assert found is not None and (found.name, found.value) == ("a.lr", 0.2)
    assert number({"lr": float("nan"), "max_lr": 1}, "learning_rate") == hyperparameters.Setting("max_lr", 1.0)


def test_settings_in_use() -> None:
    used = in_use({"opt.gradClip": 1.0, "my-own": 2, "dropout": 0, "augment": "false", "Label_Smoothing": 0.1})
    assert used == {"clip_norm", "myown", "label_smoothing"}
    assert [concept(word) for word in ("clip_norm", "grad_clip", "myOwn")] == ["clip_norm", "clip_norm", "myown"]


@pytest.mark.parametrize("name", [name for _, name in every(fixed=True)])
def test_a_table_with_a_column_of_what_is_fixed_is_no_log_of_one_training(name: str) -> None:
    assert is_table_of_data([name, "loss"], {})
    assert not is_table_of_data([name, "loss", "epoch"], {})
    assert not is_table_of_data(["lr", "loss"], {})


@pytest.mark.parametrize(("value", "family"), [("adamw_torch", "AdamW"), ("Adam", "Adam"), ("lion", ""), (3, "")])
def test_families_of_optimizers(value: Detail, family: str) -> None:
    assert optimizer({"Optimizer.name": "x", "optim": value}) == family


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (True, "true"), (False, "false"), ("True", "true"), ("FALSE", "false"), (3, 3), ("3", 3), ("-7", -7), (0.5, 0.5),
        ("0.5", 0.5), ("1e-3", 1e-3), (" adam ", "adam"), ("", ""), ("nan", "nan"), ("1e999", "1e999"), ("²", "²"),
        ("2024_01_01", "2024_01_01"), ("yes", "yes"), (None, None), ([1], None), (10**400, None), (2**64, 2**64),
    ],
)  # fmt: skip
def test_values_have_one_type_whatever_they_were_read_from(given: object, value: Detail | None) -> None:
    assert typed(given) == value and type(typed(given)) is type(value)


@pytest.mark.parametrize("off", ["false", "False", "0", 0, 0.0, "none", "no", "off", "", "constant"])
def test_values_that_say_off(off: Detail) -> None:
    assert not is_on(off) and is_on("true") and is_on(0.1) and is_on("cosine")


def test_nested_values_become_flat() -> None:
    nested = {"a": {"b": {"value": True, "desc": None}, "c": [1]}, 3: "4", "d": {"desc": 1}}
    assert flattened(nested) == {"a.b": "true", "3": 4, "d.desc": 1}
    assert flattened([1]) == {} and len(flattened({str(i): {"x": i, "y": i} for i in range(999)})) == 500
    deep: dict[str, object] = {}
    for _ in range(2000):
        deep = {"a": deep, "b": 1}
    assert len(flattened(deep)) == 7


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("optimizer.name", "optimizer"),
        ("optimizer/class_name", "optimizer"),
        ("model.optim.type", "optimizer"),
        ("scheduler._target_", "lr_schedule"),
        ("lr_scheduler.name", "lr_schedule"),
        ("optimizer.config.learning_rate", "learning_rate"),
        ("activation.class_name", "activation"),
        ("name", ""),
        ("experiment.name", ""),
        ("callback.type", ""),
    ],
)
def test_what_only_says_which_one_it_is_stands_for_what_it_is_within(name: str, meaning: str) -> None:
    assert meaning_of(name) == meaning


def test_the_family_of_an_optimizer_within_a_configuration() -> None:
    assert optimizer({"optimizer._target_": "torch.optim.AdamW", "optimizer.lr": 0.1}) == "AdamW"
