"""Hyper-parameters by meaning: THE table of the names under which people set a learning rate, a batch size, a seed.

Rules, the comparison of sweeps, values in the names of runs, settings in printed logs and the ranking of fixes all look
names up here, so that a further name is one more word in ``TABLE``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise
from typing import TypeGuard

from loganalyzer.model.late import late
from loganalyzer.model.record import Record
from loganalyzer.model.run import Detail


class Kind(Enum):
    """What a difference between two runs in a hyper-parameter means when they are compared."""

    SETTING = auto()
    """The runs were trained differently."""
    SEED = auto()
    """The same training, drawn again."""
    PROBLEM = auto()
    """Something else was learned: their scores cannot be compared. A name ending in the words counts ("train_data")."""
    BOOKKEEPING = auto()
    """Nothing: paths, dates, hosts. A name that contains one of the words counts ("output_dir")."""


class Hyperparameter(Record):
    """The names of one meaning, in snake case, the preferred one first; other spellings follow (see ``plain``).

    ``vague`` names mean it among the settings of a file or a tracker, but not in printed text ("ETA: 120"). With
    ``in_run_names``, values written into the name of a run are read ("lr_0.1"; ``abbreviations`` are further words that
    count there only) and filed under the first name. With ``printed``, a line "name: value" of a printed log sets it.
    What is ``fixed`` for a training has a column only in a table of trainings, not in the log of one.
    """

    names: tuple[str, ...]
    vague: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    kind: Kind = Kind.SETTING
    in_run_names: bool = False
    printed: bool = False
    fixed: bool = False


def _named(
    names: str,
    vague: str = "",
    abbreviations: str = "",
    kind: Kind = Kind.SETTING,
    *,
    in_run_names: bool = False,
    printed: bool = False,
    fixed: bool = False,
) -> Hyperparameter:
    """An entry of the table, its names separated by blanks."""
    words = (tuple(names.split()), tuple(vague.split()), tuple(abbreviations.split()))
    return Hyperparameter(*words, kind, in_run_names, printed, fixed)


TABLE: Mapping[str, Hyperparameter] = {
    "learning_rate": _named(
        "lr learning_rate base_lr init_lr initial_lr lr0 learning_rate_init max_lr base_learning_rate initial_learning_rate"
        " init_learning_rate peak_lr peak_learning_rate max_learning_rate lr_max start_lr 学習率",
        vague="eta", in_run_names=True, printed=True,
    ),
    "batch_size": _named(
        "batch_size bs train_batch_size per_device_train_batch_size global_batch_size train_bs mini_batch_size バッチサイズ",
        abbreviations="batch", in_run_names=True, printed=True, fixed=True,
    ),
    "momentum": _named("momentum sgd_momentum mom", in_run_names=True, printed=True),
    "weight_decay": _named(
        "weight_decay wd l2 l2_reg l2_penalty l2_regularization l2_lambda weight_decay_rate",
        in_run_names=True, printed=True, fixed=True,
    ),
    "dropout": _named(
        "dropout dropout_rate p_dropout drop_rate dropout_p dropout_prob dropout_probability hidden_dropout_prob hidden_dropout"
        " resid_pdrop resid_dropout",
        vague="drop ps", in_run_names=True, printed=True, fixed=True,
    ),
    "epochs": _named(
        "epochs num_epochs max_epochs n_epochs num_train_epochs max_epoch total_epochs n_epoch num_epoch nb_epochs"
        " エポック数",
        in_run_names=True, printed=True,
    ),
    "seed": _named(
        "seed random_seed random_state manual_seed global_seed", kind=Kind.SEED, in_run_names=True, printed=True, fixed=True
    ),
    "width": _named("width", in_run_names=True),
    "depth": _named("depth", in_run_names=True),
    "optimizer": _named(
        "optimizer optim optimizer_name opt optimiser opt_func optimizer_type optim_name", printed=True, fixed=True
    ),
    "clip_norm": _named(
        "clip_norm grad_clip clip_grad clip_grad_norm gradient_clip_val max_grad_norm gradient_clipping gradient_clip"
        " grad_clip_norm gradient_clip_norm max_gradient_norm global_clipnorm grad_norm_clip",
        vague="clip max_norm", printed=True,
    ),
    "warm_up": _named(
        "warmup_steps warmup_epochs warmup_ratio warmup num_warmup_steps lr_warmup_steps num_warmup_epochs lr_warmup_epochs"
        " warmup_iters warmup_epoch warmup_step warmup_proportion",
        printed=True,
    ),
    "lr_schedule": _named(
        "lr_scheduler scheduler lr_scheduler_type lr_schedule schedule scheduler_type scheduler_name lr_sched"
        " lr_policy",
        vague="sched", printed=True,
    ),
    "reduce_on_plateau": _named("reduce_lr_on_plateau reduce_on_plateau"),
    "cosine_schedule": _named("cos_lr"),
    "step_schedule": _named("lr_step step_size"),
    "rate_decay": _named("gamma", printed=True),
    "decay": _named("decay"),  # of the rate or of the weights
    "label_smoothing": _named("label_smoothing label_smooth label_smoothing_factor", vague="smoothing", printed=True),
    "augmentation": _named(
        "augment augmentation mixup data_augmentation cutmix randaugment use_augmentation input_noise input_noise_std"
        " gaussian_noise_stddev"
    ),
    "early_stopping": _named(
        "early_stopping_patience early_stopping early_stopping_rounds early_stop early_stop_patience es_patience"
    ),
    "patience": _named("patience"),
    "pretrained": _named("pretrained pretrained_model finetune finetune_from"),
    "class_weights": _named("class_weights class_weight pos_weight"),
    "init": _named("init initializer weight_init kernel_initializer initialization initialisation init_method"),
    "activation": _named("activation act nonlinearity activation_function act_fn hidden_act activation_fn act_cls", fixed=True),
    "batch_norm": _named("batch_norm use_batch_norm use_bn batch_normalization batch_normalisation"),
    "input_scaling": _named(
        "normalise normalize standardise standardize normalization normalise_inputs normalize_inputs standardize_inputs"
    ),
    "shuffle": _named("shuffle shuffle_train"),
    "steps": _named(
        "max_steps max_iters max_iter", printed=True,
        vague="total_steps total_iters num_train_steps max_train_steps total_timesteps",
    ),
    "eval_batch_size": _named("eval_batch_size", printed=True),
    "accumulation": _named("gradient_accumulation_steps", printed=True),
    "first_moment_decay": _named("beta1 adam_beta1", printed=True),
    "second_moment_decay": _named("beta2 adam_beta2", printed=True),
    "epsilon": _named("adam_eps", printed=True),
    "model": _named("model arch model_name architecture", printed=True, fixed=True),
    "layers": _named("num_layers n_layer n_layers", vague="layers", printed=True, fixed=True),
    "heads": _named("n_head", printed=True),
    "hidden_size": _named(
        "hidden_size hidden_dim hidden_sizes hidden_dims hidden_units hidden_layer_sizes layer_sizes",
        vague="hidden units n_hidden num_hidden", printed=True, fixed=True,
    ),
    "embedding_size": _named("n_embd embed_dim", printed=True),
    "metric_direction": _named(
        "mode monitor_mode metric_mode direction metric_direction early_stopping_mode checkpoint_mode es_mode"
    ),
    "greater_is_better": _named("greater_is_better"),
    "judged_metric": _named(
        "metric metric_name eval_metric monitor metric_for_best_model monitor_metric main_metric"
    ),
    "classes": _named("num_classes n_classes", kind=Kind.PROBLEM, printed=True),
    "problem": _named("data data_set data_set_name task env environment corpus problem objective", kind=Kind.PROBLEM),
    "bookkeeping": _named(
        "run_id id name run_name exp_name experiment version time date timestamp created host hostname user pid log_dir"
        " save_dir path dir folder file checkpoint resume git commit url device gpu port wandb",
        kind=Kind.BOOKKEEPING,
    ),
}  # fmt: skip

OFF = frozenset({"", "none", "null", "no", "false", "off", "0", "0.0", "constant"})
"""Values, in lower case, that say that a thing is not used."""
OPTIMIZERS = ("AdamW", "Adam", "RMSprop", "Adagrad", "SGD")
WHICH_ONE = frozenset({"name", "type", "classname", "class", "target", "identifier"})
CHOSEN = frozenset({"optimizer", "optim", "scheduler", "lrscheduler", "activation", "initializer"})
"""What a setting of a nested configuration may be the name of."""
_PIECE = late(lambda: re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+"))
_NUMBER = r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![a-zA-Z0-9]|\.\d)"


class Setting(Record):
    """A hyper-parameter of the run under its own name."""

    name: str
    value: float


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """A name without its path, case and signs: "optimizer/weight-decay" and "weightDecay" -> "weightdecay".

    What only says which one it is stands for what it is within: "optimizer.name" and "scheduler/_target_"."""
    *within, last = name.replace(".", "/").split("/")
    own = "".join(c for c in last.lower() if c.isalnum())
    return plain(within[-1]) if within and own in WHICH_ONE and plain(within[-1]) in CHOSEN else own


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name with its path, in lower case: "data.trainSet_ID" -> ("data", "train", "set", "id")."""
    return tuple(piece.lower() for piece in _PIECE.findall(name))


