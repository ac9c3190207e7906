"""Layouts of lines: dictionaries with numbers as words, lines that do not name their numbers, tables; and refusals."""

from __future__ import annotations

import pytest

from loganalyzer import messages
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Source
from loganalyzer.readers.text.reader import READER


def items(text: str) -> list[Run | Unread]:
    data = text.encode()
    return list(READER.read("train.log", [Source("train.log", len(data), data[:65_536], lambda: data)]))


def only_run(text: str) -> Run:
    (run,) = items(text)
    assert isinstance(run, Run)
    return run


def record(i: int, quote: str = "'", number: str = "'") -> str:
    """The i-th (from 1) line of a Hugging Face training: loss 3/i, rate 1e-5*i, a fraction of an epoch."""
    pairs = {
        "loss": f"{3 / i:.6g}",
        "grad_norm": f"{1 + i / 9:.3g}",
        "learning_rate": f"{1e-5 * i:.3g}",
        "epoch": f"{i * 0.0179:.4g}",
    }
    return "{" + ", ".join(f"{quote}{k}{quote}: {number}{v}{number}" for k, v in pairs.items()) + "}"


EIGHT = range(1, 9)
RECORDS = [record(i) for i in EIGHT]
BAR = "  {i}%|▏         | {i}/167 [00:0{i}<05:00,  1.85s/it]"
TRAINER = {
    "numbers as words": "\n".join(RECORDS) + "\n",
    "double quotes": "\n".join(record(i, '"', '"') for i in EIGHT) + "\n",
    "numbers as numbers": "\n".join(record(i, "'", "") for i in EIGHT) + "\n",
    "curly quotes": "\n".join(r.replace("'", "’") for r in RECORDS) + "\n",
    "curly quotes in pairs": "\n".join(
        record(i, "\0", "").replace(" \0", " “").replace("{\0", "{“").replace("\0", "”") for i in EIGHT
    ),
    "German quotes": "\n".join(
        record(i, "\0", "").replace(" \0", " „").replace("{\0", "{„").replace("\0", "“") for i in EIGHT
    ),
    "windows": "\r\n".join(RECORDS) + "\r\n",
    "bars between": "".join(f"\r{BAR.format(i=i)}\n                        \n\r{RECORDS[i - 1]}\n" for i in EIGHT),
    "bars in the same line": "".join(BAR.format(i=i) + RECORDS[i - 1] for i in EIGHT),
    "bars behind": "".join(f"{RECORDS[i - 1]}{BAR.format(i=i)}" for i in EIGHT),
    "times before": "".join(f"[INFO|trainer.py:2000] 2024-01-01 10:00:00,12{i} >> {RECORDS[i - 1]}\n" for i in EIGHT),
    "the last line torn": "\n".join(RECORDS) + "\n{'loss': '0.3",
    "a summary behind": "\n".join(RECORDS)
    + "\n{'train_runtime': '100.2', 'train_samples_per_second': '9.9', 'train_loss': '1.1', 'epoch': '0.15'}\n",
}


@pytest.mark.parametrize("name", TRAINER)
def test_dictionaries_of_a_trainer(name: str) -> None:
    run = only_run(TRAINER[name])
    assert run.series["loss"].steps.tolist() == list(EIGHT)
    assert run.series["loss"].values.tolist() == pytest.approx([3 / i for i in EIGHT], rel=1e-5)
    assert run.series["learning_rate"].values.tolist() == pytest.approx([1e-5 * i for i in EIGHT])
    assert run.series["epoch"].values[:7].tolist() == pytest.approx([i * 0.0179 for i in EIGHT][:7], rel=1e-3)
    assert run.step_unit == "" and run.notes == ()


def test_evaluations_between_dictionaries_stand_with_the_record_before() -> None:
    lines = [
        record(i)
        + ("" if i % 2 else f"\n{{'eval_loss': '{4 / i:.5g}', 'eval_runtime': '12.3', 'epoch': '{i * 0.0179:.4g}'}}")
        for i in EIGHT
    ]
    run = only_run("\n".join(lines) + "\n")
    assert run.series["eval_loss"].steps.tolist() == [2, 4, 6, 8] and "eval_runtime" not in run.series


