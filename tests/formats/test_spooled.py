"""An arrival as one file of the emergency spool, or one row, and back."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.spooled import aside, put_aside, spooled, unspooled
from smtpd_billbee.model.mail import Arrival, Recipient, Session
from tests.making import TO_SHOP, arrival

FACTS = Session("2001:db8::1", 25, "müller.example", "TLSv1.3 X", False, True, "8BITMIME")
FULL = replace(
    arrival(b"\x00\xff\n\r\nsynthetic", TO_SHOP, Recipient("postmaster")),
    sender="jürgen@example.org", session=FACTS, trace="Return-Path: <jürgen@example.org>\r\n".encode(),
)  # fmt: skip


@pytest.mark.parametrize("mail", [FULL, arrival(), arrival(b""), replace(arrival(), sender="")])
def test_there_and_back(mail: Arrival) -> None:
    """What is read is what was written, to the last octet."""
    assert mail == unspooled(spooled(mail)) == aside(put_aside(mail))


@given(st.integers(0, len(spooled(FULL)) - 1), st.integers(1, 255))
def test_one_octet_changed(place: int, change: int) -> None:
    """A file that a disk has damaged is no mail."""
    file = bytearray(spooled(FULL))
    file[place] ^= change

    assert None is unspooled(bytes(file))


@given(st.integers(0, len(spooled(FULL)) - 1))
def test_cut_off(length: int) -> None:
    """Nor is one that lost its end."""
    assert None is unspooled(spooled(FULL)[:length])


@pytest.mark.parametrize("row", [b"", b"anything", spooled(FULL)[:-1], put_aside(FULL)[:60], put_aside(FULL)[:-1]])
def test_no_row(row: bytes) -> None:
    """What is no arrival is seen to be none."""
    assert None is aside(row)


def test_row_of_an_older_version() -> None:
    """It was written as a file."""
    assert FULL == aside(spooled(FULL))


def test_of_another_version() -> None:
    """A fact that this version does not know is passed over; one that is missing gets its default."""
    line = spooled(arrival()).split(b"\n")[1]
    changed = line.replace(b'"smtputf8": false', b'"of_tomorrow": 7')
    rest = changed + b"\n" + arrival().content
    file = b"smtpd-billbee-spool-1 " + sha256(rest).hexdigest().encode() + b"\n" + rest

    assert line != changed
    assert arrival() == unspooled(file)
