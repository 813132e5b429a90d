"""Packs a folder, the same bytes for the same content: `archive.py ARCHIVE FOLDER`, by the ending `.tar.gz` or `.zip`.

Not for deciding what is in it.
"""

from __future__ import annotations

import gzip
import os
import sys
import tarfile
import time
import zipfile
from pathlib import Path

# When everything in it was made, as far as the archive says.
MADE_S = int(os.environ["SOURCE_DATE_EPOCH"])


def mode(path: Path) -> int:
    """Whose file it was and by which mask is of no interest to anybody else."""
    return 0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644


def tar(archive: Path, root: Path, members: list[Path]) -> None:
    """With the folder itself as the only member at the top."""

    def owned_by_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = MADE_S
        member.mode = 0o777 if member.issym() else mode(root.parent / member.name)
        return member

    with (
        archive.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=MADE_S) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as out,
    ):
        for member in members:
            name = member.relative_to(root.parent).as_posix()
            out.add(member, name, recursive=False, filter=owned_by_nobody)


def zipped(archive: Path, root: Path, members: list[Path]) -> None:
    """With the folder itself as the only member at the top; folders come from the names of files."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for member in (member for member in members if member.is_file()):
            info = zipfile.ZipInfo(member.relative_to(root.parent).as_posix(), time.gmtime(MADE_S)[:6])
            info.external_attr = (0o100000 | mode(member)) << 16
            out.writestr(info, member.read_bytes(), zipfile.ZIP_DEFLATED)


def main() -> None:
    archive, root = Path(sys.argv[1]), Path(sys.argv[2])
    members = sorted([root, *root.rglob("*")])
    (zipped if archive.suffix == ".zip" else tar)(archive, root, members)


main()
