"""What a mail to the sender of a copy says: not delivered, with its status, or nothing of the sort."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.bounces import Bounce, NoBounce, Permanence, read_bounce
from tests.corpora import corpus
from tests.pace import LINEAR, growth

# Of the mails of 77 mail systems and programs: the status that each gives, or what else it is.  Where several
# recipients failed, the first; where a plain text gives none, what its words mean.
SAID = {
    "arf": NoBounce.ABUSE_REPORT,
    "rfc3834": NoBounce.AUTOMATIC_REPLY,
    "lhost-amazonses-01": "5.1.0", "lhost-amazonses-02": "5.3.0", "lhost-amazonses-03": "5.1.0",
    "lhost-amazonses-05": "5.1.1", "lhost-amazonses-06": "5.1.1",
    "lhost-einsundeins-02": "5.3.4", "lhost-einsundeins-03": "5.2.0",
    "lhost-exchange2007-01": "5.1.1", "lhost-exchange2007-02": "5.2.2", "lhost-exchange2007-03": "5.2.3",
    "lhost-exchange2007-04": "5.7.1", "lhost-exchange2007-05": "4.4.7",
    "lhost-exim-01": "5.7.0", "lhost-exim-02": "5.1.1", "lhost-exim-03": "5.7.0", "lhost-exim-04": "5.7.0",
    "lhost-exim-05": "5.1.1",
    "lhost-gmail-01": "5.1.1", "lhost-gmail-03": "5.7.0", "lhost-gmail-04": "5.7.1", "lhost-gmail-05": "5.7.1",
    "lhost-gmail-06": NoBounce.DELAYED,
    "lhost-gmx-01": "5.2.2", "lhost-gmx-02": "5.1.1", "lhost-gmx-03": "5.2.1", "lhost-gmx-04": "4.4.7",
    "lhost-office365-01": "5.1.10", "lhost-office365-02": "5.1.1", "lhost-office365-03": "5.1.0",
    "lhost-office365-04": "5.1.351", "lhost-office365-05": "5.1.8",
    "lhost-opensmtpd-01": "5.1.1", "lhost-opensmtpd-02": "5.2.2", "lhost-opensmtpd-03": "5.1.2",
    "lhost-opensmtpd-04": NoBounce.DELAYED, "lhost-opensmtpd-05": "4.4.7",
    "lhost-outlook-01": "5.2.2", "lhost-outlook-02": "5.1.1", "lhost-outlook-03": "5.5.0", "lhost-outlook-04": "5.1.1",
    "lhost-outlook-06": NoBounce.DELAYED,
    "lhost-postfix-01": "5.1.1", "lhost-postfix-02": "5.2.1", "lhost-postfix-03": "5.1.1", "lhost-postfix-04": "5.1.1",
    "lhost-postfix-05": "4.1.1",
    "lhost-qmail-01": "5.5.0", "lhost-qmail-02": "5.1.1", "lhost-qmail-03": "5.7.1", "lhost-qmail-04": "5.0.0",
    "lhost-qmail-05": "4.4.3",
    "lhost-sendgrid-01": "5.1.1", "lhost-sendgrid-02": "5.1.1", "lhost-sendgrid-03": "4.4.1",
    "lhost-zoho-01": "5.1.1", "lhost-zoho-02": "5.2.1", "lhost-zoho-03": "5.1.1", "lhost-zoho-04": NoBounce.DELAYED,
    "lhost-zoho-05": "4.4.1",
    "rfc3464-01": "5.1.1", "rfc3464-03": "5.7.1", "rfc3464-04": "5.5.0", "rfc3464-06": "5.5.0",
    "rfc3464-07": NoBounce.DELAYED,
    "rhost-google-01": "5.2.1", "rhost-google-02": "5.1.1", "rhost-google-03": "5.7.26", "rhost-google-04": "5.7.26",
    "rhost-google-05": "5.2.2",
}  # fmt: skip


def short(found: Bounce | NoBounce) -> str:
    """The status, or what else it is."""
    return found.status if isinstance(found, Bounce) else found


def expected(file: Path) -> str:
    """The line of the table for a file of the corpus."""
    return SAID.get(file.stem) or SAID[file.stem.rpartition("-")[0]]


def test_real_ones() -> None:
    """Each of the 77: a permanent failure with its status, a temporary one, or no bounce at all."""
    files = corpus("bounces", "mails/*.eml")
    found = {file.stem: short(read_bounce(file.read_bytes())) for file in files}

    assert {file.stem: expected(file) for file in files} == found
    assert 77 == len(files)


def test_the_reported_status() -> None:
    """Where a report names a status that says something, that is it, whatever the table above thinks."""
    for file in corpus("bounces", "mails/*.eml"):
        raw = file.read_bytes()
        reported = re.search(rb"^Action: failed\s.*?^Status: (5\.(?!0\.0)\d+\.\d+)", raw, re.M | re.S | re.I)
        if reported is not None:
            found = read_bounce(raw)
            assert isinstance(found, Bounce), file.stem
            assert (Permanence.PERMANENT, reported[1].decode()) == (found.permanence, found.status), file.stem


def test_real_ones_tell_why() -> None:
    """Each bounce has a line of what the server said."""
    found = [read_bounce(file.read_bytes()) for file in corpus("bounces", "mails/*.eml")]

    assert [] == [each for each in found if isinstance(each, Bounce) and not 5 <= len(each.text) <= 300]


def report(action: str, status: str, diagnostic: str = "", more: str = "") -> bytes:
    """A report of RFC 3464."""
    return (
        "From: mailer-daemon@mx.example\r\nX-Sample: synthetic\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\r\n\r\n'
        "--=_b\r\n\r\nIt could not be delivered.\r\n--=_b\r\nContent-Type: message/delivery-status\r\n"
        f"{more}\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; owner@example.org\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n"
        + (f"Diagnostic-Code: {diagnostic}\r\n" if diagnostic else "")
        + "\r\n--=_b\r\nContent-Type: message/rfc822\r\n\r\nSubject: 5.9.9 failed\r\n\r\nAction: failed\r\n--=_b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (report("failed", "5.1.1"), "5.1.1"),
        (report("FAILED (bad)", "5.7.26 (policy)"), "5.7.26"),
        (report("failed", "5.0.0", "smtp; 550 5.7.26 no"), "5.7.26"),
        (report("failed", "", "smtp; 550 5.2.2 full"), "5.2.2"),
        (report("failed", "4.4.7"), "4.4.7"),
        (report("delayed", "4.4.1"), NoBounce.DELAYED),
        (report("delivered", "2.0.0"), NoBounce.DELIVERED),
        (report("relayed", "2.0.0"), NoBounce.DELIVERED),
    ],
)
def test_reports(raw: bytes, said: str) -> None:
    """RFC 3464 2.3.3: only 'failed' says that it failed; a status of no meaning gives way to that of the reply."""
    assert said == short(read_bounce(raw))


def test_what_was_returned_says_nothing() -> None:
    """The mail that is sent back may speak of failures itself."""
    assert NoBounce.DELAYED == read_bounce(report("delayed", "4.4.1"))


def test_a_reply_of_several_lines() -> None:
    """Folded fields are one line; the protocol's name before the reply is left out."""
    found = read_bounce(report("failed", "5.7.1", "smtp; 550-5.7.1 we do not\r\n  like it"))

    assert Bounce(Permanence.PERMANENT, "5.7.1", "550-5.7.1 we do not like it") == found


