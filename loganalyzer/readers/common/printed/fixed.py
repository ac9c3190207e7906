"""Lines that do not name their numbers, or hide what counts: what each number means is known for the tool that prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loganalyzer.model.record import Record
from loganalyzer.readers.common.line_names import name_before

PLACEHOLDER = "\0"
"""Stands for a number in the shape of a line."""
LOSS_SCALE = "loss_scale"
"""The series of what mixed precision multiplies the loss by: it is halved where a gradient is infinite or NaN."""
COUNTERS = frozenset({"epoch", "epochs", "step", "steps"})


class Field(Record):
    """What the number at ``index`` of a line means: a counter (see ``COUNTERS``), the name of a value, "" for nothing.

    ``count`` numbers from ``index`` on belong together; ``summed`` where their sum is the value, not their mean.
    """

    name: str
    index: int
    count: int = 1
    summed: bool = False


class Fixed(Record):
    """The ``shape`` of a line and the field of each number from the match on.

    "" skips a number; "^" is a value that the words at the start of the line name. ``mute`` lines hold no word that
    speaks of training: without their grammar they would not be looked at.
    """

    tool: str
    shape: re.Pattern[str]
    fields: tuple[str, ...]
    mute: bool = False


def _fixed(tool: str, shape: str, fields: str, mute: bool = False) -> Fixed:
    """``fields`` are parted by blanks, "-" for a number that means nothing, "~" for a blank inside a name."""
    names = tuple("" if name == "-" else name.replace("~", " ") for name in fields.split())
    return Fixed(tool, re.compile(shape), names, mute)


_LEGEND = r"\((?:epoch|ep), ?(?:mini-?batch|batch|iteration|iter|step)\)"
GRAMMARS = (
    _fixed("darknet", r"^\s*\0: \0, \0 avg(?: loss)?, \0 rate, \0 seconds, \0 images", "step loss avg~loss rate"),
    _fixed("catboost", r"^\s*\0:\s{1,8}+learn: \0\s{1,8}+test: \0\s{1,8}+best: ", "step train/loss test/loss"),
    _fixed("catboost", r"^\s*\0:\s{1,8}+learn: \0\s{1,8}+total: ", "step train/loss"),
    _fixed("catboost", r"^\s*\0:\s{1,8}+test: \0\s{1,8}+best: ", "step test/loss"),
    _fixed(
        "eesen",
        r"After \0 sequences \(\0\s?Hr\): Obj\(log\[Pzx\]\) = \0 {1,8}TokenAcc = \0%",
        "step - log~likelihood token~accuracy",
    ),
    _fixed("lightgbm, xgboost", r"^(?:\[[\d: ]*\] )?\[\0\]:?\s+[A-Za-z][^\0]*[:=]", "step", mute=True),
    _fixed("gpt-2", r"^\[\0 \| \0\] loss=", "step -"),
    _fixed("espnet", r"\0epoch results: ", "epoch"),
    _fixed("espnet", r"\0epoch:[a-z]{1,20}:\0-\d{1,9}batch: ", "epoch step"),
    _fixed("clu", r"\] \[\0\] [A-Za-z_][\w/.\-]{0,80}=\0", "step"),
    _fixed("xgboost", r"^\[\0:\0:\0\] \[\0\]\s+[A-Za-z][^\0]*[:=]", "- - - step"),
    _fixed("pytorch tutorial", r"^\s*\[\0,\s*\0\]:?\s*[A-Za-z]", "epoch step"),
    _fixed("pytorch tutorial", rf"\[\0,\s*\0\]\s*{_LEGEND}:\s*\0", "epoch step ^"),
    _fixed("pytorch tutorial", rf"\[\0,\s*\0\]\s*{_LEGEND}", "epoch step"),
    _fixed("ordinal", r"^[^\0A-Za-z]{0,12}\0-?(?:st|nd|rd|th) (?:round|iteration)", "step"),
    _fixed("ordinal", r"^[^\0A-Za-z]{0,12}\0-?(?:st|nd|rd|th) epoch", "epoch"),
    _fixed("ordinal", r"^[^\0A-Za-z]{0,12}\0\s?エポック目?", "epoch"),
    _fixed("ordinal", r"^[^\0A-Za-z]{0,12}\0\s?(?:ステップ|イテレーション|反復)目?", "step"),
    _fixed("ordinal", r"^[^\0A-Za-z]{0,12}第\s?\0\s?(?:轮次?|个?\s?epoch|エポック)", "epoch"),
    _fixed("ordinal", r"^[^\0A-Za-z]{0,12}第\s?\0\s?(?:步|次迭代|ステップ)", "step"),
    _fixed("build-nanogpt", r"^\0 train \0\s*$", "step train/loss", mute=True),
    _fixed("build-nanogpt", r"^\0 val \0\s*$", "step val/loss", mute=True),
    _fixed("build-nanogpt", r"^\0 hella \0\s*$", "step hellaswag~acc", mute=True),
    _fixed("llm.c", r"^s:\0 tel:\0", "step val/loss", mute=True),
    _fixed("llm.c", r"^s:\0 trl:\0(?! lr:)", "step train/loss", mute=True),
    _fixed("llm.c", r"^s:\0 trl:\0 lr:\0(?! norm:)", "step train/loss lr", mute=True),
    _fixed("llm.c", r"^s:\0 trl:\0 lr:\0 norm:\0", "step train/loss lr grad~norm", mute=True),
    _fixed("llm.c", r"^s:\0 eval:\0", "step hellaswag~acc", mute=True),
    _fixed("char-rnn", r"^\0 \0% \(\0m \0s\) \0", "step - - - loss", mute=True),
    _fixed("char-rnn", r"^\0 \0% \(\0m\d{1,2}s\) \0", "step - - loss", mute=True),
    _fixed("char-rnn", r"^\0m \0s \(\0 \0%\) \0", "- - step - loss", mute=True),
    _fixed("char-rnn", r"^\0m\d{1,2}s \(\0 \0%\) \0", "- step - loss", mute=True),
    _fixed("seq2seq", r"^\0m \0s \(-? ?\0m \0s\) \(\0 \0%\) \0", "- - - - step - loss", mute=True),
    _fixed("seq2seq", r"^\0m\d{1,2}s \(-? ?\0m\d{1,2}s\) \(\0 \0%\) \0", "- - step - loss", mute=True),
    _fixed(
        "tesseract",
        r"^At iteration \0/\0/\0, [Mm]ean rms=\0%, delta=\0%, (?:B?CER|char) train=\0%, (?:B?WER|word) train=\0%",
        "- step - train/rms~error train/delta train/cer train/wer",
    ),
    _fixed(
        "pycocotools",
        r"verage Precision  \(AP\) @\[ IoU=\0:\0 \| area= {1,3}all \| maxDets= {0,2}\0 \] = \0",
        "- - - val/coco~AP",
    ),
    _fixed(
        "pycocotools",
        r"verage (?:Precision|Recall) {1,5}\(A[PR]\) @\[ IoU=\0(?::\0)? {1,9}\| area= {0,3}[a-z]{1,8} \| maxDets= {0,2}\0 \] = \0",
        "- - - -",
    ),
    _fixed("timm", r"Train: \0 \[\s*\0/\0 \(\s*\0%\)\]", "epoch step steps -"),
    _fixed("deeplearning4j", r"Score at iteration \0 is \0", "step loss"),
    _fixed("an E for epoch", r"^[^\0A-Za-z]{0,12}E\0/\0 S\0/\0", "epoch epochs step steps"),
    _fixed("an E for epoch", r"^[^\0A-Za-z]{0,12}E\0(?: |:|,| ?\|){1,3}(?=[A-Za-z\[(])", "epoch"),
    _fixed("an E for epoch", r"^[^\0A-Za-z]{0,12}E[\s:#]{0,6}\0\s?/\s?\0", "epoch epochs"),
    _fixed("an E for epoch", r"^\[E\0\]|^E\0[\s:|,\-]{1,4}(?:[Ss]tep|[Ii]ter|[Bb]atch)", "epoch"),
    _fixed("pairs", r"^\s*[Ee]poch,\s?\0,\s?(?:[Ss]tep|[Ii]ter\w{0,6}|[Bb]atch),\s?\0,", "epoch step"),
    _fixed("pairs", r"^\s*[Ee]poch,\s?\0,", "epoch"),
    _fixed("pairs", r"^\s*(?:[Ss]tep|[Ii]ter\w{0,6}),\s?\0,", "step"),
    _fixed("R's optim", r"^iter\s+\0 value \0\s*$", "step loss"),
    _fixed("rwkv", r"^\0 \0 \0 \0 \0-\d\d-\d\d \0:\0:\0 \0\s*$", "epoch loss ppl lr", mute=True),
    _fixed(
        "kaldi",
        r"verage (?:objective function|log-prob\w{0,6}) for '?[\w-]{1,40}'? for minibatches \0-\d{1,9} is \0",
        "step log~likelihood",
    ),
    _fixed(
        "kaldi",
        r"verall average (?:objective function|log-prob\w{0,6}) for '?[\w-]{1,40}'? is \0 (?:\+ \0 )?over \0 ",
        "overall~log~likelihood",
    ),
    _fixed("kaldi", r"verall log-probability for '?[\w-]{1,40}'? is \0 per frame", "overall~log~likelihood"),
    _fixed("mixed precision", r"(?:[Rr]educing|[Ss]etting)(?: dynamic)? loss scale to:? \0", LOSS_SCALE),
    _fixed("mixed precision", r"[Rr]educing dynamic loss scale from \0 to \0", f"- {LOSS_SCALE}"),
    _fixed("mixed precision", r"[Aa]ttempted loss scale: \0, reducing to \0", f"- {LOSS_SCALE}"),
)
_DATES = (f"{PLACEHOLDER}-", f"[{PLACEHOLDER}-")
_STAMP = re.compile(
    r"\[?\0-\d\d-\d\d[ T]\0:\0:\0(?:[,.]\0)?\]?(?: ?[-|:]? ?\[?[A-Za-z_][\w.]{0,40}\]?){1,3}(?: ?[-|:]{1,2} ?| )(?=\S)"
)
"""What logging puts in front of a line that would begin it otherwise."""
_AT_START = re.compile("|".join(f"(?:{g.shape.pattern})" for g in GRAMMARS if g.shape.pattern.startswith("^")))
_INSIDE = tuple(g for g in GRAMMARS if not g.shape.pattern.startswith("^"))
_WORDS_INSIDE = (
    "Score at iteration ",
    " sequences (",
    "epoch results: ",
    "batch: ",
    "] [",
    "Train: ",
    "] (",
    "](",
    " for ",
    "oss scale",
    " @[ IoU=",
)
"""Each grammar that may begin anywhere in a line has one of these words."""
_MUTE = re.compile("|".join(f"(?:{g.shape.pattern})" for g in GRAMMARS if g.mute))
_LISTS = re.compile(r"^\s*\0\s+\[(\0(?:, \0)*)\]\s+\[((?:\0(?:, \0)*)?)\]\s+\[((?:\0(?:, \0)*)?)\]\s*$")


def is_fixed(shape: str) -> bool:
    """Whether a line without any word of training has a meaning nevertheless."""
    return _MUTE.match(shape) is not None or _LISTS.match(shape) is not None


def fixed_fields(texts: Sequence[str]) -> Iterator[Field]:
    """What the numbers of a line mean by one of the grammars; ``texts`` stand around the numbers, one more than these."""
    shape, before = PLACEHOLDER.join(texts), 0
    if (lists := _LISTS.match(shape)) is not None:
        yield from _of_lists(lists)
        return
    if shape.startswith(_DATES) and (stamp := _STAMP.match(shape)) is not None:
        shape, before = shape[stamp.end() :], stamp[0].count(PLACEHOLDER)
    for grammar in _candidates(shape):
        if match := grammar.shape.search(shape):
            for index, name in enumerate(grammar.fields, before + shape.count(PLACEHOLDER, 0, match.start())):
                if name != "^":
                    yield Field(name, index)
                elif (named := name_before(texts[0])) is not None:
                    yield Field(named.name, index)
            return


def _candidates(shape: str) -> Sequence[Fixed]:
    """The grammars worth trying: most lines have none, which two looks tell."""
    if _AT_START.match(shape):
        return GRAMMARS
    return _INSIDE if any(word in shape for word in _WORDS_INSIDE) else ()


def _of_lists(lists: re.Match[str]) -> Iterator[Field]:
    """DeepXDE: a step and the parts of the training loss, of the test loss, and the metrics, each in brackets."""
    yield Field("step", 0)
    index = 1
    for name, text in zip(("train/loss", "test/loss", "test/metric"), lists.groups(), strict=True):
        count = text.count(PLACEHOLDER)
        if count:
            yield Field(name, index, count, summed=name != "test/metric")
        if count > 1:
            yield from (Field(f"{name} part {part}".replace("loss ", ""), index + part) for part in range(count))
        index += count
