"""Separated values: tables of all shapes that the tests of the readers know, under names that tell what is in them."""

from __future__ import annotations

from benchmarks.mutation_seeds import csv_files
from tests.fuzz.texts import WORDS as WORDS
from tests.fuzz.texts import Texts

TEXTS = Texts((
    "a/log.csv", "a/progress.txt", "a/train_loss.csv", "a/results.txt", "a/loss_history.dat", "a/log.tsv", "a/losses",
    "a/0.monitor.csv", "a/learn_error.tsv", "dvclive/plots/metrics/train/loss.tsv", "run-a-tag-loss.csv", "loss.csv",
))  # fmt: skip
read = TEXTS.read
LOSS = (2.5, 1.75, 1.25, 1.0, 0.875, 0.75)


def seeds() -> list[bytes]:
    """Tables of a few rows, and the heads of whole logs."""
    heads = [(one.place, one.content[:300].decode("latin-1")) for one in csv_files() if one.place in TEXTS.names]
    return TEXTS.seeds([*((name, _table(*parts)) for name, *parts in TABLES), *SINGLE, *heads])


def _table(header: str, row: str, between: str = "\n") -> str:
    """A row for each loss: of ``row``, {i} is its number, {a} the loss, {b} one of held-out data, {s} a score."""
    values = ({"i": i, "a": a, "b": a + 0.125, "s": round(1 - a / 3, 3)} for i, a in enumerate(LOSS))
    return between.join([*([header] if header else []), *(row.format(**one) for one in values), ""])


TABLES = (
    ("a/log.csv", "epoch,loss,val_loss", "{i},{a},{b}"),
    ("a/log.csv", "epoch;loss;val_loss", "{i};{a};{b}", "\r\n"),
    ("a/log.csv", "epoch,lr,step,train_loss,val_loss", "{i},0.1,{i}9,{a},\n{i},,{i}9,,{b}"),
    ("a/log.csv", '"","epoch","loss"', '"{i}","{i}","{a}"'),
    ("a/log.csv", "                  epoch,         train/box_loss", "                  {i},                 {a}"),
    ("a/log.csv", "step,name,value", "{i},train_loss,{a}\n{i},val_loss,{b}\n{i},lr,0.1"),
    ("a/log.csv", "run,epoch,loss", "a,{i},{a}\nb,{i},{b}"),
    ("a/log.csv", "run,step,metric,value", "a,{i},loss,{a}\nb,{i},loss,{b}"),
    ("a/log.csv", ",train,,val,\nepoch,loss,acc,loss,acc", "{i},{a},{s},{b},{s}"),
    ("a/log.csv", "epoch,loss,lr,time", "{i},{a} ± 0.01,1e-3,2024-01-01 10:00:0{i}"),
    ("a/log.csv", "epoch,loss", "{i},{a}\nbest,{a}"),
    ("a/log.csv", "epoch,loss,grad", "{i},tensor({a}),nan"),
    ("a/log.csv", "epoch,step,loss,loss", '{i},{i}00,"{a}",{b}'),
    ("a/log.csv", '"Step","a - loss","a - loss__MIN","a - loss__MAX","b - loss"', '"{i}","{a}","{a}","{a}","{b}"'),
    ("a/log.csv", "episode,reward,length,epsilon", "{i},{s},2{i},0.9"),
    ("a/log.csv", "# training\nepoch,loss", "{i},{a}"),
    ("a/log.csv", "エポック,損失,検証損失", "{i},{a},{b}"),
    ("a/log.csv", "epoch,loss", "{i},{a}\n"),
    ("a/log.csv", "epoch\tloss\tval_loss", "{i}\t{a}\t{b}"),
    ("a/log.csv", "fold,epoch,loss", "0,{i},{a}\n1,{i},{b}"),
    ("a/log.csv", "epoch,loss", "{i},{a}\nepoch,loss"),
    ("a/progress.txt", "Epoch\tAverageEpRet\tLossPi", "{i}\t{s}\t{a}", "\r\n"),
    ("a/progress.txt", "epoch | loss | val loss", "{i} | {a} | {b}"),
    ("a/progress.txt", "epoch loss val_loss", "{i} {a} {b}"),
    ("a/progress.txt", "| epoch | loss |\n|---|---|", "| {i} | {a} |"),
    ("a/train_loss.csv", "", "{a}"),
    ("a/train_loss.csv", "", "{i},{a}"),
    ("a/train_loss.csv", "lr=0.1,lr=0.01,lr=0.001", "{a},{b},{s}"),
    ("a/train_loss.csv", ",0", "{i},{a}"),
    ("a/results.txt", "", "   {i}/299  3.97G  {a}  0.02  0.03  {a}  17  640  0.1  0.1  {s}  {s}  {b}  0.02  0.03"),
    ("a/results.txt", "", "{i} {a} {b} {s}"),
    ("a/loss_history.dat", "# step, loss_train, loss_test, metrics_test", "{i}.0e+00 {a}e+00 {b}e+00"),
    ("a/loss_history.dat", "", "{i} {a} {b}"),
    ("a/losses", "", "[{i}, {a}]"),
    ("a/losses", "", "{i}: {a}"),
    ("a/log.tsv", "timestamp\tstep\tloss", "170000000{i}\t{i}\t{a}"),
    ("a/0.monitor.csv", '#{"t_start": 1.5, "env_id": "A-v1"}\nr,l,t', "{a},2{i},{i}.5"),
    ("a/learn_error.tsv", "iter\tLogloss\tAccuracy", "{i}\t{a}\t{s}"),
    ("dvclive/plots/metrics/train/loss.tsv", "step\tloss", "{i}\t{a}"),
    ("run-a-tag-loss.csv", "Wall time,Step,Value", "170000000{i}.5,{i},{a}", "\r\n"),
    ("loss.csv", "lr_0.1,lr_0.01", "{a},{b}"),
    ("loss.csv", "epoch,seed_1,seed_2", "{i},{a},{b}"),
)
SINGLE = (
    (
        "a/log.csv",
        f"epoch,{','.join('012345')}\nloss,{','.join(map(str, LOSS))}\nval_loss,{','.join(map(str, LOSS))}\n",
    ),
    ("a/train_loss.csv", ",".join(map(str, LOSS)) + "\n"),
    ("a/losses", f"{list(LOSS)}\n{list(LOSS)}\n"),
    ("a/log.csv", "epoch,train_loss,val_loss 0,2.5,2.6 1,1.5,1.6 2,1.25,1.35 3,1.0,1.1"),
)
