"""The index of all languages' labels: what is the same word, what a word can mean, what an owner taught."""

import pytest

from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.reader import FIELDS, LANGUAGES
from smtpd_billbee.reader.words import Phrases, dictionary, key, with_taught
from tests.pace import LINEAR, growth


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bestell-Nr.", "bestellnr"),
        ("BESTELL NR", "Bestell–Nr.:"),
        ("Größe", "GRÖSSE"),
        ("Gro\u0308ße", "größe"),
        ("Ｎｏ．", "no"),
        ("注文番号：", "注文番号"),
        ("N° d'ordre", "n°dordre"),
        ("ﬁn", "fin"),
    ],
)
def test_the_same_words(one: str, other: str) -> None:
    """Case, blanks, points, dashes and colons do not matter, nor how a letter is encoded."""
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Nr. #", "Nr."), ("Preis", "Preise"), ("5 %", "5"), ("が", "か"), ("й", "и")]
)
def test_other_words(one: str, other: str) -> None:
    """A number sign, a per cent sign and the marks of a letter matter."""
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("words", "field", "language"),
    [
        ("Bestellnummer:", "number", "de"),
        ("Order number", "number", "en"),
        ("Adresse de facturation", "billing_address", "fr"),
        ("Dirección de envío", "shipping_address", "es"),
        ("Quantità", "quantity", "it"),
        ("Totaal", "total", "nl"),
        ("Data do pedido", "ordered_at", "pt"),
        ("Metoda płatności", "payment_method", "pl"),
        ("Итого", "total", "ru"),
        ("ご注文番号", "number", "ja"),
        ("收货地址", "shipping_address", "zh"),
    ],
)
def test_every_language_is_known(words: str, field: str, language: str) -> None:
    """A label is found without saying in which language the mail is."""
    assert language in dictionary().meaning(words)[field]


def test_ascii_is_no_special_case() -> None:
    """Every sign of ASCII is kept or dropped as it is beside other letters."""
    for sign in map(chr, range(128)):
        assert f"{key(sign)}ä" == key(f"{sign}ä")


def test_no_label() -> None:
    """A sentence, signs alone and endless text mean nothing."""
    for words in ("", ":", "–", "Guten Tag", "Bestellnummer und mehr", "Bestellnummer" * 50):
        assert not dictionary().meaning(words)


def test_words_with_several_meanings_keep_all() -> None:
    """'Summe' can be the subtotal, the total or a row's: the arithmetic decides, not the dictionary."""
    assert {"subtotal", "total"} <= dictionary().meaning("Summe").keys()


def test_taught_words_outweigh() -> None:
    """What an owner taught is the only meaning of these words, and the index of the others stays as it is."""
    known = with_taught(
        dictionary(), [TaughtLabel("de", "number", "Kladdennummer"), TaughtLabel("de", "total", "Summe")]
    )

    assert {"number": frozenset({"de"})} == dict(known.meaning("KLADDENNUMMER:"))
    assert {"total": frozenset({"de"})} == dict(known.meaning("Summe"))
    assert not dictionary().meaning("Kladdennummer")
    assert with_taught(dictionary(), []) is dictionary()


def test_fields_and_languages() -> None:
    """Every field that can be taught is named once; eleven languages are known."""
    assert len(FIELDS) == len(set(FIELDS))
    assert {"number", "total", "quantity", "billing_address"} <= set(FIELDS)
    assert len(LANGUAGES) == 11


PHRASES = Phrases(
    [("order", "neue bestellung"), ("order", "新しい注文"), ("bounce", "undelivered"), ("offer", "ihr angebot")]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eine neue bestellung ist da", {"order"}),
        ("neue bestellung", {"order"}),
        ("neue bestellungen", set()),
        ("erneue bestellung", set()),
        ("neue  bestellung", set()),
        ("新しい注文があります", {"order"}),
        ("お店に新しい注文", {"order"}),
        ("undelivered: neue bestellung!", {"bounce", "order"}),
        ("", set()),
    ],
)
def test_phrases(text: str, expected: set[str]) -> None:
    """A phrase stands as whole words; in scripts without blanks, anywhere."""
    assert expected == PHRASES.names_in(text)


def test_phrases_are_found_in_linear_time() -> None:
    """A long text of beginnings of phrases takes as long as its words."""
    assert growth(lambda size: PHRASES.names_in("neue ihre bestellung " * size), 5_000) < LINEAR


@pytest.mark.parametrize(
    ("word", "may"),
    [("Bestell", True), ("Art.-Nr.", True), ("(Farbe:", True), ("–", True), ("Qwzx", False), ("Ær", False)],
)
def test_words_that_may_lead_a_label(word: str, may: bool) -> None:
    """By the first letters; what has none says nothing."""
    assert may == dictionary().may_lead(word)


def test_taught_words_may_lead() -> None:
    """A taught label begins with letters that no other has."""
    known = with_taught(dictionary(), [TaughtLabel("de", "number", "Qwzx-Kennung")])

    assert known.may_lead("Qwzx-Kennung")
