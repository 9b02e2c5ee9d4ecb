"""Order mails for journeys: files as a shop would send them, and numbered ones; all synthetic."""

from pathlib import Path
from typing import Any

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


def json_document() -> dict[str, Any]:
    """An order as Billbee's JSON order mail has it (synthetic); a fee is an item with a negative price."""
    return {
        "order_id": "J-1042",
        "currency_code": "EUR",
        "payment_method": "paypal",
        "order_date": "2026-03-02 11:58:00",
        "ust_id": "",
        "email": "anna@example.com",
        "telephone": "0221 5550123",
        "invoice": {
            "salutation": 0,
            "firstname": "Anna",
            "lastname": "Beispiel",
            "housenumber": "12",
            "address_1": "Musterweg",
            "zip": "50667",
            "city": "Köln",
            "country": "Deutschland",
            "company": "",
        },
        "shipping": None,
        "order_status_id": 3,
        "internal_note": "",
        "comment": "Bitte klingeln",
        "shipcost": 4.9,
        "order_items": [
            {
                "quantity": 2,
                "totalprice": 10.0,
                "product_id": None,
                "name": "Kräutertee lose",
                "sku": "T-1",
                "taxrate": 7,
            },
            {"quantity": 1, "totalprice": -0.5, "name": "Gebühr", "sku": "", "taxrate": 19},
        ],
        "tags": ["jimdo"],
    }
