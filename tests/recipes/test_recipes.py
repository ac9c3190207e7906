"""Every file of examples/recipes does what docs/recipes.md says, with the real libraries and services."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from loganalyzer.model.verdicts import Verdict
from tests.recipes.services import mlflow_server, webhook

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "examples" / "recipes"
OVERFITTING = ROOT / "sample_runs" / "overfitting-severe"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(RECIPES))


@pytest.mark.parametrize("name", ["recipes.md", "recipes.ja.md"])
def test_the_page_lists_every_recipe(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    files = {path.name for path in RECIPES.iterdir() if path.is_file()}
    assert sorted(name for name in files if f"(../examples/recipes/{name})" not in page) == []


@pytest.mark.parametrize("file", sorted(RECIPES.glob("*_callback.py")), ids=lambda path: path.stem)
def test_a_callback_is_below_forty_lines(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) < 40


def test_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    import keras
    from keras_callback import JudgedCSVLogger

    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(64, 3))
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e6), "mse")
    callback = JudgedCSVLogger(tmp_path / "runs" / "first")
    model.fit(x, x.sum(1), validation_data=(x, x.sum(1)), epochs=12, batch_size=8, verbose=0, callbacks=[callback])
    assert callback.report is not None and callback.report.runs[0].verdict is Verdict.DIVERGING
    assert "diverging" in capsys.readouterr().out
    assert "diverging" in (tmp_path / "runs/first/report.html").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore")
def test_lightning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pytorch_lightning as pl
    import torch
    from lightning_callback import JudgeAtEnd
    from pytorch_lightning.loggers import CSVLogger

    class Model(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(3, 1)

        def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
            loss = (self.layer(batch[0]) - batch[0].sum(1, keepdim=True)).pow(2).mean()
            self.log("train_loss", loss, on_step=False, on_epoch=True)
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=1e6)

    torch.manual_seed(0)
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(64, 3)), batch_size=8)
    callback = JudgeAtEnd()
    trainer = pl.Trainer(
        max_epochs=12, logger=CSVLogger(tmp_path), callbacks=[callback], accelerator="cpu", log_every_n_steps=1,
        enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False,
    )  # fmt: skip
    trainer.fit(Model(), data)
    assert callback.report is not None and callback.report.runs[0].verdict is Verdict.DIVERGING
    assert (Path(trainer.log_dir or "") / "report.html").is_file() and "diverging" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore")
def test_transformers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The Trainer itself, on a language model of a few hundred weights; nothing is fetched."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments, set_seed
    from transformers_callback import JudgeAtEnd

    set_seed(0)
    shape = {"vocab_size": 17, "n_positions": 8, "n_embd": 8, "n_layer": 1, "n_head": 1}
    model = GPT2LMHeadModel(GPT2Config(**shape, bos_token_id=0, eos_token_id=0))
    rows = [{"input_ids": (tokens := torch.randint(0, 17, (8,))), "labels": tokens} for _ in range(32)]
    arguments = TrainingArguments(
        output_dir=str(tmp_path / "out"), max_steps=24, per_device_train_batch_size=8, learning_rate=1e4, optim="sgd",
        lr_scheduler_type="constant", max_grad_norm=0.0, logging_steps=1,
        eval_strategy="steps", eval_steps=8, save_strategy="no", report_to=[], use_cpu=True, disable_tqdm=True,
    )  # fmt: skip
    callback = JudgeAtEnd()
    trainer = Trainer(model, arguments, train_dataset=rows, eval_dataset=rows[:8], callbacks=[callback])
    trainer.train()
    assert callback.report is not None and callback.report.runs[0].verdict is Verdict.DIVERGING
    # by default the Trainer logs 0 in the place of NaN, which would look like the end of a good training
    assert np.isnan([row["loss"] for row in trainer.state.log_history if "loss" in row][-1])
    assert callback.report.runs[0].kind == "non-finite" and "diverging" in capsys.readouterr().out
    assert "diverging" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    other = JudgeAtEnd()
    trainer.state.is_world_process_zero, trainer.args.output_dir = False, str(tmp_path / "other")
    other.on_train_end(trainer.args, trainer.state, trainer.control, model=model)
    assert other.report is None and not (tmp_path / "other").exists()


@pytest.mark.filterwarnings("ignore")
def test_mlflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script as the page calls it, with MLflow's own server and client."""
    from mlflow.tracking import MlflowClient

    with mlflow_server(tmp_path) as address:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        client = MlflowClient(address)
        experiment = client.create_experiment("e")
        run = client.create_run(experiment).info.run_id
        command = [sys.executable, str(RECIPES / "mlflow_tags.py"), run]
        done = subprocess.run([*command, str(OVERFITTING)], capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        tags = client.get_run(run).data.tags
        assert tags["analyze-logs.verdict"] == "overfitting" and tags["analyze-logs.next"]
        found = client.search_runs([experiment], "tags.\"analyze-logs.verdict\" = 'overfitting'")
        assert [one.info.run_id for one in found] == [run]
        assert [f.path for f in client.list_artifacts(run, "analyze-logs")] == ["analyze-logs/report.html"]
        page = client.download_artifacts(run, "analyze-logs/report.html", str(tmp_path))
        assert "overfitting-severe" in Path(page).read_text(encoding="utf-8")
        nothing = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, timeout=180)
        assert nothing.returncode == 1 and "no training run found" in nothing.stderr


def send(kind: str, text: str, address: str) -> int:
    environment = {**os.environ, "WEBHOOK_URL": address}
    command = [sys.executable, str(RECIPES / "webhook.py"), kind]
    return subprocess.run(command, input=text, text=True, capture_output=True, env=environment, timeout=60).returncode


@pytest.mark.parametrize("kind", ["slack", "teams", "discord"])
def test_webhook(kind: str) -> None:
    with webhook() as (address, received):
        assert send(kind, "1 diverging: <!channel> a & b " + "x" * 50_000, address) == 0
    (body,) = received
    match kind:
        case "slack":
            assert "<" not in body["text"] and "&lt;!channel&gt; a &amp; b" in body["text"]
        case "discord":
            assert len(body["content"]) <= 2000 and body["allowed_mentions"] == {"parse": []}
        case "teams":
            (block,) = body["attachments"][0]["content"]["body"]
            assert "1 diverging" in block["text"] and len(json.dumps(body)) < 28_000


def test_a_webhook_that_refuses_is_an_error() -> None:
    with webhook(status=500) as (address, _):
        assert send("slack", "text", address) != 0
        assert send("carrier-pigeon", "text", address) != 0


@pytest.mark.parametrize(
    ("training", "fail_on", "code"),
    [("exit 0", "diverging", 0), ("exit 0", "overfitting", 1), ("exit 7", "overfitting", 7)],
)
def test_slurm(tmp_path: Path, training: str, fail_on: str, code: int) -> None:
    program = tmp_path / "analyze-logs"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m loganalyzer "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "FAIL_ON": fail_on,
    }
    logs = tmp_path / "my runs"
    train = f"cp -r '{OVERFITTING}' '{logs}/first'; echo trained; {training}"
    command = [str(RECIPES / "slurm_epilog.sh"), str(logs), "bash", "-c", train]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    assert (logs / "train.log").read_text() == "trained\n" and (logs / "report" / "index.html").is_file()
