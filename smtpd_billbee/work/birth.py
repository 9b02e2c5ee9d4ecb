"""The first thing that a child process does, and the first mail that it reads.

It loads next to nothing: what every child loads by itself lies in memory once more.
"""

import resource
from collections.abc import Callable, Sequence

# Whatever is loaded with the first order of a process is loaded with this one: word lists, months, countries, lxml.
FIRST_MAIL = b"""\
From: shop@shop.example
Subject: Neue Bestellung 1
X-Sample: synthetic
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Bestellnummer: 1<br>Bestelldatum: 1. Januar 2026<br>Zahlungsart: PayPal</p>
<h3>Rechnungsadresse</h3><p>Frau Anna Beispiel<br>Lindenweg 7<br>12345 Musterstadt<br>Deutschland</p>
<table><tr><th>Anzahl</th><th>Artikel</th><th>Einzelpreis</th><th>Gesamtpreis</th></tr>
<tr><td>1</td><td>Tee</td><td>1,00 EUR</td><td>1,00 EUR</td></tr></table><p>Gesamtsumme: 1,00 EUR</p>
"""


def prepare_child(memory_limit: int, prepare: Callable[..., None] | None, words: Sequence[object]) -> None:
    """Limits, then what this sort of child needs before its first work."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold customers' mails
    if prepare is not None:
        prepare(*words)
