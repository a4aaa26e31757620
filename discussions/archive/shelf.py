"""Where an archive's files go: a folder or one ZIP file, with the SHA-256 of each."""

import hashlib
import io
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

SUMS = "SHA256SUMS"
_COMPRESSION = 6
_READABLE = 0o644 << 16


class Shelf(ABC):
    """Files by their path in the archive, with slashes. One is written at a time."""

    def __init__(self) -> None:
        self.sums: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        with self.binary(name) as out:
            out.write(content)

    def add_text(self, name: str, text: str) -> None:
        self.add(name, text.encode())

    def add_sums(self) -> None:
        """As `sha256sum -c` checks them. The last file of all."""
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self.sums.items())]
        self.add_text(SUMS, "".join(lines))

    @contextmanager
    def binary(self, name: str) -> Iterator[IO[bytes]]:
        with self._file(name) as out:
            hashed = _Hashed(out)
            with io.BufferedWriter(hashed) as buffered:
                yield buffered
            self.sums[name] = hashed.digest.hexdigest()

    @contextmanager
    def text(self, name: str, newline: str = "\n") -> Iterator[IO[str]]:
        with self.binary(name) as out:
            text = io.TextIOWrapper(out, encoding="utf-8", newline=newline)
            yield text
            text.detach()

    @abstractmethod
    def _file(self, name: str) -> AbstractContextManager[IO[bytes]]: ...


class Folder(Shelf):
    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    @contextmanager
    def _file(self, name: str) -> Iterator[IO[bytes]]:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            yield out


class Zip(Shelf):
    """All of it in one folder, so that unpacking it litters nothing."""

    def __init__(self, out: zipfile.ZipFile, folder: str, moment: datetime) -> None:
        super().__init__()
        self._zip, self._folder = out, folder
        self._at = timezone.localtime(moment).timetuple()[:6]

    @contextmanager
    def _file(self, name: str) -> Iterator[IO[bytes]]:
        info = zipfile.ZipInfo(f"{self._folder}/{name}", date_time=self._at)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = _READABLE
        with self._zip.open(info, "w") as out:
            yield out


class _Hashed(io.RawIOBase):
    def __init__(self, out: IO[bytes]) -> None:
        super().__init__()
        self._out = out
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401 - any buffer
        data = bytes(content)
        self.digest.update(data)
        self._out.write(data)
        return len(data)
