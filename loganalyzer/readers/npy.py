"""numpy's file format read without numpy's loader: nothing is set aside before the bytes are seen, nothing is run."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from loganalyzer.errors import ReadError
from loganalyzer.readers.safe_pickle import NUMBER_KINDS, Array, load


def npy(data: bytes) -> tuple[Any, int]:
    """The array in a ``.npy`` file, and how many bytes of it are missing at the end.

    Numbers give an array (of a torn file of one dimension, what is there); objects give what the allow-list of
    ``safe_pickle`` lets through. Raises ReadError "bad-numpy" or those of a pickle.
    """
    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
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


def _holding(value: Any) -> Array:
    array = Array()
    array.values = [value]
    return array
