"""The grammar of a log line, found from its shape.

A line is cut at its numbers. What is left, the *shape*, repeats for every line that the same print statement wrote, so
its meaning (which number counts, which is a loss of which split) is worked out once per shape: by the grammars of
``fixed`` for lines that do not name their numbers, else from the words before each number.
"""

from __future__ import annotations

import re

from msgspec import Struct

from loganalyzer.model.record import field, replace
from loganalyzer.model.role import Quantity, Split
from loganalyzer.readers.common.data_sets import data_set
from loganalyzer.readers.common.line_names import (
    FEW_SHOT,
    NUMBER_TYPE,
    Counter,
    Named,
    counter_before,
    is_of_data_set,
    name_ahead,
    name_before,
    name_in_cell,
    splits_in,
)
from loganalyzer.readers.common.printed.absent import expanded, without_words
from loganalyzer.readers.common.printed.brackets import is_bar, is_bracket_counter, take_bracket
from loganalyzer.readers.common.printed.fixed import COUNTERS, fixed_fields
from loganalyzer.readers.common.printed.full_names import SECONDS, distinct, is_held_out, with_full_names
from loganalyzer.readers.common.printed.notices import mark_notice
from loganalyzer.readers.common.printed.pairs import (
    bare_data_set,
    is_beside_another,
    measures,
    name_in_brackets,
    names_in_row,
    of_training_and_held_out,
    of_two_data_sets,
    quantity_ahead,
)
from loganalyzer.readers.common.printed.places import place_before
from loganalyzer.readers.common.printed.plan import Plan, Value, scale_of
from loganalyzer.readers.common.printed.results import STOPPED_EARLY, is_announcement, is_report, is_result
from loganalyzer.readers.common.printed.sections import HELD_OUT
from loganalyzer.readers.common.quantities import KNOWN, OBJECTIVES
from loganalyzer.roles.assign import role_of

NOISE = frozenset("cuda device line v_num wps ups wpb bsz wall train_wall oom gb_free clip mfu".split())

_UNIT_OF_VALUE = re.compile(r"(?:dB|bits|bpd|bpp|nats|pts?)\b")
_IN_OTHER_UNIT = re.compile(
    r"\s?(?:dB|bits?|bpd|bpp|bpc|bpb|nats?|ppl|px|pixels?|mm|cm|deg)(?:/(?:dim|char|token|byte|pixel))?\)"
)
"""Behind a number in brackets: it says the value before it once more, in another unit ("nll: 1041.5 (1.92 bpd)")."""
_LETTERS = re.compile(r"(?!is ?[:=])[A-Za-z][A-Za-z/]*")
_SLASH = re.compile(r"^\]?\s*(?:/|of|／)\s*\[?$")
_AFTER_NUMBER = re.compile(
    r"^(?:[A-Za-z]{1,12}(?= ?[:=])|[A-Za-z]{1,2}(?= )|\s?[A-Za-z]{1,20}/(?:s|sec|second|step|it|batch|epoch)\b"
    r"|\s*(?:エポック|ステップ|イテレーション|回|轮次?|步)目?(?=[\s:、,：，]))"
)
"""What belongs to the number before: its unit, or the word that it counts."""
_SAYS_IT = re.compile(
    r"(?:\s?(?:epoch|step|iteration|iter|update|batch|round)(?:e?s)?)?\s{0,20}[)\]]{0,2}\s{0,20}"
    r"(?:(?:is\s?)?[:=]{1,2}|[=\-]>|(?:,\s)?(?:is|was)(?:\s(?:now|about|equal to))?|equals|equal to|は|：)"
    r"\s{0,20}(?:(?:tf\.)?tensor\()?[\"'(\[]?\s{0,20}",
    re.IGNORECASE,
)
"""What stands between a counter and the value whose name is ahead of both ("Cost after iteration 100: 0.6")."""
_COUNTS_ON = re.compile(
    r"\s{0,3}(?:,|;|/|and)\s{0,3}(?:epoch|step|iteration|iter|batch|update|round)\.?\s?[:=#]?\s{0,3}", re.IGNORECASE
)
"""Between two counters that stand between a name and its value ("Loss at epoch 0 and iteration 500 is 0.2")."""
_ENDS = re.compile(r"\s{0,20}(?:$|[,;|])")
"""What stands behind that value where only blanks stand ahead of it ("train loss epoch 3 0.41")."""
_COUNTED_BEHIND = re.compile(
    r"\s?(?P<unit>epoch|step|iteration|iter|update|batch|round)(?P<many>e?s)?\b", re.IGNORECASE
)
_FOR_ONE = re.compile(r"\s(?:for|of|on|in|during)\s{1,3}$", re.IGNORECASE)
"""Ahead of one counted: "Loss for 3 epoch: 0.5"; what is said of several ("Mean loss of 100 batches") counts nothing."""
_INDEX = re.compile(r"\]\s?[:=]")
_WRAPPED = re.compile(rf"{NUMBER_TYPE}\($")
_COMMA = re.compile(rf"\)?\s{{0,20}},\s{{0,20}}(?:{NUMBER_TYPE}\()?")
"""Between the numbers of a list, those of NumPy 2 among them: "[np.float32(0.1), np.float32(0.2)]"."""
_AHEAD_OF_COUNT = re.compile(r"(?:(?:^|\s)(?:after|at|nach)\s{1,3}|\()$", re.IGNORECASE)
_SUMMARY = re.compile(r"(?:^|\s)\*\s+(?:(?i:acc|prec|recall|loss|err|mae|rmse|auc|iou|miou|dice|f1)|mAP|AP)")
_OF_AN_EVALUATION = ("Saving dict for global step", " cur metric, ")
"""What TensorFlow's estimators and PaddlePaddle's programs print ahead of what an evaluation gave."""
_OPENS_LOSSES = re.compile(
    r"\b[Ll]oss(?:es)?\s?[:=]?\s{0,3}\{\s{0,3}['\"][\w \-/.]{1,40}['\"]:\s{0,3}(?:[\w.]{1,20}\()?$"
)
"""Ahead of the first of several losses that leave the word out: "Losses {'ner': 12.3, 'tagger': 4.5}" of spaCy's examples."""
_FRAME = " \t|-*#>[(:"
MOST_CONTEXT = 80
_TQDM = re.compile(r"%\||it/s|s/it")
_BEST_BEFORE = re.compile(r"\b(?:best|resum\w*|load\w*)\b", re.IGNORECASE)
_CALLED_BEST = re.compile(r"\bnew[ _-]best(?: [a-z]{1,12}){0,2} ?[\])!*|>]{1,4}[\s|*>-]{0,6}", re.IGNORECASE)
"""Ahead of a line that is like the others, but for the best values so far: "[NEW BEST] Epoch 5: ..."."""


