"""The words of training logs: tables of names per role, from some 17,000 public logs of 85 repositories."""

from __future__ import annotations

TRAIN_WORDS = frozenset("train training tr trn learn main fit".split())
VALIDATION_WORDS = frozenset(
    "val vali valid validate validation va vld dev eval evaluation heldout holdout crossval monitor cv".split()
)
TEST_WORDS = frozenset("test testing tst te predict".split())
FILLER_WORDS = frozenset(
    "epoch step iter iteration iterations vs batch mean avg avr ave average total overall metrics metric local log"
    " minibatch mini running losses accuracies per over stats 0 value final agg done complete completed finished summary"
    " results".split()
)
LOSS_WORDS = frozenset(
    "loss losses cost nll nlll objective crossentropy criterion elbo lossval logloss mlogloss".split()
)
TOTAL_WORDS = frozenset("total sum all combined joint overall full aggregate".split())
"""Beside the word loss: it is the whole, not a part."""
LOSS_NAMES = frozenset({"multi class", "multi class one all"})
"""Losses that have no word for it in their names: CatBoost's."""
SAME_LOSS = frozenset("lm ce bce nll reduced binary multi multiclass ppo".split())
"""Words that say which loss it is, and no part of one ("lm loss", "binary_logloss")."""
ENTROPY_NAMES = ("ce", "bce", "ce words", "ce sum", "ce sum words", "multi class loss", "l pix")
"""Losses that are logged without the word, or under the name of the task."""
LEARNING_RATE_NAMES = (
    "lr",
    "learning rate",
    "learningrate",
    "cur lr",
    "current learning rate",
    "lr 0",
    "lr pg0",
    "x lr0",
    "train lr",
    "train learning rate",
    "rate",
    "base lr",
    "optimizer lr",
    "epoch lr",
    "epoch learning rate",
    "lr adam",
    "lr sgd",
    "lr adamw",
    "current lr",
    "lr group 0",
    "l.r",
)
GRADIENT_NORM_NAMES = (
    "grad norm",
    "gradient norm",
    "gnorm",
    "grad norm total",
    "train grad norm",
    "global grad norm",
    "total grad norm",
    "gradnorm",
    "grad 2 norm total",
    "grad 2.0 norm total",
    "gradients norm",
    "train gradient norm",
    "train gnorm",
    "grads norm",
    "grad l2 norm",
    "g norm",
    "optim grad norm",
)
EPOCH_NAMES = ("epoch", "epochs", "current epoch", "train epoch", "epoch num")
STEP_NAMES = (
    "step",
    "steps",
    "iter",
    "iteration",
    "global step",
    "global iter",
    "global iteration",
    "trainer global step",
    "training iteration",
    "it",
    "timesteps total",
    "total env interacts",
    "totalenvinteracts",
    "num updates",
    "batch",
    "n iter",
    "iters",
    "current step",
    "train step",
    "trained samples",
    "consumed samples",
    "train global step",
    "current steps",
    "total steps",
    "num steps",
    "steps so far",
    "iterations",
    "iter num",
    "time iterations",
    "timestep",
    "timesteps",
    "total timesteps",
    "num timesteps",
    "timesteps so far",
    "time total timesteps",
    "misc total timesteps",
    "env steps",
    "environment steps",
    "num env steps sampled",
    "num env steps sampled lifetime",
    "train num updates",
    "round",
    "rounds",
    "round num",
    "communication round",
    "comm round",
    "global round",
    "server round",
    "federated round",
    "fl round",
    "boosting round",
)
COARSE_STEP_NAMES = (
    "n updates",
    "train n updates",
    "nupdates",
    "misc nupdates",
    "num batches tracked",
    "episode",
    "episodes",
    "num episodes",
    "episodes so far",
    "episodes total",
    "tick",
    "kimg",
    "progress tick",
    "progress kimg",
)
"""Counters that count where a finer or more usual one is missing."""
TIME_WORDS = frozenset(
    "time seconds secs elapsed eta timestamp runtime duration dur speed throughput ms sec date passed"
    " remaining fps sps wps ups it/s samples tokens mfu memory mem gpu lr_scale".split()
)
NOT_LOSS = (
    "loss scale",
    "scale loss",
    "time for loss",
    "loss time",
    "loss weight",
    "loss scaler",
    "best loss",
    "best val loss",
    "min loss",
    "min val loss",
    "grad scale loss",
    "lowest loss",
    "loss diff",
    "loss ratio",
    "loss balance",
    "eval loss time",
)
PRICE_WORDS = frozenset(
    "communication comm communications upload download uplink downlink traffic bandwidth network transmission kb mb gb tb"
    " kib mib gib bytes bits usd dollar dollars eur euro gpu api cloud compute memory storage kwh tokens token hour hours"
    " price billing money".split()
)
"""Beside the word cost: what a training costs, and no loss of it."""
RUNNING_BEST = ("best", "max", "min", "lowest", "highest", "so far")

