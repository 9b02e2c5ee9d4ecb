"""Files between their preview and the word of the user: for an hour, each for the one who brought it.

They are on disk without a name: what is not confirmed is gone with its hour, or with this process.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO

from smtpd_billbee.work.importing import Wishes

LASTS = timedelta(hours=1)
LARGEST = 20 * 1024 * 1024  # bytes of one file
MOST_BYTES = 5 * LARGEST  # of all of them; then the oldest go
MOST_TAKEN = 1_000  # words of which it is known what became of their files
MOST_OF_ONE = 3  # files of one user
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file, and what its user wants of it.  `format`: what he says it is; '': it shows by itself."""

    user_id: int
    at: datetime
    name: str
    file: IO[bytes]
    size: int
    shop_id: int
    format: str
    wishes: Wishes

    def content(self) -> bytes:
        """All of it."""
        self.file.seek(0)
        return self.file.read()


def put_aside(source: IO[bytes], most: int) -> tuple[IO[bytes], int]:
    """A copy of what came, on disk, and its size; more than `most` bytes and one are not copied."""
    file, size = TemporaryFile(), 0  # noqa: SIM115 - whoever keeps the upload closes it
    while size <= most and (piece := source.read(min(_PIECE, most + 1 - size))):
        size += file.write(piece)
    return file, size


class Uploads:
    """The files that wait."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Upload] = OrderedDict()
        self._taken: OrderedDict[str, tuple[int, int | None]] = OrderedDict()  # the user, and the import

    def keep(self, upload: Upload) -> str:
        """Keep a file; the word for it.  Others of this user, or the oldest of all, may have to go."""
        self._forget_old(upload.at)
        mine = [word for word, kept in self._kept.items() if kept.user_id == upload.user_id]
        for word in mine[: max(0, len(mine) - MOST_OF_ONE + 1)]:
            self._kept.pop(word).file.close()
        while self._kept and self._bytes() + upload.size > MOST_BYTES:
            self._kept.popitem(last=False)[1].file.close()
        word = secrets.token_urlsafe(16)
        self._kept[word] = upload
        return word

    def get(self, word: str, user_id: int, now: datetime) -> Upload | None:
        """The file, if it is this user's and still here."""
        self._forget_old(now)
        kept = self._kept.get(word)
        return kept if kept is not None and kept.user_id == user_id else None

    def take(self, word: str, user_id: int, now: datetime) -> Upload | None:
        """The file, once: two clicks import it one time.  Whoever takes it closes it, or keeps it again."""
        kept = self.get(word, user_id, now)
        if kept is not None:
            del self._kept[word]
            self._taken[word] = (user_id, None)
            while len(self._taken) > MOST_TAKEN:
                self._taken.popitem(last=False)
        return kept

    def became(self, word: str, user_id: int, run: int) -> None:
        """The file that was taken by this word is in this import."""
        self._taken[word] = (user_id, run)

    def was_taken(self, word: str, user_id: int) -> bool:
        """Whether this user has confirmed the file before: he sent it twice, or went back."""
        return self._taken.get(word, (None,))[0] == user_id

    def import_of(self, word: str, user_id: int) -> int | None:
        """The import that was made of it; None: of none, or not yet."""
        return self._taken[word][1] if self.was_taken(word, user_id) else None

    def close(self) -> None:
        """Forget all of them."""
        while self._kept:
            self._kept.popitem()[1].file.close()

    def _forget_old(self, now: datetime) -> None:
        for word in [word for word, kept in self._kept.items() if now - kept.at > LASTS]:
            self._kept.pop(word).file.close()

    def _bytes(self) -> int:
        return sum(kept.size for kept in self._kept.values())
