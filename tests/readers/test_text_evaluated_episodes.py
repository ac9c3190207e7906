"""Episodes of an evaluation are no training; lines of tools beside a training; numbers of classes in names."""

from __future__ import annotations

import pytest

from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.text.reader import READER
from tests.readers.sources import source

COUNT = 12
VALUES = [round(-40.5 + 7 * (i * 37 % 11), 2) for i in range(COUNT)]
FALLS = [round(2 / (i + 2), 4) for i in range(COUNT)]


def runs(text: str, name: str = "train.log") -> list[Run]:
    found: list[Run | Unread] = list(READER.read(name, [source(name, text.encode())]))
    return [one for one in found if isinstance(one, Run)]


def lines(*templates: str, times: int = 1) -> str:
    once = "".join(
        template.format(i=i, k=100 * i, r=reward, v=loss, a=round(1 - loss / 2, 4), b=round(0.9 - loss / 2, 4)) + "\n"
        for i, (reward, loss) in enumerate(zip(VALUES, FALLS, strict=True), 1)
        for template in templates
    )
    return once * times


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    "template",
    [
        "[EVAL] algo=dqn episode={i} reward={r}",
        "Eval episode {i}: reward {r}",
        "Test episode {i}/20 | Reward: {r}",
        "evaluation episode {i} return={r} length=20",
        "Evaluating: Episode {i} Reward {r}",
        "Inference - episode {i}, score: {r}",
        "[Test] Episode: {i} Total Reward: {r}",
        "[TEST]  Episode {i} Reward {r}",
        "2024-05-01 10:00:00,123 INFO evaluate: episode {i} reward {r}",
        "eval | episode {i} | steps 200 | reward {r}",
    ],
)
def test_episodes_of_an_evaluation(template: str, times: int) -> None:
    assert runs(lines(template, times=times)) == []


@pytest.mark.parametrize(
    ("templates", "name"),
    [
        (("Episode {i}: reward {r}",), "reward"),
        (("[EVAL] episode={k} mean_reward={r}",), "mean_reward"),
        (("Episode {i} reward {r}", "Eval episode {i} reward {v}"), "reward"),
        (("Eval episode {i} reward {r}", "step {k} loss {v}"), "loss"),
        (("attested episode {i} reward {r}",), "reward"),
    ],
)
def test_trainings_that_evaluate(templates: tuple[str, ...], name: str) -> None:
    (run,) = runs(lines(*templates))
    assert len(run.series[name]) == COUNT


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("class {i} accuracy: {b}", "class 1 accuracy"),
        ("eval class {i} accuracy: {b} (325/726)", "eval class 1 accuracy"),
        ("Class {i} IoU: {b}", "Class 1 IoU"),
        ("   class {i} dice = {b}", "class 1 dice"),
        ("label {i} precision: {b}", "label 1 precision"),
        ("Test class {i} accuracy = {b}", "Test class 1 accuracy"),
        ("Accuracy of class {i}: {b}", "class 1 Accuracy"),
        ("precision for class {i} = {b}", "class 1 precision"),
        ("Recall of label {i}: {b}%", "label 1 Recall"),
        ("> category {i} recall: {b}", "category 1 recall"),
    ],
)
def test_the_number_of_a_class_belongs_to_the_name(template: str, name: str) -> None:
    text = "".join(
        f"Epoch {epoch}\nloss: {loss}\naccuracy: {1 - loss / 2}\n"
        + "".join(template.format(i=i, b=round(0.1 * i + 0.01 * epoch, 3)) + "\n" for i in (1, 2, 3))
        for epoch, loss in enumerate(FALLS, 1)
    )
    (run,) = runs(text)
    assert run.series["accuracy"].values.tolist() == [1 - loss / 2 for loss in FALLS]
    scale = 0.01 if "%" in template else 1
    assert run.series[name].values.tolist() == pytest.approx([scale * (0.1 + 0.01 * i) for i in range(1, COUNT + 1)])


BAR = """\
     total [#.................................................]  {i}.58%
this epoch [############################......................] 57.92%
       {k} iter, {i} epoch / 50 epochs
    139.23 iters/sec. Estimated time to finish: 0:00:44.046523.
\x1b[4A\x1b[J"""


def test_the_bar_below_the_table_of_chainer() -> None:
    header = "epoch       main/loss   validation/main/loss  main/accuracy  elapsed_time\n" + BAR.format(i=0, k=50)
    rows = lines("{i:<10}  {v:<10}  {a:<20}  {b:<13}  1.84985       \n" + BAR).rstrip("\x1b[4AJ\n")
    (run,) = runs(header + rows + "\n")
    assert run.series["main/loss"].values.tolist() == FALLS
    assert run.series["main/loss"].steps.tolist() == [*range(1, COUNT + 1)]
    assert len(run.series["validation/main/loss"]) == COUNT


def test_the_summary_of_wandb() -> None:
    text = lines("step {k}: loss {v} lr 0.001")
    summary = f"wandb: Run summary:\nwandb:     step {100 * COUNT}\nwandb:        loss 7.5\nwandb:   lr 0.5\nwandb: \n"
    (run,) = runs(text + summary)
    assert run.series["loss"].values.tolist() == FALLS


@pytest.mark.parametrize(
    "template",
    ["[E{e}] step {s} loss {v}", "[E{e}] {s}/40 loss: {v}", "E{e} step {s} loss {v}", "E{e} | batch {s} | loss {v}"],
)
@pytest.mark.parametrize("ended", ["Epoch {e} avg-loss {v}", "-- end of epoch {e}", "saved"])
def test_an_e_for_the_epoch_ahead_of_its_steps(template: str, ended: str) -> None:
    text = "".join(
        "".join(
            template.format(e=epoch, s=step, v=round(2 / (epoch + step / 40), 4)) + "\n" for step in range(0, 40, 10)
        )
        + ended.format(e=epoch, v=1 / epoch)
        + "\n"
        for epoch in range(1, 6)
    )
    (run,) = runs(text)
    assert run.series["loss"].values.tolist() == [
        round(2 / (epoch + step / 40), 4) for epoch in range(1, 6) for step in range(0, 40, 10)
    ]
