"""Order mails for measuring: made up, 8 KiB, text and HTML, each with its own number."""

from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

SIZE = 8192
RECIPIENT = "12345-jimdo-orderimport@inbound.example"
SENDER = "no-reply@jimdo.example"

_NUMBER = "7777777"  # stands where each mail's own number goes
_GREETING = "Hallo, du hast eine neue Bestellung über deine Seite www.teeladen.example erhalten:"
_FIELDS = (
    ("Bestellnummer", _NUMBER),
    ("Bestelldatum", "02.03.2026 um 11:58:00 Uhr"),
    ("Zahlungsart", "Vorkasse / Überweisung"),
    ("Versandart", "Versand innerhalb Deutschlands"),
)
_ADDRESS = ("Frau Anna Beispiel", "Musterweg 12a", "50667 Köln", "Deutschland", f"anna.{_NUMBER}@example.com")
_HEAD = ("Anzahl", "Artikelnummer", "Artikel", "Einzelpreis", "Gesamtpreis")
_ITEMS = [("2", f"T-{n}", f"Kräutertee, lose, Nr. {n}", "5,00 €", "10,00 €") for n in range(1, 13)]
_SUMS = (("Zwischensumme", "120,00 €"), ("Versandkosten", "4,90 €"), ("Gesamtbetrag", "124,90 €"))


def order_mail(number: int) -> bytes:
    """The mail of order `number`, which has seven digits; SIZE bytes, or a few more or less."""
    assert 7 == len(str(number))
    return _template().replace(_NUMBER.encode(), b"%d" % number)


@cache
def _template() -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = f"Teeladen <{SENDER}>", RECIPIENT
    mail["Subject"] = f"Neue Bestellung {_NUMBER} auf www.teeladen.example"
    mail["Date"] = "Mon, 02 Mar 2026 12:00:00 +0100"
    mail["Message-ID"] = f"<{_NUMBER}@shop.example>"
    mail["X-Sample"] = "synthetic"
    mail.set_content(_text(), cte="8bit")
    mail.add_alternative(_html(), subtype="html", cte="8bit")
    mail.set_boundary("=_bench")
    whole = mail.as_bytes()
    padding = b"<!-- the look of the page would stand here -->\r\n"
    return whole.replace(b"</body>", padding * ((SIZE - len(whole)) // len(padding)) + b"</body>")


def _text() -> str:
    items = [_labelled(zip(_HEAD, item, strict=True)) for item in _ITEMS]
    blocks = [_GREETING, _labelled(_FIELDS), "Rechnungsadresse", "\n".join(_ADDRESS), "Bestellte Artikel"]
    return "\n\n".join([*blocks, *items, _labelled(_SUMS)]) + "\n"


def _labelled(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{label}: {value}" for label, value in pairs)


def _html() -> str:
    parts = [
        f"<p>{_GREETING}</p>",
        _table(_FIELDS),
        f"<h3>Rechnungsadresse</h3>\n<p>{'<br>'.join(_ADDRESS)}</p>",
        "<h3>Bestellte Artikel</h3>",
        _table([_HEAD, *_ITEMS]),
        _table(_SUMS),
    ]
    return "<html><body>\n" + "\n".join(parts) + "\n</body></html>\n"


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return "<table>\n" + "\n".join(lines) + "\n</table>"
