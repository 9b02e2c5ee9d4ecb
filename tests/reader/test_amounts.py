"""Amounts of money: every way of writing them, and what only looks like one."""

from decimal import Decimal

import pytest

from smtpd_billbee.reader.amounts import amounts_in, has_money, number, style_of
from smtpd_billbee.reader.currencies import CODES, SIGNS, currency_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,50 €", "3.50"),
        ("€ 3.50", "3.50"),
        ("€3,50", "3.50"),
        ("3,50€", "3.50"),
        ("EUR 3,50", "3.50"),
        ("3.50 EUR", "3.50"),
        ("1.234,56 €", "1234.56"),
        ("1,234.56 €", "1234.56"),
        ("1 234,56 €", "1234.56"),
        ("1\u00a0234,56 €", "1234.56"),
        ("1\u202f234,56 €", "1234.56"),
        ("1'234.50 CHF", "1234.50"),
        ("CHF 1’234.50", "1234.50"),
        ("1.234.567,89 €", "1234567.89"),
        ("12,- €", "12"),
        ("12,-- EUR", "12"),
        ("1.302,-- €", "1302"),
        ("12,– €", "12"),
        ("CHF 12.–", "12"),
        ("¥1,200", "1200"),
        ("1,200円", "1200"),
        ("￥3,980", "3980"),
        ("12 690,00 руб.", "12690"),
        ("12 690 ₽", "12690"),
        ("99,90 zł", "99.90"),
        ("R$ 1.299,90", "1299.90"),
        ("$1,299.99", "1299.99"),
        ("US$ 5", "5"),
        ("£0.99", "0.99"),
        ("1.200 €", "1200"),
        ("1,200 EUR", "1200"),
        ("5 €", "5"),
        ("0,00 €", "0"),
        ("-3,50 €", "-3.50"),
        ("− 3,50 €", "-3.50"),
        ("€ -3,50", "-3.50"),
        ("-€3.50", "-3.50"),
        ("3,50- €", "-3.50"),
        ("Summe: 3,50", "3.50"),
        ("(3,50 €)", "3.50"),
        ("3,50 €*", "3.50"),
    ],
)
def test_one_amount(text: str, value: str) -> None:
    """Each country's way: points, commas, apostrophes, blanks, dashes for no cents, the sign on either side."""
    [found] = amounts_in(text.replace("\u00a0", " ").replace("\u202f", " "))

    assert (Decimal(value), True) == (found.value, found.is_money)


@pytest.mark.parametrize(
    "text",
    [
        "29.03.2024", "29.03.24", "10:30", "12/3/4", "2024-03-29", "10:30:15", "12345 Berlin", "2 x", "Nr. 1042",
        "500 g", "A4", "1.2.3.4", "v1.25.3", "Europa", "5 Eurostecker", "0221 / 12 34 56", "+49 221 1234",
    ],
)  # fmt: skip
def test_no_money(text: str) -> None:
    """Dates, times, versions, telephone numbers and counts are no money."""
    assert [] == [found.text for found in amounts_in(text) if found.is_money]


def test_several() -> None:
    """All amounts of a line, left to right, each with its place."""
    text = "2 x 3,50 € = 7,00 €"
    found = [each for each in amounts_in(text) if each.is_money]

    assert [Decimal("3.50"), Decimal("7.00")] == [each.value for each in found]
    assert ["3,50 €", "7,00 €"] == [text[each.start : each.end] for each in found]


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("Rabatt: -5,00 €", True),
        ("Rabatt -5,00 €", True),
        ("-5,00 €", True),
        ("Rabatt: - 5,00 €", True),
        ("10-12,00 €", False),
        ("Summe – 12,00 €", False),
        ("A-12,00 €", False),
    ],
)
def test_minus_or_dash(text: str, negative: bool) -> None:
    """A dash is a minus unless it joins or parts."""
    found = [each for each in amounts_in(text) if each.is_money]

    assert negative == (found[-1].value < 0)


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["3,50", "7,00"], ","),
        (["3.50"], "."),
        (["1.234,56", "3.50"], ","),
        (["1,234.56"], "."),
        (["1042", "12345"], ""),
        ([], ""),
    ],
)
def test_the_mails_habit(texts: list[str], style: str) -> None:
    """The mark of decimals; a number with thousands and decimals counts most."""
    assert style == style_of("\n".join(texts))


