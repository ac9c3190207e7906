"""What the first bytes of archives are; the modules that open them are loaded only where there is one."""

from __future__ import annotations

ZIP_MARK = b"PK\x03\x04"
_TAR_MARK, _TAR_MARK_AT = b"ustar", 257


def is_archive(head: bytes) -> bool:
    """Return True if the first bytes of a file, decompressed, are those of a zip or tar archive."""
    return head.startswith(ZIP_MARK) or is_tar(head)


def is_tar(head: bytes) -> bool:
    """Return True for a tar archive, whose members look like one long text where they are texts."""
    return head.startswith(_TAR_MARK, _TAR_MARK_AT)
