"""Names that a printed line spreads out: clients of federated learning, losses in braces, sentences, tables that are redrawn."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

TRAIN = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5)


def read(folder: Path, text: str) -> loganalyzer.Run:
    (folder / "train.log").write_text(text, encoding="utf-8", newline="")
    (run,) = loganalyzer.load(folder)
    return run


def values(folder: Path, text: str) -> dict[str, list[float]]:
    return {name: series.values.tolist() for name, series in read(folder, text).series.items()}


def rounds(line: str, head: str = "") -> str:
    """Three clients in each round, whose losses are 0, 10 and 20 above the others."""
    return "".join(
        head.format(r=r) + "".join(line.format(r=r, c=c, v=v + 10 * c) for c in range(3))
        for r, v in enumerate(TRAIN, 1)
    )


@pytest.mark.parametrize(
    ("head", "line", "name"),
    [
        ("", "Round {r} - Client {c} - Loss: {v} - Accuracy: 0.5\n", "client {c} Loss"),
        ("", "[Round {r}] [Client {c}] train_loss={v}\n", "client {c} train_loss"),
        ("", "round {r} | client {c} | loss {v}\n", "client {c} loss"),
        ("Round {r}/6\n", "  Client {c}: loss = {v}, accuracy = 51.00%\n", "client {c} loss"),
        ("=== Communication round {r} ===\n", "Client {c} local loss: {v}\n", "client {c} local loss"),
        ("Round: {r}\n", "Client ID: {c}, Train Loss: {v}, Val Loss: 3.5\n", "client {c} Train Loss"),
        ("Epoch {r}\n", "Hospital {c} loss: {v}\n", "hospital {c} loss"),
        ("ラウンド {r}\n", "client {c} 損失: {v}\n", "client {c} 損失"),
        ("", "2024-05-01 12:00:00,123 - INFO - Round {r}, Participant {c}: loss={v}\r\n", "participant {c} loss"),
        ("--- Round {r} ---\n", "Client {c} loss: {v}\n", "client {c} loss"),
        ("Round {r}\n", "site {c} | test loss: {v}\n", "site {c} test loss"),
    ],
)
def test_each_client_of_federated_learning_has_its_curve(tmp_path: Path, head: str, line: str, name: str) -> None:
    found = values(tmp_path, rounds(line, head))
    for client in range(3):
        assert found[name.format(c=client)] == [v + 10 * client for v in TRAIN]


@pytest.mark.parametrize(
    "line",
    [
        "Round {r}: selected 3 clients of 10, loss {v}\n",
        "Round {r}, clients: 3, loss: {v}\n",
        "Round {r}, loss per client: {v}\n",
        "Round {r} done by 1 client, loss: {v}\n",
    ],
)
def test_how_many_clients_there_are_is_part_of_no_name(tmp_path: Path, line: str) -> None:
    found = values(tmp_path, "".join(line.format(r=r, v=v) for r, v in enumerate(TRAIN, 1)))
    assert list(TRAIN) in found.values() and not any(name.startswith("client ") for name in found)


@pytest.mark.parametrize("line", ["Round {r}, client {c}/3, loss: {v}\n", "[Client {c}] Epoch 1 loss: {v}\n"])
def test_clients_whose_epochs_begin_anew_stay_one_curve(tmp_path: Path, line: str) -> None:
    found = values(tmp_path, rounds(line, "Round {r}\n"))
    assert max(map(len, found.values())) == 18


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Losses {{'ner': {v}}}\n", "loss/ner"),
        ("Iteration {e}\nLosses {{'ner': {v}}}\n", "loss/ner"),
        ("Epoch {e} Losses: {{'ner': {v}, 'tagger': 3.5}}\n", "loss/ner"),
        ("Losses {{'tagger': 3.{e}, 'parser': {v}}}\n", "loss/parser"),
        ('losses = {{"relation_extractor": {v}}}\n', "loss/relation_extractor"),
        ("Losses {{'textcat': np.float32({v})}}\n", "loss/textcat"),
        ("{e}: Losses {{'ner': {v}}}\n", "loss/ner"),
        ("Loss: {{'rpn': {v}, 'mask': 1.5}}\n", "loss/rpn"),
        ("2024-05-01 10:00:00 INFO Losses {{'spancat': {v}}}\r\n", "loss/spancat"),
        ("Epoch {e}/6, Loss: {{ 'rot': {v}, 'trans': 0.25 }} took 3 s\n", "loss/rot"),
    ],
)
def test_losses_in_braces(tmp_path: Path, line: str, name: str) -> None:
    text = "".join(line.format(e=e, v=v) for e, v in enumerate(TRAIN, 1))
    assert values(tmp_path, text)[name] == list(TRAIN)


@pytest.mark.parametrize(
    "line",
    [
        "Losses {{'ner': 3.5}} took {v}\n",
        "Epoch {e} Losses {{'ner': 3.5}} sizes {{'batch': {v}}}\n",
        "Epoch {e} weights {{'ner': {v}}} loss: 3.5\n",
    ],
)
def test_other_numbers_beside_braces_are_no_losses(tmp_path: Path, line: str) -> None:
    (tmp_path / "train.log").write_text("".join(line.format(e=e, v=v) for e, v in enumerate(TRAIN, 1)))
    for run in loganalyzer.load(tmp_path):
        assert not any(name.startswith("loss/") and s.values.tolist() == list(TRAIN) for name, s in run.series.items())


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("2020-05-01 12:00:00,123 [nnabla][INFO]: iter={e} {{Training loss}}={v}\n", "Training loss"),
        ("epoch={e} {{Test error}}={v}\n", "Test error"),
        ("Epoch {e} {{val loss}}: {v}\n", "val loss"),
        ("The result of BN_Relu_ResNet18 with Adam is test acc: {v}, loss: 3.5\n", "test acc"),
        ("Behind this epoch the whole network now has a validation loss: {v}\n", "validation loss"),
        ("On all the pictures of the held out set we have a val acc = {v}\n", "val acc"),
    ],
)
def test_names_in_braces_and_at_the_end_of_sentences(tmp_path: Path, line: str, name: str) -> None:
    text = "".join((f"epoch {e}\n" + line).format(e=e, v=v) for e, v in enumerate(TRAIN, 1))
    assert values(tmp_path, text)[name] == list(TRAIN)


@pytest.mark.parametrize(
    "line",
    [
        "The best of all the models that were tried so far has val acc: {v}\n",
        "What the model before this one had reached at its lowest was val acc: {v}\n",
        "The std over all the batches of the held out set is val acc: {v}\n",
    ],
)
def test_sentences_about_another_time_are_not_read(tmp_path: Path, line: str) -> None:
    text = "".join((f"epoch {e} loss: {v}\n" + line).format(e=e, v=v) for e, v in enumerate(TRAIN, 1))
    assert not any("acc" in name for name in values(tmp_path, text))


HEAD = "      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n"


@pytest.mark.parametrize("redrawn", [1, 2, 5])
def test_rows_that_are_redrawn_are_one_value(tmp_path: Path, redrawn: int) -> None:
    text = ""
    for epoch, v in enumerate(TRAIN, 1):
        rows = [
            f"        {epoch}/6      2.31G      {v + 0.5 * left}      1.5      1.25      23      640: 50%|██| "
            for left in range(redrawn)
        ]
        text += HEAD + "\r".join(["", *reversed(rows)]) + "\n"
    run = read(tmp_path, text)
    assert run.series["box_loss"].values.tolist() == list(TRAIN) and run.step_unit == "epoch"


def ap(
    value: float, level: str = "0.50:0.95", area: str = "   all", kind: str = "Precision  (AP)", most: int = 100
) -> str:
    return f" Average {kind} @[ IoU={level:<9} | area={area} | maxDets={most:3d} ] = {value:.3f}\n"


@pytest.mark.parametrize(
    "before", ["", "[05/01 12:00:00 d2.evaluation.coco_evaluation]: ", "2022-05-01 12:00:00 | INFO | "]
)
def test_what_pycocotools_prints(tmp_path: Path, before: str) -> None:
    table = "{ap}" + ap(0.9, "0.50") + ap(0.8, "0.75") + ap(-1, area=" small") + ap(0.7, kind="Recall     (AR)", most=1)
    text = "".join(
        f"epoch: {e} loss: {v}\n" + "".join(before + line + "\n" for line in table.format(ap=ap(e / 10)).splitlines())
        for e, v in enumerate(TRAIN, 1)
    )
    assert values(tmp_path, text) == {"loss": list(TRAIN), "val/coco AP": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]}


def test_evaluations_of_paddle_stand_apart(tmp_path: Path) -> None:
    text = ""
    for e, v in enumerate(TRAIN, 1):
        text += f"ppocr INFO: epoch: [{e}/6], global_step: {e * 40}, acc: 0.5, loss: {v}\n"
        text += f"ppocr INFO: cur metric, acc: 0.{e}, fps: 30.1\nppocr INFO: best metric, acc: 0.9, best_epoch: {e}\n"
    found = values(tmp_path, text)
    assert found["acc"] == [0.5] * 6 and found["val/acc"] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
