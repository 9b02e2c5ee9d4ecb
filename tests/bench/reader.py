"""How long the reading of a mail takes: `python -m tests.bench.reader [--rounds N]`.

The first line is the mail that counts, 8 KiB of text and HTML; the table goes by size up to 1 MiB.  Each number is the
median of the rounds, each round reads a mail with another order number.
"""

import argparse
import time
from collections.abc import Callable
from statistics import median

from rich.console import Console
from rich.table import Table

from smtpd_billbee.model.reading import Outcome
from smtpd_billbee.reader import read
from tests.reader.making import ADDRESS, alternative, mail

KIB = 1024
SIZES = (2, 4, 8, 16, 64, 256, 1024)
PRICE = 350  # cents
_HEAD = "<tr><th>Artikel</th><th>Menge</th><th>Einzelpreis</th><th>Gesamtpreis</th></tr>"
_PROSE = "Vielen Dank, dass Sie in unserem kleinen Laden eingekauft haben; wir packen Ihr Paket mit Sorgfalt."


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d} EUR"


def _facts(number: int) -> str:
    return f"Bestellnummer: {number}\nBestelldatum: 03.04.2025 10:22\nZahlungsart: PayPal\nVersandart: DHL Paket\n"


def as_text(number: int, items: int, prose: int) -> str:
    """The order as plain text: so many items, so many lines of prose below it."""
    lines = "".join(f"2 x Becher Nr. {n} (B-{n})  {_euros(PRICE)}  {_euros(2 * PRICE)}\n" for n in range(1, items + 1))
    total = f"Gesamtsumme: {_euros(2 * PRICE * items)}\n"
    return f"Guten Tag,\n\n{_facts(number)}\nArtikel:\n{lines}\n{total}\n{ADDRESS}\n" + f"{_PROSE}\n" * prose


def as_html(number: int, items: int, prose: int) -> str:
    """The same in HTML."""
    cells = "".join(
        f"<tr><td style='padding:8px'>Becher Nr. {n}<br>Art.-Nr.: B-{n}</td><td>2</td><td>{_euros(PRICE)}</td>"
        f"<td>{_euros(2 * PRICE)}</td></tr>\n"
        for n in range(1, items + 1)
    )
    facts = "".join(f"<p>{line}</p>\n" for line in _facts(number).splitlines())
    address = ADDRESS.replace("\n", "<br>\n")
    total = f"<p>Gesamtsumme: {_euros(2 * PRICE * items)}</p>"
    body = f"{facts}<table>{_HEAD}{cells}</table>{total}<p>{address}</p>"
    return f"<html><body><p>Guten Tag,</p>{body}{f'<p>{_PROSE}</p>' * prose}</body></html>"


def both(number: int, size: int) -> bytes:
    """Text and HTML of one order with three items, filled up with prose."""
    rest = size - len(alternative(as_text(number, 3, 0), as_html(number, 3, 0)))
    prose = max(0, rest // (2 * len(_PROSE) + 8))
    return alternative(as_text(number, 3, prose), as_html(number, 3, prose))


def text_only(number: int, size: int) -> bytes:
    """Text alone, full of items."""
    return mail(as_text(number, max(1, (size - 700) // 45), 0))


def html_only(number: int, size: int) -> bytes:
    """HTML alone, full of items."""
    return mail(as_html(number, max(1, (size - 900) // 120), 0), "html")


Maker = Callable[[int, int], bytes]
KINDS: dict[str, Maker] = {"text and HTML, 3 items": both, "text, all items": text_only, "HTML, all items": html_only}


def milliseconds(make: Maker, size: int, rounds: int) -> tuple[float, int, bool]:
    """(median, the mail's size in bytes, is it read as an order)."""
    times, length, is_order = [], 0, True
    for number in range(1, rounds + 1):
        raw = make(number, size)
        length = len(raw)
        start = time.perf_counter()
        reading = read(raw)
        times.append(1000 * (time.perf_counter() - start))
        is_order = is_order and reading.outcome is Outcome.ORDER
    return median(times), length, is_order


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rounds", type=int, default=50, help="readings of each small mail; large ones are read 5 times"
    )
    rounds = parser.parse_args().rounds
    console = Console()
    read(both(0, 8 * KIB))  # the words are read once
    middle, length, _ = milliseconds(both, 8 * KIB, rounds)
    console.print(f"A mail of {length} bytes, text and HTML: {middle:.2f} ms (median of {rounds})")
    table = Table(title="milliseconds for a mail, by size (* not read as an order)")
    table.add_column("KiB", justify="right")
    for name in KINDS:
        table.add_column(name, justify="right")
    for size in SIZES:
        cells = []
        for make in KINDS.values():
            middle, _, is_order = milliseconds(make, size * KIB, rounds if size <= 64 else min(rounds, 5))
            cells.append(f"{middle:.2f}{'' if is_order else ' *'}")
        table.add_row(str(size), *cells)
    console.print(table)


if __name__ == "__main__":
    main()
