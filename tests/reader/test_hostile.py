"""Mails that were made to be slow: each takes a few times what an ordinary order of as many bytes takes, no more.

Processor time is measured, and only ratios within one run are judged: a slow or busy machine fails no test.
"""

import functools
import gc
import time
from collections.abc import Callable, Iterator

import pytest

from smtpd_billbee.reader import read
from tests.reader.making import mail

SIZE = 50_000
LIMIT = 8.0  # times the time of ordinary orders that have as many bytes together
GROWTH = 6.0  # four times the mail: linear is 4, quadratic 16
ROUNDS = 3
ONCE = float("inf")

PIECES = [
    "(", "[", "{", "<", ":", "=", "*", "**a", "_", "|", "\t", "-", ",", ".", "\n", " ", "\u3000", "\u200b", "0", "1",
    "1.1.1.", "1,00 ", "1 000 ", "1'", "1 ", "1x", "x1", "1 x ", "x ", "€1 ", "EUR", "12.03.", "10:30 ", "März ",
    "a@", "a@b.", "a.", "a-", "a/", "A1-", "www.", "http://", "#", "Nr. ", "Summe ", "Summe: ", "Bestellung 1 ", "(1)",
    "(A ", "„", "注文番号", "\u0301", "> ", ">", "From: ", "== a ==", "a  1  2,00  ", "<td>", "<tr>", "<table>",
    "<div>", "<b>", "<li>", "<dl>", "<dt>", "<blockquote>", "<p>", "&", "&amp;", "<!--", "]]>", "</",
]  # fmt: skip
LINES = [
    "1", "a", "(", "1 x", "1,00 EUR", "Summe", "Menge:", "Nr: 1", "Rechnungsadresse", "Lieferadresse: Erika Muster",
    "Anmerkung:", "== a ==", "| a | 1,00 |", "a  1  2,00", "a\t1\t1,00", "12345 Berlin", "Lindenweg 1", "Tel 1", "> a",
    "From: a", "> From: a", "-----Original Message-----", "Am 1.1.2020 schrieb a:", "Gesamtsumme: 1,00 EUR",
    "Bestellnummer: 1", "Vorname: Erika",
]  # fmt: skip


