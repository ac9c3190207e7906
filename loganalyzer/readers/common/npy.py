"""numpy's file formats read without numpy's loader: nothing is set aside before the bytes are seen, nothing is run."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.readers.common.array_value import Array
from loganalyzer.readers.common.safe_pickle import NUMBER_KINDS, load
from loganalyzer.readers.deadline import within

MOST_MEMBERS = 10_000
MOST_RATIO = 100
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What numpy writes. Of others Python unpacks 4 KiB at once, whatever comes out: 80 MB of a good bomb."""


def npy(data: bytes) -> tuple[Any, int]:
    """The array in a ``.npy`` file, and how many bytes of it are missing at the end.

    Numbers give an array (of a torn file of one dimension, what is there); objects give what the allow-list of
    ``safe_pickle`` lets through. Raises ReadError "bad-numpy" or those of a pickle.
    """
    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        with warnings.catch_warnings():  # a file of Python 2 is not to be saved again, nor is damage to be mended
            warnings.simplefilter("ignore")
            shape, fortran, dtype = read_header(file)
        if dtype.hasobject:
            found = load(data[file.tell() :])
            return found if isinstance(found, Array) else _holding(found), 0
        if dtype.kind not in NUMBER_KINDS:
            raise ReadError("bad-numpy", reason=str(dtype)[:40])
        body = data[file.tell() :]
        wanted = 1
        for size in shape:
            wanted *= size
        there = min(wanted, len(body) // dtype.itemsize)
        if wanted < 0 or (there < wanted and len(shape) != 1):
            raise ReadError("bad-numpy", reason="size")
        array = np.frombuffer(body, dtype, there)
        if len(shape) != 1:
            array = array.reshape(shape, order="F" if fortran else "C")
        return array, (wanted - there) * dtype.itemsize
    except ReadError:
        raise
    except Exception as error:  # numpy raises whatever the damage leads to
        raise ReadError("bad-numpy", reason=str(error).partition("\n")[0][:80]) from error


def npz(data: bytes) -> tuple[dict[str, Any], list[ReadError]]:
    """The arrays in a ``.npz`` file by their names, and what was wrong with those that are missing or cut.

    Raises ReadError "bad-numpy" for what is no archive, "decompression-bomb" for one that says of itself that it
    holds more than a hundred times its size.
    """
    found: dict[str, Any] = {}
    wrong: list[ReadError] = []
    limit = MOST_RATIO * len(data) + 2**20
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()[:MOST_MEMBERS]
            if sum(member.file_size for member in members) > limit:
                raise ReadError("decompression-bomb", limit=limit)
            for member in within(members, "record"):
                try:
                    array, missing = npy(_unpacked(archive, member, limit))
                except ReadError as error:
                    wrong.append(error)
                    continue
                found[member.filename.removesuffix(".npy")] = array
                if missing:
                    wrong.append(ReadError("bad-numpy", reason="size"))
    except ReadError:
        raise
    except Exception as error:  # zipfile and zlib raise whatever the damage leads to
        raise ReadError("bad-numpy", reason=type(error).__name__) from error
    return found, wrong


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    if member.compress_type not in _PACKINGS:
        raise ReadError("bad-numpy", reason=f"zip method {member.compress_type}")
    try:
        with archive.open(member) as packed:
            return packed.read(min(member.file_size, limit))  # never more than the archive says of itself
    except Exception as error:  # as above
        raise ReadError("bad-numpy", reason=type(error).__name__) from error


def _holding(value: Any) -> Array:
    array = Array()
    array.values = [value]
    return array
