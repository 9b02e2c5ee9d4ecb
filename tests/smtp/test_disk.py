"""A disk that is nearly full takes no more mails, and says so in time."""

from pathlib import Path

import pytest

from smtpd_billbee.smtp.disk import Disk
from tests.smtp.playing import calling, open_door

PETABYTE = 10**15  # no disk has so much room


async def test_452_at_mail(tmp_path: Path):
    """RFC 5321 4.2.2: a peer is told before it sends the content, keeps the mail and tries again."""
    async with open_door(max_size=PETABYTE, state_dir=tmp_path) as opened, calling(opened) as peer:
        answer = await peer.say(b"MAIL FROM:<a@example.org>\r\n")
        behind = await peer.say(b"RCPT TO:<12345-jimdo-orderimport@inbound.example>\r\n")

    assert answer.startswith("452 4.3.1 ")
    assert behind.startswith("503 5.5.1 ")


@pytest.mark.parametrize(("folder", "largest", "expected"), [
    (True, PETABYTE, False), (True, 1, True), (False, PETABYTE, True),
])  # fmt: skip
def test_room(tmp_path: Path, folder: bool, largest: int, expected: bool):
    """A folder is looked at; without one mails are kept elsewhere."""
    assert expected is Disk(tmp_path if folder else None, largest, lambda: 0.0).has_room()


def test_asked_again(tmp_path: Path):
    """Room that was made is seen a second later; a folder that is gone refuses nothing."""
    moments = iter((0.0, 0.5, 1.0))
    disk = Disk(tmp_path, PETABYTE, lambda: next(moments))
    first = disk.has_room()
    tmp_path.rmdir()

    assert (False, False, True) == (first, disk.has_room(), disk.has_room())
