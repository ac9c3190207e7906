"""With -q nothing but errors is printed, however odd the numbers of a log are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readers import event_files

END = 2**63 - 1
STEPS = {
    "three that span 64 bits": [-END - 1, 0, END],
    "many that span 64 bits": [-END - 1, *range(30), END],
    "the largest ones": [END - k for k in range(30, 0, -1)],
    "the smallest ones": [-END + k for k in range(30)],
    "wide gaps": [-END + k * (END // 20) for k in range(40)],
}
VALUES = {
    "alternating": [1e308, -1e308] * 20, "rising": [1e308 * k / 40 for k in range(41)],
    "falling": [-1e308 * k / 40 for k in range(41)],
    "tiny": [5e-324] * 20 + [1e-320] * 20, "constant": [1.7e308] * 40, "nan": [float("nan")] * 40,
    "infinite": [float("inf"), float("-inf")] * 20, "one spike": [1.0] * 20 + [1e300] + [1.0] * 20,
    "sudden": [0.0] * 39 + [1e308], "mixed": [1e-300, 1e300, float("nan"), float("inf")] * 10,
}  # fmt: skip


def tables(folder: Path, steps: list[int], values: list[float]) -> None:
    for kind in ("csv", "lines", "events"):
        (folder / kind).mkdir(parents=True)
    pairs = list(zip(steps, values, strict=True))
    (folder / "csv" / "log.csv").write_text("step,loss,val_loss,lr\n" + "".join(f"{s},{v},{v},{v}\n" for s, v in pairs))
    rows = (json.dumps({"step": s, "loss": v, "val_acc": v}) for s, v in pairs)
    (folder / "lines" / "log.jsonl").write_text("".join(f"{row}\n" for row in rows))
    with_values = [event_files.event(s, ("train/loss", max(-3e38, min(v, 3e38)) if v == v else v)) for s, v in pairs]
    event_files.write(folder / "events", with_values)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    for name, steps in STEPS.items():
        tables(folder / name, steps, [1 / (i + 1) for i in range(len(steps))])
    for name, values in VALUES.items():
        tables(folder / name, list(range(len(values))), values)
    return folder


@pytest.mark.parametrize(
    "more", [("-o", "page"), ("--no-html", "--figures", "f", "--eml", "a.eml", "--email-to", "a@b.c")]
)
def test_nothing_is_printed(odd: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "loganalyzer", str(odd), "-q", *more]
    for lang in ("en", "ja"):
        call = [*command, "--lang", lang, "--json", "a.json"]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        document = json.loads((tmp_path / "a.json").read_text())
        assert len(document["runs"]) >= len(STEPS) + len(VALUES)
        assert '"status": "broken"' not in json.dumps(document["runs"])
