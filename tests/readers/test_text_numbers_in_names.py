"""Printed lines in which a number belongs to a name, a counter is short or in brackets, or a value has a unit."""

from __future__ import annotations

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Source
from loganalyzer.readers.common.line_names import splits_in
from loganalyzer.readers.text.reader import READER

COUNT = 12


def only_run(text: str, name: str = "train.log") -> Run:
    data = text.encode()
    source = Source(name, len(data), data[:65_536], lambda: data)
    (run,) = [item for item in READER.read(name, [source]) if isinstance(item, Run)]
    return run


def lines(template: str) -> str:
    return "".join(
        template.format(i=i, v=f"{2 / (i + 1):.4f}", p=10.5 + i, k=100 * i) + "\n" for i in range(1, COUNT + 1)
    )


FALLS = [round(2 / (i + 1), 4) for i in range(1, COUNT + 1)]
RISES = [10.5 + i for i in range(1, COUNT + 1)]


@pytest.mark.parametrize(
    ("template", "name", "values"),
    [
        ("Epoch: {i}/50, top 1 acc: {v}", "top 1 acc", FALLS),
        ("Epoch: {i}/50, Top 5 accuracy: {v}", "Top 5 accuracy", FALLS),
        ("===Epoch: {i}/50,top 5 acc: {v}===", "top 5 acc", FALLS),
        ("Step {k}: Episodes={i}, Mean Reward (last 10)={p}, Mean Length=275", "Mean Reward", RISES),
        ("Episode {i} | Avg Reward (last 100): {p} | Epsilon: 0.5", "Avg Reward", RISES),
        ("Episode {i} Avg Reward (100 episodes): {p}", "Avg Reward", RISES),
        ("episode {i}, mean return (last 50 episodes): {p}", "mean return", RISES),
        ("Episode {i}: Reward (20 games) = {p}", "Reward", RISES),
        ("episode {i} mean reward (past 100) {p}", "mean reward", RISES),
        ("Epoch {i} Loss: {v} (last 0.5)", "Loss", FALLS),
        ("Episode {i} Last 100 steps loss {v}", "mean loss", FALLS),
        ("Step {k} Last 100 steps loss: {v}", "mean loss", FALLS),
        ("Step {k} last 50 steps' train loss = {v}", "mean train loss", FALLS),
        ("iter {k} over last 100 batches loss {v}", "mean loss", FALLS),
        ("iter {k} over the previous 20 iterations the loss {v}", "mean loss", FALLS),
        ("iter {k} avg loss last 100 steps {v}", "avg loss", FALLS),
        ("iter {k} mean loss over the last 100 iters {v}", "mean loss", FALLS),
        ("Episode {i} past 10 episodes reward {p}", "mean reward", RISES),
        ("Episode {i} Last 100 episodes average return: {p}", "average return", RISES),
        ("epoch {i} last 3 epochs avg acc: 0.5, loss {v}", "loss", FALLS),
        ("step {k} loss {v}, last 100 steps loss 1.5", "loss", FALLS),
        ("<epoch: {i}, Average PSNR : {p}dB", "Average PSNR", RISES),
        ("epoch {i} | psnr: {p} dB | lr 0.1", "psnr", RISES),
        ("epoch {i} test: bpd {v}bits, loss {v}", "test/loss", FALLS),
        ("epoch {i}, phase train, step {k}, loss_train, {v}", "loss_train", FALLS),
        ("epoch, {i}, loss, {v}, acc, 0.5", "loss", FALLS),
        ("step, {k}, train_loss, {v}", "train_loss", FALLS),
        ("epoch, {i}, step, {k}, loss, {v}", "loss", FALLS),
        ("E {i:>3}/500 | Loss:{v} | ETA:2.7min", "Loss", FALLS),
        ("E{i:03d}/500 | Loss:{v} | ETA:2.7min", "Loss", FALLS),
        ("[E {i}/50] loss={v}", "loss", FALLS),
        ("Epoch{i} loss: {v}", "loss", FALLS),
        ("epoch{i:02d}/50, loss={v}", "loss", FALLS),
        ("[Epoch{i}] train_loss: {v}", "train_loss", FALLS),
        ("Score at iteration {k} is {v}", "loss", FALLS),
        ("loss of epoch {i}: {v}", "loss", FALLS),
        ("after cycle={i} avg(utility)={p} avg(num_wins)=0.35", "avg_utility", RISES),
        ("epoch {i}: mean(loss) = {v}, std(loss) = 0.1", "mean_loss", FALLS),
        ("epoch {i} average(train_loss): {v}", "average_train_loss", FALLS),
        ("The loss of epoch{i}is:tf.Tensor({v}, shape=(), dtype=float32)", "loss", FALLS),
        ("Accuracy of step {k} is {p}", "Accuracy", RISES),
        ("06:38:16.402 [main] INFO o.d.o.l.ScoreIterationListener - Score at iteration {k} is {v}", "loss", FALLS),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_value_a_line(template: str, name: str, values: list[float], end: str) -> None:
    run = only_run(lines(template).replace("\n", end))
    assert run.series[name].values.tolist() == values
    assert len(set(run.series[name].steps.tolist())) == COUNT


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("[epoch:  0, iter:{k:>8,}, lr:(2.000e-04,)] l_pix: {v}", "l_pix"),
        ("step {k:,}: loss {v}", "loss"),
        ("step={k:,} loss={v}", "loss"),
        ("iter: {k:,}, loss: {v}", "loss"),
        ("[step {k:,}/100,000] loss: {v}", "loss"),
        ("(iter {k:,}) loss: {v}", "loss"),
        ("Iteration {k:,} | loss {v}", "loss"),
        ("2024-01-01 10:00:00,123 - step {k:,} - loss {v}", "loss"),
    ],
)
def test_counters_with_thousands_in_groups(template: str, name: str) -> None:
    steps = [400 * i for i in range(1, COUNT + 1)]
    text = "".join(template.format(k=k, v=v) + "\n" for k, v in zip(steps, FALLS, strict=True))
    run = only_run(text)
    assert run.series[name].values.tolist() == FALLS and run.series[name].steps.tolist() == steps


