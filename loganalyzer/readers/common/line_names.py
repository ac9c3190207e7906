"""What the text before a number says: a counter, the name of a quantity, the split that it was measured on."""

from __future__ import annotations

import re
from functools import lru_cache

from loganalyzer.model.record import Record
from loganalyzer.model.role import Quantity
from loganalyzer.readers.common.quantities import KNOWN, with_split
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.own_names import OwnNames, known_names
from loganalyzer.roles.vocabulary import TEST_WORDS, TRAIN_WORDS, VALIDATION_WORDS

MOST_CONTEXT = 160
"""Characters before a number that may name it."""
MOST_WORDS = 6
"""Of so many words a name is made."""

_EPOCHS = "epoche?|ep|[ée]pocas?|[ée]poque|エポック|世代|轮次|轮数|эпох[аиу]|에포크|에폭"
_STEPS = (
    "step|iter|iters|iteration|it|itr|update|batch|mb|minibatch|round|cycle|episode|updates|iterations|timesteps?|tick|kimg"
    r"|up(?=\.)|(?<=current[ _])steps|(?<=global[ _])steps"
    "|rodada|ronda|passo|paso|[ée]tape|it[ée]ra(?:ção|cao|ción|cion|tion|zione)"
    "|ステップ|イテレーション|反復|ラウンド|步数|步骤|步驟|迭代(?:次数)?|스텝|шаг|итерация"
)
_COUNTER = re.compile(
    rf"(?:(?<![A-Za-z])(?P<before>[A-Za-z]{{1,40}})[ ]|(?:^|(?<=[^A-Za-z_\-/.])))"
    rf"(?P<lead>(?:global|num|train|training|current|cur|total|trainer/global|n)_|mini-)?"
    rf"(?:(?P<epoch>{_EPOCHS})|(?P<step>{_STEPS})(?: at)?)(?:[ _](?:no|num|number|id|idx)|[ _]?so[ _]?far)?\.?"
    rf"(?:\s?\((?P<split>train|val|test)\))?[\"']?[\s:=\[(#]*[\"']?$",
    re.IGNORECASE,
)
_WITH_COUNTER = re.compile(
    rf"[\s,\-(\[@|]{{1,10}}(?:(?:after|at|in|for|of|on|over|during|nach|bei)\s{{1,3}})?(?:the\s)?"
    rf"(?:(?:global|training|train)[_ ]|mini-)?(?:{_EPOCHS}|{_STEPS})(?:[ _](?:no|num|number))?\.?[\s:=\[(#]{{0,4}}$",
    re.IGNORECASE,
)
_OF_THE_BEST = re.compile(
    r"\b(?:best|lowest|highest|smallest|largest|min|max|minimum|maximum|final|last|previous|resum\w*|load\w*|target)\b",
    re.IGNORECASE,
)
_OF_A_PASS = re.compile(
    r"[\W_]{0,20}(?:train|test|val|valid|eval|dev)(?:ing|ation|uat\w{1,4}|idation)?[\W_]{0,4}", re.IGNORECASE
)
"""Ahead of "in epoch 3": "TRAIN in epoch 3, step 50"."""
_END_OF_EPOCH = re.compile(r"\bend of epoch[\s:#]*$", re.IGNORECASE)
_STEPS_SO_FAR = re.compile(r"^\s*(?:total_)?steps?: $", re.IGNORECASE)
_NOT_COUNTING = frozenset(
    [
        "best",
        "max",
        "maximum",
        "min",
        "total",
        "last",
        "per",
        "start",
        "end",
        "warmup",
        "warm",
        "from",
        "each",
        "every",
        "patience",
        "of",
        "save",
        "every",
        "over",
        "num",
        "nb",
        "until",
        "in",
        "time",
        "sec",
        "seconds",
    ]
)
_IN_EPOCH = frozenset(["batch", "mb", "minibatch"])
NUMBER_TYPE = r"(?:np|numpy|jnp)\.\w{1,20}"
_WRAPPED = re.compile(rf"(?:(?:tf\.)?[tT]ensor|array|(?:Device)?Array|{NUMBER_TYPE}|float)\($")
FEW_SHOT = re.compile(r"(?:\b\d{1,3}-way[ ,_/]{0,2})?\b\d{1,3}-shot\b[\w .\-]{0,40}$", re.IGNORECASE)
"""A name of few-shot learning, whose numbers say which task it is: "5-way 1-shot accuracy"."""
_COPULA = re.compile(
    r"\s(?:(?:(?:is|was) )?equal to|equals|(?:is|was) (?:now|about)|is|was|of|at|so far|now)$|[はがの]$"
)
_SENTENCE = re.compile(r"(?:(?<=[a-z]{5})|(?<=\b[dD]one)|(?<=\b[eE]nd)|(?<=\b[oO]ver))\. ")
_BRACED = re.compile(r"\{([A-Za-z][^{}]{1,40})\}(?=\s?[:=]$)")
"""A name that stands in braces of its own ("{Training loss}=0.5" of nnabla)."""
_ARROW = re.compile(r"(?<=[\w)%}])\s{0,3}(?:[=\-]{1,3}>|→|⇒)$")
"""What points from a name to its value ("RMSE=> 0.5")."""
_CALL = re.compile(r"\w\((?P<argument>[A-Za-z_][\w.]{0,40})$")
"""The first argument of a call in a program's source ("CrossEntropyLoss(ignore_index=-100)")."""
_AVERAGE = re.compile(r"\b(avg|mean|average)\((\w[\w/.\-]{0,40})\)$", re.IGNORECASE)
_OF_SET = re.compile(
    r"\s{0,3}[(\[]\s?(?P<set>train(?:ing)?|trn?|val|valid|validation|dev|eval|test|te)(?:[ _](?:set|data))?\s?[)\]]$",
    re.IGNORECASE,
)
"""The data set behind a name: "Loss (train): 0.4", "loss[val]=0.5"."""
_CELL = re.compile(r"\|\s{1,4}(?P<name>[A-Za-z]\w{1,30})\s{1,6}$")
_CELL_ENDS = re.compile(r"\s{0,20}(?:\||$)")
_MARKED = re.compile(r"[\W_]{0,4}(?P<set>[A-Za-z]{2,10})(?:\*{1,3}|[`'~#]|__)[ \t]{1,4}(?=[A-Za-z])")
"""A data set between marks ahead of a name: "**Train** Prec@1 94.59"."""
_WRITTEN_IN_ONE = re.compile(
    r"(?:train|val|valid|dev|test)_(?!(?:\w{0,20}_)?(?:size|samples?|batch(?:es)?|steps?|num|n|len|count|set|data|split|time|idx|ratio|freq|every)$)"
    r"[a-z]\w{1,30}"
)
_UNIT = re.compile(r"\s{0,20}\([^()]{0,32}\)$")
_OVER_A_WINDOW = re.compile(
    r"(?<=\w)\s(?:(?:over|of|for|in|from|across) )?(?:the )?(?:last|past|previous) \d{1,6}[ -][a-z]{2,12}(?: [a-z]{2,12})?$"
)
"""What a mean is taken over, behind its name: "reward over the last 100 episodes"."""
_OF_A_WINDOW = re.compile(
    r"^(?:(?:over|of|for|in|from|across) )?(?:the )?(?:last|past|previous) \d{1,6}[ -][a-z]{2,12}(?:'s?)? (?:the )?(?=[a-z])",
    re.IGNORECASE,
)
"""The same ahead of the name: "Last 100 steps loss"; a mean, that is, which beside the loss itself is another curve."""
_IS_MEAN = re.compile(r"\b(?:avg|average|mean|ma|median)\b|_(?:avg|mean)\b", re.IGNORECASE)
_PAIRED = re.compile(r"[A-Za-z][\w/.\-]{1,40}")
_SEGMENTS = re.compile(r"[\t,;|{}\[\]<>、。「」【】]|\s-\s|\s{2,}|\)")
_LETTERS = r"A-Za-z\u00c0-\u024f\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
_NAME = re.compile(rf"[{_LETTERS}][\w \-./@:^+'(){_LETTERS}]{{0,60}}$")
_LEADING = re.compile(
    r"^(?:(?:with|and|the|an?|of|is|then|has|got) +|(?:P?\d{1,9} +)?(?:INFO|DEBUG|WARNING) +)", re.IGNORECASE
)
_NOT_OF_NOW = frozenset(
    "best improved decreased increased reduce reducing target from std stddev stdev deviation".split()
)
"""Words of a name that then is not that of its ending: "Std of Reward" is no reward."""
_CLASS = re.compile(r"(?:[BILOSEU]-)?[A-Z][A-Z0-9_]{1,19}")
_NO_CLASSES = frozenset(
    "INFO DEBUG WARNING ERROR ALL AVG MEAN TOTAL OVERALL MICRO MACRO RESULT RESULTS METRIC METRICS SCORE SCORES FINAL BEST"
    " NER POS CRF RANK GPU".split()
)
_STATISTICS = frozenset(
    "avg mean average median sum total min max std last cur current val value now ema smooth".split()
)
_LETTER = re.compile(r"[^\W\d_]")
_DOTTED = re.compile(r"(?<=[A-Za-z])\.(?=[A-Za-z])")
"""Inside of what loggers print of themselves: "sockeye.training", "train.log" say nothing of the data set."""
_FILE = re.compile(r"\.(?:py|cpp|cc|cu|h|json|txt|log|c)$")
_BEST = re.compile(r"(?:^|[ _/])best(?:$|[ _/])|最良|最高", re.IGNORECASE)
_CHANGED = re.compile(r"\b(?:decreased|increased|improved)\b")
"""The number behind is that of before, or of the best so far (see ``improvements``)."""
_POSSESSIVE = re.compile(r"'s\s+")
_SPLIT_OF_WORD = (
    dict.fromkeys(TRAIN_WORDS - {"main", "fit", "learn", "tr"}, "train")
    | dict.fromkeys(VALIDATION_WORDS - {"monitor"}, "val")
    | dict.fromkeys(TEST_WORDS, "test")
    | dict.fromkeys(("evaluate", "evaluating", "validating", "評価", "検証"), "val")
    | dict.fromkeys(("inference", "inferring", "predicting", "推論"), "test")
)


