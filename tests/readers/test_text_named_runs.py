"""Logs into which several trainings write at once: each line says whose it is."""

from __future__ import annotations

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Source
from loganalyzer.readers.common.printed.named_runs import texts_by_run
from loganalyzer.readers.text.reader import READER

NAMES = ("Moons_QFNN_Phase and Measure_fold_1", "XOR (2D)_fold_2", "iris-3")


def value(run: int, epoch: int) -> float:
    return round(2 / (epoch + run), 4)


def in_turns(template: str, names: tuple[str, ...] = NAMES, epochs: int = 6) -> str:
    """One run is ahead of the others, and lines without a name stand between."""
    lines = []
    for turn in range(1, epochs + 3):
        for run, name in enumerate(names):
            epoch = turn - (run % 3)
            if 1 <= epoch <= epochs:
                lines.append(template.format(name=name, e=epoch, v=value(run + 1, epoch)))
        lines.append("2025-04-19 01:11:34,780 - INFO - Early stopping is watched")
    return "\n".join(lines) + "\n"


def runs(text: str) -> list[Run]:
    data = text.encode()
    source = Source("log.txt", len(data), data[:65_536], lambda: data)
    return [item for item in READER.read("log.txt", [source]) if isinstance(item, Run)]


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("2025-04-16 01:37:43,026 - INFO - Run: {name} | Epoch: {e} | Train Loss: {v} | Val Acc: 0.5", NAMES),
        ("Run: {name} | Epoch: {e} | Train Loss: {v}", NAMES),
        ("[run={name}] epoch {e}: Train Loss {v}", ("a1", "b2", "c3")),
        ("experiment: {name}, epoch {e}, Train Loss: {v}", ("lr01", "lr001", "lr1")),
        ("Trial {name} - Epoch {e} - Train Loss: {v}", ("0", "1", "2")),
        ("[Fold {name}] Epoch {e}: Train Loss: {v}", ("1", "2", "3")),
        ("Fold {name}, Epoch {e}, Train Loss: {v}", ("1", "2", "3")),
        ("seed={name} epoch={e} Train Loss={v}", ("13", "42", "99")),
        ("Model: {name} | step: {e} | Train Loss: {v}", ("resnet18", "vgg16", "vit_b")),
        ("(job {name}) epoch {e} Train Loss: {v}\r", ("41", "42", "43")),
        ("Config: {name}\tEpoch: {e}\tTrain Loss: {v}", ("wide", "deep", "both of them")),
    ],
)
def test_lines_of_several_runs_in_turns(template: str, names: tuple[str, ...]) -> None:
    found = runs(in_turns(template, names))
    assert len(found) == 3 and [note.code for note in found[0].notes] == ["one-of-several"]
    for number, (run, name) in enumerate(zip(found, names, strict=True), 1):
        assert run.id.startswith("log.txt/") and run.id.endswith(name)
        assert run.series["Train Loss"].values.tolist() == [value(number, e) for e in range(1, 7)]
        assert run.series["Train Loss"].steps.tolist() == list(range(1, 7))


@pytest.mark.parametrize(
    "text",
    [
        in_turns("Epoch {e} | Train Loss: {v}"),
        in_turns("Run: {name} | Epoch: {e} | Train Loss: {v}", NAMES[:1]),
        "".join(f"Fold {f}, Epoch {e}, Loss: {value(f, e)}\n" for f in (1, 2, 3) for e in range(1, 9)),
        in_turns("Run: {name} | accuracy: {v}"),
        "".join(f"Run {f}/3, Epoch {e}/6, Loss: {value(f, e)}\n" for f in (1, 2, 3) for e in range(1, 7)) * 5,
        in_turns("worker {name}: episode {e}, reward {v}", ("1", "2", "3")),
        in_turns("env {name} episode {e} reward {v}", ("0", "1", "2")),  # copies of one environment
        in_turns("[{name}] episode {e} reward {v}", ("GPU0", "GPU1", "rank_2")),
        in_turns("[{name}] Episode {e} | Reward: {v}", ("INFO", "DEBUG", "WARNING")),
        in_turns("[{name}] epoch {e}: loss {v}", ("MSE", "layer1", "head_2")),  # parts of one network
        "".join(
            f"Episode {e}: {('WON_IT', 'LOST_IT', 'DRAW_1')[e % 3]} reward {e % 3}.5\n" for e in range(60)
        ),  # outcomes
        "".join(f"Episode {e} | EPS_{1 / e:.3f} | reward {e}.5\n" for e in range(1, 60)),
        in_turns("{name} episode {e} reward {v}", ("train", "val", "test")),
        "Run the model: step 3, loss 0.5\n" * 9,
        "",
    ],
)
def test_other_texts_are_not_divided(text: str) -> None:
    assert not texts_by_run(text)


STOCKS = ("AAPL", "MSFT", "GOOG")


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("[{name}] Episode {e}/6 | Reward: {v} | Loss: 0.5", STOCKS),
        ("{name} episode {e} reward {v}", STOCKS),
        ("{name}: episode {e}, total reward = {v}", STOCKS),
        ("Stock {name} - Episode {e} - Reward {v}", STOCKS),
        ("Episode {e}/6 [{name}] Reward: {v}", STOCKS),
        ("Episode {e}, stock: {name}, reward: {v}", STOCKS),
        ("{name} | Episode: {e} | Return: {v}", ("agent_0", "agent_1", "agent_2")),
        ("Agent {name}: episode {e}, reward {v}", ("0", "1", "2")),
        ("Agent {name} Episode {e} Reward {v}\r", ("0", "1", "2")),
        ("Episode {e}: {name} reward = {v}", ("agent_0", "agent_1", "agent_2")),
        ("Env: {name} Episode {e} reward: {v}", ("CartPole-v1", "Acrobot-v1", "Pendulum-v1")),
        ("env={name} step={e} return={v}", ("CartPole-v1", "Acrobot-v1", "Pendulum-v1")),
        ("2025-04-16 01:37:43,026 - INFO - [{name}] ep {e} score {v}", ("DQN", "PPO", "A2C")),
        ("ticker={name} epoch={e} loss={v}", STOCKS),
    ],
)
def test_agents_and_what_they_are_trained_on_in_turns(template: str, names: tuple[str, ...]) -> None:
    found = runs(in_turns(template, names))
    assert [run.id.removeprefix("log.txt/") for run in found] == list(names)
    for number, run in enumerate(found, 1):
        (curve,) = [s for name, s in run.series.items() if name.lower() != "loss" or "loss={v}" in template]
        assert curve.values.tolist() == [value(number, e) for e in range(1, 7)]
        assert curve.steps.tolist() == list(range(1, 7))