def test_a_value_with_thousands_in_groups() -> None:
    text = "".join(
        f"[step={10 * i}/1000,epoch=0]\n    train/Loss=9.{i}\n    train/Perplexity={9 - i},528\n" for i in range(1, 6)
    )
    run = only_run(text)
    assert run.series["train/Perplexity"].values.tolist() == [8528, 7528, 6528, 5528, 4528]


def test_numbers_in_names_keep_curves_apart() -> None:
    run = only_run(lines("Epoch: {i}/50, top 1 acc: {v}\nEpoch: {i}/50, top 5 acc: 0.9{i}"))
    assert run.series["top 1 acc"].values.tolist() == FALLS
    assert run.series["top 5 acc"].values[0] == 0.91 and len(run.series["top 5 acc"]) == COUNT


@pytest.mark.parametrize(
    "accuracy",
    ["Accuracy: {i}00/10000 ({i}%)", "Accuracy: {i}00/10000 ({i}.00%)", "Acc: {i}00/10000", "accuracy: {i}00 / 10000"],
)
@pytest.mark.parametrize(
    "head", ["Test set, Epoch {i} , ", "Epoch {i} test: ", "[Epoch {i}] Test set: ", "Epoch: {i} | Test "]
)
def test_a_share_of_hits_is_no_counter(head: str, accuracy: str) -> None:
    run = only_run(lines(head + "Average loss: {v}, " + accuracy))
    loss = next(s for n, s in run.series.items() if "loss" in n)
    hits = next(s for n, s in run.series.items() if "acc" in n.lower())
    assert loss.values.tolist() == FALLS
    assert hits.values.tolist() == pytest.approx([i / 100 for i in range(1, COUNT + 1)])


@pytest.mark.parametrize(
    "template",
    [
        "[{e}/30] iter: {s}/300. lr:0.000030 . Loss: {v}, Acc:0.961",
        "[{e}/30] Iter {s}/300 Loss: {v}",
        "({e}/30) step {s}/300 loss = {v}",
        "[ {e}/30 ] batch [{s}/300] loss: {v}",
    ],
)
def test_the_first_of_two_counters_in_brackets_is_the_epoch(template: str) -> None:
    told = [(e, s, round(3 / (e + s / 300), 3)) for e in range(1, 6) for s in (100, 200, 300)]
    run = only_run("".join(template.format(e=e, s=s, v=v) + "\n" for e, s, v in told))
    loss = next(s for n, s in run.series.items() if n.lower().endswith("loss"))
    assert loss.values.tolist() == [v for _, _, v in told]
    assert loss.steps.tolist() == [300 * (e - 1) + s for e, s, _ in told]


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("kind", ["_type", "phase", "split"])
def test_the_split_may_stand_in_quotes(quote: str, kind: str) -> None:
    assert splits_in(f"G{quote}, {quote}{kind}{quote}: {quote}val_epoch{quote}, {quote}epoch{quote}: {quote}") == (
        "val",
    )
    text = ""
    for i in range(1, 9):
        text += f'json_stats: {{"{kind}": "train_epoch", "dt": 0.8, "epoch": "{i}/90", "loss": {3 / i}, "top1_err": {90 / i}}}\n'
        text += f'json_stats: {{"{kind}": "val_epoch", "epoch": "{i}/90", "gpu_mem": "9G", "top1_err": {95 / i}}}\n'
    run = only_run(text)
    assert run.series["val/top1_err"].values.tolist() == [95 / i for i in range(1, 9)]
    held_in = next(s for n, s in run.series.items() if n in ("top1_err", "train/top1_err"))
    assert held_in.values.tolist() == [90 / i for i in range(1, 9)]