class Counter(Record):
    """A number that counts: ``unit`` "epoch" or "step", ``in_epoch`` when it starts anew in every epoch by its name,
    ``overall`` when it never does."""

    unit: str
    in_epoch: bool = False
    split: str = ""
    overall: bool = False


class Named(Record):
    """The name before a number; ``splits`` the split words that stood before it in the same stretch, ``label`` that of the
    class whose row begins there ("LOC: precision: "), "" for none."""

    name: str
    explicit: bool
    splits: tuple[str, ...] = ()
    label: str = ""


def counter_before(left: str) -> Counter | None:
    """The counter that ``left`` ends with ("Epoch[", "step ", "エポック "), or None."""
    return _counter_at_end(left[-60:], known_names())


@lru_cache(maxsize=4096)
def _counter_at_end(tail: str, _known: OwnNames) -> Counter | None:
    if _STEPS_SO_FAR.search(tail):
        return Counter("step")
    found = _COUNTER.search(tail)
    if found is None or _OVER_A_WINDOW.search(tail.rstrip(" :=")):
        return None
    word = (found["step"] or "").lower()
    before = (found["before"] or "").lower()
    # as in "In epoch 3, ...", "loss in epoch 3: ...", "loss of epoch 3: ..."
    says_when = before == "in" and (found.start() == 0 or _OF_A_PASS.fullmatch(tail[: found.start()]))
    says_when = says_when or (before in {"in", "of", "over"} and name_ahead(tail))
    counts = word.startswith("timestep") or says_when or _END_OF_EPOCH.search(tail)
    if before in _NOT_COUNTING and not counts:
        return None
    lead = (found["lead"] or "").lower()
    if lead in {"num_", "total_", "n_"} and not word.startswith(("update", "batch", "timestep")):
        return None
    splits = splits_in(tail)
    split = (found["split"] or "").lower() or (splits[-1] if splits else "")
    if found["epoch"]:
        return Counter("epoch", split=split)
    return Counter(
        "step", word in _IN_EPOCH, split, overall=(lead == "num_" and word.startswith("update")) or lead == "global_"
    )


