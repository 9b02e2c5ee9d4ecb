"""Subject and author from a mail's first headers."""

import pytest

from smtpd_billbee.formats.top_headers import SHOWN, message_id, subject_and_author
from tests.pace import LINEAR, growth


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Subject: =?utf-8?q?Best=C3=A4tigung?=\r\nFrom: Teeladen <a@b.example>\r\n\r\nSubject: no\r\n",
         ("Bestätigung", "Teeladen <a@b.example>")),
        (b"from: a@b.example\nsubject: one\nSubject: two\n\n", ("one", "a@b.example")),
        (b"From: nobody\r\n\r\n", ("", "nobody")),
        (b"no headers at all", ("", "")),
        (b"", ("", "")),
        (b"Subject: caf\xe9 \x00x\r\n\r\n", ("café x", "")),
    ],
)  # fmt: skip
def test_what_a_list_shows(raw: bytes, expected: tuple[str, str]) -> None:
    """Decoded, the first of each, from the headers alone; nothing where there is nothing."""
    assert expected == subject_and_author(raw)


def test_any_headers_are_quick() -> None:
    """A million headers, one of a million letters, encoded words without an end."""
    for before, piece, count in (
        (b"", b"X: y\r\n", 10**6),
        (b"Subject: ", b"x", 10**6),
        (b"Subject: ", b"=?utf-8?q?", 10**5),
        (b"", b'From: "', 10**5),
    ):
        subject, author = subject_and_author(before + piece * count)
        assert max(len(subject), len(author)) <= SHOWN
        assert growth(lambda size, b=before, p=piece: subject_and_author(b + p * size), count) < LINEAR


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Message-Id:\r\n <1@shop.example>\r\n\r\n", "<1@shop.example>"),
        (b"Message-ID: <1>\r\n\r\n", ""),
        (b"Message-ID: 1@shop.example\r\n\r\n", ""),
        (b"Subject: x\r\n\r\nMessage-ID: <1@shop.example>\r\n", ""),
    ],
)
def test_message_ids(raw: bytes, expected: str) -> None:
    """Only what can tell mails apart, from the headers alone."""
    assert expected == message_id(raw)