def test_whole_epochs_are_the_steps() -> None:
    run = only_run("".join(f"{{'loss': '{3 / i:.4f}', 'epoch': '{i}'}}\n" for i in EIGHT))
    assert run.step_unit == "epoch" and run.series["loss"].steps.tolist() == list(EIGHT)


def test_two_trainings_by_fractions_of_epochs() -> None:
    text = "\n".join(RECORDS) + "\n{'train_loss': '1.1', 'epoch': '0.15'}\n"
    found = items(text + text.replace("'loss': '", "'loss': '1") + text.replace("'loss': '", "'loss': '2"))
    assert [len(r.series["loss"]) for r in found if isinstance(r, Run)] == [8, 8, 8]


def rows(line: str, epochs: tuple[int, ...] = (1, 2), inner: tuple[int, ...] = (100, 200, 300)) -> str:
    """``line`` for each epoch {e} and batch {i}, with a value {v} that falls and a percentage {p} that rises."""
    text, count = "", 0
    for e in epochs:
        for i in inner:
            count += 1
            text += line.format(e=e, i=i, v=9 / count, p=10 + count, n=count) + "\n"
    return text


TWICE = [100, 200, 300, 400 + 100, 400 + 200, 400 + 300]
OF_900 = [100, 200, 300, 1000, 1100, 1200]
SIX = [1, 2, 3, 4, 5, 6]
HUNDREDS = [100 * i for i in SIX]
LAYOUTS: dict[str, tuple[str, dict[str, list[int]]]] = {
    "build-nanogpt": (
        rows("{n}00 train {v:.6f}") + rows("{n}00 val {v:.4f}\n{n}00 hella 0.2{n}00"),
        {"train/loss": HUNDREDS, "val/loss": HUNDREDS},
    ),
    "llm.c": (
        rows("s:{n}00 tel:{v:.4f}\ns:{n}00 eval:0.2{n}00\ns:{n}00 trl:{v:.6f} lr:0.000600 norm:1.2{n}"),
        {
            "train/loss": HUNDREDS,
            "val/loss": HUNDREDS,
            "lr": HUNDREDS,
            "grad norm": HUNDREDS,
            "hellaswag acc": HUNDREDS,
        },
    ),
    "llm.c, short": (rows("s:{n} trl:{v:.6f}"), {"train/loss": SIX}),
    "cyclegan": (
        rows(
            "(epoch: {e}, iters: {i}, time: 0.312, data: 0.001) D_A: {v:.3f} G_A: {v:.3f} cycle_A: {v:.3f} idt_A: 0.5 "
        )
        + "End of epoch 2 / 200 \t Time Taken: 73 sec\n",
        {"D_A": TWICE, "G_A": TWICE, "cycle_A": TWICE},
    ),
    "pix2pix": (
        rows("(epoch: {e}, iters: {i}, time: 0.312, data: 0.001) G_GAN: {v:.3f} D_real: 0.{p} D_fake: 0.{p} "),
        {"G_GAN": TWICE, "D_real": TWICE},
    ),
    "end of epoch, then losses": (
        rows("End of epoch {n} / 200 \t Time Taken: 1600 sec\nG_loss: {v:.3f}  D_loss: {v:.3f}"),
        {"G_loss": SIX, "D_loss": SIX},
    ),
    "losses, then end of epoch": (
        rows("Training loss: {v:.3f}\nVal loss: {v:.2f}\nEnd of epoch {n} / 6 \t Time Taken: 7 sec"),
        {"Training loss": SIX, "Val loss": SIX},
    ),
    "losses, then saved": (rows("loss: {v:.3f}\nEpoch {n} saved"), {"loss": SIX}),
    "lightgbm with colons": (rows("[{n}]:  train's auc:0.{p}  test's auc:0.{p}"), {"train/auc": SIX, "test/auc": SIX}),
    "lightgbm with tabs": (rows("[{n}]\tvalid_0's l2: {v:.5f}"), {"valid_0/l2": SIX}),
    "lightgbm in R": (rows("[1] \"[{n}]:  train's l2:{v:.5f}  test's l2:{v:.4f}\""), {"train/l2": SIX, "test/l2": SIX}),
    "cross-validation in R": (rows('[1] "[{n}]:  valid\'s l2:{v:.4f}+0.02"'), {"valid/l2": SIX}),
    "xgboost in R": (rows("[{n}]\ttrain-rmse:{v:.5f}\ttest-rmse:{v:.4f} "), {"train-rmse": SIX, "test-rmse": SIX}),
    "printed by R": (rows('[1] "Epoch {n}, loss: {v:.4f}"'), {"loss": SIX}),
    "old OpenNMT": (
        rows(
            "Epoch {e:2}, {i:5}/  900; acc: {p:6.2f}; ppl: {v:6.2f}; 3324 src tok/s; 4592 tgt tok/s;     22 s elapsed"
        ),
        {"acc": OF_900, "ppl": OF_900},
    ),
    "old OpenNMT, exploded": (
        rows("Epoch {e}, {i}/900; acc: 0.{p}; ppl: 2688117141816135609425340043596290355468{n}976.00; 33 src tok/s;"),
        {"ppl": OF_900},
    ),
    "OpenNMT of Lua": (
        rows("[01/02/17 10:00:0{n} INFO] Epoch {e} ; Iteration {i}/900 ; Optim SGD LR 1.000000 ; Perplexity {v:.2f}"),
        {"Perplexity": OF_900},
    ),
    "legend behind brackets": (rows("Loss [{e}, {i}](epoch, minibatch): {v:.3f}"), {"Loss": TWICE}),
    "legend, with a split": (rows("Train loss [{e}, {i}] (epoch, batch): {v:.3f}"), {"Train loss": TWICE}),
    "legend before the name": (rows("[{e}, {i}] (epoch, batch): loss: {v:.3f}"), {"loss": TWICE}),
    "epoch and batch in brackets": (rows("[{e}, {i:5d}] loss: {v:.3f}"), {"loss": TWICE}),
    "char-rnn": (rows("{n}00 {n}% (0m {n}s) {v:.4f} Abc / Def ✗ (Ghi)"), {"loss": HUNDREDS}),
    "char-rnn, close": (rows("{n}00 {n}% (0m{n}s) {v:.4f} Abc / Def ✓"), {"loss": HUNDREDS}),
    "char-rnn that generates": (rows("1m {p}s ({n}00 {n}%) {v:.4f}"), {"loss": HUNDREDS}),
    "seq2seq": (rows("1m {p}s (- 10m {p}s) ({n}00 {n}%) {v:.4f}"), {"loss": HUNDREDS}),
    "tesseract": (
        rows(
            "At iteration {p}/{n}00/{n}03, mean rms={v:.3f}%, delta={v:.3f}%, BCER train={v:.3f}%, "
            "BWER train={v:.3f}%, skip ratio=0.000%, wrote checkpoint."
        ),
        {"train/cer": HUNDREDS, "train/wer": HUNDREDS},
    ),
    "tesseract 4": (
        rows(
            "At iteration {p}/{n}00/{n}00, Mean rms={v:.3f}%, delta={v:.3f}%, char train={v:.3f}%, "
            "word train={v:.3f}%, skip ratio=0%,  New best char error = 42.8"
        ),
        {"train/cer": HUNDREDS},
    ),
    "rwkv": (
        rows("{n} {v:.6f} {v:.4f} 0.00060000 2023-01-01 10:00:00.123456 {n}"),
        {"loss": SIX, "ppl": SIX, "lr": SIX},
    ),
    "rwkv, mini-epochs": (
        rows("mini-epoch {e} prog 3.5% iter {i}: ppl {v:.4f} loss {v:.4f} lr 8.00e-04"),
        {"loss": TWICE, "ppl": TWICE, "lr": TWICE},
    ),
    "kaldi, minibatches": (
        rows(
            "LOG (nnet3-train[5.5.1~1-ab]:Print():nnet-training.cc:278) Average objective function for 'output' "
            "for minibatches {n}00-{n}99 is -{v:.4f} over 12800 frames."
        ),
        {"log likelihood": HUNDREDS},
    ),
    "kaldi, one line each": (
        rows(
            "LOG (nnet3-train:Print():nnet-training.cc:340) Overall average objective "
            "function for 'output' is -{v:.4f} over 3000 frames"
        ),
        {"overall log likelihood": SIX},
    ),
    "kaldi, log-probabilities": (
        rows("iter {n} train_logprob -{v:.4f} valid_logprob -{v:.3f}"),
        {"train_logprob": SIX, "valid_logprob": SIX},
    ),
    "kaldi, nnet1": (
        rows("ITERATION 0{n}: TRAIN AVG.LOSS {v:.4f}, (lrate0.008), CROSSVAL AVG.LOSS {v:.3f}, nnet accepted"),
        {"TRAIN AVG.LOSS": SIX, "CROSSVAL AVG.LOSS": SIX},
    ),
    "a header for each epoch": (
        rows(
            "Epoch: 0{n} | Epoch Time: 0m 5s\n***train_loss,train_acc,valid_loss,valid_acc***\n{v:.4f}\t{p}.1\t{v:.3f}\t{p}.0"
        ),
        {"train_loss": SIX, "valid_acc": SIX},
    ),
    "a header of commas": (
        "epoch,train loss,val loss\n" + rows("{n}\t{v:.4f}\t{v:.3f}"),
        {"train loss": SIX, "val loss": SIX},
    ),
    "a header of bars": ("step | loss | lr\n" + rows("{n} | {v:.4f} | 0.1"), {"loss": SIX, "lr": SIX}),
    "a header of wide gaps": (
        "epoch   train loss   val loss\n" + rows("{n}       {v:.4f}       {v:.3f}"),
        {"train loss": SIX, "val loss": SIX},
    ),
    "deepxde": (
        "Step      Train loss              Test loss               Test metric   \n"
        + rows("{n}00         [{v:.2e}, {v:.2e}]    [{v:.2e}, {v:.2e}]    []  ")
        + "\nBest model at step 600:\n  train loss: 3.00e+00\n",
        {"train/loss": HUNDREDS, "test/loss": HUNDREDS, "train/part 0": HUNDREDS, "train/part 1": HUNDREDS},
    ),
    "deepxde, one part": (
        "Step Train loss Test loss Test metric\n" + rows("{n}00 [{v:.2e}] [{v:.2e}] [{v:.2e}]"),
        {"train/loss": HUNDREDS, "test/metric": HUNDREDS},
    ),
    "spacy": (
        "E    #       LOSS TOK2VEC  LOSS NER  ENTS_F  ENTS_P  SCORE \n---  ------  ------------  --------  ------  ------  ------\n"
        + rows("  {e}     {n}00          0.{p}   {v:8.2f}   {p}.11   {p}.06    0.{p}"),
        {"LOSS TOK2VEC": HUNDREDS, "LOSS NER": HUNDREDS, "ENTS_F": HUNDREDS, "SCORE": HUNDREDS, "epoch": HUNDREDS},
    ),
    "a ruled table": (
        "  epoch    train loss    val loss    dur\n-------  ------------  ----------  -----\n"
        + rows("      {n}        {v:.4f}      {v:.3f}   1.20"),
        {"train loss": SIX, "val loss": SIX},
    ),
    "spacy 2": (
        "Itn  NER Loss   NER P   NER F   Token %  CPU WPS\n---  ---------  ------  ------  -------  -------\n"
        + rows("  {n}   {v:.3f}   {p}.1   {p}.9  100.000   1234{n}"),
        {"NER Loss": SIX, "NER P": SIX, "NER F": SIX},
    ),
    "matlab": (
        "|=================================================================|\n"
        "|  Epoch  |  Iteration  |  Time Elapsed  |  Mini-batch  |  Base Learning  |\n"
        "|         |             |   (hh:mm:ss)   |     Loss     |      Rate       |\n"
        "|=================================================================|\n"
        + rows("|  {e:6d} |  {n:8d}00 |       00:00:0{n} |       {v:.4f} |          0.0100 |"),
        {"Mini-batch Loss": HUNDREDS, "Base Learning Rate": HUNDREDS, "epoch": HUNDREDS},
    ),
    "markdown": (
        "| epoch | train_loss | val_acc |\n|-------|------------|---------|\n" + rows("| {n} | {v:.4f} | {p}% |"),
        {"train_loss": SIX, "val_acc": SIX},
    ),
    "scikit-learn": (
        "      Iter       Train Loss   Remaining Time \n" + rows("         {n}           {v:.4f}            1.0{n}m"),
        {"Train Loss": SIX},
    ),
    "timm": (
        rows(
            "Train: {e} [{i:4d}/900 ( 10%)]  Loss: {v:.3f} (9.1)  Time: 0.3s, 300.00/s  (0.3s, 300.00/s)  LR: 1.000e-03"
        ),
        {"Loss": OF_900, "LR": OF_900},
    ),
    "R's optim": ("# weights:  43\n" + rows("iter  {n}00 value {v:.6f}") + "converged\n", {"loss": HUNDREDS}),
    "units before names": (rows("] Step {n}00 per-step time 0.35{n}s loss={v:.3f}"), {"loss": HUNDREDS}),
    "speeds before names": (
        rows("Epoch[{e}] Batch [{i}] Speed: 10.12 samples/sec 99 tokens/sec 3.4 updates/sec perplexity={v:.3f}"),
        {"perplexity": TWICE},
    ),
    "only the last step of each epoch": (
        rows("epoch: {n} step: 1875, loss is {v:.5f}"),
        {"loss": [1875 * n for n in SIX]},
    ),
    "loss scale": (
        rows("Gradient overflow.  Skipping step, loss scaler 0 reducing loss scale to 6{n}.0"),
        {"loss_scale": SIX},
    ),
    "loss scale of steps": (
        rows(
            "step {n} loss {v:.4f}\n[deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: 6{n}, reducing to 3{n}"
        ),
        {"loss": SIX, "loss_scale": SIX},
    ),
    "flair": (
        "".join(
            rows(
                "2023-01-01 10:00:00,123 epoch {e} - iter {i}/900 - loss {v:.8f} - time (sec): 3.2 - lr: 0.100000",
                epochs=(e,),
            )
            + f"2023-01-01 10:00:00,123 EPOCH {e} done: loss {5 / e:.4f} - lr: 0.100000\n"
            f"2023-01-01 10:00:00,123 DEV : loss {6 / e:.8f} - f1-score (micro avg)  0.8{e}15\n"
            for e in (1, 2)
        ),
        {"loss_step": OF_900, "loss_epoch": [900, 1800], "val/loss": [900, 1800], "val/f1-score": [900, 1800]},
    ),
    "keras, line ends lost": (
        "Epoch 1/6\n2/2 [==============================] - 9s 4s/step - loss: 9.0\n"
        + "".join(
            f"Epoch {n}/6                  2/2 [==============================] - 9s 4s/step - loss: {9 / n:.4f}\n"
            for n in SIX[1:]
        ),
        {"loss": SIX},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_layouts(name: str, ending: str) -> None:
    text, wanted = LAYOUTS[name]
    run = only_run(text.replace("\n", ending))
    assert {n: run.series[n].steps.tolist() for n in wanted if n in run.series} == wanted
    assert run.restarts == ()


def test_values_of_lines_that_do_not_name_them() -> None:
    run = only_run(LAYOUTS["deepxde"][0])
    assert run.series["train/loss"].values.tolist() == pytest.approx([18 / n for n in SIX], rel=0.01)
    assert run.series["train/part 0"].values.tolist() == pytest.approx([9 / n for n in SIX], rel=0.01)
    assert only_run(LAYOUTS["tesseract"][0]).series["train/cer"].values[0] == pytest.approx(0.09)
    assert only_run(LAYOUTS["kaldi, minibatches"][0]).series["log likelihood"].values[0] == -9
    assert only_run(LAYOUTS["old OpenNMT, exploded"][0]).series["ppl"].values[0] == pytest.approx(2.688117e43, rel=1e-5)
    assert only_run(LAYOUTS["legend, with a split"][0]).series["Train loss"].values[:2].tolist() == [9.0, 4.5]


REFUSED = {
    "scores alone": (
        "".join(f"accuracy: 0.{50 + i}\n" for i in range(5)),
        "curve-without-counter",
        "accuracy: 0.50",
        5,
    ),
    "words between": (
        "".join(f"file {'abcdef'[i]} gives a loss 0.{50 + i} here\n" for i in range(6)),
        "curve-without-counter",
        "file a gives a loss 0.50 here",
        6,
    ),
    "other words each time": (
        "Start\n" + "".join(f"{'abcdef'[i]}.png: perplexity 1{i}.5\n" for i in range(6)),
        "curve-without-counter",
        "a.png: perplexity 10.5",
        6,
    ),
    "once": (
        "".join(f"epoch 1 {'abcdef'[i]}_loss: 0.{50 + i}\n" for i in range(6)),
        "curve-comes-once",
        "epoch 1 a_loss: 0.50",
        6,
    ),
    "no names": (
        "".join(f"Epoch {i}: 0.{50 + i} | 1.{i}\n" for i in range(6)),
        "curve-without-name",
        "Epoch 0: 0.50 | 1.0",
        6,
    ),
    "most of a short file": ("AUC: 0.91\nAUC: 0.92\nAUC: 0.93\n", "curve-without-counter", "AUC: 0.91", 3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_text_full_of_losses_without_a_curve_could_not_be_read(name: str) -> None:
    text, code, line, count = REFUSED[name]
    (item,) = items(text)
    assert isinstance(item, Unread) and not item.expected
    assert (item.note.code, item.note.details["line"], item.note.details["count"]) == (code, line, count)
    for lang in ("en", "ja"):
        assert line in messages.note(item.note, lang)


NO_LOGS = {
    "one score": "Loading\nEvaluating\naccuracy: 0.93\nDone\nBye\n",
    "source code": "".join(f"loss = 0.0  # {i}\nacc = 1\nbest_loss = 1e9\nepochs = {i}\n" for i in range(9)),
    "times": "".join(f"Time for loss: 0.0{i} s\n" for i in range(9)),
    "settings": "lr: 0.1\nloss_weight: 1.0\nloss_scale: 512\naccuracy_threshold: 0.5\ncost: low\n",
    "durations": "".join(f"Epoch {i} took 1.{i} s\nstep {i} 0.{i}s\n" for i in range(9)),
    "report": "".join(f"class {i}: precision 0.9{i} recall 0.8{i}\n" for i in range(9)),
}


@pytest.mark.parametrize("name", NO_LOGS)
def test_other_texts_are_no_failure(name: str) -> None:
    (item,) = items(NO_LOGS[name])
    assert isinstance(item, Unread) and item.expected


def test_a_quoted_line_is_short_and_printable() -> None:
    (item,) = items("".join(f"{'x' * 300}\x07 accuracy: 0.{50 + i}\n" for i in range(5)))
    assert isinstance(item, Unread)
    line = str(item.note.details["line"])
    assert len(line) <= 100 and line.isprintable()
