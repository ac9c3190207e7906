"""Which files make which run: hostile trees, names, copies, faults."""

from __future__ import annotations

import gzip
import json
import math
import os
import pickle
import socket
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer import Options, analyze, messages
from loganalyzer.discovery import source
from loganalyzer.discovery.discover import discover
from loganalyzer.discovery.duplicates import without_copies
from loganalyzer.discovery.job import LogFile
from loganalyzer.discovery.passed_over import MOST_KINDS, Counts
from loganalyzer.discovery.run_names import Keys, job_name
from loganalyzer.discovery.tree import LocalFiles
from loganalyzer.model.run import Note, PassedOver, Run, Unread
from loganalyzer.pipeline.read_job import read_job
from loganalyzer.readers.base import Source
from tests.readers.event_files import event, write

ROWS = "epoch,loss,val_loss\n" + "".join(f"{e},{1 / (e + 1):.5f},{1.1 / (e + 1):.5f}\n" for e in range(12))


def csv(path: Path, text: str = ROWS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def events(folder: Path) -> Path:
    return write(folder, (event(s, ("loss", 1 / (s + 1))) for s in range(12)))


def everything(*roots: Path, **options: bool) -> tuple[dict[str, Run], dict[str, Unread]]:
    found = discover([str(r) for r in roots], **options)
    runs: list[Run] = []
    unread = list(found.unread)
    for job in [part for whole in found.jobs for part in whole.parts]:
        one, failed = read_job(pickle.loads(pickle.dumps(job)))  # as a worker process gets it
        runs.extend(one)
        unread.extend(failed)
    assert len({r.id for r in runs}) == len(runs), "two runs of one name"
    return {r.id: r for r in runs}, {u.file: u for u in unread}


def codes(unread: dict[str, Unread]) -> dict[str, str]:
    return {name: one.note.code for name, one in unread.items()}


def test_names_are_paths_relative_to_the_root(tmp_path: Path) -> None:
    csv(tmp_path / "a" / "log.csv")
    csv(tmp_path / "b" / "log.csv")
    csv(tmp_path / "b" / "other.csv")
    events(tmp_path / "c")
    csv(tmp_path / "c" / "metrics.csv")
    csv(tmp_path / "special_name.csv")
    runs, unread = everything(tmp_path)
    assert sorted(runs) == ["a", "b/log.csv", "b/other.csv", "c", "c/metrics.csv", "special_name.csv"]
    assert runs["a"].files == ("a/log.csv",)
    assert unread == {}


def test_a_root_that_is_a_run_or_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "exp"
    events(folder)
    assert list(everything(folder)[0]) == ["exp"]
    file = csv(tmp_path / "alone" / "log.csv")
    assert list(everything(file)[0]) == ["log.csv"]
    assert list(everything(file.parent)[0]) == ["alone"]


def test_several_roots(tmp_path: Path) -> None:
    for root in ("one", "two"):
        csv(tmp_path / root / "a" / "log.csv")
    csv(tmp_path / "two" / "b" / "log.csv")
    runs, _ = everything(tmp_path / "one", tmp_path / "two")
    assert sorted(runs) == ["a", "b", "two/a"]
    runs, _ = everything(tmp_path / "two", tmp_path / "two" / "a", tmp_path / "two")
    assert sorted(runs) == ["a", "b"]


@pytest.mark.parametrize("name", ["out.txt", "stdout.txt", "train.log", "metrics.csv", "output.log", "nohup.out"])
def test_a_file_of_a_general_name_is_called_as_its_folder(tmp_path: Path, name: str) -> None:
    for run in ("gan", "lstm"):
        (tmp_path / "runs" / run).mkdir(parents=True)
        rows = "".join(f"epoch {e}: loss {1 / (e + 1):.4f}\n" for e in range(20))
        table = "epoch,loss\n" + "".join(f"{e},{1 / (e + 1):.4f}\n" for e in range(20))
        (tmp_path / "runs" / run / name).write_text(table if name.endswith(".csv") else rows)
    assert [d.id for d in loganalyzer.analyze(tmp_path / "runs").runs] == ["gan", "lstm"]


def test_the_same_names_in_any_order_of_the_disk(tmp_path: Path) -> None:
    for name in ("z", "a", "m"):
        csv(tmp_path / name / "log.csv")
    first = [job.run_id for job in discover([str(tmp_path)]).jobs]
    assert first == ["a", "m", "z"]


def test_siblings_are_a_group(tmp_path: Path) -> None:
    for rate in ("lr_0.1", "lr_0.01"):
        csv(tmp_path / "sweep" / rate / "log.csv")
    csv(tmp_path / "alone" / "x" / "log.csv")
    runs, _ = everything(tmp_path)
    assert {r.id: r.group for r in runs.values()} == {"sweep/lr_0.1": "sweep", "sweep/lr_0.01": "sweep", "alone/x": ""}
    assert runs["sweep/lr_0.01"].hyperparameters["lr"] == 0.01


def test_links(tmp_path: Path) -> None:
    outside = csv(tmp_path / "outside" / "log.csv").parent
    root = tmp_path / "root"
    csv(root / "a" / "log.csv")
    (root / "loop").symlink_to(root)
    (root / "a" / "up").symlink_to("..")
    (root / "copy.csv").symlink_to(root / "a" / "log.csv")
    (root / "out").symlink_to(outside)
    (root / "zero.csv").symlink_to("/dev/zero")
    (root / "etc").symlink_to("/etc")
    (root / "gone.csv").symlink_to("nowhere")
    (root / "a" / "hparams.yaml").symlink_to("/etc/passwd")
    runs, unread = everything(root)
    assert list(runs) == ["a"] and runs["a"].hyperparameters == {}
    outside_links = dict.fromkeys(("etc", "out", "zero.csv"), "link-not-followed")
    assert codes(unread) == {**outside_links, "gone.csv": "link-broken"}
    assert not any(one.expected for one in unread.values())
    (root / "etc").unlink()
    runs, unread = everything(root, follow_links=True)
    assert list(runs) == ["a", "out"]
    assert codes(unread) == {"gone.csv": "link-broken", "zero.csv": "link-broken"}


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize(
    ("links", "broken"),
    [
        ({"self": "self"}, set()),
        ({"self.csv": "self.csv"}, {"self.csv"}),
        ({"a.csv": "b.csv", "b.csv": "a.csv"}, {"a.csv", "b.csv"}),
        ({"one": "two", "two": "three", "three": "one"}, set()),
        ({"below.csv": "below.csv/x.csv"}, {"below.csv"}),
        ({"through.csv": "run/log.csv/x.csv"}, {"through.csv"}),
    ],
)
def test_loops_of_links(tmp_path: Path, links: dict[str, str], broken: set[str], follow: bool) -> None:
    csv(tmp_path / "run" / "log.csv")
    for name, target in links.items():
        (tmp_path / name).symlink_to(target)
    runs, unread = everything(tmp_path, follow_links=follow)
    assert len(runs) == 1 and codes(unread) == dict.fromkeys(broken, "link-broken")


@pytest.mark.parametrize(
    ("log", "link", "target", "run"),
    [
        (".cache/exp/log.csv", "current", ".cache/exp", "current"),  # a folder that is never walked
        (".cache/exp/log.csv", "current/log.csv", "../.cache/exp/log.csv", "current"),
        ("store/ab12.bin", "current/log.csv", "../store/ab12.bin", "current"),  # an ending that is never a log
        ("venv/log.csv", "link", "venv", "link"),
        ("exp/site-packages/x/log.csv", "exp/y", "site-packages/x", "exp/y"),
    ],
)
def test_links_to_what_is_read_nowhere_else(tmp_path: Path, log: str, link: str, target: str, run: str) -> None:
    csv(tmp_path / log)
    assert everything(tmp_path)[0] == {}
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(target)
    runs, unread = everything(tmp_path)
    assert list(runs) == [run] and not unread
    (tmp_path / f"{link}-again").symlink_to(tmp_path / target)
    assert list(everything(tmp_path)[0]) == [run]


def test_a_file_exchanged_for_a_link_out_of_the_root_after_the_walk(tmp_path: Path) -> None:
    outside = csv(tmp_path / "outside.csv")
    log = csv(tmp_path / "root" / "a" / "log.csv")
    found = discover([str(tmp_path / "root")])
    log.unlink()
    log.symlink_to(outside)
    runs, unread = read_job(found.jobs[0])
    assert not runs and [one.note.code for one in unread] == ["link-not-followed"]


def test_pipes_sockets_and_closed_doors(tmp_path: Path) -> None:
    csv(tmp_path / "good" / "log.csv")
    os.mkfifo(tmp_path / "events.out.tfevents.1")
    os.mkfifo(tmp_path / "harmless")
    with socket.socket(socket.AF_UNIX) as door:
        here = Path.cwd()
        try:
            os.chdir(tmp_path)  # the path of a socket is short by law
            door.bind("run.log")
        finally:
            os.chdir(here)
        runs, unread = everything(tmp_path)
    assert list(runs) == ["good"]
    assert codes(unread) == {"events.out.tfevents.1": "not-a-regular-file", "run.log": "not-a-regular-file"}


def test_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said by the operating system; root, who may run these tests, is refused nothing, so it is said in its place."""
    csv(tmp_path / "good" / "log.csv")
    csv(tmp_path / "file.csv")
    csv(tmp_path / "folder" / "log.csv")
    real_open, real_scandir = os.open, os.scandir

    def closed_file(path: str, *rest: int) -> int:
        if str(path).endswith("file.csv"):
            raise PermissionError(13, "Permission denied")
        return real_open(path, *rest)

    def closed_folder(path: str) -> object:
        if str(path).endswith("folder"):
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    monkeypatch.setattr(os, "open", closed_file)
    monkeypatch.setattr(os, "scandir", closed_folder)
    runs, unread = everything(tmp_path)
    assert list(runs) == ["good"]
    assert codes(unread) == {"file.csv": "cannot-open", "folder": "cannot-open"}
    assert not any(one.expected for one in unread.values())


@pytest.mark.parametrize(
    "name", ["new\nline", "\x1b[2J", "\udcff", "n" * 250, "..x", "CON", "<script>", "a b", "エポック"]
)
def test_hostile_names(tmp_path: Path, name: str) -> None:
    csv(tmp_path / name / "log.csv")
    runs, _ = everything(tmp_path)
    assert list(runs) == [name]


def test_deep_and_wide_trees_of_nothing(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    for number in range(2000):
        (tmp_path / f"e{number}").mkdir()
    csv(deep / "log.csv")
    assert len(everything(tmp_path)[0]) == 1


def test_folders_that_are_not_searched(tmp_path: Path) -> None:
    for folder in (".git", "node_modules", ".ipynb_checkpoints", "__pycache__", ".venv"):
        csv(tmp_path / folder / "log.csv")
    csv(tmp_path / "._log.csv")
    for name in ("model.pt", "picture.png", "notes.md", "train.py"):
        csv(tmp_path / name)
    assert everything(tmp_path) == ({}, {})


def test_copies_are_no_second_runs(tmp_path: Path) -> None:
    run = tmp_path / "wandb"
    csv(run / "run-1" / "log.csv")
    csv(run / "latest-run" / "log.csv")
    runs, _ = everything(tmp_path)
    assert list(runs) == ["wandb/run-1"]


@pytest.mark.parametrize("indent", [None, 2])
def test_the_longest_state_of_a_trainer_counts(tmp_path: Path, indent: int | None) -> None:
    claims = {}
    for steps in (10, 20, 30):
        place = f"exp/checkpoint-{steps}/trainer_state.json"
        text = json.dumps(state(steps, math.nan), indent=indent)
        csv(tmp_path / place, text)
        claims["any", place] = [LogFile(place, len(text), place)]
    kept, copies = without_copies(LocalFiles(tmp_path), claims)
    (key,) = (key for _, key in kept)
    assert key == "exp/checkpoint-30/trainer_state.json"
    assert {(u.note.code, u.note.details["file"], u.expected) for u in copies} == {("copy-of", key, True)}
    assert job_name(tmp_path, key, Keys.of([key]), is_file=True, single=False, shown=key) == "exp"
    assert job_name(tmp_path, key, Keys.of([key, "exp/log.csv"]), is_file=True, single=False, shown=key) == key


def state(steps: int, *ending: float) -> dict[str, object]:
    losses = [1 / (1 + step) for step in range(steps)]
    entries = [{"loss": loss, "step": step, "seen": [step]} for step, loss in enumerate((*losses, *ending)[:steps])]
    return {"global_step": steps, "log_history": entries, "max_steps": 100}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("folders", "states"),
    [
        (("run/checkpoint-30", "run"), (state(30), {**state(20), "log_history": [{"loss": 9.0, "step": 1}] * 20})),
        (("run/checkpoint-30", "run/checkpoint-20"), (state(30), {"log_history": [*state(19)["log_history"], {}]})),  # type: ignore[misc]
        (("checkpoint-study-lr0.1", "checkpoint-study-lr0.01"), (state(30), state(20))),
        (("my-checkpoint-1", "my-checkpoint-2"), (state(30), state(20))),
        (("run/checkpoint-best", "run"), (state(20), state(30))),
        (("a/checkpoint-20", "b/checkpoint-30"), (state(20), state(30))),
    ],
)
def test_states_of_different_trainings(
    tmp_path: Path, indent: int | None, folders: tuple[str, ...], states: tuple[object, ...]
) -> None:
    for folder, one in zip(folders, states, strict=True):
        csv(tmp_path / folder / "trainer_state.json", json.dumps(one, indent=indent))
    found = discover([str(tmp_path)])
    assert len([file for job in found.jobs for file in job.files]) == 2 and not found.unread


def test_equal_runs_of_a_sweep_are_both_runs(tmp_path: Path) -> None:
    for rate in ("10", "100"):
        csv(tmp_path / f"lr_{rate}.csv", "epoch,loss\n" + "".join(f"{e},nan\n" for e in range(9)))
    assert len(everything(tmp_path)[0]) == 2


def test_gzip_is_read_within_bounds(tmp_path: Path) -> None:
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(ROWS.encode()))
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"epoch,loss\n" + b"1,0\n" * 5_000_000))
    (tmp_path / "torn.csv.gz").write_bytes(gzip.compress(ROWS.encode())[:-20])
    (tmp_path / "noise.csv.gz").write_bytes(b"\x1f\x8b" + bytes(range(200)))
    (tmp_path / "c.csv.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    runs, unread = everything(tmp_path)
    assert runs["b.csv.gz"].files == ("b.csv.gz",)
    assert len(runs["b.csv.gz"].series["loss"]) == 12
    assert len(runs["torn.csv.gz"].series["loss"]) > 3
    assert codes(unread) == {"bomb.csv.gz": "decompression-bomb", "noise.csv.gz": "bad-gzip", "c.csv.zst": "packed"}


def test_a_gzip_file_beside_its_original_and_one_in_disguise(tmp_path: Path) -> None:
    csv(tmp_path / "b.csv")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(ROWS.encode()))
    (tmp_path / "d.csv").write_bytes(gzip.compress(ROWS.encode()))
    runs, unread = everything(tmp_path)
    assert {name: one.files for name, one in runs.items()} == {"b.csv": ("b.csv",), "d.csv": ("d.csv",)}
    assert codes(unread) == {"b.csv.gz": "copy-of"}


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(ROWS.replace("\n", "0\n").encode()),  # other values
        gzip.compress(ROWS.encode() + b"99,0.5\n"),  # more of them
        gzip.compress(ROWS.encode())[:-20],  # torn
    ],
)
def test_a_gzip_file_of_other_content_is_a_run(tmp_path: Path, packed: bytes) -> None:
    csv(tmp_path / "b.csv")
    (tmp_path / "b.csv.gz").write_bytes(packed)
    runs, unread = everything(tmp_path)
    assert list(runs) == ["b.csv", "b.csv.gz"] and runs["b.csv.gz"].files == ("b.csv.gz",) and not unread


def test_event_files_beside_gzip_files(tmp_path: Path) -> None:
    first, second = (b"".join(event(i, ("loss", 2.0 - i / 9)) for i in steps) for steps in (range(9), range(9, 12)))
    (tmp_path / "events.out.tfevents.1.host").write_bytes(first)
    (tmp_path / "events.out.tfevents.1.host.gz").write_bytes(gzip.compress(first))
    (tmp_path / "events.out.tfevents.2.host.gz").write_bytes(gzip.compress(second))
    runs, unread = everything(tmp_path)
    assert [len(one.series["loss"]) for one in runs.values()] == [12]
    assert codes(unread) == {"events.out.tfevents.1.host.gz": "copy-of"}


def test_a_latest_run_of_its_own_content_is_a_run(tmp_path: Path) -> None:
    csv(tmp_path / "wandb" / "run-1" / "log.csv")
    csv(tmp_path / "wandb" / "run-2" / "log.csv", ROWS.replace("\n", "1\n"))
    csv(tmp_path / "wandb" / "latest-run" / "log.csv", ROWS.replace("\n", "2\n"))
    assert len(everything(tmp_path)[0]) == 3


def test_what_is_listed_and_what_is_not(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "binary.csv").write_bytes(b"\x00\x01\x02\xff" * 300)
    (tmp_path / "events.out.tfevents.0").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    (tmp_path / "weights").write_bytes(b"\x00\x01\x02\xff" * 300)
    _, unread = everything(tmp_path)
    assert {n: (u.note.code, u.expected) for n, u in unread.items()} == {
        "empty.csv": ("empty-file", False),
        "binary.csv": ("binary-content", False),
        "events.out.tfevents.0": ("lfs-pointer", True),
    }


def test_a_reader_that_fails_costs_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from loganalyzer.pipeline import read_job as reading
    from loganalyzer.readers.registry import find_reader

    for name in ("a", "b"):
        csv(tmp_path / name / "log.csv")
    real = find_reader("csv")

    def fail(key: str, sources: object) -> object:
        if key.startswith("a"):
            raise MemoryError("no room")
        return real.read(key, sources)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "find_reader", lambda _: replace(real, read=fail))
    found = discover([str(tmp_path)])
    results = [read_job(job) for job in found.jobs]
    assert [[r.id for r in runs] for runs, _ in results] == [[], ["b"]]
    (failure,) = results[0][1]
    assert failure.note.code == "reader-failed"
    assert failure.note.details == {"reader": "csv", "error": "MemoryError: no room"}


def test_settings_beside_a_run_and_secrets(tmp_path: Path) -> None:
    csv(tmp_path / "exp_bs32" / "log.csv")
    (tmp_path / "exp_bs32" / "hparams.yaml").write_text(
        "lr: 0.1\nopt: {name: adam, betas: 2}\napi_key: abc\nbatch_size: 64\n"
    )
    (tmp_path / "exp_bs32" / "args.json").write_text(
        '{"seed": 1, "db": "https://me:pw@host/x", "deep": ' + "[" * 5000 + "]" * 5000 + "}"
    )
    runs, unread = everything(tmp_path)
    assert runs["exp_bs32"].hyperparameters["batch_size"] == 64
    assert runs["exp_bs32"].hyperparameters["opt.name"] == "adam"
    assert "abc" not in str(runs["exp_bs32"].hyperparameters.values())
    assert "pw" not in str(runs["exp_bs32"].hyperparameters.values())
    assert unread == {}


@pytest.mark.parametrize(
    "bomb",
    [
        "- " * 400_000,
        "a: " + "[" * 400_000,
        "? " * 400_000,
        "a: &x [1]\n" + "b: *x\n" * 50,
        "!!python/object/apply:os.system [true]",
    ],
)
def test_settings_that_want_to_do_harm(tmp_path: Path, bomb: str) -> None:
    csv(tmp_path / "exp" / "log.csv")
    (tmp_path / "exp" / "config.yaml").write_text(bomb)
    runs, _ = everything(tmp_path)
    assert runs["exp"].hyperparameters == {}


def test_hydras_settings(tmp_path: Path) -> None:
    csv(tmp_path / "exp" / "log.csv")
    csv(tmp_path / "exp" / ".hydra" / "config.yaml", "optim:\n  lr: 0.25\n")
    assert everything(tmp_path)[0]["exp"].hyperparameters == {"optim.lr": 0.25}


def test_a_file_over_the_limit(tmp_path: Path) -> None:
    csv(tmp_path / "big.csv", ROWS + "".join(f"{e},1,1\n" for e in range(12, 20_000)))
    found = discover([str(tmp_path)], max_bytes=100_000)
    (job,) = found.jobs
    runs, unread = read_job(job)
    assert runs == []
    assert [u.note.code for u in unread] == ["too-large"]


def test_whatever_is_seen_is_read_reported_or_counted_with_its_reason(tmp_path: Path) -> None:
    root = tmp_path / "root"
    csv(root / "a" / "log.csv")
    csv(root / "a" / "hparams.yaml", "lr: 0.1\n")
    csv(root / "b" / "config.json", "{}")
    csv(root / ".git" / "log.csv")
    csv(root / "wandb" / "run-1" / "log.csv")
    csv(root / "wandb" / "latest-run" / "log.csv")
    for name in ("._log.csv", ".DS_Store", "loganalyzer-cache.sqlite3", "model.pt", "x.PNG", "y.png"):
        csv(root / name)
    (root / "weights").write_bytes(b"\x00\x01\x02\xff" * 300)
    (root / "empty.csv").touch()
    os.mkfifo(root / "pipe")
    (root / "inside.csv").symlink_to("a/log.csv")
    (root / "gone").symlink_to("nowhere")
    (root / "outside.xyz").symlink_to("/etc/hostname")
    found = discover([str(root)])
    assert {(kind.code, kind.suffix): (kind.count, kind.files) for kind in found.passed_over} == {
        ("binary-content", ""): (1, ("weights",)),
        ("folder-not-searched", "/"): (1, (".git/",)),
        ("kind-not-read", ".png"): (2, ("x.PNG", "y.png")),
        ("kind-not-read", ".pt"): (1, ("model.pt",)),
        ("link-broken", ""): (1, ("gone",)),
        ("link-inside", ".csv"): (1, ("inside.csv",)),
        ("link-not-followed", ".xyz"): (1, ("outside.xyz",)),
        ("not-a-regular-file", ""): (1, ("pipe",)),
        ("own-cache", ".sqlite3"): (1, ("loganalyzer-cache.sqlite3",)),
        ("settings-of-no-run", ".json"): (1, ("b/config.json",)),
        ("system-file", ""): (1, (".DS_Store",)),
        ("system-file", ".csv"): (1, ("._log.csv",)),
    }
    used = {path for job in found.jobs for path in (*job.files, *job.settings)}
    counted = {path for kind in found.passed_over for path in kind.files}
    reported = {one.file for one in found.unread}
    for entry in root.rglob("*"):
        path = entry.relative_to(root).as_posix()
        skipped = any(folder.endswith("/") and f"{path}/".startswith(folder) for folder in counted)
        assert entry.is_dir() or skipped or [path in used, path in counted, path in reported].count(True) == 1, path
    for kind in found.passed_over:
        for lang in messages.LANGUAGES:
            assert messages.note(Note(kind.code), lang) != kind.code.replace("-", " "), "it has words"


def test_what_is_passed_over_is_counted_in_bounded_memory(tmp_path: Path) -> None:
    for number in range(30):
        csv(tmp_path / f"{number:02}.png")
    (few,) = discover([str(tmp_path)], most_names=3).passed_over
    (every,) = discover([str(tmp_path)], most_names=None).passed_over
    assert (few.count, few.files) == (30, ("00.png", "01.png", "02.png"))
    assert every.files == tuple(f"{number:02}.png" for number in range(30))
    report = analyze(tmp_path, options=Options(passed_over_names=2))
    assert [(kind.count, kind.files) for kind in report.passed_over] == [(30, ("00.png", "01.png"))]
    (told,) = report.to_dict("ja")["passed_over"]
    assert (told["code"], told["suffix"], told["count"]) == ("kind-not-read", ".png", 30) and told["reason"]
    counts = Counts(most_names=1)
    for number in range(MOST_KINDS + 7):
        counts.add_path("binary-content", f"a/weights.{number:05}")
    listed = counts.listed()
    assert len(listed) == MOST_KINDS + 1
    assert listed[0] == PassedOver("binary-content", "*", 7, (f"a/weights.{MOST_KINDS:05}",))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are opened, in order."""
    names: list[str] = []
    real = os.open

    def spy(path: str, *rest: int) -> int:
        names.append(Path(path).name)
        return real(path, *rest)

    monkeypatch.setattr(os, "open", spy)
    return names


def test_files_of_foreign_kinds_are_not_opened(tmp_path: Path, opened: list[str]) -> None:
    csv(tmp_path / "log.csv")
    for name in ("m.html", "w.pt", "p.png", "t.toml", "events.out.tfevents.1.host.go"):
        csv(tmp_path / name)
    opened.clear()
    discover([str(tmp_path)])
    assert opened == ["events.out.tfevents.1.host.go", "log.csv"]


def rows(count: int) -> str:
    return "epoch,loss,val_loss\n" + "".join(f"{e},{1 / (e + 1):.9f},{1.1 / (e + 1):.9f}\n" for e in range(count))


def test_a_gzip_file_is_opened_once_to_detect_and_once_to_read(
    tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = rows(20_000).encode()
    (tmp_path / "metrics.csv.gz").write_bytes(gzip.compress(text, mtime=0))
    unpacked: list[int] = []
    real = source._stream

    def spy(data: bytes, at: int, limit: int) -> tuple[bytes, int, bool]:
        content, end, whole = real(data, at, limit)
        unpacked.append(len(content))
        return content, end, whole

    monkeypatch.setattr(source, "_stream", spy)
    (job,) = discover([str(tmp_path)]).jobs
    assert opened == ["metrics.csv.gz"]
    assert len(unpacked) == 1 and unpacked[0] <= source.HEAD_BYTES + 1, "no more than the head"
    assert job.size == len(text), "as the file itself says at its end"
    (run,), _ = read_job(job)
    assert len(run.series["loss"]) == 20_000
    assert opened == ["metrics.csv.gz"] * 2
    assert unpacked[1:] == [len(text)]


@pytest.mark.parametrize("count", [1, 12, 2_000, 3_000, 20_000])
@pytest.mark.parametrize("cut", [0, 3, 40])
def test_the_head_of_a_gzip_file_is_that_of_its_content(tmp_path: Path, count: int, cut: int) -> None:
    packed = gzip.compress(rows(count).encode(), mtime=0)
    (tmp_path / "log.csv.gz").write_bytes(packed[: len(packed) - cut])
    head = source.open_head(tmp_path / "log.csv.gz", "log.csv.gz")
    whole = source.open_source(tmp_path / "log.csv.gz", "log.csv.gz")
    assert (head.path, head.head) == (whole.path, whole.head)
    assert head.read() == whole.read()
    assert cut or head.size == whole.size


def test_long_packed_content_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[str]) -> None:
    monkeypatch.setattr(source, "MOST_KEPT", 70_000)
    text = rows(3_000).encode()
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(text, mtime=0))
    file = source.open_source(tmp_path / "log.csv.gz", "log.csv.gz")
    assert len(text) > 70_000 and file.read() == text and len(opened) == 2


def test_a_job_is_read_through_the_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    csv(tmp_path / "a" / "log.csv")
    csv(tmp_path / "a" / "config.json", '{"lr": 0.25}')
    (job,) = discover([str(tmp_path)]).jobs
    asked: list[str] = []
    real = LocalFiles.open

    def spy(self: LocalFiles, path: str, max_bytes: int) -> Source:
        asked.append(path)
        return real(self, path, max_bytes)

    monkeypatch.setattr(LocalFiles, "open", spy)
    (run,), _ = read_job(job)
    assert asked == ["a/log.csv", "a/config.json"] and run.hyperparameters["lr"] == 0.25