def words(text: str, sender: str = "MAILER-DAEMON@mx.example", more: str = "") -> bytes:
    """A plain mail."""
    return f"From: {sender}\r\nX-Sample: synthetic\r\n{more}\r\n{text}\r\n".encode()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (words("Die Nachricht konnte nicht zugestellt werden:\r\n550 5.2.2 Postfach voll"), "5.2.2"),
        (words("Zustellung an owner@example.org fehlgeschlagen: Postfach ist voll"), "5.2.2"),
        (words("could not be delivered: host 192.0.2.5.5.1 said 550 no such user here"), "5.1.1"),
        (words("could not be delivered: 421 busy"), "4.0.0"),
        (words("could not be delivered"), "5.0.0"),
        (words("It has been delayed and could not be delivered yet. 450 4.2.2"), NoBounce.DELAYED),
        (words("550 5.1.1 could not be delivered", "owner@example.org"), NoBounce.UNKNOWN),
        (
            words("Mails could not be delivered to me: away.", "owner@example.org", "Auto-Submitted: auto-replied\r\n"),
            NoBounce.AUTOMATIC_REPLY,
        ),
        (words("I am away", "owner@example.org", "Subject: Automatische Antwort: x\r\n"), NoBounce.AUTOMATIC_REPLY),
        (words("Hello", "postmaster@example.org"), NoBounce.UNKNOWN),
        (b"", NoBounce.UNKNOWN),
    ],
)
def test_words(raw: bytes, said: str) -> None:
    """A plain text counts from a mail system only: a person's holiday, or a person, says nothing of the delivery."""
    assert said == short(read_bounce(raw))


def test_a_line_for_people() -> None:
    """What is kept is one printable line of at most 300 letters."""
    (found,) = [read_bounce(report("failed", "5.1.1", "smtp; 550 5.1.1 \x1b[2J" + "no " * 500))]

    assert isinstance(found, Bounce)
    assert found.text.startswith("550 5.1.1 [2Jno no")
    assert 300 == len(found.text)


@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    """Any bytes are read, as a report, too."""
    read_bounce(raw)
    read_bounce(report("failed", "5.1.1").replace(b"Reporting", raw))
    read_bounce(raw + report("failed", "5.1.1"))


HEADS = (
    b"From: MAILER-DAEMON@x.example\n\n",
    b"From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=b\n\n",
    b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n"
    b"Status: ",
)


@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
@pytest.mark.parametrize(
    "unit",
    [b"5", b"4.4.", b"\n", b" ", b"\n--b\n", b"delivery to ", b"Action: x\n\n", b"=\n=3D", b"n't "],
    ids=range(9),
)
def test_pace(head: bytes, unit: bytes) -> None:
    """Linear in the size, and of a large mail only the beginning is read."""
    assert growth(lambda size: read_bounce(head + unit * (size // len(unit))), 120_000) < LINEAR
