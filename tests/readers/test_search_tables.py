"""Tables of a search hold a row per trial: metrics beside hyper-parameters, and no training."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

RESULTS = "metrics/precision,metrics/recall,metrics/mAP_0.5,metrics/mAP_0.5:0.95,val/box_loss,val/obj_loss,val/cls_loss"
TUNED = "lr0,lrf,momentum,weight_decay,warmup_epochs,warmup_momentum,box,cls,obj,anchor_t,hsv_h,degrees,mosaic,mixup"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("evolve.csv", f"{RESULTS},{TUNED}"),
        ("evolve.csv", ",".join(f"{word:>20}" for word in f"{RESULTS},{TUNED}".split(","))),
        ("hyp.csv", f"{TUNED},{RESULTS}"),
        ("tune_results.csv", f"fitness,{TUNED}"),
        ("results.csv", f"{TUNED},fitness"),
        ("trials.csv", "val_loss,lr,batch_size,dropout,hidden"),
    ],
)
@pytest.mark.parametrize("rows", [2, 12, 40])
def test_a_table_of_trials_is_no_run(tmp_path: Path, name: str, header: str, rows: int) -> None:
    cells = header.count(",") + 1
    lines = [",".join(f"{(7 * row + 3 * cell) % 11 / 11:10.4f}" for cell in range(cells)) for row in range(rows)]
    (tmp_path / name).write_text("\n".join([header, *lines]) + "\n")
    assert not list(loganalyzer.load(tmp_path))