@pytest.mark.parametrize(
    ("text", "style", "money", "value"),
    [
        ("1.200", ",", True, "1200"),
        ("1,200", ".", True, "1200"),
        ("1.200", ".", False, "1.200"),
        ("1.200", ",", False, "1200"),
        ("0.5", "", False, "0.5"),
        ("0,012", ",", True, "0.012"),
        ("0.500", ",", True, "0.5"),
        ("1.234.567", "", True, "1234567"),
        ("12", "", True, "12"),
        ("1'234", "", True, "1234"),
    ],
)
def test_three_digits_behind_a_mark(text: str, style: str, money: bool, value: str) -> None:
    """Thousands where it is money; decimals where the mail writes them so and it is none, and behind a zero."""
    assert Decimal(value) == number(text, style, money)


@pytest.mark.parametrize(
    ("sign", "code"),
    [("€", "EUR"), ("eur", "EUR"), ("EUR", "EUR"), ("£", "GBP"), ("zł", "PLN"), ("₽", "RUB"), ("chf", "CHF"),
     (None, None), ("??", None)],
)  # fmt: skip
def test_currencies(sign: str | None, code: str | None) -> None:
    """The ISO 4217 code of a sign or code."""
    assert code == currency_of(sign)


def test_codes() -> None:
    """ISO 4217: three capital letters; every sign stands for one of them."""
    assert all(len(code) == 3 and code.isupper() and code.isascii() for code in CODES)
    assert set(SIGNS.values()) <= CODES


@pytest.mark.parametrize(
    "text", ["", "½ €", "² €", "٣,٥٠ €", "９，８０円", "1" * 400, "€" * 400, "1,1" * 300, "(" * 1000 + "1,00 €"]
)
def test_strange_digits(text: str) -> None:
    """Whatever the text, the values are finite numbers and lie within it."""
    for found in amounts_in(text):
        assert found.value.is_finite()
        assert 0 <= found.start < found.end <= len(text)


def test_a_code_before_the_next_number() -> None:
    """'x 4 CNY 598.00', '× 4 ￥2,640': what stands between two numbers belongs to the one behind it."""
    found = amounts_in("和紙便箋 ￥660 × 4 ￥2,640", ".")

    assert [("660", "￥"), ("4", None), ("2640", "￥")] == [(str(each.value), each.sign) for each in found]


@pytest.mark.parametrize(("text", "expected"), [("RUB-12", []), ("EUR-12,50", ["-12.50"]), ("EUR -5", ["-5"])])
def test_a_code_that_begins_with_a_currency(text: str, expected: list[str]) -> None:
    """Letters, a hyphen and whole digits without a blank are an article number."""
    assert expected == [str(each.value) for each in amounts_in(text) if each.is_money]


def test_a_code_behind_each_number() -> None:
    """'50 EUR 50,00 EUR': where the last number has its sign behind it, so have the others."""
    assert [("50", "eur"), ("50.00", "eur")] == [
        (str(each.value), each.sign) for each in amounts_in("Gutschein 50 EUR 50,00 EUR", ",")
    ]
    assert [("1", None), ("1095.00", "$")] == [(str(each.value), each.sign) for each in amounts_in("1 $1,095.00", ".")]


def test_a_measure_is_no_money() -> None:
    """'0,75 l' has two decimals and no currency: so much of a thing; '0,75 EUR' is money, whatever follows."""
    assert not has_money("Wein, 0,75 l")
    assert not has_money("Band 1,50 m (blau)")
    assert has_money("Wein, 0,75 l 9,80")
    assert has_money("0,75 EUR l")
