"""Order mails for journeys: files as a shop would send them, and numbered ones; all synthetic."""

from pathlib import Path

MAILS = Path(__file__).parent / "mails"

_TEXT = """\
From: Teeladen <no-reply@jimdo.example>
To: 12345-jimdo-orderimport@inbound.example
Subject: Neue Bestellung {number}
Date: Mon, 02 Mar 2026 12:00:00 +0100
Message-ID: <{number}@shop.example>
X-Sample: synthetic
MIME-Version: 1.0
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: 8bit

Hallo,

du hast eine neue Bestellung über deine Jimdo-Seite https://teeladen.example/ erhalten:

Bestellnummer: {number}
Bestelldatum: 02.03.2026
Zahlungsart: Vorkasse

Rechnungsadresse:
Frau Anna Beispiel
Musterweg 12
50667 Köln
Deutschland
anna.beispiel@example.com

Bestellte Artikel:

2 x Kräutertee lose (Artikelnummer T-1) 5,00 EUR 10,00 EUR

Zwischensumme: 10,00 EUR
Versandkosten: 4,90 EUR
Gesamtbetrag: 14,90 EUR

Viele Grüße
Dein Jimdo-Team
"""


def order_mail(number: int) -> bytes:
    """The mail of order `number`, as it goes over the wire."""
    return _TEXT.format(number=number).replace("\n", "\r\n").encode()