def name_ahead(left: str) -> str:
    """The quantity named ahead of the counter that ``left`` ends with ("Cost after iteration "), "" for none."""
    return _name_ahead(left[-MOST_CONTEXT:], known_names())


@lru_cache(maxsize=4096)
def _name_ahead(left: str, own: OwnNames) -> str:
    ahead = _WITH_COUNTER.sub("", left)
    if ahead == left or _OF_THE_BEST.search(ahead):
        return ""
    named = _name_at_end(ahead, own)
    if named is None or role_of(named.name).quantity not in KNOWN:
        return ""
    return with_split(named.name, named.splits[-1]) if named.splits else named.name


def splits_in(text: str) -> tuple[str, ...]:
    """The split words of a short stretch of text, in order: "[Epoch 3] validation: " -> ("val",)."""
    words = words_of(_DOTTED.sub("", text.replace('"', " ").replace("'", " ")))
    if len(words) > 12:
        words = words[-12:]
    return tuple(_SPLIT_OF_WORD[w] for w in words if w in _SPLIT_OF_WORD)


def name_before(left: str) -> Named | None:
    """The quantity that ``left`` names, or None when nothing there can be a name."""
    return _name_at_end(left[-MOST_CONTEXT:], known_names())


def name_in_cell(left: str, right: str) -> str:
    """The word that stands alone beside a number between two bars ("| main 5.82 |"), "" for others."""
    found = _CELL.search(left[-MOST_CONTEXT:])
    return found["name"] if found and _CELL_ENDS.match(right) and not _BEST.search(found["name"]) else ""