def test_a_continued_training_whose_iterations_begin_again_is_one_run() -> None:
    text, epoch = "", 0
    for _ in range(4):
        text += "================ Training Loss (Sat Jun 18 08:01:30 2022) ================\n"
        for step in (4, 8, 12, 16):
            epoch += 4
            text += (
                f"(epoch: {epoch}, iters: {step}, time: 0.1, data: 0.0) G_L1: {40 / epoch:.3f} D_real: 0.5{epoch} \n"
            )
    run = only_run(text, "loss_log.txt")
    assert run.step_unit == "epoch" and not run.restarts
    assert run.series["G_L1"].steps.tolist() == list(range(4, 65, 4))


@pytest.mark.parametrize(
    "line",
    [
        "Saved epoch10.pth",
        "checkpoints/model_epoch3.pt written",
        "see epoch10.png",
        "e1/500 of the energy",
        "DE 1/500 x",
    ],
)
def test_words_that_are_no_counters(line: str) -> None:
    run = only_run(lines("step {k} loss {v}\n" + line))
    assert run.step_unit == "step" and run.series["loss"].steps.tolist() == [100 * i for i in range(1, COUNT + 1)]


def test_headings_behind_the_name_of_a_logger() -> None:
    text = ""
    for epoch in range(3):
        for step in range(5):
            text += f"INFO:__main__:Epoch {epoch} | Step {step}/5 | Loss: {2 - 0.1 * step - epoch / 2:.2f}\n"
        text += f"INFO:__main__:\N{BAR CHART} Evaluation Results:\nINFO:__main__:   Loss: {1.5 - epoch / 4}\n"
    run = only_run(text)
    assert len(run.series["Loss"]) == 15
    assert run.series["val/Loss"].values.tolist() == [1.5, 1.25, 1.0]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("second", ["Train Accuracy:  {v}", "running acc = {v}", "   accuracy: {v}"])
def test_a_second_line_for_each_batch_loses_no_point(second: str, first: int) -> None:
    told = [(e, 100 * (s + first), round(1 - 1 / (e + s), 4)) for e in range(1, 7) for s in range(4)]
    text = ""
    for e, s, v in told:
        text += f"Train set, Epoch {e} [{s}/400]\tLoss: {2 / (e + s / 400):.4f}\n{second.format(v=v)}\n"
        text += (
            f"\nTest set, Epoch {e} , Average loss: 1.5, Accuracy: {e}00/10000 ({e}%)\n\n" if s == told[3][1] else ""
        )
    run = only_run(text)
    (accuracy,) = [s for n, s in run.series.items() if "acc" in n.lower() and "test" not in n]
    assert accuracy.values.tolist() == [v for _, _, v in told]


@pytest.mark.parametrize(
    "end",
    [
        "Epoch {e} completed in 4.7s | Avg Loss: {a}",
        "End of epoch {e}, average loss: {a}",
        "Finished epoch {e}: Avg Loss: {a}",
    ],
)
def test_the_end_of_an_epoch_ends_its_evaluation(end: str) -> None:
    text = ""
    for e in range(4):
        text += "".join(f"Epoch {e} | Step {s}/50 | Loss: {2 - e / 4 - s / 100:.3f}\n" for s in (10, 20, 30, 40))
        text += f"Evaluation Results:\n  Loss: {1.5 - e / 8}\n" + end.format(e=e, a=1.75 - e / 4) + "\n"
    run = only_run(text)
    assert run.series["val/Loss"].values.tolist() == [1.5, 1.375, 1.25, 1.125]
    assert sum(s.values.tolist() == [1.75, 1.5, 1.25, 1.0] for s in run.series.values()) == 1
    assert not any(s.values.tolist() == [1.75, 1.5, 1.25, 1.0] for n, s in run.series.items() if n.startswith("val"))