@lru_cache(maxsize=1)
def _places() -> Mapping[str, tuple[str, int]]:
    """Every plain name but those of bookkeeping: its meaning, and how many names of that meaning are preferred to it."""
    places: dict[str, tuple[str, int]] = {}
    for meaning, entry in TABLE.items():
        if entry.kind is not Kind.BOOKKEEPING:
            for place, name in enumerate((*entry.names, *entry.vague)):
                places[plain(name)] = meaning, place
    return places


def meaning_of(name: str) -> str:
    """What the hyper-parameter called ``name`` sets: a key of ``TABLE``, or "" for an unknown name."""
    return _places().get(plain(name), ("", 0))[0]


def is_seed(name: str) -> bool:
    """True for the names under which a seed is set."""
    meaning = meaning_of(name)
    return bool(meaning) and TABLE[meaning].kind is Kind.SEED


@lru_cache(maxsize=8192)
def says_what_is_learned(name: str) -> bool:
    """True for a data set, a task, an environment: runs in which it differs cannot be compared by their scores."""
    words = words_of(name)
    return any("".join(words[start:]) in _words_of_kind(Kind.PROBLEM) for start in range(len(words)))


@lru_cache(maxsize=8192)
def is_bookkeeping(name: str) -> bool:
    """True for what says nothing about the training: paths, dates, hosts, and names that the table does not know."""
    return not meaning_of(name) and not _words_of_kind(Kind.BOOKKEEPING).isdisjoint(_joined(words_of(name)))