@lru_cache(maxsize=4096)
def _name_at_end(left: str, _known: OwnNames) -> Named | None:
    text = _WRAPPED.sub("", left).rstrip(" \t\"'([")
    text = _WRAPPED.sub("", text).rstrip(" \t\"'")
    text = _BRACED.sub(r"\1", _ARROW.sub("=", text))
    explicit = text.endswith((":", "="))
    text = _AVERAGE.sub(r"\1_\2", text.rstrip(":=~. \t\"'"))
    if (call := _CALL.search(text)) and not _is_measured(call["argument"]):
        return Named("", explicit)
    if of_set := _OF_SET.search(text):
        text = text[: of_set.start()]
    text = _UNIT.sub("", text)
    if (window := _OVER_A_WINDOW.search(text)) and role_of(text.rpartition(" ")[2]).quantity not in KNOWN:
        text = text[: window.start()]
    text = text.rstrip(":= \t\"'")
    segments = _SEGMENTS.split(text)
    last = segments.pop()
    if text.endswith(",") and segments and _is_paired(segments[-1].strip()):
        last, explicit = segments.pop(), True  # "loss_train, 0.838"
    if (marked := _MARKED.match(last)) and splits_in(marked["set"]):
        segments.append(marked["set"])
        last = last[marked.end() :]
    pieces = re.split(r"[:=]\s+|=", last)
    name = _COPULA.sub("", pieces.pop().strip(" -*#>'\"`.~:%(")).strip()
    name = _without_window(name)
    splits = splits_in(" ".join([*segments, *pieces, *([of_set["set"]] if of_set else [])]))
    if shots := FEW_SHOT.search(name):
        return Named(shots[0], explicit, (*splits, *splits_in(name[: shots.start()])))
    if explicit and len(name.split()) > MOST_WORDS and not _speaks_of_others(name):
        name = " ".join(name.split()[-3:])  # "The result of ResNet with Adam is test acc: 76.8%"
    if not name or len(name.split()) > MOST_WORDS or (pieces and _BEST.fullmatch(pieces[-1].strip())):
        return Named("", explicit, splits)
    name = _LEADING.sub("", name)
    name = _POSSESSIVE.sub("/", _SENTENCE.split(name)[-1]).replace(". ", " ")
    if ":" in name and role_of(name.rpartition(":")[2]).quantity in KNOWN:
        before, _, name = name.rpartition(":")
        splits = (*splits, *splits_in(before))
    if explicit and name.lower() == "loss scale":
        name = "loss_scale"  # a quantity of its own, no loss
    if not explicit or not _NAME.match(name) or (role_of(name).quantity not in KNOWN and " " in name):
        own = name.rpartition(" ")[2]
        name = _known_tail(name) or (own if is_of_data_set(own) else "")
    if not name or not _NAME.match(name) or _FILE.search(name) or _BEST.search(name) or _CHANGED.search(name):
        return Named("", explicit, splits)
    return Named(name, explicit, splits, _label(pieces[-1].strip()) if pieces else "")


