"""How long to train, and which checkpoint to use."""

from __future__ import annotations

import numpy as np

from loganalyzer.features.curve import Curve
from loganalyzer.features.learning_curve import Outlook, as_much_again, half_as_much
from loganalyzer.features.levels import scale
from loganalyzer.features.replay import replay, safest
from loganalyzer.model.outcome import Number, Outcome
from loganalyzer.model.prescription import Change, Expected, Keep, Prescription
from loganalyzer.model.record import Record
from loganalyzer.model.role import Task
from loganalyzer.rules.fixes.prescriptions.batch import SMALLEST
from loganalyzer.rules.fixes.prescriptions.case import USUAL_BATCH, Case, changed

FEWEST = 5
"""Fewer evaluations are not replayed."""
REGRET, SAVED = 0.01, 0.05
"""The patience costs at most this share of the gain, and saves at least this share of the run."""
WORTH = 0.02
"""More training is worth this share of the gain."""
KEEPS_FALLING = 1.3
"""Twice the length is advised where it brings so many times what half as much again would."""
STRETCHED = 1.2
"""The next run is planned for so many times the steps to the best point."""
FEW_EPOCHS, SHORT_TIMES, MANY_EPOCHS = 15, 4, 60
"""So few epochs are made so many times as many, and at least so many: twice as few would be few again."""
FEW_STEPS = 200_000
"""Fewer steps of an environment are few: the benchmarks of reinforcement learning are run for a million and more."""
SHORT_PATIENCE = 5
"""A patience below this is short."""
PATIENT, LEAST_PATIENCE = 5, 10
"""A patience that was too short is made so many times as long, and at least so many evaluations."""
PATIENT_SHARE = 0.2
"""The share of a run that a patience waits where learning is slow and noisy."""
CLEARLY = 0.1
"""The share of its gain by which a score is clearly better."""
UNFINISHED = 0.95
"""A run that ended before this share of its planned length was not finished."""


class Patience(Record):
    """A patience in evaluations, the step at which it would have ended the run, and the share of the run that it saves."""

    evaluations: int
    stop: int
    saved: float


def stop_early(case: Case) -> Prescription | None:
    """The best checkpoint, and the patience that would have ended the run after it."""
    keep, curve = case.best, _curve_of_best(case)
    if keep is None or curve is None or curve.count < FEWEST:
        return None
    later = _score_learned_on(case, keep)
    if later is not None:
        return later
    recovered = _recovered(curve, keep)
    patience = _patience(case, curve)
    if patience is None:
        saved = float(curve.finite_steps[-1] - keep.step) / max(
            1.0, float(curve.finite_steps[-1] - curve.finite_steps[0])
        )
        numbers = {"end": _end(curve), "saved": saved}
        return Prescription("", variant="keep", keep=keep, expected=recovered, numbers=numbers) if saved > 0 else None
    own = case.said("early_stopping") or case.said("patience")
    meaning = "patience" if case.said("early_stopping") is None and own is not None else "early_stopping"
    change = case.change(meaning, patience.evaluations)
    if change.old == change.new:
        return None
    saved_share = Expected("saved", patience.saved, curve.name)
    return Prescription(
        "", variant="known", changes=(change,), keep=keep, expected=(saved_share, *recovered),
        numbers={"patience": patience.evaluations, "stop": patience.stop, "saved": patience.saved},
    )  # fmt: skip


def _score_learned_on(case: Case, keep: Keep) -> Prescription | None:
    """The checkpoint of the best score, where that came after the best loss and is clearly better than the score there:
    a loss also rises because answers, right and wrong, become surer."""
    scores = (m.validation for m in case.view.metrics if m.direction == "max")
    for score in (s for s in scores if s is not None and s.count >= FEWEST and s.name != keep.series):
        there = score.values[score.finite_steps <= keep.step]
        best = Keep(score.name, score.logged.best.step, score.logged.best.value)
        if best.step <= keep.step or not len(there):
            continue
        # better than at the best loss, and than before anything was learned
        if min(float(there[-1]), float(score.values[0])) - score.best < _clearly(score):
            continue
        loss: dict[str, Number] = {"loss": keep.series, "loss_step": keep.step, "end": _end(score)}
        return Prescription("", variant="score", keep=best, expected=_recovered(score, best), numbers=loss)
    return None


