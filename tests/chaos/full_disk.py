"""The disk is full: a small one of our own, which only root can make."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.house import House, house
from tests.chaos.outcome import Outcome

SIZE = 24  # MiB
SMTP = "max_size = 65536\ncommit_patience = 0.5"
PADDING = b"".join(b"X-Padding: %s\r\n" % os.urandom(400).hex().encode() for _ in range(60))


class NoDisk(Exception):
    """There is none here."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of so many MiB.  Raises NoDisk."""
    folder.mkdir()
    if os.geteuid() != 0:
        raise NoDisk("only root can make a small disk")
    options = ["-t", "tmpfs", "-o", f"size={SIZE}m", "smtpd-billbee-test", str(folder)]
    done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoDisk(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def run(folder: Path, *, full: bool) -> list[Outcome]:
    """Fill it up, see mails being put off, make room, and let them come again.  Raises NoDisk."""
    with small_disk(folder) as disk:
        async with house(disk, full=full, smtp=SMTP) as opened:
            await _fill(opened, disk)
            return await opened.outcomes()


async def _fill(opened: House, disk: Path) -> None:
    record = opened.record("disk full")
    free = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(free.f_bavail * free.f_frsize - 600 * 1024))
    record.tried = 1
    while len(record.sent) - len(record.acknowledged) < 5:
        await opened.bring(record, 1, PADDING, tries=1)
    put_off = record.sent - record.acknowledged
    ballast.unlink()
    await opened.bring(record, 5, PADDING, tries=50)
    record.remark = f"{len(put_off)} put off"
