"""What to do next on a card: the numbered actions with reason, effect and code, and the other fixes behind one fold."""

from __future__ import annotations

from typing import Any

from loganalyzer import messages
from loganalyzer.diagnosis.actions import others
from loganalyzer.messages import Lang
from loganalyzer.model.outcome import Outcome
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.report import Diagnosis
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.html.spaces import unbroken
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import next_steps

FRAMEWORKS = {
    "pytorch": "PyTorch", "keras": "Keras", "huggingface": "Hugging Face", "lightning": "Lightning", "yolo": "YOLO",
}  # fmt: skip


def steps(diagnosis: Diagnosis, lang: Lang) -> list[dict[str, Any]]:
    """Return the template's data for each thing to do next, the first one first."""
    return [
        {
            **of_fix(step.fix, f"{anchor(diagnosis.id)}-{step.fix.id}"),
            **_parts(step.fix.text, lang),
            "expected": [unbroken(term_safe(text)) for text in step.expected],
            "trial": _trial(action, diagnosis, lang),
            "risk": unbroken(messages.risk(step.fix, lang)),
        }
        for action, step in zip(diagnosis.actions, next_steps(diagnosis, lang), strict=True)
    ]


def more(diagnosis: Diagnosis, lang: Lang) -> list[dict[str, Any]]:
    """Return the template's data for each other fix that may help; none for a run with nothing to do."""
    return [
        {
            **of_fix(messages.prescription(item, diagnosis, lang), f"{anchor(diagnosis.id)}-{item.fix}"),
            "trial": _trial(item, diagnosis, lang),
        }
        for item in others(diagnosis)
    ]


def _parts(text: str, lang: Lang) -> dict[str, str]:
    """The first sentence, which is what to do, and the others: what else belongs to it, and the run's own reasons."""
    first, *others = messages.split_sentences(text, lang)
    rest = unbroken(term_safe(messages.sentences(others, lang)))
    return {"lead": unbroken(term_safe(first)), "gap": messages.LANGUAGES[lang].sentence_space, "rest": rest}


def of_fix(fix: messages.Fix, key: str) -> dict[str, Any]:
    """Return the template's data for a fix; ``key`` tells its boxes and tabs from those of others."""
    return {
        "id": fix.id,
        "key": key,
        "text": unbroken(term_safe(fix.text)),
        "why": unbroken(fix.why),
        "source": fix.source,
        "url": fix.url if fix.url.startswith("https://") else "",
        "code": [{"name": FRAMEWORKS.get(k, k), "key": k, "text": v} for k, v in fix.code.items()],
    }


def _trial(item: Prescription, diagnosis: Diagnosis, lang: Lang) -> str:
    """What the fix did in trials on runs with the finding that asks for it; "" if unknown."""
    asks: Outcome | None = next((o for o in diagnosis.findings if o.rule == item.because), None)
    return messages.trial(asks.rule, asks.kind, item.fix, lang) if asks is not None else ""
