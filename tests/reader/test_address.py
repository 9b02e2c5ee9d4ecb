"""Address blocks of order mails become fields; what cannot be told is a doubt."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smtpd_billbee.reader.address import read_block
from tests.pace import LINEAR, growth

BLOCKS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "addresses.toml").read_text("utf-8"))["block"]


@pytest.mark.parametrize("block", BLOCKS, ids=[block["rule"] for block in BLOCKS])
def test_block(block):
    """Each block of addresses.toml is read as it says there, with a doubt exactly where it says so."""
    reading = read_block(block["lines"].split("\n"), block.get("language"), block.get("site"))

    assert block["expected"] == {name: value for name, value in asdict(reading.address).items() if value is not None}
    assert block.get("doubts", False) == bool(reading.doubts), reading.doubts
    assert tuple(block.get("unused", ())) == reading.unused


def test_sources():
    """Every field knows the line that it was read from."""
    lines = [
        "Probe GmbH",
        "Frau Erika Muster",
        "Hinterhaus",
        "Musterweg 5",
        "12345 Berlin",
        "Deutschland",
        "030 5550199",
    ]

    expected = {
        "company": 0, "salutation": 1, "first_name": 1, "last_name": 1, "addition": 2, "street": 3, "house_number": 3,
        "postcode": 4, "city": 4, "country": 5, "phone": 6,
    }  # fmt: skip
    assert expected == read_block(lines, "de").sources


def test_doubts_name_nobody():
    """A doubt is a sentence for the log too: nothing of the address is in it."""
    for block in BLOCKS:
        for doubt in read_block(block["lines"].split("\n"), block.get("language")).doubts:
            values = [value for value in block["expected"].values() if len(value) > 3]

            assert [] == [value for value in values if value in doubt]


def test_score():
    """The score parts an address from lines that are none."""
    address = read_block(["Erika Muster", "Musterweg 5", "12345 Berlin", "Deutschland", "030 5550199"], "de")
    items = read_block(["5 x Honig 500 g", "1 x T-Shirt, blau", "Summe 49,00 EUR"], "de")
    greeting = read_block(["Viele Grüße", "Dein Team"], "de")

    assert 1.0 == address.score
    assert items.score < 0.5
    assert 0.0 == greeting.score


def test_empty():
    """No lines are no address, with a doubt for each field that is missing."""
    reading = read_block([])

    assert (0.0, 4) == (reading.score, len(reading.doubts))


def test_shop_country_gives_no_value():
    """The shop's country decides between forms; it never stands in for a country that the mail does not say."""
    reading = read_block(["Wout Voorbeelds", "Kerkstraat 8", "2000 Antwerpen"], "nl", "BE")

    assert (None, "2000", "Antwerpen") == (reading.address.country, reading.address.postcode, reading.address.city)


BITS = st.sampled_from(
    [
        "Erika Muster",
        "Lindenweg 7",
        "12345 Berlin",
        "Deutschland",
        "Tel.:",
        "@",
        "〒150-0001",
        "東京都渋谷区",
        "г. Москва",
        "д. 5",
        "кв.",
        ",",
        ", ,",
        " / ",
        "·",
        "12/3/4",
        "Nr.",
        "#",
        "SW1A 1ZZ",
        "OR 97201",
        "c/o",
        "GmbH",
        "様",
        "号",
        "省",
        "市",
        "Packstation",
        "+49",
        "(",
        ")",
        "-",
        "–",
        "bis",
        "2º",
        "s/n",
        "1/2",
        "' t",
        ".",
        ":",
        "：",
        "B 5",
        "«",
        "\xa0",
        "0",
        "z. Hd.",
    ]
)
LINES = st.lists(st.one_of(st.text(max_size=60), st.lists(BITS, max_size=8).map(" ".join), BITS), max_size=12)
LANGUAGES = st.sampled_from([None, "de", "en", "fr", "es", "it", "nl", "pt", "pl", "ru", "ja", "zh", "xx"])
COUNTRIES = st.sampled_from([None, "DE", "AT", "US", "GB", "FR", "JP", "CN", "RU", "BR", "IE", "HK", "??"])


@settings(deadline=None, max_examples=400)
@given(LINES, LANGUAGES, COUNTRIES)
@example(["0 0 ( 0)"], None, None)
def test_any_text(lines, language, country):
    """Any lines give a reading: values without outer blanks, never empty, sources and unused lines within the block."""
    reading = read_block(lines, language, country)

    values = [value for value in asdict(reading.address).values() if value is not None]
    assert [] == [value for value in values if not value.strip() or value != value.strip()]
    assert set(reading.sources) == {name for name, value in asdict(reading.address).items() if value is not None}
    assert {*reading.sources.values(), *reading.unused} <= set(range(len(lines)))
    assert 0.0 <= reading.score <= 1.0


@pytest.mark.parametrize(
    "piece",
    [
        "a, ",
        "1 ",
        "1 a ",
        "-",
        "/",
        "12 - ",
        "市",
        "区",
        "Straße ",
        "1/",
        "(",
        "a@",
        "｜ | ",
        "г. Москва, ",
        "von ",
        "1, ",
    ],
)
def test_hostile_lines(piece):
    """Long lines of what the patterns look for take time in proportion, and are read or left out."""
    assert growth(lambda size: read_block([piece * (size // len(piece))] * 40, "de", "DE"), 4000) < LINEAR


@pytest.mark.parametrize(
    ("line", "city"),
    [
        ("Тверь, ул. Садовая, д. 24", "Тверь"),
        ("г. Тверь, ул. Садовая, д. 24, кв. 5", "Тверь"),
        ("г.Тверь, ул. Садовая, д. 24", "Тверь"),
        ("Образцов Иван, ул. Садовая, д. 24", None),
    ],
)
def test_a_russian_town_without_a_postcode(line: str, city: str | None) -> None:
    """The big comes first: a town's sign, or one word before the street; two words can be a person."""
    assert city == read_block([line], "ru").address.city
