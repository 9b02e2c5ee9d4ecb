"""Dates as order files write them."""

import pytest

from smtpd_billbee.formats.order_dates import moment, month_first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-13 10:16:05", "2024-01-13T10:16:05"),
        ("2024-01-13T10:16:05Z", "2024-01-13T10:16:05Z"),
        ("2024-01-13T10:16:05.123+01:00", "2024-01-13T10:16:05+01:00"),
        ("2024-01-13", "2024-01-13"),
        ("13.01.2024 10:16", "2024-01-13T10:16"),
        ("13.1.24", "2024-01-13"),
        ("13.01.2024, 10:16 Uhr", "2024-01-13T10:16"),
        ("13.01.2024 um 9:16 Uhr", "2024-01-13T09:16"),
        ("03/04/2024 9:45 PM", "2024-04-03T21:45"),
        ("03/04/2024 12:05 am", "2024-04-03T00:05"),
        ("45304.4236689815", "2024-01-13T10:10:05"),
        ("45304", "2024-01-13"),
        ("45304.999999", "2024-01-13T23:59:59"),
        ("31.02.2024", None),
        ("13.01.2024 25:00", None),
        ("gestern", None),
        ("1042", None),
        ("1" * 100_000, None),
    ],
)
def test_moment(text: str, expected: str | None) -> None:
    """As precise as the cell, and nothing but a date."""
    assert expected == moment(text, months_lead=False)


def test_months_lead() -> None:
    """Where the file puts months first; nobody does so with points."""
    assert "2024-03-04" == moment("03/04/2024", months_lead=True)
    assert "2024-04-03" == moment("03.04.2024", months_lead=True)


@pytest.mark.parametrize(
    ("texts", "american", "expected"),
    [
        (["01/02/2024", "01/13/2024"], False, True),
        (["01/02/2024", "13/01/2024"], True, False),
        (["01/02/2024"], False, False),
        (["01/02/2024"], True, True),
        (["01.02.2024"], True, False),
        (["2024-01-02"], False, False),
    ],
)
def test_month_first(texts: list[str], american: bool, expected: bool) -> None:
    """A day above 12 tells for the whole file; without one, only Americans put months first."""
    assert expected == month_first(texts, american)
