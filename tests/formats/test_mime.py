"""Mails become letters: their texts, their parts, the letters in them, and what is said about broken ones."""

import base64
import quopri
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats import mime
from smtpd_billbee.formats.mime import Body, Letter, open_mail
from tests.corpora import corpus
from tests.pace import LINEAR, growth

INNER = (
    b"From: Shop <shop@example.org>\nSubject: =?utf-8?q?Bestellung_f=C3=BCr?=\nDate: Tue, 1 Sep 2026 12:00:00 +0000\n"
    b"X-Sample: synthetic\nContent-Type: text/plain; charset=utf-8\n\nGr\xc3\xbc\xc3\x9fe\n"
)


def _mail(headers: str, body: bytes | str) -> bytes:
    body = body.encode() if isinstance(body, str) else body
    top = f"From: Shop <shop@example.org>\nSubject: Bestellung 7\nX-Sample: synthetic\n{headers}\n\n"
    return (top.encode() + body).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _parts(subtype: str, *parts: bytes) -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"
    return _mail(f"MIME-Version: 1.0\nContent-Type: multipart/{subtype}; boundary=b", body)


def _part(headers: str, content: bytes | str = b"") -> bytes:
    return (
        headers.encode() + b"\n" * (2 if headers else 1) + (content.encode() if isinstance(content, str) else content)
    )


def _all_letters(letter: Letter) -> Iterator[Letter]:
    yield letter
    for each in letter.attached:
        yield from _all_letters(each)


def _is_writable(letter: Letter) -> bool:
    """Every text of the letter is Unicode that can be written down."""
    for each in _all_letters(letter):
        for text in (each.subject, each.sender_name, each.date, *each.headers.values(), *each.defects):
            text.encode()
        for body in each.bodies:
            (body.text + (body.name or "")).encode()
    return True


def test_plain_text():
    """A mail of one text: its author, subject, date, headers, lines."""
    letter = open_mail(INNER.replace(b"\n", b"\r\n"))

    assert ("Bestellung für", "Shop", "shop@example.org") == (letter.subject, letter.sender_name, letter.sender)
    assert "Tue, 1 Sep 2026 12:00:00 +0000" == letter.date
    assert "synthetic" == letter.headers["x-sample"]
    assert (Body("text", "Grüße\n"),) == letter.bodies
    assert ((), False, ()) == (letter.attached, letter.alternatives, letter.defects)


def test_alternatives():
    """Text and HTML of the same are two bodies, in their order."""
    text = _part("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable", "12 =80")
    html = _part(
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64",
        base64.encodebytes("<p>12 €".encode()),
    )
    letter = open_mail(_parts("alternative", text, html))

    assert (Body("text", "12 €"), Body("html", "<p>12 €")) == letter.bodies
    assert letter.alternatives


def test_mixed_is_no_alternative():
    """Two texts one after the other are not two forms of the same."""
    letter = open_mail(_parts("mixed", _part("", "a"), _part("Content-Type: text/html", "<p>b")))

    assert ["text", "html"] == [body.kind for body in letter.bodies]
    assert not letter.alternatives


def test_files():
    """Texts that hang on the mail as files say so; pictures and documents are left out."""
    letter = open_mail(
        _parts(
            "mixed",
            _part("Content-Type: text/plain", "Hallo"),
            _part(
                "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''a/Gr%C3%BC.txt", "Datei"
            ),
            _part("Content-Type: text/csv; name=x.csv", "a;b"),
            _part('Content-Type: application/json; name="order.json"', "{}"),
            _part("Content-Type: application/pdf; name=r.pdf\nContent-Transfer-Encoding: base64", "JVBERg=="),
            _part("Content-Type: image/png", "x"),
            _part("Content-Type: text/calendar", "BEGIN:VCALENDAR"),
        )
    )

    assert (
        Body("text", "Hallo"),
        Body("attachment", "Datei", "Grü.txt"),
        Body("attachment", "a;b", "x.csv"),
        Body("json", "{}", "order.json"),
    ) == letter.bodies


def test_html_that_is_called_text():
    """HTML under the wrong type is HTML."""
    assert "html" == open_mail(_mail("Content-Type: text/plain", "<!DOCTYPE html><p>Hallo")).bodies[0].kind


