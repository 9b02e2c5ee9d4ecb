"""Small made-up mails for the reader's tests."""

from smtpd_billbee.model.reading import Part
from smtpd_billbee.reader.dates import Habit
from smtpd_billbee.reader.draft import Draft, read_rows
from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary

ADDRESS = "Rechnungsadresse:\nErika Muster\nLindenweg 7\n12345 Berlin\n"


def mail(body: str, kind: str = "plain", subject: str = "Neue Bestellung", headers: str = "") -> bytes:
    """A mail with one body."""
    head = (
        f"From: shop@example.org\r\nTo: import@example.net\r\nSubject: {subject}\r\n"
        f"Date: Thu, 3 Apr 2025 10:22:00 +0200\r\nX-Sample: synthetic\r\n{headers}MIME-Version: 1.0\r\n"
        f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return (head + body).encode("utf-8", "replace")


def alternative(text: str, html: str, subject: str = "Neue Bestellung") -> bytes:
    """A mail with a text body and the same in HTML."""
    head = (
        f"From: shop@example.org\r\nSubject: {subject}\r\nDate: Thu, 3 Apr 2025 10:22:00 +0200\r\n"
        "X-Sample: synthetic\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    )
    part = "--b\r\nContent-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n"
    return (head + part.format("plain", text) + part.format("html", html) + "--b--\r\n").encode()


def page_of(text: str) -> Page:
    """A plain text as the reader's page."""
    return Page(rows_of_text(text), dictionary(), Part.TEXT)


def html_page(html: str) -> Page:
    """HTML as the reader's page."""
    return Page(rows_of_html(html), dictionary(), Part.HTML)


def draft_of(text: str, subject: str = "") -> Draft:
    """What a plain text says."""
    return read_rows(rows_of_text(text), dictionary(), Part.TEXT, Habit(), subject)


def draft_of_html(html: str, subject: str = "") -> Draft:
    """What an HTML body says."""
    return read_rows(rows_of_html(html), dictionary(), Part.HTML, Habit(), subject)