ORDINARY = "Vielen Dank für Ihre Bestellung.\n\nBestellnummer: 7\n\n" + "".join(
    f"{number} x Becher {number} (Artikelnr. B-{number})  {number * 3},50 EUR\n" for number in range(1, 6)
) + (
    "\nZwischensumme: 52,50 EUR\nVersand: 4,90 EUR\nGesamtsumme: 57,40 EUR\n\n"
    "Rechnungsadresse:\nErika Muster\nLindenweg 7\n12345 Berlin\n\nMit freundlichen Grüßen\nMusterladen\n"
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def nothing_else_to_collect() -> Iterator[None]:
    """What this process has kept so far is out of the garbage collector's way: it looks at all of it each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def seconds(raw: bytes, enough: float = 0.0) -> float:
    """The processor time of one reading, the best of some rounds; below `enough`, one round will do.

    Without the garbage collector, whose turns fall to whoever is just reading.
    """
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        try:
            start = time.process_time()
            read(raw)
            best = min(best, time.process_time() - start)
        finally:
            gc.enable()
        if best < enough:
            break
    return best


@functools.cache
def pace() -> float:
    """Seconds a byte of an ordinary order."""
    raw = mail(ORDINARY)
    read(raw)  # the words are read once
    return min(seconds(raw) for _ in range(5)) / len(raw)


def weight(raw: bytes) -> float:
    """How many times longer than ordinary orders of as many bytes together (of 50 kB, if there are fewer)."""
    usual = pace() * max(SIZE, len(raw))
    return seconds(raw, usual * LIMIT / 2) / usual


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("form", ["one line", "lines", "html"])
def test_one_piece_again_and_again(piece: str, form: str) -> None:
    """50 kB of the same sign or word."""
    body = piece * (SIZE // len(piece.encode()))
    if form == "lines":
        body = "\n".join(body[at : at + 76] for at in range(0, len(body), 76))

    assert weight(mail(body, "html" if form == "html" else "plain")) < LIMIT


@pytest.mark.parametrize("line", LINES)
def test_one_line_again_and_again(line: str) -> None:
    """50 kB of the same line."""
    assert weight(mail(f"{line}\n" * (SIZE // (len(line.encode()) + 1)))) < LIMIT


HEAD = "<table><tr><th>Artikel</th><th>Menge</th><th>Preis</th></tr>"


def rows(count: int, head: str = HEAD) -> bytes:
    """An order with so many rows of a table."""
    inner = "".join(f"<tr><td>Becher {i}</td><td>2</td><td>3,50 €</td></tr>" for i in range(count))
    return mail(f"<p>Bestellnummer: 7</p>{head or '<table>'}{inner}</table><p>Gesamtsumme: {count * 7},00 €", "html")


def text_items(count: int) -> bytes:
    """An order with so many items in lines."""
    lines = "".join(f"2 x Becher {i}  3,50 EUR\n" for i in range(count))
    return mail(f"Bestellnummer: 7\n\nArtikel\n\n{lines}\nGesamtsumme: {count * 7},00 EUR\n")


def labelled_items(count: int) -> bytes:
    """An order with so many items in labelled paragraphs."""
    lines = "".join(f"Becher {i}\nMenge: 2\nEinzelpreis: 3,50 EUR\n\n" for i in range(count))
    return mail(f"Bestellnummer: 7\n\nArtikel\n\n{lines}\nGesamtsumme: {count * 7},00 EUR\n")


def labels(count: int) -> bytes:
    """So many order numbers."""
    return mail("".join(f"Bestellnummer: {i}\n" for i in range(count)))


def sums(count: int) -> bytes:
    """So many different sums."""
    return mail("Bestellnummer: 7\n2 x Becher  3,50 EUR\n" + "".join(f"Summe {i}: {i},00 EUR\n" for i in range(count)))


def total_again(count: int) -> bytes:
    """So many times the same total."""
    return mail("Gesamtsumme: 1,00 EUR\n" * count)


def taxes(count: int) -> bytes:
    """So many taxes: 'Tasse' is one in Italian."""
    return mail("Bestellnummer: 7\n" + "".join(f"MwSt {i}: {i},00 EUR\n" for i in range(count)))


def prices(count: int) -> bytes:
    """One item with so many prices."""
    return mail("Bestellnummer: 7\n\n2 x Becher  " + "\n  ".join(f"{i},00 EUR" for i in range(count)))


def breaks(count: int) -> bytes:
    """So many <br>, with a letter between them."""
    return mail("a<br>" * count, "html")


def nested(count: int) -> bytes:
    """So many tables in each other."""
    return mail("<table><tr><td>" * count + "a", "html")


def quotes(count: int) -> bytes:
    """Forwards in forwards."""
    mark = "-----Original Message-----"
    return mail("".join(f"{mark}\nFrom: a{i}@example.org\nSubject: b\n\nc\n\n" for i in range(count)))


def addresses(count: int) -> bytes:
    """So many addresses."""
    return mail("Rechnungsadresse:\nErika Muster\nLindenweg 7\n12345 Berlin\n\n" * count)


def prose(count: int) -> bytes:
    """So many words without any number."""
    return mail("Danke für alles " * count)


Maker = Callable[[int], bytes]


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (rows, 5_000), (text_items, 3_000), (labelled_items, 1_000), (labels, 5_000), (sums, 3_000), (taxes, 3_000),
        (total_again, 3_000), (prices, 3_000), (breaks, 20_000), (nested, 4_000), (quotes, 600), (addresses, 800),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)  # fmt: skip
def test_many(make: Maker, count: int) -> None:
    """Thousands of rows, lines, labels, sums."""
    assert weight(make(count)) < LIMIT


def test_rows_without_a_header() -> None:
    """Thousands of rows of which nobody says what they are."""
    assert weight(rows(5_000, head="")) < LIMIT


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("piece", ["a b ", "1 ", "1,00 ", "x", "Summe ", "（"])
def test_a_line_of_a_megabyte(piece: str, kind: str) -> None:
    """A single line was not written for people beyond some thousand letters."""
    assert weight(mail(piece * (1_000_000 // len(piece.encode())), kind)) < LIMIT


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (rows, 400), (text_items, 300), (labelled_items, 200), (labels, 800), (sums, 400), (taxes, 400),
        (total_again, 800), (prices, 400), (breaks, 4_000), (quotes, 100), (addresses, 150), (prose, 4_000),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)  # fmt: skip
def test_the_time_grows_with_the_mail(make: Maker, count: int) -> None:
    """Four times the mail takes about four times the time.  Tried three times: other work disturbs the measure."""
    ratios = []
    for _ in range(3):
        ratios.append(seconds(make(4 * count), ONCE) / max(seconds(make(count), ONCE), 0.002))
        if ratios[-1] < GROWTH:
            break

    assert min(ratios) < GROWTH, ratios
