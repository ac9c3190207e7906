"""Zip archives in which trackers keep runs that were logged offline."""

from __future__ import annotations

import io
import re
from collections.abc import Collection

from loganalyzer.model.errors import ReadError
from loganalyzer.readers.base import Source

MOST_RATIO = 200
MOST_ENTRIES = 100_000
_ENTRY = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)


def names_in_head(head: bytes) -> set[str]:
    """The names of the files whose entries begin within the first bytes of an archive."""
    if not head.startswith(b"PK\x03\x04"):
        return set()
    names = (head[entry.end() : entry.end() + int.from_bytes(entry[1], "little")] for entry in _ENTRY.finditer(head))
    return {name.decode("utf-8", "replace") for name in names}


def unpacked(source: Source, wanted: Collection[str]) -> dict[str, bytes]:
    """The content of the ``wanted`` files that are in an archive; no other is looked at.

    Raises ReadError "bad-archive", and "decompression-bomb" where they are more than 200 times as large as the archive.
    """
    import zipfile

    packings = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    limit = MOST_RATIO * source.size + 2**20
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(source.local or io.BytesIO(source.read())) as archive:
            for entry in archive.infolist()[:MOST_ENTRIES]:
                if entry.filename not in wanted or entry.compress_type not in packings:
                    continue
                if entry.file_size > limit:
                    raise ReadError("decompression-bomb", limit=limit)
                with archive.open(entry) as packed:
                    found[entry.filename] = packed.read(entry.file_size)
                limit -= entry.file_size
    except ReadError:
        raise
    except Exception as error:  # zipfile and zlib raise whatever the damage leads to
        raise ReadError("bad-archive", reason=type(error).__name__) from error
    return found