GENERATOR_NAMES = (
    "g loss",
    "gen loss",
    "generator loss",
    "loss g",
    "errg",
    "lossg",
    "loss generator",
    "g adv loss",
    "loss gen",
    "gloss",
    "g total loss",
    "gan loss g",
    "netg loss",
    "g gan",
)
DISCRIMINATOR_NAMES = (
    "d loss",
    "disc loss",
    "discriminator loss",
    "loss d",
    "errd",
    "lossd",
    "loss discriminator",
    "critic loss",
    "loss disc",
    "dloss",
    "d total loss",
    "gan loss d",
    "netd loss",
    "loss critic",
    "dis img",
    "dis image",
    "dis fake",
    "dis real",
    "disc fake",
    "disc real",
)
GENERATOR_WORDS = frozenset("g gen generator netg".split())
DISCRIMINATOR_WORDS = frozenset("d dis disc discriminator netd critic".split())
REWARD_NAMES = (
    "utility",
    "avg utility",
    "mean utility",
    "ep rew mean",
    "episode reward mean",
    "averageepret",
    "averagetestepret",
    "average ep ret",
    "episode reward",
    "episodic reward",
    "reward",
    "mean reward",
    "r",
    "returns mean",
    "average returns",
    "episode return",
    "episodic return",
    "return",
    "average test ep ret",
    "rewards mean",
    "avg reward",
    "mean episode reward",
    "env runners episode return mean",
    "episode return mean",
    "cumulative reward",
    "reward mean",
    "ep reward",
    "average return",
    "mean return",
    "ep ret",
    "exploration returns",
    "returns",
    "elo",
    "elo rating",
    "eprewmean",
)
RL_FOLDERS = frozenset(
    "charts rollout env environment losses arena selfplay self play ray tune info learner learners default policy stats"
    " sampler results runners ppo objective misc".split()
)
"""Where reinforcement-learning code files its curves ("charts/episodic_return", "losses/td_loss")."""
FOLDER_SIGNALS = ("entropy", "kl", "approxkl", "clipfrac", "vf loss", "extrinsic value estimate")
"""Signals of an agent inside such a folder only."""
ACTOR_WORDS = frozenset("policy actor act pi".split())
CRITIC_WORDS = frozenset("value critic cri".split())
"""A loss of each says that an agent is trained."""
RL_WORDS = frozenset(
    "entropy kl approx explained variance clip clipfrac episode rollout env replay losspi lossq lossv"
    " qvals policy actor exploration ep rew len timesteps".split()
)
RL_NAMES = (
    "value loss",
    "policy loss",
    "policy gradient loss",
    "entropy loss",
    "actor loss",
    "loss pi",
    "loss q",
    "loss v",
    "qf loss",
    "vf loss",
    "approx kl",
    "explained variance",
    "clip fraction",
    "ep len mean",
    "episode len mean",
    "averageqvals",
    "average q vals",
    "ent coef",
    "ent coef loss",
    "td error",
    "td loss",
    "q values",
    "qf values",
    "qf1 values",
    "qf2 values",
    "qf1 loss",
    "qf2 loss",
    "old approx kl",
    "clipfrac",
    "q1 vals",
    "vf explained var",
    "lossq",
    "losspi",
    "lossv",
    "act loss",
    "cri loss",
    "policy entropy",
    "loss policy entropy",
    "loss policy",
    "ppo loss policy",
    "ppo loss value",
    "loss pol surr",
    "loss pol entpen",
    "loss vf loss",
    "eplenmean",
)
