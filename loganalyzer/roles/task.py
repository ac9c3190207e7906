"""What is trained, and with what: recognised from the names of series, settings and files.

The words are tables: a further model, data set or library is one more word. Advice depends on it: text is not flipped,
a language model has no labels, a pretrained model gets no new normalisation layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from loganalyzer.model.late import late
from loganalyzer.model.run import Run
from loganalyzer.model.traits import Domain, Framework, Traits
from loganalyzer.roles.hyperparameters import find, in_use, meaning_of

_LETTERS = re.compile(r"[a-z]+")
_SIGNS = re.compile(r"[^a-z0-9]+")

SERIES: Mapping[Domain, frozenset[str]] = {
    Domain.TEXT: frozenset("bleu sacrebleu chrf rouge rougel rouge1 rouge2".split()),
    Domain.SPEECH: frozenset("wer cer mel dur phoneme".split()),
    Domain.IMAGE: frozenset("map map50 iou miou dice psnr ssim fid lpips box dfl top1 top5 mask rpn".split()),
    Domain.LANGUAGE_MODEL: frozenset("perplexity ppl bpc bpb token tokens tok completion completions".split()),
}
"""Words in the names of series, by the data that they speak of; the first domain with a word decides."""
NAMED: Mapping[Domain, frozenset[str]] = {
    Domain.SPEECH: frozenset("whisper wav2vec hubert conformer librispeech ljspeech tts asr vits tacotron".split()),
    Domain.IMAGE: frozenset(
        "resnet resnext vgg vit deit swin yolo yolov unet efficientnet mobilenet densenet convnext inception alexnet lenet"
        " deeplab segformer maskrcnn rcnn detr dcgan cyclegan stylegan cifar mnist imagenet coco celeba voc cityscapes"
        " svhn image images vision cnn".split()
    ),
    Domain.TEXT: frozenset(
        "bert roberta distilbert albert deberta electra xlnet t5 bart marian nmt opennmt glue sst mnli imdb squad conll ner"
        " sentiment translation text".split()
    ),
    Domain.LANGUAGE_MODEL: frozenset(
        "gpt nanogpt llama tinyllama qwen mistral mixtral gemma falcon bloom pythia mamba rwkv deepseek tinystories"
        " shakespeare wikitext openwebtext llm lm sft dpo grpo".split()
    ),
}
"""Words in the names of models, data sets, runs and files."""
IN_SETTINGS: Mapping[Domain, frozenset[str]] = {
    Domain.IMAGE: frozenset("imgsz imgsize imagesize croppct randomcrop hsvh fliplr".split()),
    Domain.LANGUAGE_MODEL: frozenset("nembd blocksize contextlength vocabsize maxseqlength maxseqlen".split()),
}
"""Names of settings, without signs."""
TRANSFORMERS = frozenset(
    "gpt nanogpt llama tinyllama qwen mistral mixtral gemma falcon bloom pythia bert roberta distilbert albert deberta electra"
    " xlnet t5 bart marian vit deit swin detr whisper wav2vec hubert conformer segformer transformer transformers".split()
)
ATTENTION = frozenset("nhead nheads numheads numattentionheads nembd heads attentionheads".split())
"""Names of settings that only a Transformer has."""
PRETRAINED = frozenset("finetune finetuned finetuning pretrained lora qlora peft sft dpo grpo".split())
"""Words in names that say that training began from weights of another training."""
_PUBLISHED = late(
    lambda: re.compile(
        r"(?i:\b(?:(?:distil|al|ro|de|m|xlm-ro)?bert(?:a|-v2)?|electra|wav2vec2|hubert|bart|t5|xlnet)-(?:base|large|small|tiny|\d{1,3}b)\b)"
    )
)
"""Names of models under which weights are published: a model that is built anew is named after its parts."""
PRETRAINED_SETTINGS = frozenset(
    "lora lorar loraalpha lorarank lorat loratargetmodules peftmethod usepeft modelnameorpath nameorpath finetuningtype".split()
)
BOOSTING = frozenset("xgboost xgb lightgbm lgbm lgb catboost catboostclassifier catboostregressor gbdt gbm".split())
"""Words in names that say that trees are boosted."""
BOOSTING_SETTINGS = frozenset(
    "numleaves maxleaves boostingtype maxdepth nestimators minchildweight minchildsamples colsamplebytree numboostround"
    " l2leafreg".split()
)
SCRATCH = frozenset("scratch".split())


def traits(run: Run) -> Traits:
    """Return what the names of ``run`` tell."""
    names = _words(
        (run.id, *run.files, *(str(v) for m in ("model", "problem") for _, v in find(run.hyperparameters, m)))
    )
    values = _words(str(v) for n, v in run.hyperparameters.items() if _signless(n) in PRETRAINED_SETTINGS)
    settings = frozenset(_signless(name) for name in run.hyperparameters)
    named = names | values
    return Traits(
        domain=_domain(_words(run.series), settings, named),
        framework=_framework(run, settings, named),
        transformer=not named.isdisjoint(TRANSFORMERS) or not settings.isdisjoint(ATTENTION),
        pretrained=_pretrained(run, named, settings),
    )


def _domain(series: frozenset[str], settings: frozenset[str], named: frozenset[str]) -> Domain:
    for table, words in ((SERIES, series), (NAMED, named), (IN_SETTINGS, settings)):
        for domain, known in table.items():
            if not known.isdisjoint(words):
                return domain
    return Domain.UNKNOWN


def _pretrained(run: Run, named: frozenset[str], settings: frozenset[str]) -> bool:
    if not named.isdisjoint(SCRATCH):
        return False
    said = [name for name in run.hyperparameters if meaning_of(name) == "pretrained"]
    if said:
        return "pretrained" in in_use({name: run.hyperparameters[name] for name in said})
    published = any(_PUBLISHED.search(str(value)) for _, value in find(run.hyperparameters, "model"))
    return published or not named.isdisjoint(PRETRAINED) or not settings.isdisjoint(PRETRAINED_SETTINGS)


def _framework(run: Run, settings: frozenset[str], named: frozenset[str]) -> Framework:
    series = frozenset(run.series)
    if run.reader == "catboost" or not named.isdisjoint(BOOSTING) or not settings.isdisjoint(BOOSTING_SETTINGS):
        return Framework.BOOSTING
    if any(name.startswith(("validation_0", "valid_0", "valid_1")) for name in series):
        return Framework.BOOSTING
    folders = " ".join(run.files).lower()
    if any("map50" in name.lower() for name in series) or "closemosaic" in settings:
        return Framework.YOLO
    huggingface = {"perdevicetrainbatchsize", "lrschedulertype", "evalstrategy", "evaluationstrategy"}
    if not settings.isdisjoint(huggingface) or "trainer_state" in folders:
        return Framework.HUGGINGFACE
    if {"loss", "eval_loss"} <= series or {"loss", "grad_norm", "learning_rate", "epoch"} <= series:
        return Framework.HUGGINGFACE
    if "eval_runtime" in series or "train_runtime" in series:
        return Framework.HUGGINGFACE
    if "lightning_logs" in folders or "hp_metric" in series or any(name.startswith("lr-") for name in series):
        return Framework.LIGHTNING
    if any(name.endswith("_step") and f"{name.removesuffix('_step')}_epoch" in series for name in series):
        return Framework.LIGHTNING
    if run.reader == "keras" or {"loss", "val_loss"} <= series:
        return Framework.KERAS
    return Framework.UNKNOWN


@lru_cache(maxsize=4096)
def _signless(name: str) -> str:
    return _SIGNS.sub("", name.replace(".", "/").rsplit("/", 1)[-1].lower())


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in _words_of(name))


@lru_cache(maxsize=4096)
def _words_of(name: str) -> frozenset[str]:
    """The words of a name, with and without their digits: "ResNet18/top1" -> resnet18, resnet, top1, top."""
    parts = _SIGNS.split(name.lower())
    return frozenset(parts).union(*map(_LETTERS.findall, parts))