def _clearly(score: Curve) -> float:
    """By how much a score has to be better: by a share of its gain, and by more than its noise."""
    return max(CLEARLY * score.gain, 2.0 * score.sigma)


def more_patience(case: Case) -> Prescription | None:
    """Several times the patience, for a run that it ended before its plan; with a usual batch instead of a handful of samples,
    after which validation jumps by chance, and a longer patience would end at another jump."""
    meaning = patience_meaning(case)
    own, planned = case.setting(meaning), case.setting("epochs")
    first, span = case.view.reach
    if own is None or planned is None or own.value <= 0 or first + span >= UNFINISHED * planned.value:
        return None
    new = max(LEAST_PATIENCE, PATIENT * int(own.value))
    patience, last = case.change(meaning, new), round(first + span)
    batch = case.setting("batch_size")
    if batch is not None and 0 < batch.value < SMALLEST:
        larger = case.change("batch_size", USUAL_BATCH)
        return changed("batch", patience, larger, last=last, planned=round(planned.value), patience=new)
    return changed("known", patience, last=last, planned=round(planned.value), patience=new)


def patience_meaning(case: Case) -> str:
    """Which of the two settings says how long early stopping waits."""
    return "early_stopping" if case.setting("early_stopping") is not None else "patience"


def begun_patience(case: Case) -> Change | None:
    """A patience of a part of the run, where the settings have one that is off; None elsewhere.

    What delays learning by heart does not prevent it: this ends the run when it begins. It has to be a long one, since dropout
    slows learning and makes validation noisier.
    """
    for meaning in ("early_stopping", "patience"):
        own = case.setting(meaning)
        if own is not None and own.value == 0 and case.length_meaning == "epochs":
            return case.change(meaning, max(LEAST_PATIENCE, round(PATIENT_SHARE * case.length)))
    return None


def keep_best(case: Case) -> Prescription | None:
    """The best checkpoint."""
    keep, curve = case.best, _curve_of_best(case)
    if keep is None or curve is None or keep.step >= int(curve.finite_steps[-1]):
        return None
    return Prescription("", variant="known", keep=keep, expected=_recovered(curve, keep), numbers={"end": _end(curve)})


def _curve_of_best(case: Case) -> Curve | None:
    """The curve that the best checkpoint is chosen by."""
    curves = (case.judged, *(m.validation for m in case.view.metrics))
    return next((c for c in curves if c is not None and case.best is not None and c.name == case.best.series), None)


def _patience(case: Case, curve: Curve) -> Patience | None:
    """That of the finding about early stopping, so that both say the same; else the safest one on ``curve``."""
    told = case.findings.get("early-stopping-replay")
    if told is not None and told.variant in ("", "found", "after-loss") and told.numbers.get("series") == curve.name:
        return _told(told)
    if curve.gain <= 0 or not bool(curve.finite.all()):
        return None
    safe = safest(replay(curve), REGRET, SAVED)
    return Patience(safe.patience, safe.stop, safe.saved) if safe is not None else None


def _told(outcome: Outcome) -> Patience | None:
    patience, stop, saved = (outcome.numbers.get(name) for name in ("patience", "at", "saved"))
    if isinstance(patience, int) and isinstance(stop, int) and isinstance(saved, float):
        return Patience(patience, stop, saved)
    return None


def _end(curve: Curve) -> float:
    return curve.logged.last.value


def _recovered(curve: Curve, keep: Keep) -> tuple[Expected, ...]:
    """What the best checkpoint is better by than the last one, as logged."""
    by = abs(keep.value - _end(curve))
    return (Expected("recovered", by, curve.name),) if by > 0 and np.isfinite(by) else ()


