"""Cases of prescriptions: a run from formulas, and the sentence of one fix for it (tests/prescriptions/cases/*.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from loganalyzer import messages
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.features.view import View
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run
from loganalyzer.rules.fixes.prescriptions.case import Case, with_known
from loganalyzer.rules.registry import computation
from tests.rules.case import Case as Curves

FOLDER = Path(__file__).parent / "cases"


def diagnosed(
    series: dict[str, str], settings: dict[str, Any] | None = None, *, n: int = 60, unit: str = "epoch", **fields: Any
) -> Diagnosis:
    """The diagnosis of a run whose series are formulas (see ``tests.rules.case``)."""
    run = Curves("", "", "found", series, n=n, unit=unit, hyperparameters=settings or {}).run
    return diagnose(replace(run, **fields))


def case_of(diagnosis: Diagnosis) -> Case:
    """What the prescriptions of a diagnosed run are computed from."""
    d = diagnosis
    return Case(View(d.run, d.roles), d.traits, d.verdict, d.kind, d.deciding, {o.rule: o for o in d.findings})


def computed(fix: str, run: Run) -> tuple[Prescription | None, Diagnosis]:
    """The fix as it is computed for a run, whether it is offered there or not."""
    diagnosis = diagnose(run)
    compute = computation(fix)
    assert compute is not None
    case = case_of(diagnosis)
    found = compute(case)
    return (replace(with_known(found, case), fix=fix) if found is not None else None), diagnosis


@dataclass(frozen=True)
class Told:
    """One case: the fix, its variant ("" where nothing can be computed) and its English sentence for a run."""

    name: str
    fix: str
    says: str
    variant: str
    series: dict[str, str]
    n: int = 60
    unit: str = "epoch"
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    planned: int | None = None
    code: str = ""

    @property
    def run(self) -> Run:
        """The run."""
        curves = Curves("", "", "found", self.series, n=self.n, unit=self.unit, hyperparameters=self.hyperparameters)
        return replace(curves.run, planned=self.planned)


def load() -> list[Told]:
    """All cases."""
    return [
        Told(**case)
        for path in sorted(FOLDER.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def sentence(item: Prescription, diagnosis: Diagnosis, lang: messages.Lang = "en") -> str:
    """The sentence of a prescription."""
    return messages.prescription(item, diagnosis, lang).text
