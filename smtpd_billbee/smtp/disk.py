"""Is there room for another mail on the disk where mails are kept?"""

import shutil
from collections.abc import Callable
from pathlib import Path

ASKED_AGAIN = 1.0  # seconds


class Disk:
    """Looks at the free space of a folder's disk, at most once a second; no folder: mails are kept elsewhere."""

    def __init__(self, folder: Path | None, largest: int, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._least = largest + largest // 2  # as Postfix: one and a half times the largest mail (message_size_limit)
        self._clock = clock
        self._asked_at = float("-inf")
        self._has_room = True

    def has_room(self) -> bool:
        """Whether a mail may come in.  A disk that cannot be asked decides nothing: the commit will tell."""
        now = self._clock()
        if self._folder is not None and now - self._asked_at >= ASKED_AGAIN:
            self._asked_at = now
            try:
                self._has_room = shutil.disk_usage(self._folder).free >= self._least
            except OSError:
                self._has_room = True
        return self._has_room