def _without_window(name: str) -> str:
    """The name without what its mean is taken over, where that stands ahead of it ("Last 100 steps loss" -> "mean loss")."""
    window = _OF_A_WINDOW.match(name)
    if window is None:
        return name
    own = name[window.end() :]
    return own if _IS_MEAN.search(own) or role_of(own).quantity not in KNOWN else f"mean {own}"


def _is_measured(word: str) -> bool:
    """Whether a word in brackets behind a name is a quantity, a data set or a statistic ("loss(train=0.5", "acc(top1=0.9")."""
    return role_of(word).quantity is not Quantity.OTHER or bool(splits_in(word)) or word in _STATISTICS


def _speaks_of_others(name: str) -> bool:
    """Whether a sentence speaks of another time, as of the best so far."""
    return _OF_THE_BEST.search(name) is not None or any(word.lower() in _NOT_OF_NOW for word in name.split())


def is_of_data_set(name: str) -> bool:
    """Whether a name is written in one, beginning with its data set ("val_mean_deg"), so that it names a number without a sign."""
    return _WRITTEN_IN_ONE.fullmatch(name) is not None and role_of(name).quantity is Quantity.OTHER


def _label(word: str) -> str:
    """The label of a class, in capitals or as a tag ("LOC", "B-PER"); "" for the words that stand there otherwise."""
    if not _CLASS.fullmatch(word) or word in _NO_CLASSES or splits_in(word):
        return ""
    # PER are persons or phoneme errors, DATE is a class of names or a time
    return word if role_of(word).quantity in (Quantity.OTHER, Quantity.METRIC, Quantity.TIME) else ""


def _is_paired(word: str) -> bool:
    """Whether a word with a comma behind it names the number that follows."""
    return _PAIRED.fullmatch(word) is not None and role_of(word).quantity in KNOWN


def _known_tail(name: str) -> str:
    """The longest ending of at most four words that is known: "then the training loss" -> "training loss"."""
    words = name.split(" ")
    if role_of(name).quantity is Quantity.TIME:
        return ""
    if any(w.lower() in _NOT_OF_NOW for w in words):
        return ""
    for count in range(min(4, len(words)), 0, -1):
        tail = " ".join(words[-count:])
        if not _LETTER.match(tail):
            continue  # "finished ! Loss"
        if count < len(words) and count > 1 and words[-count].lower() in {"the", "a", "of", "with", "and", "is"}:
            continue
        if role_of(tail).quantity in KNOWN and _NAME.match(tail):
            return tail
    return ""