@lru_cache(maxsize=8)
def _words_of_kind(kind: Kind) -> frozenset[str]:
    return frozenset(plain(name) for entry in TABLE.values() if entry.kind is kind for name in entry.names)


def _joined(words: tuple[str, ...]) -> Iterable[str]:
    """Each word, and each two neighbours as one: ("run", "id") -> "run", "id", "runid"."""
    return (*words, *(first + second for first, second in pairwise(words)))


def find(settings: Mapping[str, Detail], meaning: str) -> list[tuple[str, Detail]]:
    """The (name, value) of the settings that mean ``meaning`` (a key of ``TABLE``), the preferred name first."""
    places = _places()
    found = [(places[plain(name)][1], name) for name in settings if meaning_of(name) == meaning]
    return [(name, settings[name]) for _, name in sorted(found)]


def names_of_meanings(runs: Iterable[Mapping[str, Detail]]) -> dict[str, list[str]]:
    """For each meaning that is set in ``runs``, the names that they use for it: the commonest first, of equally common ones the
    preferred one."""
    used: dict[str, Counter[str]] = {}
    for settings in runs:
        for name in settings:
            if meaning := meaning_of(name):
                used.setdefault(meaning, Counter())[name] += 1
    places = _places()
    return {m: sorted(names, key=lambda n: (-names[n], places[plain(n)][1], n)) for m, names in used.items()}