def plan_of(texts: list[str]) -> Plan | None:
    """The meaning of a line cut at its numbers (``texts`` one longer than the numbers), None if it has none."""
    if is_report(texts) or is_announcement(texts):
        return None
    absent = _absent(texts)
    if absent:
        texts = without_words(texts)
    scan = _Scan(texts)
    scan.fixed_fields()
    scan.walk()
    plan = scan.plan
    named = with_full_names(scan.found, plan, texts, scan.label, scan.places)
    plan.values = tuple(distinct([*scan.fixed, *named]))
    mark_notice(plan, texts)
    plan.held_out = scan.counts_held_out()
    plan.bar = is_bar(texts, plan)
    plan.tqdm = not plan.bar and any(_TQDM.search(text) for text in texts)
    if plan.epoch < 0 and is_result(texts):
        return None
    plan.absent = absent
    return plan if plan.values or plan.epoch >= 0 or plan.step >= 0 else None


def _absent(texts: list[str]) -> tuple[str, ...]:
    """The names of the values in place of which a word stands, as they are where a number stands there."""
    whole = expanded(texts)
    plan = plan_of(whole.texts) if whole is not None else None
    if whole is None or plan is None:
        return ()
    return tuple(value.name for value in plan.values if value.index in whole.absent and value.count == 1)


