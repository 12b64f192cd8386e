#!/usr/bin/env python3
"""Packs a folder reproducibly: the same files give the same bytes at any time on any machine.

    pack.py FOLDER DIST

writes DIST/FOLDER.tar.gz (.zip if FOLDER names a Windows target) and lists all archives of DIST in
DIST/SHA256SUMS. Entries are sorted; their times, owners and modes are fixed.
"""

import gzip
import hashlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path

# The earliest time that a zip file can hold, 1980-01-01; used for both formats.
EPOCH = 315532800
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def entries(folder):
    """The files of `folder` with their names in the archive and their modes."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        is_program = path.parent == folder and path.stem == "rhetor"
        yield path, path.relative_to(folder.parent).as_posix(), 0o755 if is_program else 0o644


def tar_bytes(folder):
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=9) as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path, name, mode in entries(folder):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mtime, entry.mode = path.stat().st_size, EPOCH, mode
                with path.open("rb") as content:
                    archive.addfile(entry, content)
    return packed.getvalue()


def zip_bytes(folder):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, name, mode in entries(folder):
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, mode << 16
            # Unix on every system, which the field would reveal otherwise.
            entry.create_system = 3
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()


def main():
    folder, dist = Path(sys.argv[1]), Path(sys.argv[2])
    is_windows = "-windows-" in folder.name
    archive = dist / (folder.name + (".zip" if is_windows else ".tar.gz"))
    archive.write_bytes(zip_bytes(folder) if is_windows else tar_bytes(folder))
    archives = sorted([*dist.glob("rhetor-*.tar.gz"), *dist.glob("rhetor-*.zip")])
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in archives]
    (dist / "SHA256SUMS").write_bytes("".join(sums).encode())
    print(archive)


main()