def train_longer(case: Case) -> Prescription | None:
    """Twice the length, or half as much again, with the level that the curve is heading for."""
    curve, run = case.view.objective, case.view.run
    first, span = case.view.reach
    last = round(first + span)
    if run.planned is not None and last < UNFINISHED * run.planned:
        return Prescription("", variant="resume", numbers={"last": last, "planned": run.planned})
    if (few := _until_judged(case, last)) is not None:
        return few
    if few_steps_of_rl(case):
        return Prescription("", variant="returns", numbers={"done": last})
    if curve is None or curve.count < FEWEST or case.length < 2:
        return None
    half, twice = half_as_much(curve), as_much_again(curve)
    if half is None or twice is None:
        young = case.has("underfitting", "too-short")
        length = many_epochs(case) if short_run(case) else 2 * case.length
        return changed("plain", case.change(case.length_meaning, length, case.length)) if young else None
    if not worth(half, curve):
        return None
    more = twice if twice.now - twice.middle > KEEPS_FALLING * (half.now - half.middle) else half
    if more is twice and short_run(case):
        return changed("plain", case.change(case.length_meaning, many_epochs(case), case.length))
    return _longer(case, curve, more)


def short_run(case: Case) -> bool:
    """A run of few epochs from weights that were not trained before: those need few."""
    few = case.length_meaning == "epochs" and 2 <= case.length <= FEW_EPOCHS
    return few and not case.traits.pretrained and not case.traits.transformer


def many_epochs(case: Case) -> int:
    """How many epochs a run of few gets."""
    return max(SHORT_TIMES * case.length, MANY_EPOCHS)


def _until_judged(case: Case, last: int) -> Prescription | None:
    """As many steps as a verdict needs, where the log has too few points for one."""
    told, main = case.findings.get("too-short"), case.view.main
    needed, points = (told.numbers.get(name) for name in ("needed", "points")) if told is not None else (None, None)
    if main is None or not isinstance(needed, int) or not isinstance(points, int) or not 0 < points < needed:
        return None
    apart = np.median(np.diff(main.finite_steps)) if main.count > 1 else 1
    first, _ = case.view.reach
    done, wanted = last + (first == 0), last + (first == 0) + round(float(apart) * (needed - points))
    own = case.setting(case.length_meaning)
    changes = (case.change(case.length_meaning, wanted),) if own is not None and own.value < wanted else ()
    return Prescription("", variant="few", changes=changes, numbers={"done": done, "wanted": wanted})


def few_steps_of_rl(case: Case) -> bool:
    """A run of reinforcement learning that has not taken the steps that most tasks need before their return moves."""
    first, span = case.view.reach
    return case.view.task is Task.REINFORCEMENT and case.view.run.step_unit == "step" and first + span < FEW_STEPS


def worth(more: Outlook, curve: Curve) -> bool:
    """True where more training is likely to bring a share of the gain that is worth it."""
    return more.now - more.middle >= WORTH * scale(curve)


def nothing_ahead(case: Case) -> bool:
    """True where the curve says that more training would bring next to nothing."""
    curve = case.view.objective
    more = half_as_much(curve) if curve is not None and curve.count >= FEWEST else None
    return more is not None and curve is not None and not worth(more, curve)


def _longer(case: Case, curve: Curve, more: Outlook) -> Prescription:
    length = round((1 + more.more) * case.length)
    change = case.change(case.length_meaning, length, case.length)
    if curve.positive and more.middle <= 0:  # a trend that leads below zero does not last: no level is promised
        return Prescription("", variant="plain", changes=(change,))
    least = max(0.0, more.low) if curve.positive else more.low
    low, high = sorted((curve.as_logged(least), curve.as_logged(more.high)))
    middle = curve.as_logged(more.middle)
    return Prescription(
        "", variant="known", changes=(change,),
        expected=(Expected("reached", middle, curve.name, low, high),),
        numbers={"series": curve.name, "now": curve.as_logged(more.now), "middle": middle, "low": low, "high": high},
    )  # fmt: skip


def train_shorter(case: Case) -> Prescription | None:
    """A little more than the steps to the best point."""
    if case.best is None:
        return None
    new = round(STRETCHED * (case.best.step + 1))
    if new >= case.length or case.best.step < 1:
        return None
    return changed("known", case.change(case.length_meaning, new, case.length), at=case.best.step)


COMPUTED = {
    "early-stopping": stop_early,
    "keep-best-checkpoint": keep_best,
    "longer-patience": more_patience,
    "longer-training": train_longer,
    "shorter-training": train_shorter,
}
