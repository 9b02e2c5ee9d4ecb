"""The emergency spool: files in which mails wait for the database."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smtpd_billbee.formats.spooled import spooled, unspooled
from smtpd_billbee.model.overview import SpoolState
from smtpd_billbee.work.spool import ASIDE, Spool
from tests.making import MAIL, arrival


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_kept_and_drained(spool: Spool) -> None:
    """The file of a mail is there when keep() returns, nobody but us may read it, and it goes when it is removed."""
    spool.keep(arrival())
    (file,) = spool.waiting()
    with spool.taken(file) as octets:
        spool.remove(file)

    assert octets is not None
    assert arrival() == unspooled(octets)
    assert 0o700 == spool.folder.stat().st_mode & 0o777
    assert ([], []) == (spool.waiting(), list(spool.folder.iterdir()))


def test_order_of_the_calls(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut finds a whole file or none: the content is flushed before the name, the name before keep() ends."""
    calls = []

    def noted(descriptor: int) -> None:
        target = Path(f"/proc/self/fd/{descriptor}").readlink()
        calls.append((target.name, [file.suffix for file in spool.folder.iterdir()]))

    monkeypatch.setattr(os, "fsync", noted)
    spool.keep(arrival())

    assert [
        (spool.folder.parent.name, []),
        ("q1.part", [".part"]),
        ("spool", [".mail"]),
    ] == calls


def test_a_disk_that_fails(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be flushed is not kept, and leaves nothing."""

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    spool.keep(arrival())
    monkeypatch.setattr(os, "fsync", broken)
    spool.folder.joinpath("q1.mail").unlink()
    with pytest.raises(OSError, match="Input/output"):
        spool.keep(arrival())

    assert [] == list(spool.folder.iterdir())


def test_no_mail_takes_the_place_of_another(spool: Spool) -> None:
    """Two mails with one id cannot be; if they were, the second would not be accepted."""
    spool.keep(arrival(MAIL))
    with pytest.raises(FileExistsError):
        spool.keep(arrival(b"another"))

    assert spooled(arrival(MAIL)) == spool.waiting()[0].read_bytes()


def test_no_room(tmp_path: Path) -> None:
    """The last of a disk is not filled with mails."""
    with pytest.raises(OSError) as raised:
        Spool(tmp_path / "spool", least_free=10**15).keep(arrival())

    assert errno.ENOSPC == raised.value.errno


def test_one_at_a_time(spool: Spool) -> None:
    """Who drains a file has it alone; who comes too late gets nothing, also when the file has just gone."""
    spool.keep(arrival())
    (file,) = spool.waiting()
    with spool.taken(file) as first, spool.taken(file) as second:
        pass
    file.unlink()
    with spool.taken(file) as third:
        pass

    assert (spooled(arrival()), None, None) == (first, second, third)


def test_set_aside(spool: Spool) -> None:
    """What cannot be read waits elsewhere for a person, and is counted."""
    spool.keep(arrival())
    (file,) = spool.waiting()
    file.write_bytes(b"torn")
    spool.set_aside(file)

    assert SpoolState(0, None, 1) == spool.state()
    assert b"torn" == (spool.folder / ASIDE / file.name).read_bytes()


def test_state(spool: Spool) -> None:
    """How many wait and since when; a folder that nobody ever needed is empty."""
    before = spool.state()
    spool.keep(arrival(MAIL))
    (file,) = spool.waiting()
    os.utime(file, (1_000_000, 1_000_000))

    assert SpoolState() == before
    assert SpoolState(1, datetime.fromtimestamp(1_000_000, UTC), 0) == spool.state()


def test_tidy(spool: Spool) -> None:
    """A file that never got its name goes after an hour: it got no 250.  One with its name stays for ever."""
    spool.tidy()
    spool.keep(arrival())
    for name in ("q2.part", "q3.part"):
        (spool.folder / name).write_bytes(b"half of")
    for name in ("q1.mail", "q2.part"):
        os.utime(spool.folder / name, (0, 0))
    spool.tidy()

    assert {"q1.mail", "q3.part"} == {file.name for file in spool.folder.iterdir()}
