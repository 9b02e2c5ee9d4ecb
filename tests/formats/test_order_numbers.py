"""Numbers as order files write them."""

from decimal import Decimal

import pytest

from smtpd_billbee.formats.order_numbers import decimal_mark, number


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["12,50", "1.234,00", "3"], ","),
        (["12.50", "1,234.00"], "."),
        (["1.234", "1.000"], ""),
        (["5.882352941"], "."),
        (["12,50 €", "4,90", "1.25"], ","),
        ([], ""),
        (["1" * 100_000 + ",50"], ""),
    ],
)
def test_decimal_mark(texts: list[str], mark: str) -> None:
    """The file's own cents tell; three digits behind a mark tell nothing."""
    assert mark == decimal_mark(texts)


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("12,50", ",", "12.50"),
        ("12.50", ",", "12.50"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("1.234", "", None),
        ("0.125", ",", "0.125"),
        ("1.234,56", "", "1234.56"),
        ("1,234.56", "", "1234.56"),
        ("1.234.567", ",", "1234567"),
        ("1'234.50", "", "1234.50"),
        ("1 234,50 €", "", "1234.50"),
        ("€ 12,50", "", "12.50"),
        ("GBP 3.00", "", "3.00"),
        ("19 %", "", "19"),
        ("-10,00", ",", "-10.00"),
        ("10,00-", ",", "-10.00"),
        ("12,-", ",", "12"),
        ("2x", ",", "2"),
        ("12.34.56", ",", None),
        ("1,23,456", ",", None),
        ("zwei", ",", None),
        ("12:30", ",", None),
        ("1e9", ",", None),
        ("٣", ",", None),
        ("", ",", None),
        ("-", ",", None),
        (",50", ",", None),
        ("100000000000", ",", None),
        ("1" * 100_000, ",", None),
    ],
)
def test_number(text: str, mark: str, expected: str | None) -> None:
    """One number, or none where it is not sure to be that one."""
    assert (Decimal(expected) if expected else None) == number(text, mark)
