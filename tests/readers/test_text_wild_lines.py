"""Lines as programs print them whose names, tags or brackets hide a value: windows, new bests, other units, calls, memories."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.roles.assign import roles

COUNT = 8
FALLS = [round(3 / (i + 1), 4) for i in range(1, COUNT + 1)]


def read(folder: Path, template: str, values: list[float] = FALLS, end: str = "\n") -> list[loganalyzer.Run]:
    text = "".join(template.format(i=i, v=v, w=v + 0.25, k=25 * i) + "\n" for i, v in enumerate(values, 1))
    (folder / "train.log").write_text(text.replace("\n", end), encoding="utf-8", newline="")
    return list(loganalyzer.load(folder))


def only(runs: list[loganalyzer.Run]) -> loganalyzer.Run:
    (run,) = runs
    return run


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("window", "name"),
    [
        ("Epoch {i}, Batch {k}, Training Loss (avg over last 100): {v}", "Training Loss"),
        (
            "2024-10-31 21:29:47,645 - INFO - Stage 1, Epoch {i}, Training Loss (avg over last 100): {v}",
            "Training Loss",
        ),
        ("epoch {i} loss (average of last 50 steps): {v}", "loss"),
        ("epoch {i} loss (over 100 batches): {v}", "loss"),
        ("epoch {i} loss (mean over 20) = {v}", "loss"),
        ("epoch {i} | loss (avg 100): {v} | lr: 0.1", "loss"),
        ("step {k}: loss (MA 10): {v}", "loss"),
        ("step {k}: loss (ma 10): {v}", "loss"),
        ("step {k} train_loss (running mean 200): {v}", "train_loss"),
        ("[step {k}] Loss (average 10 steps): {v}", "Loss"),
        ("iter {k}, loss (window 50): {v}", "loss"),
        ("Epoch {i}: val loss (mean of 3): {v}", "val loss"),
    ],
)
def test_a_window_behind_a_name_is_no_value(tmp_path: Path, window: str, name: str, end: str) -> None:
    run = only(read(tmp_path, window, end=end))
    assert run.series[name].values.tolist() == FALLS
    assert not any("(" in one for one in run.series)


@pytest.mark.parametrize(
    "line",
    [
        "epoch {i} loss (avg {v})",
        "epoch {i} loss (mean {v}), lr 0.1",
        "loss over epoch {i}: {v}",
        "loss (over epoch {i}): {v}",
        "loss (mean of epoch {i}): {v}",
    ],
)
def test_what_looks_like_a_window_but_is_a_value_or_a_counter(tmp_path: Path, line: str) -> None:
    run = only(read(tmp_path, line))
    assert next(s for n, s in run.series.items() if "loss" in n).values.tolist() == FALLS


@pytest.mark.parametrize(
    "tag",
    [
        "[NEW BEST] ",
        "[New best] ",
        "[new best model] ",
        "(new best) ",
        "*** New best *** ",
        "** NEW BEST ** | ",
        "<new best> ",
        "New best! ",
        "NEW_BEST | ",
        "INFO [NEW BEST] ",
    ],
)
def test_a_tag_for_the_best_so_far_stands_ahead_of_a_line_like_the_others(tmp_path: Path, tag: str) -> None:
    text = ""
    for i, v in enumerate(FALLS):
        text += f"{tag if i % 2 else ''}Epoch {i}: train_loss={v}, val_loss={v + 0.25}, time=0.30s\n"
    (tmp_path / "train.log").write_text(text)
    run = only(list(loganalyzer.load(tmp_path)))
    assert run.series["train_loss"].values.tolist() == FALLS
    assert run.series["train_loss"].steps.tolist() == list(range(COUNT))


@pytest.mark.parametrize(
    "summary",
    [
        "Best epoch 3: val_loss=0.1",
        "[Best] epoch 3: val_loss=0.1",
        "New best at epoch 3: val_loss=0.1",
        "New best model at epoch 3 (val_loss: 0.1)",
        "*** Best epoch 3 val_loss 0.1",
        "Loaded the new best model of epoch 3, val_loss=0.1",
    ],
)
def test_what_speaks_of_the_best_epoch_is_not_where_the_log_is(tmp_path: Path, summary: str) -> None:
    text = "".join(f"Epoch {i}: train_loss={v}, val_loss={v + 0.25}\n" for i, v in enumerate(FALLS)) + summary + "\n"
    (tmp_path / "train.log").write_text(text)
    run = only(list(loganalyzer.load(tmp_path)))
    assert run.series["train_loss"].values.tolist() == FALLS
    assert run.series["val_loss"].steps.tolist()[:COUNT] == list(range(COUNT))
    assert run.series["val_loss"].values[3] == FALLS[3] + 0.25


@pytest.mark.parametrize(
    "line",
    [
        "epoch {i} | loss {v} | val loss: {w} (1.92 bpd)",
        "epoch {i} | loss {v} | val loss: {w} (1.92 bits/dim)",
        "epoch {i} | loss {v} | val loss: {w} (1.92bpd)",
        "epoch {i} | loss {v} | val loss: {w} (1.92 bpp)",
        "epoch {i} | loss {v} | val loss: {w} (1.92 nats)",
        "epoch {i} | loss {v} | val loss: {w} (9.3 ppl)",
        "epoch {i} | loss {v} | test loss: {w} (2.4 px)",
        "epoch {i} | loss {v} | test loss: {w} (31.5 dB)",
        "epoch {i} | loss {v} | validation loss: {w} (1.5 bits)",
        "epoch {i} | loss {v} | val loss {w} (2.1 mm) | lr 0.1",
    ],
)
def test_a_value_said_again_in_another_unit_stays_what_it_is(tmp_path: Path, line: str) -> None:
    held_out = next(s for n, s in only(read(tmp_path, line)).series.items() if "val" in n or "test" in n)
    assert held_out.values.tolist() == [v + 0.25 for v in FALLS]


@pytest.mark.parametrize(
    "line", ["epoch {i} loss {v} val loss: 9.0 ({w})", "epoch {i} loss {v} val loss 9.0 ({w} avg)"]
)
def test_a_running_mean_in_brackets_is_the_value(tmp_path: Path, line: str) -> None:
    held_out = next(s for n, s in only(read(tmp_path, line)).series.items() if "val" in n)
    assert held_out.values.tolist() == [v + 0.25 for v in FALLS]


LIKELIHOODS = [1072.5, 600.25, 200.5, 40.0, -120.5, -400.0, -700.5, -905.25]


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {i}/1000 | train: {v} | val: {w} | lr: 0.0001",
        "Epoch {i:4d}/1000 | train: {v} (1.9728 bpd) | val: {w} (1.9166 bpd) | z_mean: 0.001",
        "epoch {i} train {v} val {w}",
        "Epoch {i}: train={v}, test={w}",
        "[{i}/8] train={v} val={w} lr=1e-3",
    ],
)
def test_data_sets_whose_values_sink_below_zero_are_likelihoods(tmp_path: Path, line: str) -> None:
    run = only(read(tmp_path, line, LIKELIHOODS))
    told = roles(run)
    assert told.train is not None and told.train.values.tolist() == LIKELIHOODS
    assert told.validation is not None and told.validation.values.tolist() == [v + 0.25 for v in LIKELIHOODS]


@pytest.mark.parametrize(
    "values",
    [
        [0.5, 0.4, 0.3, 0.1, -0.1, -0.2, -0.3, -0.4],  # a correlation
        [-900.0, -700.0, -500.0, -200.0, -100.0, 50.0, 90.0, 100.0],  # a return
        [12.0, -3.0, 5.0, -8.0, 20.0, 11.0, 14.0, 30.0],
    ],
)
def test_other_values_below_zero_are_no_losses(tmp_path: Path, values: list[float]) -> None:
    assert read(tmp_path, "Epoch {i} train {v} val {w}", values) == []


@pytest.mark.parametrize(
    "head",
    [
        "2025-02-04 16:48:00,314 INFO: [bas..][epoch:  {i}, iter:{k:>8,}, lr:(2.9e-05,)] [eta: 2:37:00, time (data): 2.0 (0.5)] ",
        "INFO: [epoch:  {i}, iter:{k:>8,}, lr:(2.999e-05,1.0e-04,)] ",
        "[x4..][epoch:{i:3d}, iter:{k:8d}, lr:(1.000e-04,)] ",
    ],
)
@pytest.mark.parametrize(
    "names", [("l_mos", "l_metric"), ("l_foo", "l_char_w"), ("l_edge", "l_freq"), ("l_total", "l_kd")]
)
def test_losses_of_basicsr_need_no_other_word(tmp_path: Path, head: str, names: tuple[str, str]) -> None:
    run = only(read(tmp_path, head + names[0] + ": {v:.4e} " + names[1] + ": {w:.4e} m/srcc: 9.7e-01"))
    one, other = (next(s for n, s in run.series.items() if n.endswith(name)) for name in names)
    assert one.values.tolist() == pytest.approx(FALLS, rel=1e-3)
    assert other.values.tolist() == pytest.approx([v + 0.25 for v in FALLS], rel=1e-3)
    assert one.steps.tolist() == [25 * i for i in range(1, COUNT + 1)]


@pytest.mark.parametrize("line", ["epoch {i} iter {k} l_foot: {v} l_hand: {w}", "[epoch: {i}] l_arm: {v}"])
def test_other_names_that_begin_like_them_are_no_losses(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, line) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("==>>> it: {k}, mem avg. loss: {v}, running mem acc: 0.2", "mem avg loss"),
        ("it: {k}, mem loss: {v}", "mem loss"),
        ("step {k} mem_loss={v}", "mem_loss"),
        ("epoch {i} memory loss: {v}", "memory loss"),
        ("epoch {i} loss: 0.5, memory_loss: {v}", "memory_loss"),
    ],
)
def test_losses_of_a_replay_memory(tmp_path: Path, line: str, name: str) -> None:
    assert only(read(tmp_path, line)).series[name].values.tolist() == FALLS


@pytest.mark.parametrize(
    "source",
    [
        "criterion = nn.CrossEntropyLoss(ignore_index=-100)",
        "    loss = loss_fn(student_logits.view(-1, 10), labels)",
        "train_loss(reduction_weight=2.0)",
        "self.loss = FocalLoss(gamma=2.0, alpha=0.25)",
        "accuracy_score(labels_flat=3)",
    ],
)
def test_the_arguments_of_a_call_are_no_values(tmp_path: Path, source: str) -> None:
    text = "".join(f"epoch {i} loss: {v}\n{source}\n" for i, v in enumerate(FALLS, 1))
    (tmp_path / "train.log").write_text(text)
    run = only(list(loganalyzer.load(tmp_path)))
    assert list(run.series) == ["loss"] and run.series["loss"].values.tolist() == FALLS


@pytest.mark.parametrize(
    "line", ["epoch {i} loss(train={v}, val={w})", "epoch {i} loss(avg={v})", "epoch {i} loss(train: {v})"]
)
def test_values_in_brackets_behind_their_name(tmp_path: Path, line: str) -> None:
    assert any(s.values.tolist() == FALLS for s in only(read(tmp_path, line)).series.values())


BARS = [
    "  0%|          | 0/50 [00:00<?, ?image/s]\rTest a.png: 100%|#####| 50/50 [00:09<00:00, 5.3image/s]\n",
    "Test: 100%|#####| 50/50 [00:09<00:00, 5.3it/s]\n",
    "Evaluating: 100%|#####| 50/50 [00:09<00:00, 5.3it/s]\n",
    "100%|#####| 50/50 [00:09<00:00, 5.3it/s]\n",
    "val: 100%|#####| 7/7 [00:09<00:00, 5.3it/s]\n",
    "".join(f"\r{2 * i}%|##   | {i}/50 [00:09<00:00, 5.3it/s]" for i in range(1, 51)) + "\n",
    "Validation: 100%|#####| 50/50 [00:09<00:00,  1.2s/it]\n",
    "100%|#####| 1000/1000 [00:42<00:00, 23.48image/s]\n",
]


@pytest.mark.parametrize("bar", BARS)
@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("INFO: [epoch: {i:3d}, iter:{k:>8,}, lr:(2.9e-05,)] l_pix: {v}", "\t # psnr: {p}\tBest: 28.9 @ 800 iter"),
        ("Epoch {i}, step {k}, loss: {v}", "psnr: {p}"),
        ("[epoch {i}] iter {k} | loss {v}", "validation psnr: {p}"),
    ],
)
def test_the_bar_of_an_evaluation_does_not_say_where_the_training_is(
    tmp_path: Path, bar: str, line: str, value: str
) -> None:
    text = ""
    for i, v in enumerate(FALLS, 1):
        text += line.format(i=i, v=v, k=1000 * i) + "\n"
        if i % 2 == 0:
            text += bar + value.format(p=20 + i) + "\n"
    (tmp_path / "train.log").write_text(text, encoding="utf-8", newline="")
    run = only(list(loganalyzer.load(tmp_path)))
    psnr = next(s for n, s in run.series.items() if "psnr" in n)
    assert psnr.values.tolist() == [22, 24, 26, 28]
    assert psnr.steps.tolist() == [2000, 4000, 6000, 8000]


def test_bars_of_a_training_count_where_nothing_else_does(tmp_path: Path) -> None:
    text = "".join(f"{10 * i}%|##   | {i}/8 [00:09<00:00, 5.3s/it]\nloss: {v}\n" for i, v in enumerate(FALLS, 1))
    (tmp_path / "train.log").write_text(text, encoding="utf-8")
    assert only(list(loganalyzer.load(tmp_path))).series["loss"].values.tolist() == FALLS


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Loss after epoch {i} is equal to {v}", "Loss"),
        ("Avg loss after epoch {i}, is equal to {v}", "Avg loss"),
        ("Loss at epoch {i} equals {v}", "Loss"),
        ("Average training loss in epoch {i} was equal to {v}", "Average training loss"),
        ("Training loss for epoch {i} is about {v}", "Training loss"),
        ("loss after {i} epochs equals {v}", "loss"),
        ("Loss after epoch {i}, is {v}", "Loss"),
        ("Epoch {i}: loss is equal to {v}", "loss"),
        ("Epoch {i}: loss equal to {v}", "loss"),
        ("Epoch {i} the loss is now {v}", "loss"),
        ("epoch {i} - accuracy is equal to 0.5, loss equals {v}", "loss"),
        ("loss over epoch {i}: {v}", "loss"),
        ("mean loss over epoch {i} is {v}", "mean loss"),
    ],
)
def test_words_between_a_name_and_its_value(tmp_path: Path, line: str, name: str) -> None:
    run = only(read(tmp_path, line))
    assert run.series[name].values.tolist() == FALLS
    assert run.series[name].steps.tolist() == list(range(1, COUNT + 1))


@pytest.mark.parametrize(
    "line",
    [
        "Temperature after iteration {k} is equal to {v}",
        "batch size equals {k}, epochs equal to {i}",
        "Averaged over epoch {i}",
        "The target loss is equal to {v}",
    ],
)
def test_such_words_make_no_other_number_a_value(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, line) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("2022-08-11 11:13:24,751 P12493 INFO Epoch={i} Train loss: {v}", "Train loss"),
        ("epoch {i}\n2022-08-11 11:13:24,751 P12493 INFO Train loss: {v}", "Train loss"),
        ("epoch {i}\n2022-08-11 11:13:24,751 12493 INFO Train loss: {v}", "Train loss"),
        ("epoch {i}\n11:13:24 P7 DEBUG train loss: {v}", "train loss"),
        ("epoch {i}\nP9 WARNING loss: {v}", "loss"),
        ("Epoch {i} done. Avg loss: {v}", "Avg loss"),
        ("Epoch {i} is done. Loss: {v}", "Loss"),
        ("End of epoch {i}. Done. train loss: {v}", "train loss"),
        ("epoch {i} at its end. loss: {v}", "loss"),
        ("Epoch {i} over. Average Loss: {v}", "Average Loss"),
    ],
)
def test_what_stands_ahead_of_a_name_is_no_part_of_it(tmp_path: Path, line: str, name: str) -> None:
    assert only(read(tmp_path, line)).series[name].values.tolist() == FALLS


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Avg learning reward last 100 episodes: {v}", "Avg learning reward"),
        ("Average reward over last 100 episodes: {v}", "Average reward"),
        ("Episode {i} mean reward of last 10 games = {v}", "mean reward"),
        ("Episode {i}/8 Average Score last 100 episodes: {v}", "Average Score"),
        ("Episode {i}\tAverage Score past 100 epis: {v}", "Average Score"),
        ("epoch {i} loss over the last 50 batches: {v}", "loss"),
        ("Step {i} | loss past 100 steps: {v}", "loss"),
        ("Iteration {i} mean return last 16 rollouts: {v}", "mean return"),
        ("Mean reward past 20 evals: {v}", "Mean reward"),
        ("Last 100 episodes: mean reward {v}", "mean reward"),
    ],
)
def test_a_window_without_brackets_is_no_value(tmp_path: Path, line: str, name: str) -> None:
    run = only(read(tmp_path, line))
    assert run.series[name].values.tolist() == FALLS and len(run.series) == 1


@pytest.mark.parametrize(
    "line", ["Episode {i} loss last {v}", "Episode {i}, the last loss {v}", "loss at step {i}: {v}"]
)
def test_without_a_unit_it_is_no_window(tmp_path: Path, line: str) -> None:
    (series,) = only(read(tmp_path, line)).series.values()
    assert series.values.tolist() == FALLS


@pytest.mark.parametrize("state", ["loss: {v}", "loss: 1s", 'loss: "epoch": {v}', "loss: nan%", "loss: ", "loss: 0/"])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_bars_without_line_ends_whose_loss_is_cut_are_no_crash(tmp_path: Path, state: str, count: int) -> None:
    bars = [f"{i}/5 [==>...]{i % 2}- ETA: 1s - {state.format(v=2.5 / i)}" for i in range(1, count + 1)]
    (tmp_path / "train.log").write_text("\r".join([*bars, "3/5 [3>...] - ETA: 00"]), encoding="utf-8", newline="")
    assert all(len(run.series) for run in loganalyzer.load(tmp_path))
