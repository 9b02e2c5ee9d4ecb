"""What a mail sent, as it is kept: packed, if that makes it smaller."""

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LARGE = 256 * 1024  # packing more takes so long that no transaction must wait for it: 35 MiB, a second
_PIECE = 1024 * 1024
# How a large content is packed, always by zlib.  In its row the name of the packing stands behind the content, and
# where anything stands there, SQLite builds the whole row in memory, twice; so nothing does.
_LARGE_PACKING = ""


@dataclass(frozen=True, slots=True)
class Packed:
    """Its octets, or the file that they lie in: memory holds a large mail once already."""

    packing: str
    octets: bytes = b""
    file: IO[bytes] | None = None

    @property
    def size(self) -> int:
        """How many octets there are."""
        return self.file.seek(0, 2) if self.file else len(self.octets)

    def pieces(self) -> Iterator[bytes | memoryview]:
        """All of them, one piece after the other."""
        if self.file is None:
            view = memoryview(self.octets)
            yield from (view[start : start + _PIECE] for start in range(0, len(view), _PIECE))
            return
        self.file.seek(0)
        while piece := self.file.read(_PIECE):
            yield piece

    def whole(self) -> bytes:
        """All of them."""
        return b"".join(self.pieces()) if self.file else self.octets

    def close(self) -> None:
        """Give the file up."""
        if self.file is not None:
            self.file.close()


def pack(content: bytes) -> Packed:
    """In memory."""
    octets = zlib.compress(content, 1)
    return Packed("zlib", octets) if len(octets) < len(content) else Packed("plain", content)


def pack_into_file(content: bytes, folder: Path) -> Packed:
    """In a file without a name in that folder."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - `close` closes it
    packer, view = zlib.compressobj(1), memoryview(content)
    for start in range(0, len(view), _PIECE):
        file.write(packer.compress(view[start : start + _PIECE]))
    file.write(packer.flush())
    return Packed(_LARGE_PACKING, file=file)


def unpacked(octets: bytes, packing: str, size: int) -> bytes:
    """What the client sent, which has that size: who does not say it gets a second copy made on the way."""
    return bytes(octets) if packing == "plain" else zlib.decompress(octets, bufsize=max(size, 1))
