"""The levels of a mail: itself, attached mails, forwards within its text; answers."""

import pytest

from smtpd_billbee.formats.mime import open_mail
from smtpd_billbee.reader.levels import Level, levels_of
from tests.reader.making import alternative, mail


def levels(raw: bytes) -> list[Level]:
    """The levels of a mail, the deepest first."""
    return list(levels_of(open_mail(raw)))


def test_a_plain_mail() -> None:
    """One level, with its subject, lines and the day on which it was sent."""
    [level] = levels(mail("Bestellnummer: 7\nDanke", subject="Neue Bestellung"))

    assert ("Neue Bestellung", 0, ["Bestellnummer: 7", "Danke"]) == (level.subject, level.depth, level.lines)
    assert "2025-04-03" == str(level.habit.sent)
    assert (False, False) == (level.is_reply, level.answers)


def test_two_bodies() -> None:
    """Text and HTML are kept apart."""
    [level] = levels(alternative("aus dem Text", "<p>aus dem HTML</p>"))

    assert ["aus dem Text"] == [row.text for row in level.text]
    assert ["aus dem HTML"] == [row.text for row in level.html] == level.lines


def test_an_attached_mail_comes_first() -> None:
    """The mail that was attached, then the one that carries it."""
    inner = mail("Bestellnummer: 7", subject="Neue Bestellung 7")
    head = (
        b"Subject: Fwd\r\nX-Sample: synthetic\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    raw = head + b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--\r\n"

    found = levels(raw)

    assert ["Neue Bestellung 7", "Fwd"] == [level.subject for level in found]
    assert [1, 0] == [level.depth for level in found]


def test_a_forward_in_the_text() -> None:
    """Its own level with its own subject, above the mail that brought it."""
    text = (
        "Zur Info\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Neue Bestellung 7\n"
        "Datum: Mon, 3 Mar 2025 10:00:00 +0100\nVon: Laden <laden@example.org>\nAn: ich@example.org\n\n"
        "Bestellnummer: 7\nDanke\n"
    )
    found = levels(mail(text, subject="Fwd: Neue Bestellung 7"))

    assert "Neue Bestellung 7" == found[0].subject
    assert ["Bestellnummer: 7", "Danke"] == found[0].lines
    assert "2025-03-03" == str(found[0].habit.sent)
    assert (1, 0) == (found[0].depth, found[-1].depth)


def test_an_answer_is_read_without_its_quote() -> None:
    """'Am ... schrieb ...:' and quoted lines: the quoted order is none of today."""
    text = "Danke!\n\nAm 03.04.2025 um 10:22 schrieb Laden <laden@example.org>:\n> Bestellnummer: 7\n> Danke\n"
    found = levels(mail(text, subject="Re: Neue Bestellung 7"))

    assert found[0].is_reply
    assert found[-1].answers
    assert ["Danke!"] == found[-1].lines


def test_nested_deep() -> None:
    """No more levels are opened than people forward."""
    raw = mail("Bestellnummer: 7")
    for _ in range(20):
        raw = b"MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" + raw

    assert len(levels(raw)) <= 10


def test_nothing() -> None:
    """An empty mail has a level without lines."""
    assert [[]] == [level.lines for level in levels(b"")]


@pytest.mark.parametrize(("said", "expected"), [("04/05/2025", "2025-04-05"), ("03/02/2025", "2025-04-03")])
def test_a_forwards_date_in_digits_is_read_by_the_mail_around_it(said: str, expected: str) -> None:
    """'04/05/2025' in a mail of 3 April 2025 is 5 April; where both days are far, the mail's own day counts."""
    text = f"-------- Original Message --------\nFrom: a@example.org\nDate: {said}\nSubject: Order\n\nOrder: 7\n"

    assert expected == str(levels(mail(text))[0].habit.sent)
