"""Lines read in columns give what they give one by one, whatever stands between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.common.printed import plan
from loganalyzer.readers.common.printed.parser import Parser
from loganalyzer.readers.common.printed.runs import runs_of

LINES = (
    "step {n} | loss {x:.4f} | lr {r:.2e}",
    "Epoch [{e}][{n}/390]\tTime 0.1 (0.1)\tLoss {x:.3f} ({x:.3f})\tPrec@1 {p:.2f}",
    "[2024-05-01 12:00:{s:02d}] Epoch {e} step {n} train_loss={x:.5f} acc={p:.1f}%",
    "iter {n}: loss {x}, time 12ms",
    "{e},{n} loss: {x:.3f}",
    "Epoch {e}/{f} - loss: {x:.4f} - val_loss: {y:.4f}",
    "validation: val_loss {y:.4f} correct {n}/1000",
    "{n} batches, loss: [{x:.3f}, {y:.3f}, {p:.2f}]",
    "Iteration {n},{s:03d}: loss = {x:.3f}",
    "test batch {n}/40 loss {x:.3f}",
    "train loss: {x:.3f}, acc: {p:.1f}%",
    "lr: {r:.4f}",
    "Ep. {e} : Up. {n} : Cost {x:.4f}",
    "Epoch {e} loss: {x:.3f}",
)
ODD = (
    "",
    "Validation:",
    "loss: nan",
    "step {n}.5 | loss {x:.4f} | lr {r:.2e}",
    "step -{n} | loss {x:.4f} | lr {r:.2e}",
    "step 1,234 | loss {x:.4f} | lr {r:.2e}",
    "step {n} | loss nan | lr {r:.2e}",
    "step {n} | loss {x:.4f} | lr {r:.2e} saved",
    "Namespace(lr=0.1, epochs=3)",
    "epoch  train_loss  valid_loss",
    "{e}  {x:.3f}  {y:.3f}",
    "| loss | {x:.3f} |",
    "Epoch 9999999999 - loss: 1.0 - val_loss: 2.0",
    "\x1b[32mstep {n} | loss {x:.4f} | lr {r:.2e}\x1b[0m",
    "step {n} | loss {x:.4f} | lr {r:.2e}\r",
    "step ７ | loss {x:.4f} | lr {r:.2e}",
)


@contextmanager
def repeated_from(count: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "REPEATED", count)
        yield


def read(text: str) -> list[Run | Unread]:
    parser = Parser()
    parser.feed(text)
    return list(runs_of(parser, "log", "log.txt", ()))


def same(a: Run | Unread, b: Run | Unread) -> bool:
    if isinstance(a, Unread) or isinstance(b, Unread):
        return a == b
    about = [(r.id, r.notes, r.step_unit, r.restarts, r.hyperparameters, sorted(r.series)) for r in (a, b)]
    return about[0] == about[1] and all(
        np.array_equal(a.series[n].steps, b.series[n].steps)
        and np.array_equal(a.series[n].values, b.series[n].values, equal_nan=True)
        for n in a.series
    )


def shown(template: str, n: int, draw: int) -> str:
    x = 1 / (1 + n) + draw % 7 / 100
    return template.format(n=n, e=n // 10, f=9, x=x, y=2 * x, p=50 + x, r=x / 1e4, s=n % 60)


@settings(max_examples=150, deadline=None)
@given(
    blocks=st.lists(
        st.tuples(st.integers(0, len(LINES) - 1), st.integers(1, 40), st.sampled_from(ODD), st.integers(0, 99)),
        min_size=1,
        max_size=8,
    ),
    ending=st.sampled_from(["", "\n", "\r\n"]),
)
@example(blocks=[(0, 8, ODD[5], 0), (3, 1, ODD[15], 0)], ending="")
@example(blocks=[(0, 7, ODD[5], 0), (3, 2, ODD[15], 0)], ending="")
@example(blocks=[(0, 9, "", 0), (4, 1, ODD[15], 0), (0, 6, ODD[15], 0), (4, 1, ODD[5], 0)], ending="")
@example(blocks=[(1, 1, "Validation:", 0), (12, 10, "", 0)], ending="")
def test_columns_read_what_single_lines_read(blocks: list[tuple[int, int, str, int]], ending: str) -> None:
    lines, n = [], 0
    for which, count, odd, draw in blocks:
        for _ in range(count):
            lines.append(shown(LINES[which], n, draw))
            n += 1
        lines.append(shown(odd, n, draw))
    text = (ending or "\n").join(lines) + ending
    with repeated_from(2):
        columns = read(text)
    with repeated_from(10**9):
        singly = read(text)
    assert len(columns) == len(singly) and all(map(same, columns, singly))


@pytest.mark.parametrize("template", LINES[:2] + LINES[3:4] + LINES[5:8])
def test_most_lines_are_read_in_columns(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    line = Parser._line
    monkeypatch.setattr(Parser, "_line", lambda self, *given: (taken.append(given), line(self, *given)))
    read("\n".join(["Epoch 1"] + [shown(template, n, 3) for n in range(200)]) + "\n")
    assert len(taken) < 40
