"""The emergency spool: files in which mails wait for a database that is away or slow.

A file counts from its rename on, and then it is on the disk: temporary name, fsync, rename, fsync of the folder.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from errno import EEXIST, ENOSPC
from pathlib import Path

from smtpd_billbee.clock import now
from smtpd_billbee.formats.spooled import spooled
from smtpd_billbee.model.mail import Arrival
from smtpd_billbee.model.overview import SpoolState

FOLDER = "spool"  # in the folder of the state
ASIDE = "unreadable"  # in the spool: what cannot be read waits there for a person
_ENDING = ".mail"
_UNFINISHED = ".part"
_ABANDONED = 3600.0  # seconds


class Spool:
    """Everything here blocks: the loop asks for it in a thread.  Raises OSError."""

    def __init__(self, folder: Path, least_free: int = 0) -> None:
        self.folder = folder
        self._least_free = least_free

    def keep(self, arrival: Arrival) -> None:
        """When this returns, the mail survives a power cut."""
        self._make()
        file = self.folder / (arrival.queue_id + _ENDING)
        unfinished = file.with_suffix(_UNFINISHED)
        if file.exists():  # a rename would take its place
            raise FileExistsError(EEXIST, os.strerror(EEXIST))
        if shutil.disk_usage(self.folder).free < self._least_free + len(arrival.content):
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        try:
            with unfinished.open("xb") as written:
                written.write(spooled(arrival))
                written.flush()
                os.fsync(written.fileno())
            unfinished.rename(file)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise
        _sync(self.folder)

    def waiting(self) -> list[Path]:
        """The files that wait, the oldest first."""
        return [file for _, file in sorted(self._files(self.folder))]

    @contextlib.contextmanager
    def taken(self, file: Path) -> Iterator[bytes | None]:
        """The octets of a file, which nobody else has meanwhile; None: somebody has it, or it is done with."""
        try:
            opened = file.open("rb")
        except FileNotFoundError:
            yield None
            return
        with opened:
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            # Between our open and our lock the other one may have finished: then the file has no name any more.
            yield opened.read() if os.fstat(opened.fileno()).st_nlink else None

    def remove(self, file: Path) -> None:
        """It is in the database.  A file that a crash brings back is drained once more, and changes nothing."""
        file.unlink(missing_ok=True)

    def set_aside(self, file: Path) -> None:
        """It cannot be read: it is nobody's mail until a person looks at it, and is never thrown away."""
        aside = self.folder / ASIDE
        aside.mkdir(mode=0o700, exist_ok=True)
        file.rename(aside / file.name)
        _sync(aside)
        _sync(self.folder)

    def tidy(self) -> None:
        """Remove what a crash left unfinished: nobody was told 250 for it.  A young one may be of another process."""
        for moment, file in self._files(self.folder, _UNFINISHED):
            if now().timestamp() - moment / 1e9 > _ABANDONED:
                file.unlink(missing_ok=True)

    def state(self) -> SpoolState:
        """How many mails wait and since when, and how many files cannot be read."""
        files = self._files(self.folder)
        oldest = datetime.fromtimestamp(min(files)[0] / 1e9, UTC) if files else None
        return SpoolState(len(files), oldest, len(self._files(self.folder / ASIDE)))

    def _files(self, folder: Path, ending: str = _ENDING) -> list[tuple[int, Path]]:
        found = []
        for file in folder.glob(f"*{ending}"):
            with contextlib.suppress(FileNotFoundError):  # just drained
                found.append((file.stat().st_mtime_ns, file))
        return found

    def _make(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            _sync(self.folder.parent)


def _sync(folder: Path) -> None:
    """A new name is on the disk only when its folder is (fsync(2))."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
