"""Any bytes give a Reading, never an exception: noise, own mails that were changed at random, mails of others.

With CI in the environment the examples are the same in each run; elsewhere each run tries others.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smtpd_billbee.model.reading import Outcome, Reading, reading_as_json
from smtpd_billbee.reader import read
from tests.corpora import corpus
from tests.reader.making import alternative, mail

MAILS = sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))
fuzzed = settings(
    max_examples=150,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check(raw: bytes) -> Reading:
    """The reading keeps its contract, whatever the mail: an order has number, items and total, nothing else has one."""
    reading = read(raw)
    order = reading.order

    assert (order is not None) == (reading.outcome is Outcome.ORDER)
    assert (reading.reason is None) == (reading.outcome is Outcome.ORDER)
    if order is not None:
        assert order.number
        assert order.items
        assert order.total is not None
        assert all(amount.is_finite() for item in order.items for amount in (item.quantity, item.total) if amount)
    assert reading_as_json(reading)["outcome"] == str(reading.outcome)
    return reading


@fuzzed
@given(st.binary(max_size=3000))
def test_noise(raw: bytes) -> None:
    """Bytes without any sense."""
    check(raw)


WORDS = st.sampled_from(
    [
        "Bestellnummer", "Bestellung", "Nr.", "1042", "#7", "Artikel", "Menge", "Preis", "Summe", "Gesamtsumme",
        "Total", "Rabatt", "MwSt.", "Versand", "kostenlos", "Tasse", "2 x", "x2", "3,50 €", "€", "EUR", "-1,00",
        "1.234,56", "0", "99999999999999", "½", "①", "²", "٣", "１２", "Rechnungsadresse", "Lieferadresse",
        "Erika Muster", "Lindenweg 7", "12345 Berlin", "Deutschland", "a@example.org", "Telefon", "Anmerkung",
        "Zahlungsart", "PayPal", "Datum", "31.02.2025", "03/04/25", "2025-13-01T25:61", "午後1:30", "25:99",
        ":", "：", "|", "\t", "  ", "\n", "\n\n", "-- ", "> ", "-----", "(", ")", "[", "]", "„", "=", "%",
        "19 %", "SKU", "Farbe", "je", "statt", "inkl.", "zzgl.", "am", "1 von 2", "\ud7ff", "\ufeff", "\u202e",
        "İ", "ß", "ﬁ", "\x00", "\x0b", "\x85", "注文番号", "합계", "小計", "円",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=60).map(" ".join)


@fuzzed
@given(TEXTS, TEXTS)
def test_words_of_orders_in_any_order(subject: str, body: str) -> None:
    """A text from the words of order mails."""
    check(mail(body, subject=subject.replace("\n", " ").replace("\r", " ")))


TAGS = st.sampled_from(
    [
        "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>", "</th>", "<td colspan=3>", "<td colspan=-1>",
        "<td colspan=9999>", "<td colspan='²'>", "<br>", "<p>", "</p>", "<div style='display:none'>", "</div>", "<b>",
        "</b>", "<s>", "</s>", "<h2>", "</h2>", "<dl>", "<dt>", "<dd>", "</dl>", "<ul>", "<li>", "</ul>", "<pre>",
        "</pre>", "<tfoot>", "<thead>", "<hr>", "<img>", "<!--", "-->", "<script>", "</script>", "&nbsp;", "&#0;",
        "&#xD800;", "<?xml", "<![CDATA[", "<script type='application/ld+json'>{\"@type\":\"Order\"",
    ]
)  # fmt: skip


@fuzzed
@given(st.lists(st.one_of(TAGS, TAGS, WORDS), max_size=80).map("".join))
def test_tags_in_any_order(body: str) -> None:
    """HTML that nobody would write."""
    check(mail(body, "html"))


@fuzzed
@given(TEXTS, st.lists(st.one_of(TAGS, WORDS), max_size=40).map("".join))
def test_two_bodies_that_do_not_belong_together(text: str, html: str) -> None:
    """A text and an HTML body that say different things."""
    check(alternative(text, html))


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """One of our mails with some places cut out, doubled, overwritten or swapped with another mail's."""
    raw = draw(st.sampled_from(MAILS)).read_bytes()
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        end = min(len(raw), at + draw(st.sampled_from([1, 2, 8, 40, 200, 1000])))
        match draw(st.sampled_from(["cut", "double", "noise", "word", "swap", "end"])):
            case "cut":
                raw = raw[:at] + raw[end:]
            case "double":
                raw = raw[:end] + raw[at:end] * draw(st.integers(1, 5)) + raw[end:]
            case "noise":
                raw = raw[:at] + draw(st.binary(max_size=20)) + raw[end:]
            case "word":
                raw = raw[:at] + draw(st.one_of(WORDS, TAGS)).encode("utf-8", "replace") + raw[end:]
            case "swap":
                other = draw(st.sampled_from(MAILS)).read_bytes()
                raw = raw[:at] + other[at : at + 1000] + raw[end:]
            case _:
                raw = raw[: max(200, at)]
    return raw


@fuzzed
@given(changed())
def test_own_mails_changed_at_random(raw: bytes) -> None:
    """A mail that was damaged on its way."""
    check(raw)


@pytest.mark.parametrize("line", range(8))
def test_own_mails_cut_off(line: int) -> None:
    """Each of our mails, cut off after some eighths."""
    for path in MAILS[line::8]:
        raw = path.read_bytes()
        check(raw[: len(raw) * line // 8])


def test_mails_of_others() -> None:
    """Broken and strange mails that others collected: none of them is an order."""
    for path in corpus("mime", "**/*.*"):
        if path.is_file():
            assert check(path.read_bytes()).outcome is not Outcome.ORDER, path.name


@pytest.mark.parametrize(
    "tag", ["<div>", "<table><tr><td>", "<b>", "<ul><li>", "<blockquote>", "<dl><dt>", "<dl><dd>", "<pre>", "<p><span>"]
)
@pytest.mark.parametrize("depth", [150, 190, 250, 900, 5_000])
def test_deep_html(tag: str, depth: int) -> None:
    """However deep the elements lie in each other, Python's limit of recursion is not met."""
    check(mail(tag * depth + "Bestellnummer: 7", "html"))


def test_deep_json_ld() -> None:
    """Lists in lists within a script."""
    opened = '{"@graph":' * 3_000 + "[" * 100_000
    check(mail(f'<script type="application/ld+json">{opened}</script><p>a', "html"))
    check(mail(f'<script type="application/ld+json">{"[" * 900}{"]" * 900}</script><p>a', "html"))


def test_mails_within_mails() -> None:
    """Attached mails in attached mails in attached mails."""
    raw = mail("Bestellnummer: 7")
    for _ in range(60):
        raw = b"X-Sample: synthetic\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" + raw
    check(raw)
