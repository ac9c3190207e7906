"""Tables with a column for each value of one hyper-parameter: each column is a run."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

LOSSES = ([4.0 / (i + 1) for i in range(8)], [3.0 / (i + 1) for i in range(8)], [5.0 - i / 8 for i in range(8)])


RATES = ("learning_rate_0.005", "learning_rate_0.01", "learning_rate_0.1")
SIZES = ("hidden_size_64", "hidden_size_128", "hidden_size_256")
DECAYS = ("weight_decay_0", "weight_decay_0.01", "weight_decay_0.1")


def table(header: str, counter: str = "", between: str = ",", first: int = 0) -> str:
    names = between.join([counter, *header.split("|")] if counter else header.split("|"))
    lines = [names]
    for i in range(8):
        cells = [f"{values[i]:.6f}" for values in LOSSES]
        lines.append(between.join([str(first + i), *cells] if counter else cells))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "text", "setting", "values", "curve"),
    [
        ("learning_rate_error.csv", table("|".join(RATES)), "learning_rate", [0.005, 0.01, 0.1], "error"),
        ("loss.csv", table("lr=0.1|lr=0.01|lr=0.001", "epoch"), "lr", [0.1, 0.01, 0.001], "loss"),
        ("val_loss.csv", table("lr 1e-3|lr 1e-4|lr 1e-5", "step"), "lr", [1e-3, 1e-4, 1e-5], "val_loss"),
        ("train_loss.txt", table("batch_size_32|batch_size_64|batch_size_128"), "batch_size", [32, 64, 128], "train_loss"),
        ("hidden_size_acc.csv", table("|".join(SIZES), "Epoch"), "hidden_size", [64, 128, 256], "acc"),
        ("loss.tsv", table("dropout0.1|dropout0.3|dropout0.5", "epoch", "\t"), "dropout", [0.1, 0.3, 0.5], "loss"),
        ("accuracy.csv", table("seed_1|seed_2|seed_3", "epoch"), "seed", [1, 2, 3], "accuracy"),
        ("loss.csv", table("lr-0.1|lr-0.2|lr-0.3", "iteration"), "lr", [0.1, 0.2, 0.3], "loss"),
        ("loss/by_rate.csv", table("lr_0.1|lr_0.2|lr_0.3"), "lr", [0.1, 0.2, 0.3], "loss"),
        ("rewards.csv", table("gamma: 0.9|gamma: 0.95|gamma: 0.99", "episode"), "gamma", [0.9, 0.95, 0.99], "rewards"),
        ("loss.csv", table("|".join(DECAYS), "epoch").replace("\n", "\r\n"), "weight_decay", [0, 0.01, 0.1], "loss"),
    ],
)  # fmt: skip
def test_a_run_for_each_column(
    tmp_path: Path, name: str, text: str, setting: str, values: list[float], curve: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(text.encode())
    runs = loganalyzer.load(tmp_path)
    assert [run.hyperparameters for run in runs] == [{setting: value} for value in values]
    for run, losses in zip(runs, LOSSES, strict=True):
        assert list(run.series) == [curve]
        assert run.series[curve].values.tolist() == pytest.approx(losses, abs=1e-6)
        assert run.series[curve].steps.tolist() == list(range(8))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("points.csv", table("lr_0.1|lr_0.2|lr_0.3")),
        ("loss.csv", table("x_1|x_2|x_3")),
        ("loss.csv", table("lr_0.1|lr_0.1|lr_0.1", "epoch")),
        ("loss.csv", table("lr_0.1|momentum_0.9|dropout_0.5", "epoch")),
        ("loss.csv", table("loss_1|loss_2|loss_3", "epoch")),
        ("loss.csv", table("lr_0.1|lr_0.2|loss", "epoch")),
    ],
)
def test_columns_of_other_names_are_not_divided(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert len(loganalyzer.load(tmp_path)) <= 1


@pytest.mark.parametrize(
    ("name", "agents", "counter"),
    [
        ("training_rewards.csv", "D-PER-DDQN|PER-DDQN|MS-DDQN", "Episode"),
        ("rewards.csv", "DQN|DoubleDQN|DuelingDQN", "episode"),
        ("reward.tsv", "PPO|SAC|TD3", "step"),
        ("episode_rewards.csv", "Q-Learning|SARSA|Expected SARSA", "episode"),
        ("returns.csv", "REINFORCE|A2C|random", "Episode"),
        ("avg_reward.csv", "agent A|agent B|agent C", "episode"),
        ("eval_returns.csv", "CartPole|Acrobot|Pendulum", "timesteps"),
        ("rewards/all.csv", "greedy|softmax|ucb", "episode"),
        ("cumulative_reward.txt", "epsilon_greedy|thompson|ucb1", "step"),
        ("mean_reward.csv", "plain|vanilla|ours", "iteration"),
        ("test_reward.csv", "DDPG|MADDPG|MAPPO", "episode"),
    ],
)
def test_rewards_of_agents_side_by_side(tmp_path: Path, name: str, agents: str, counter: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(table(agents, counter, "\t" if name.endswith("tsv") else ","))
    runs = loganalyzer.load(tmp_path)
    assert [run.id.rpartition("/")[2] for run in runs] == agents.split("|")
    for run, values in zip(runs, LOSSES, strict=True):
        (series,) = run.series.values()
        assert series.values.tolist() == [round(value, 6) for value in values]


@pytest.mark.parametrize(
    "header", ["mean|std|max", "raw|smoothed|target", "reward|length|loss", "lower|upper|median", "q_mean|q_std|q_max"]
)
def test_columns_of_one_training_are_no_agents(tmp_path: Path, header: str) -> None:
    (tmp_path / "rewards.csv").write_text(table(header, "episode"))
    assert len(loganalyzer.load(tmp_path)) <= 1
