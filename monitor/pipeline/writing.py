"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Self


def write_files(folder: Path, files: Mapping[str, bytes]) -> dict[str, Path]:
    """Write files into a folder, each replaced in one step; the paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _write(folder / name, content) for name, content in files.items()}


def _write(path: Path, content: bytes) -> Path:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


class FileSet:
    """Files of one folder that are written at length and appear together, or not at all."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._open: dict[str, tuple[Path, BinaryIO]] = {}

    def open(self, name: str) -> BinaryIO:
        """A new file, to be written and read again until the set is done."""
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=f".{name}.")
        file = os.fdopen(handle, "w+b")
        self._open[name] = (Path(temporary), file)
        return file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for _path, file in self._open.values():
            file.close()
        for name, (temporary, _file) in self._open.items():
            if kind is None:
                temporary.chmod(0o666 & ~_umask())
                temporary.replace(self._folder / name)
            else:
                temporary.unlink(missing_ok=True)

    @property
    def paths(self) -> dict[str, Path]:
        """Where each file is, once the set is done."""
        return {name: self._folder / name for name in self._open}


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