def test_charset_of_a_meta_element():
    """HTML without a charset in its header may name one itself."""
    html = '<html><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Łódź'.encode("iso-8859-2")

    assert open_mail(_mail("Content-Type: text/html", html)).bodies[0].text.endswith("Łódź")


def test_flowed():
    """format=flowed is undone (RFC 3676)."""
    letter = open_mail(_mail("Content-Type: text/plain; Format=Flowed; DelSp=yes", "2 x Tas \nse\n-- \nShop"))

    assert "2 x Tasse\n-- \nShop" == letter.bodies[0].text


@pytest.mark.parametrize(
    "part",
    [
        _part("Content-Type: message/rfc822", INNER),
        _part("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", base64.encodebytes(INNER)),
        _part("Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable", quopri.encodestring(INNER)),
        _part("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", INNER),
        _part("Content-Type: message/global", INNER),
        _part("Content-Type: text/plain; name=a.EML\nContent-Disposition: attachment", INNER),
        _part("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64", base64.encodebytes(INNER)),
        _part("Content-Type: application/octet-stream; name=b.eml", b"\xef\xbb\xbf\n" + INNER),
    ],
)
def test_attached_letters(part: bytes):
    """A mail in a mail is a letter of its own, however it was packed."""
    letter = open_mail(_parts("mixed", _part("", "siehe Anhang"), part))

    assert ("Bestellung für", "shop@example.org") == (letter.attached[0].subject, letter.attached[0].sender)
    assert (Body("text", "Grüße\n"),) == letter.attached[0].bodies
    assert (Body("text", "siehe Anhang"),) == letter.bodies


def test_report():
    """The status of a bounce and the headers that it returns are no texts of the letter."""
    letter = open_mail(
        _parts(
            "report; report-type=delivery-status",
            _part("", "could not be delivered"),
            _part("Content-Type: message/delivery-status", "Reporting-MTA: dns; mx\n\nAction: failed\n"),
            _part("Content-Type: text/rfc822-headers", INNER.split(b"\n\n")[0]),
        )
    )

    assert (Body("text", "could not be delivered"),) == letter.bodies
    assert () == letter.attached
    assert "report-type=delivery-status" in letter.headers["content-type"]


def test_raw_headers():
    """Headers of eight bits are UTF-8 or else cp1252; of several by one name the first counts."""
    letter = open_mail("Subject: Grüße\nFrom: Jörg <a@example.org>\nSUBJECT: b\n\n".encode("cp1252"))

    assert ("Grüße", "Jörg") == (letter.subject, letter.sender_name)


@pytest.mark.parametrize("start", [b"\r\n\r\n", b"\xef\xbb\xbf", b"From a@example.org Tue Sep  1 12:00:00 2026\n"])
def test_something_in_front(start: bytes):
    """Empty lines, a byte order mark, an mbox line in front do not make a text of the headers."""
    assert "Bestellung für" == open_mail(start + INNER).subject


@pytest.mark.parametrize(
    "header", ["Content-Type: multipart/mixed; boundary=other", "Content-Type: multipart/mixed", ""]
)
def test_wrong_boundary(header: str):
    """Parts are found under a boundary that the header does not name."""
    body = "--b_1\nContent-Type: text/plain\n\nHallo\n--b_1\nContent-Type: text/html\n\n<p>Welt\n--b_1--\n"
    letter = open_mail(_mail(header, body))

    assert [("text", "Hallo"), ("html", "<p>Welt")] == [(body.kind, body.text.strip()) for body in letter.bodies]
    assert 1 == len(letter.defects)


def test_no_end():
    """A mail that was cut off gives what arrived."""
    letter = open_mail(_parts("mixed", _part("Content-Type: text/plain", "Hallo"))[:-8])

    assert "Hallo" == letter.bodies[0].text.strip()


@pytest.mark.parametrize("depth", [25, 200, 1500, 3000])
@pytest.mark.parametrize("kind", ["rfc822", "parts"])
def test_nesting(depth: int, kind: str):
    """What is nested too deeply is said, and the top is read."""
    level = (
        b"Content-Type: message/rfc822\n\n"
        if kind == "rfc822"
        else b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n"
    )
    levels = b"".join(level % (number, number) if kind == "parts" else level for number in range(depth))
    letter = open_mail(b"Subject: top\n" + levels + INNER)

    assert "top" == letter.subject
    assert letter.defects
    assert _is_writable(letter)