class _Scan(Struct):
    """One walk over the numbers of a line, from left to right, and what it has found so far.

    ``split`` is the data set that the words read last speak of, ``counted`` the one that the counter's own words named,
    ``ahead`` the quantity that stood ahead of the counter, ``unit_end`` where the unit behind the number before ends,
    ``label`` the class that the line is of, ``places`` the words before numbers that are part of a name, ``place`` the last
    such number, ``shared`` the quantity of numbers that name a data set only, ``brackets`` the counters in brackets so far,
    ``bracketed`` their numbers; ``of_losses`` says that the walk is inside of braces with losses,
    ``waiting`` are named numbers ahead of any counter; ``found`` holds each named value with the split of its place,
    ``pairs`` the names of numbers that have another one behind a slash.
    """

    texts: list[str]
    plan: Plan = field(default_factory=Plan)
    taken: set[int] = field(default_factory=set)
    fixed: list[Value] = field(default_factory=list)
    found: list[tuple[Value, str]] = field(default_factory=list)
    split: str = ""
    counted: str = ""
    ahead: str = ""
    unit_end: int = 0
    label: str = ""
    places: dict[int, str] = field(default_factory=dict)
    place: int = -1
    shared: str = ""
    brackets: int = 0
    bracketed: set[int] = field(default_factory=set)
    of_losses: bool = False
    waiting: list[tuple[Named, int, int]] = field(default_factory=list)
    pairs: dict[int, str] = field(default_factory=dict)

    def fixed_fields(self) -> None:
        """Take the numbers that one of the fixed grammars explains."""
        for known in fixed_fields(self.texts):
            self.taken.update(range(known.index, known.index + known.count))
            if known.name in COUNTERS:
                setattr(self.plan, known.name, known.index)
                if known.name == "step":
                    self.plan.in_epoch = self.plan.epoch >= 0
            elif known.name:
                scale = scale_of(self.texts[known.index + 1])
                self.fixed.append(Value(known.name, known.index, -1, scale, False, known.count, known.summed))

    def walk(self) -> None:
        """Give every other number its meaning."""
        if any(_SUMMARY.search(text[-60:]) for text in self.texts[:8]):
            self.split = "test"
        if any(words in text for words in _OF_AN_EVALUATION for text in self.texts[:8]):
            self.split = "val"
        index, count = 0, len(self.texts) - 1
        while index < count:
            index += 1 if index in self.taken else self._number(index)
        self._take_waiting()
        if both := of_training_and_held_out(self.pairs, self.plan, self.texts):
            self.found = [*(one for one in self.found if one[0].index not in self.pairs), *both]

    def _number(self, index: int) -> int:
        """The meaning of the number at ``index``; how many numbers it took."""
        left, right = self.texts[index][self.unit_end :], self.texts[index + 1]
        self.unit_end = 0
        over = index + 1 if index + 2 < len(self.texts) and _SLASH.match(right) else -1
        unit = _LETTERS.match(right) if not _UNIT_OF_VALUE.match(right) else None
        if self._names_place(left, right, index):  # the number is part of the name of what follows
            return 1
        if index and (behind := _AFTER_NUMBER.match(left)):
            left = left[behind.end() :]
        counter = None if unit else counter_before(left)
        if counter is not None and not self._speaks_of_the_best(index):
            self.ahead = name_ahead(left) or (self.ahead if _COUNTS_ON.fullmatch(left) else "")
            self._count(counter, index, over)
        elif self.ahead and (_SAYS_IT.fullmatch(left) or (left.isspace() and _ENDS.match(right))):
            self._value_of(self.ahead, index, over, right)
        elif (behind := _COUNTED_BEHIND.match(right)) and (ahead := _ahead_of_count(left)) is not None:
            self._counted(behind, index, ahead, over)
        elif left.endswith("[") and _INDEX.match(right) and (name := name_ahead(f"{left[:-1]} at step ")):
            self.ahead = name
            self._count(Counter("step"), index, over)  # "loss[3] = 0.5"
        elif is_bracket_counter(self.texts, index, over, self.brackets, self.plan):
            self.split = take_bracket(self.plan, self.texts, index, over, self.split)
            self.bracketed.add(index)
            self.brackets += 1
        elif left.lstrip("%").strip() in {"(", "(avg:", "(avg"} and self.found:
            self._behind_value(left, index, over, right)
        elif not unit:
            self.ahead = ""  # "loss at epoch 3 10:22:31": a time of day
            return self._named(left, right, index, over)
        return 2 if over >= 0 else 1

    def _names_place(self, left: str, right: str, index: int) -> bool:
        named = place_before(left, right, first=index == 0)
        if named is None or (named[1] and not _SAYS_IT.fullmatch(right)):
            return False
        self.place, self.places[index] = index, named[0]
        self.ahead = named[1] or self.ahead
        return True

    def _speaks_of_the_best(self, index: int) -> bool:
        """True for "best epoch 12", "stopped early at epoch 45" before any counter: that is not where the log is."""
        if self.plan.epoch >= 0 or self.plan.step >= 0:
            return False
        before = _CALLED_BEST.sub("", " ".join(self.texts[: index + 1]))
        return _BEST_BEFORE.search(before) is not None or STOPPED_EARLY.search(before) is not None

    def _count(self, counter: Counter, index: int, over: int) -> None:
        plan = self.plan
        if counter.unit == "epoch":
            if plan.epoch < 0:
                plan.epoch, plan.epochs = index, over
        elif plan.epoch < 0 and plan.step in self.bracketed and min(plan.steps, over) >= 0:
            plan.epoch, plan.epochs = plan.step, plan.steps  # "[1/30] iter: 100/278"
            plan.step, plan.steps = index, over
        elif plan.step < 0 and not (counter.overall and plan.epoch >= 0):
            plan.step, plan.steps, plan.in_epoch, plan.batches = index, over, counter.in_epoch, counter.in_epoch
        elif plan.also < 0:
            # "epoch 2 | ... | num_updates 3274": the epoch (and the place in it) says it already, unless values come again
            plan.also, plan.alsos = index, over
        self.split = self.counted = counter.split or self.split
        self.brackets = 1

    def _counted(self, behind: re.Match[str], index: int, name: str, over: int) -> None:
        """Take a number by the unit behind it ("Loss after 3 epochs", "Loss for 3 epoch"); one of several counts nothing."""
        self.ahead, self.unit_end = name_ahead(f"{name} at epoch "), behind.end()
        if not (behind["many"] and _FOR_ONE.search(self.texts[index])):
            self._count(Counter("epoch" if behind["unit"].lower() == "epoch" else "step"), index, over)

    def _value_of(self, name: str, index: int, over: int, right: str) -> None:
        """The value of a quantity that was named ahead of its counter."""
        self.ahead = ""
        value = _value(name, True, index, over, right, self.plan)
        if value is not None:
            self.found.append((replace(value, place=self.place), self.split))

    def _behind_value(self, left: str, index: int, over: int, right: str) -> None:
        """What stands in brackets behind a value: its running mean, the count that it is of ("10.4% (1040 / 10000)"), or
        another value, of which the name stands in brackets, too ("Accuracy (Loss): 0.5 (1.37)")."""
        if (over >= 0 and not left.endswith("avg")) or SECONDS.match(right) or _IN_OTHER_UNIT.match(right):
            return
        if name := name_in_brackets(self.texts[index - 1]):
            self.found.append((Value(name, index, -1, scale_of(right), place=self.place), self.split))
            return
        value, split = self.found[-1]
        if value.over < 0 and value.count == 1 and (split in HELD_OUT or is_held_out(value.name)):
            self.found[-1] = (replace(value, index=index, scale=scale_of(right)), split)

    def _named(self, left: str, right: str, index: int, over: int) -> int:
        """A value that the words before it name; a short list in brackets is one value."""
        used = 2 if over >= 0 else 1
        if index + 2 < len(self.texts) and (both := of_two_data_sets(left, right)) is not None:
            for place, split in ((index, "train"), (index + 1, both.held_out)):
                self.found.append((Value(f"{split}/{both.name}", place, -1, scale_of(self.texts[place + 1])), split))
            return 2
        if over >= 0 and (row := names_in_row(left, self.texts[index + 1 :])):
            self.found += [(Value(n, i, -1, scale_of(self.texts[i + 1])), self.split) for i, n in enumerate(row, index)]
            return len(row)
        named = name_before(left)
        if over >= 0 and named is not None and measures(named.name):
            self.pairs[index] = named.name
        if "}" in left:
            self.of_losses = False
        self.of_losses = self.of_losses or _OPENS_LOSSES.search(left) is not None
        if self.of_losses and named is not None and named.name and role_of(named.name).quantity is Quantity.OTHER:
            named = replace(named, name=f"loss/{named.name}")
        unknown = over < 0 and (named is None or role_of(named.name).quantity is Quantity.OTHER)
        if unknown and (bare := bare_data_set(left, right)) is not None:
            self._of_data_set(left[-MOST_CONTEXT:][: bare.start()], bare["set"], index)
            return 1
        self.shared = ""
        if (cell := name_in_cell(left, right)) and (named is None or not named.name):
            named = Named(cell, explicit=True, splits=named.splits if named else ())
        if named is None or (unknown and right == ":"):  # a time of day, or how long it takes ("Need: 00:08:49")
            return used
        self.split = named.splits[-1] if named.splits else self.split
        self.label = named.label or self.label
        value = _value(named.name, named.explicit, index, over, right, self.plan)
        if value is None and named.explicit and self.found and not self._counted_before(index):
            self.waiting.append((replace(named, splits=(self.split,)), index, over))
        opens = _WRAPPED.sub("", left).rstrip().endswith("[")
        if value is None or (opens and right.startswith(" ") and right.strip() == ""):
            return used  # an array printed with blanks, often over several lines
        if opens and _COMMA.fullmatch(right):
            used = self._listed(index)
            value = Value(value.name, index, -1, value.scale, False, used)
        self.found.append((replace(value, place=self.place), self.split))
        if " " in value.name and (inner := splits_in(value.name)):
            self.split = inner[-1]  # "validation abs_rel: 0.1 rmse: 4.3": the rest is measured on the same data
        return used

    def _of_data_set(self, before: str, word: str, index: int) -> None:
        """A number that its data set alone names: of the quantity named ahead of it or of the set before, else of none."""
        self.split = data_set(word)
        self.shared = quantity_ahead(before) or self.shared or self._measured_on_training()
        name = f"{self.split}/{self.shared}" if self.shared else word
        counted = self._counted_before(index)
        right = self.texts[index + 1]
        begins = not before.rpartition("INFO")[2].strip(_FRAME)
        if self.shared or counted or (begins and is_beside_another(right)):
            self.found.append((Value(name, index, -1, scale_of(right)), self.split))

    def _counted_before(self, index: int) -> bool:
        return 0 <= self.plan.epoch < index or 0 <= self.plan.step < index

    def _take_waiting(self) -> None:
        """The named values of a line that says at its end where the training is ("loss: 0.4, entropy: 0.7, step: 30")."""
        told = any(role_of(value.name).quantity in OBJECTIVES for value, _ in self.found)
        if not told or max(self.plan.step, self.plan.epoch) < 0:
            return
        for named, index, over in self.waiting:
            value = _value(named.name, True, index, over, self.texts[index + 1], self.plan, counted=True)
            if value is not None:
                self.found.append((value, named.splits[0]))

    def _measured_on_training(self) -> str:
        """What the value before measures on training data ("Train Loss: 0.41 | Val: 0.47"), "" if it says no data set."""
        role = role_of(self.found[-1][0].name) if self.found else None
        measured = role is not None and role.split is Split.TRAIN and role.quantity in KNOWN
        return role.metric if role is not None and measured and self.split in HELD_OUT else ""

    def _listed(self, index: int) -> int:
        """How many numbers follow one another from ``index`` on with nothing but commas between them."""
        last = index
        while last + 2 < len(self.texts) and _COMMA.fullmatch(self.texts[last + 1]):
            last += 1
        return last - index + 1

    def counts_held_out(self) -> bool:
        """True where the step counts the batches of an evaluation, not those of the training."""
        plan = self.plan
        if plan.step < 0 or plan.step in self.taken or not self.found:
            return False
        held_out = all(split in HELD_OUT or is_held_out(value.name) for value, split in self.found)
        return held_out and (plan.in_epoch or (plan.steps >= 0 and self.counted in HELD_OUT))


