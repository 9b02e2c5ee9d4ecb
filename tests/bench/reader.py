"""How long the reading of a mail takes: `python -m tests.bench.reader [--rounds N]`.

The first lines are the mail that counts, 8 KiB of text and HTML, as the mails of one shop (whose prose stays the same
from order to order) and with prose that was never seen before; then beside a small program of email and lxml that
knows one layout and checks nothing (simple.py).  The table goes by size up to 1 MiB, all prose new.
Each number is the median of the rounds; each round reads an order with another number, customer and articles.
"""

import argparse
import itertools
import random
import time
from collections.abc import Callable, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from smtpd_billbee.model.reading import Outcome
from smtpd_billbee.reader import read
from tests.bench.mails import order_mail
from tests.bench.simple import read_simply
from tests.reader.making import ADDRESS, alternative, mail

KIB = 1024
SIZES = (2, 4, 8, 16, 64, 256, 1024)
PRICE = 350  # cents
_HEAD = "<tr><th>Artikel</th><th>Menge</th><th>Einzelpreis</th><th>Gesamtpreis</th></tr>"
_PEOPLE = ("Vielen Dank, dass Sie", "Wir freuen uns, wenn Sie", "Bitte beachten Sie, dass wir", "Es hilft, wenn Sie")
_WHEN = ("von Montag bis Freitag", "noch heute", "auch im Sommer", "jeden zweiten Dienstag", "nach alter Sitte", "gern")
_WHERE = (
    "in unserem kleinen Laden",
    "an der Nordsee",
    "bei den Großeltern",
    "in der Werkstatt",
    "zwischen den Feldern",
)
_HOW = ("mit viel Sorgfalt", "ohne Umwege", "aus Holz und Ton", "nach Lust und Laune", "mit warmen Händen", "zu zweit")
_WHAT = (
    "Ihr Paket packen",
    "jedes Stück prüfen",
    "Ihre Fragen lesen",
    "Becher brennen",
    "Körbe flechten",
    "Garn färben",
)
_SHOP = -1  # the seed of prose that is the same in all mails


_numbers = itertools.count(1001)


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d} EUR"


def _prose(seed: int, lines: int) -> list[str]:
    """Lines as shops write them; another seed gives other lines."""
    dice = random.Random(seed)
    words = (_PEOPLE, _WHEN, _WHERE, _HOW, _WHAT)
    return [" ".join(dice.choice(some) for some in words) + "." for _ in range(lines)]


def _address(number: int) -> str:
    return ADDRESS.replace("Muster", f"Muster-{number % 89}{'abcdefgh'[number % 8]}").replace("7", str(1 + number % 70))


def _facts(number: int) -> str:
    return f"Bestellnummer: {number}\nBestelldatum: 03.04.2025 10:22\nZahlungsart: PayPal\nVersandart: DHL Paket\n"


def as_text(number: int, items: int, prose: Sequence[str]) -> str:
    """The order as plain text: so many items, those lines of prose below it."""
    lines = "".join(
        f"2 x Becher Nr. {n}-{number} (B-{n})  {_euros(PRICE)}  {_euros(2 * PRICE)}\n" for n in range(1, items + 1)
    )
    total = f"Gesamtsumme: {_euros(2 * PRICE * items)}\n"
    below = "".join(f"{line}\n" for line in prose)
    return f"Guten Tag,\n\n{_facts(number)}\nArtikel:\n{lines}\n{total}\n{_address(number)}\n{below}"


def as_html(number: int, items: int, prose: Sequence[str]) -> str:
    """The same in HTML."""
    cells = "".join(
        f"<tr><td style='padding:8px'>Becher Nr. {n}-{number}<br>Art.-Nr.: B-{n}</td><td>2</td><td>{_euros(PRICE)}</td>"
        f"<td>{_euros(2 * PRICE)}</td></tr>\n"
        for n in range(1, items + 1)
    )
    facts = "".join(f"<p>{line}</p>\n" for line in _facts(number).splitlines())
    address = _address(number).replace("\n", "<br>\n")
    total = f"<p>Gesamtsumme: {_euros(2 * PRICE * items)}</p>"
    body = f"{facts}<table>{_HEAD}{cells}</table>{total}<p>{address}</p>"
    below = "".join(f"<p>{line}</p>" for line in prose)
    return f"<html><body><p>Guten Tag,</p>{body}{below}</body></html>"


def _both(number: int, size: int, seed: int) -> bytes:
    """Text and HTML of one order with three items, filled up with prose."""
    bare = len(alternative(as_text(number, 3, ()), as_html(number, 3, ())))
    prose = _prose(seed, max(0, (size - bare) // (2 * _LINE)))
    return alternative(as_text(number, 3, prose), as_html(number, 3, prose))


_LINE = 95  # bytes of a line of prose, as text and as HTML on average


def both(number: int, size: int) -> bytes:
    """An order whose prose was never seen before."""
    return _both(number, size, number)


def of_one_shop(number: int, size: int) -> bytes:
    """An order with the prose that this shop always writes."""
    return _both(number, size, _SHOP)


def text_only(number: int, size: int) -> bytes:
    """Text alone, full of items."""
    return mail(as_text(number, max(1, (size - 700) // 50), ()))


def html_only(number: int, size: int) -> bytes:
    """HTML alone, full of items."""
    return mail(as_html(number, max(1, (size - 900) // 125), ()), "html")


Maker = Callable[[int, int], bytes]
KINDS: dict[str, Maker] = {"text and HTML, 3 items": both, "text, all items": text_only, "HTML, all items": html_only}


def milliseconds(make: Maker, size: int, rounds: int) -> tuple[float, int, bool]:
    """(median, the mail's size in bytes, is it read as an order)."""
    times, length, is_order = [], 0, True
    for _ in range(rounds):
        raw = make(next(_numbers), size)
        length = len(raw)
        start = time.perf_counter()
        reading = read(raw)
        times.append(1000 * (time.perf_counter() - start))
        is_order = is_order and reading.outcome is Outcome.ORDER
    return median(times), length, is_order


def _median(reads: Callable[[bytes], object], rounds: int) -> float:
    """Milliseconds for an order mail of the other benches, each another order."""
    times = []
    for number in range(rounds):
        raw = order_mail(5_000_000 + number)
        start = time.perf_counter()
        reads(raw)
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rounds", type=int, default=50, help="readings of each small mail; large ones are read 5 times"
    )
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="KiB of the largest mail")
    options = parser.parse_args()
    rounds = options.rounds
    console = Console()
    read(both(0, 8 * KIB))  # the words are read once
    for make, what in ((of_one_shop, "of one shop"), (both, "all prose new")):
        middle, length, _ = milliseconds(make, 8 * KIB, rounds)
        console.print(f"A mail of {length} bytes, text and HTML, {what}: {middle:.2f} ms (median of {rounds})")
    ours, simple = (_median(each, rounds) for each in (read, read_simply))
    console.print(f"A mail of the other benches: {ours:.2f} ms; a program that knows this one layout: {simple:.2f} ms")
    table = Table(title="milliseconds for a mail, by size (* not read as an order)")
    table.add_column("KiB", justify="right")
    for name in KINDS:
        table.add_column(name, justify="right")
    for size in (size for size in SIZES if size <= options.largest):
        cells = []
        for make in KINDS.values():
            middle, _, is_order = milliseconds(make, size * KIB, rounds if size <= 64 else min(rounds, 5))
            cells.append(f"{middle:.2f}{'' if is_order else ' *'}")
        table.add_row(str(size), *cells)
    console.print(table)


if __name__ == "__main__":
    main()