def test_limits(monkeypatch: pytest.MonkeyPatch):
    """Too many parts, headers, bytes: the rest is left unread, and said."""
    many = open_mail(_parts("mixed", *[_part("", "a")] * (mime.MAX_PARTS + 10)))
    headers = open_mail(b"X-A: b\n" * (mime.MAX_HEADERS + 10) + b"\nHallo")
    long = open_mail(b"Subject: " + b"a" * 100_000 + b"\n\nHallo")
    monkeypatch.setattr(mime, "MAX_BYTES", 10)
    large = open_mail(_parts("mixed", _part("", "a" * 6), _part("", "b" * 6)))

    assert mime.MAX_PARTS - 1 == len(many.bodies)
    assert [1, 1, 1, 1] == [len(letter.defects) for letter in (many, headers, long, large)]
    assert ["a" * 6] == [body.text.strip() for body in large.bodies]
    assert 8192 == len(long.subject)
    assert "Hallo" == headers.bodies[0].text


def test_second_view():
    """Where the walk finds no text, mail-parser is asked: here for a text deeper than we go."""
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(25))
    letter = open_mail(b"Subject: top\n" + levels + b"Content-Type: text/plain\n\nHallo")

    assert ["Hallo"] == [body.text.strip() for body in letter.bodies]


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture):
    """What mail-parser would log of a mail stays out of the log."""
    open_mail(_parts("mixed", b"Content-Type: text/secret\n\n \n", b"Content-Type: multipart/secret\n\n"))

    assert [] == caplog.records


@given(st.binary(max_size=2000))
def test_any_bytes(raw: bytes):
    """Any bytes are a letter."""
    assert _is_writable(open_mail(raw))


PIECES = st.sampled_from(
    [
        b"\n", b"\n\n", b"\r", b"--b\n", b"--b--\n", b"Subject: ", b"Content-Type: ", b"multipart/mixed; boundary=b\n",
        b"message/rfc822\n", b"text/html", b"; charset=", b"utf-7", b"\0", b"\xff", b"Content-Transfer-Encoding: ",
        b"base64\n", b"quoted-printable\n", b"=?utf-8?q?", b"?=", b"=", b"%", b"filename*0*=", b"'", b'"', b"a.eml",
        b"Content-Disposition: attachment; ", b"format=flowed\n", b"From: ", b"<", b"@", b">", b" ", b"text/x",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map(b"".join))
def test_pieces_of_mails(raw: bytes):
    """Any pieces of mails are a letter."""
    assert _is_writable(open_mail(raw))


def test_mails_of_others():
    """Valid, old and malformed mails, whole and mutated, are letters."""
    chance = random.Random(7)
    for path in corpus("mime", "resources/eml/**/*.eml"):
        raw = path.read_bytes()
        assert _is_writable(open_mail(raw))
        for _ in range(20):
            assert _is_writable(open_mail(_mutated(raw[:50_000], chance)))


def _mutated(raw: bytes, chance: random.Random) -> bytes:
    mutated = bytearray(raw)
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(mutated) + 1)
        end = at + chance.choice([0, 1, 1, 2, 40, 400])
        mutated[at:end] = chance.choice([b"", b"\0", b"\n", b"\n\n", b'"', b"=", b"?=", b"\xff", b";", mutated[:200]])
    return bytes(mutated)


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        (b'Content-Type: multipart/mixed; a="', b";"),
        (b"Content-Type: multipart/mixed", b"; a=b"),
        (b'Content-Disposition: attachment; a="', b';\\"'),
        (b"Content-Disposition: attachment", b'; filename*0="'),
        (b"Subject: ", b"=?a?q?"),
        (b"Subject: ", b"=?utf-8?q?a?= "),
        (b"Subject: a", b"\n "),
        (b"From: ", b'"\\'),
        (b"From: ", b"("),
        (b"From: ", b"<a@"),
        (b"From: ", b"a"),
        (b"", b"X-A: b\n"),
    ],
)
def test_hostile_headers(head: bytes, unit: bytes):
    """A header of 50 kB takes as long as its parts, however they repeat."""
    assert growth(lambda size: open_mail(head + unit * (size // len(unit)) + b"\n\nHallo"), 50_000) < LINEAR