def _ahead_of_count(left: str) -> str | None:
    """What stands ahead of "after 3 epochs", or, where it names a quantity, of "for 3 epoch"; None before other numbers."""
    if found := _AHEAD_OF_COUNT.search(left):
        return left[: found.start()]
    found = _FOR_ONE.search(left)
    return left[: found.start()] if found and name_ahead(f"{left[: found.start()]} at epoch ") else None


def _value(
    name: str, explicit: bool, index: int, over: int, right: str, plan: Plan, *, counted: bool = False
) -> Value | None:
    if not name:
        return None
    quantity = role_of(name).quantity
    if quantity in {Quantity.EPOCH, Quantity.STEP, Quantity.TIME} or name in NOISE:
        return None
    if name.lower().endswith("cost") and SECONDS.match(right):
        return None  # "====> Epoch: 12, cost 95.3 s": time
    if quantity is Quantity.OTHER and right.startswith("%") and FEW_SHOT.search(name):
        return Value(f"{name} acc", index, over, 0.01)  # "Val 1-shot L2N: 43.1%"
    counted = counted or 0 <= plan.epoch < index or 0 <= plan.step < index
    named = (explicit and " " not in name.strip()) or is_of_data_set(name)
    if quantity not in KNOWN and not (named and counted):
        return None
    if len(name) == 1 and quantity is Quantity.REWARD:
        return None
    if over >= 0 and quantity is not Quantity.METRIC:
        return None
    return Value(name, index, over, scale_of(right))