def number(settings: Mapping[str, Detail], meaning: str) -> Setting | None:
    """The preferred setting that means ``meaning`` (a key of ``TABLE``) and is a finite number."""
    for name, value in find(settings, meaning):
        if is_number(value) and math.isfinite(value):
            return Setting(name, float(value))
    return None


def is_number(value: object) -> TypeGuard[int | float]:
    """True for an integer or a float; a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def layer_widths(value: Detail) -> list[Detail]:
    """The widths of a model's layers: those that a text lists ("64-64-32"), else the value itself."""
    return [int(width) for width in re.findall(r"\d+", value)] if isinstance(value, str) else [value]


def is_on(value: Detail) -> bool:
    """True unless the value says that the thing is not used."""
    return value != 0 if is_number(value) else str(value).strip().lower() not in OFF


def in_use(settings: Mapping[str, Detail]) -> frozenset[str]:
    """The meanings of the settings that are on; an unknown name stands for itself, without its signs."""
    return frozenset(meaning_of(name) or plain(name) for name, value in settings.items() if is_on(value))


def concept(word: str) -> str:
    """What ``in_use`` gives for a setting that is meant by ``word``: a key of ``TABLE``, or any name."""
    return word if word in TABLE else meaning_of(word) or plain(word)


def optimizer(settings: Mapping[str, Detail]) -> str:
    """The optimizer's family, one of ``OPTIMIZERS``; "" where it is not set or not known."""
    said = (str(value).lower() for _, value in find(settings, "optimizer"))
    return next((family for value in said for family in OPTIMIZERS if family.lower() in value), "")


def is_printed(name: str) -> bool:
    """True for names that a printed log sets on lines of their own ("Learning rate: 0.1")."""
    meaning, place = _places().get(plain(name), ("", 0))
    return bool(meaning) and TABLE[meaning].printed and place < len(TABLE[meaning].names)


def is_fixed(name: str) -> bool:
    """True for names that a table of several trainings has a column for, but the log of one training does not."""
    meaning = meaning_of(name)
    return bool(meaning) and TABLE[meaning].fixed


def in_run_name(name: str) -> dict[str, str]:
    """The values written into the name of a run, as text by the first name of their meaning.

    "lr_0.1", "lr=1e-3", "bs32", "seed42"; of two names of one meaning the preferred one counts.
    """
    found: dict[str, tuple[int, str]] = {}
    squashed = name.casefold().replace("_", "").replace("-", "")
    if not any(word in squashed for word in _run_name_words()):  # most names: the expression is long to compile
        return {}
    for written, value in _in_run_names().findall(name):
        meaning, place = _run_name_words()[plain(written)]
        if meaning not in found or place <= found[meaning][0]:
            found[meaning] = place, value
    return {TABLE[meaning].names[0]: value for meaning, (_, value) in found.items()}


@lru_cache(maxsize=1)
def _run_name_words() -> Mapping[str, tuple[str, int]]:
    entries = [(meaning, entry) for meaning, entry in TABLE.items() if entry.in_run_names]
    return {
        plain(name): (meaning, place)
        for meaning, entry in entries
        for place, name in enumerate((*entry.names, *entry.abbreviations))
    }


@lru_cache(maxsize=1)
def _in_run_names() -> re.Pattern[str]:
    """Matches a name and its number, the longest name first; after a digit ("lr0", "l2") a sign must follow."""
    names = [n for e in TABLE.values() if e.in_run_names for n in (*e.names, *e.abbreviations)]
    spelled = [
        "[_-]?".join(map(re.escape, name.split("_"))) + ("(?=[_=-])" if name[-1].isdigit() else "")
        for name in sorted(names, key=len, reverse=True)
    ]
    return re.compile(rf"(?:^|[^a-zA-Z])({'|'.join(spelled)})(?:__|[_=\-])?{_NUMBER}", re.IGNORECASE)
