"""Logs in archives: they are not judged, so they are listed; an archive without a log is passed over."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from loganalyzer.discovery.discover import Discovery, discover

ROWS = "epoch,loss\n" + "".join(f"{e},{2 / (e + 1)}\n" for e in range(12))
TABLE = "id,label\n" + "".join(f"{i},cat\n" for i in range(40))
PRINTED = "".join(f"Epoch {e}/12 - loss: {2 / e:.4f}\n" for e in range(1, 13))
ENTRY, LOCKED = b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
"""How the list of a zip's members names one, and one that needs a password."""
Pack = Callable[[Mapping[str, str]], bytes]


def zipped(members: Mapping[str, str]) -> bytes:
    with zipfile.ZipFile(buffer := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def tarred(members: Mapping[str, str]) -> bytes:
    with tarfile.open(fileobj=(buffer := io.BytesIO()), mode="w") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def gzipped(members: Mapping[str, str]) -> bytes:
    return gzip.compress(tarred(members))


NAMES: tuple[tuple[str, Pack], ...] = (
    ("runs.zip", zipped),
    ("RUNS.ZIP", zipped),
    ("runs.tar", tarred),
    ("runs.tar.gz", gzipped),
    ("runs.tgz", gzipped),
    ("runs.gz", gzipped),  # whatever its name
    ("runs.log", tarred),
    ("runs.tar.gz", tarred),
)


def found(folder: Path, *more: str) -> tuple[list[str], dict[str, str], list[str]]:
    """Ids of the runs, codes of the unread files, and files that were passed over."""
    with discover([str(folder), *more]) as discovery:
        return _told(discovery)


def _told(discovery: Discovery) -> tuple[list[str], dict[str, str], list[str]]:
    unread = {one.file: one.note.code for one in discovery.unread if not one.expected}
    return [j.run_id for j in discovery.jobs], unread, [f for kind in discovery.passed_over for f in kind.files]


@pytest.mark.parametrize(("name", "pack"), NAMES)
@pytest.mark.parametrize(
    "members",
    [
        {"bad/metrics.csv": ROWS},
        {"a/metrics.csv": ROWS, "b/metrics.csv": ROWS},
        {"README.md": "Hello", "weights.pt": "x" * 70_000, "out/train.log": PRINTED},
        {"data.csv": TABLE, "train.log": PRINTED},
    ],
)
def test_a_log_in_an_archive_is_listed(name: str, pack: Pack, members: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(ROWS)
    (tmp_path / name).write_bytes(pack(members))
    runs, unread, _ = found(tmp_path)
    assert runs == ["good"] or runs == ["good.csv"]
    assert unread == {name: "archive-of-logs"}


@pytest.mark.parametrize(("name", "pack"), [n for n in NAMES if n[0] not in {"runs.gz", "runs.log"}])
@pytest.mark.parametrize(
    "members",
    [
        {"images/1.png": "x" * 900, "images/2.png": "y"},
        {"README.md": "Hello", "package.json": '{"name": 1}', "labels.csv": TABLE},
        {"train.py": PRINTED, "empty.log": ""},
        {"inner.zip": "PK"},
    ],
)
def test_an_archive_without_a_log_is_passed_over(
    name: str, pack: Pack, members: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(pack(members))
    assert found(tmp_path) == ([], {}, [name])


@pytest.mark.parametrize(("name", "pack"), [("runs.zip", zipped), ("runs.tar", tarred), ("runs.tgz", gzipped)])
def test_an_archive_of_what_lies_beside_it_says_nothing_new(name: str, pack: Pack, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "runs"):
        (folder / "a").mkdir(parents=True)
        (folder / "a/metrics.csv").write_text(ROWS)
        (tmp_path / name).write_bytes(pack({"a/metrics.csv": ROWS}))
        assert name not in found(tmp_path)[1]
        (folder / "a/metrics.csv").write_text(ROWS.replace("2.0", "3.0"))  # the size is the same
        if folder == tmp_path:
            assert found(tmp_path)[1] == {name: "archive-of-logs"}
        (folder / "a/metrics.csv").unlink()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("noise.zip", b"PK\x03\x04" + b"abc" * 90, ""),
        ("cut.zip", zipped({"a.csv": ROWS})[:-40], ""),
        ("cut.tgz", gzipped({"a.csv": ROWS, "b.csv": ROWS})[:-12], "archive-of-logs"),
        ("locked.zip", zipped({"a.csv": ROWS}).replace(ENTRY, LOCKED), "archive-of-logs"),
        ("up.zip", zipped({"../../a.csv": ROWS}), "archive-of-logs"),
        ("runs.7z", b"7z\xbc\xaf\x27\x1c", "packed"),
        ("runs.rar", b"Rar!", "packed"),
        ("log.csv.lz4", b"\x04\x22\x4d\x18", "packed"),
        ("runs.txz", b"\xfd7zXZ", "packed"),
    ],
)
def test_archives_that_cannot_be_looked_into(name: str, data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert found(tmp_path)[1] == ({name: code} if code else {})


def test_an_archive_that_was_named_itself_is_told_in_any_case(tmp_path: Path) -> None:
    for name, members in (("runs.tgz", {"a.csv": ROWS}), ("code.tgz", {"a.py": "pass"})):
        (tmp_path / name).write_bytes(gzipped(members))
        with discover([str(tmp_path / name)]) as discovery:
            assert [one.file for one in discovery.unread] == [name]


def test_arrays_of_numpy_are_no_archives(tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "history.npz", loss=np.linspace(2, 1, 20), val_loss=np.linspace(2, 1.1, 20))
    assert found(tmp_path)[0] and not found(tmp_path)[1]
