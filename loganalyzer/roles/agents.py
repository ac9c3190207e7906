"""Names of reinforcement learning: the reward or return, and the signals of the training of a policy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loganalyzer.model.late import late
from loganalyzer.model.role import Quantity, Role, Split
from loganalyzer.roles.vocabulary import FOLDER_SIGNALS, REWARD_NAMES, RL_FOLDERS, RL_NAMES

_REWARDS = frozenset("reward rewards return returns rew".split())
_BESIDE_REWARDS = frozenset(
    "mean avg average episode episodes episodic ep eps score cumulative total sum last final running raw moving"
    " smoothed rolling undiscounted discounted extrinsic rlhf per over current exploration history".split()
)
"""Words that may stand beside a reward without making it another quantity (as "loss", "std" and "chosen" do)."""
_OVER_EPISODES = frozenset("avg mean average total cumulative episode episodic".split())
_OF_NO_AGENT = frozenset(
    "std min max median best scale weight coef coefficient loss losses error model chosen rejected margin margins accuracy"
    " accuracies bonus penalty predicted prediction normalized norm clip target baseline intrinsic step function"
    " estimate threshold to go advantage value q per shaping".split()
)
MOST_WORDS = 4
_SCORES = frozenset({"scores", "mean scores", "scores mean"})
"""What a reward model gave to the answers of a language model, behind a folder ("ppo/mean_scores")."""
_MEAN_OF_EPISODES = late(
    lambda: re.compile(r"(?=.*\b(?:avg|average|mean|moving|rolling|running)(?:\d|\b)).*(?<!\d)\d{2,4}(?!\d)")
)
"""A mean of so many scores ("Average100 Score", "avg_score_100") is that of the last episodes."""
_EPISODES = frozenset("ep episode episodic".split())
_LENGTHS = frozenset("len length lengths".split())


def agent_of(split: Split, rest: Sequence[str], core: str, plain: str) -> Role | None:
    """The role of a name of reinforcement learning, None for others. ``plain``: all words; ``rest``, ``core``: without
    the split; ``core`` without fillers too."""
    leaves = _leaves(rest)
    known = (core, plain, *leaves)
    recall = core == "r" and split is not Split.NONE  # "valid_p", "valid_r": precision and recall
    named = any(name in REWARD_NAMES for name in known) or any(map(_is_reward, leaves))
    if not recall and (named or is_score(leaves[0], of_episodes=True)):
        # beside "return_history", the mean of the last hundred episodes, Baselines' "return" is that of all since the start
        rank = (split is not Split.VALIDATION) + ("extrinsic" in rest) - ("history" in rest)
        return Role(Quantity.REWARD, split, "max", core, rank=rank)
    if not recall and _is_reward_of_agent(rest):
        return Role(Quantity.REWARD, split, "max", core, rank=3)
    if any(leaf in _SCORES for leaf in leaves[1:]):
        return Role(Quantity.REWARD, split, "max", core, rank=3)
    signal = any(name in RL_NAMES for name in known) or (_EPISODES & set(rest) and _LENGTHS & set(rest))
    if signal or any(leaf.removesuffix(" avg").removesuffix(" mean") in FOLDER_SIGNALS for leaf in leaves[1:]):
        return Role(Quantity.RL_SIGNAL, split, "", core)
    return None


def _leaves(rest: Sequence[str]) -> list[str]:
    """The name, and what is left of it behind one folder after the other ("charts", "info", "learner")."""
    leaves = [" ".join(rest)]
    for place, word in enumerate(rest[:-1], 1):
        if word not in RL_FOLDERS:
            break
        leaves.append(" ".join(rest[place:]))
    return leaves


def _is_reward(name: str) -> bool:
    words = [w for w in name.split() if not w.isdigit()]
    return bool(_REWARDS.intersection(words)) and _BESIDE_REWARDS.issuperset(w for w in words if w not in _REWARDS)


def is_score(name: str, *, of_episodes: bool) -> bool:
    """Whether words (joined by blanks) are a score and no other quantity; ``of_episodes`` asks that they say which."""
    words = [w.rstrip("0123456789") for w in name.split()]
    beside = {w for w in words if w} - {"score", "scores", "steps"}
    plain = bool({"score", "scores"}.intersection(words)) and _BESIDE_REWARDS.issuperset(beside)
    return plain and (not of_episodes or _MEAN_OF_EPISODES.match(name) is not None)


def _is_reward_of_agent(words: Sequence[str]) -> bool:
    """Whether a name is the reward of one of several agents over an episode: "avg prey reward", "total predator reward"."""
    if not 3 <= len(words) <= MOST_WORDS or words[-1] not in _REWARDS or words[0] not in _OVER_EPISODES:
        return False
    return _OF_NO_AGENT.isdisjoint(words)
