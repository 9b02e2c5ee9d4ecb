"""Dates in every language, the two readings of digits alone, and what is none."""

from datetime import date

import pytest

from smtpd_billbee.reader.dates import Habit, Moment, far_from, find_day, find_moment

PLAIN = Habit()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14.03.2019 10:22", "2019-03-14T10:22"),
        ("14.3.19, 10:22 Uhr", "2019-03-14T10:22"),
        ("14. März 2019 um 10:22:05 Uhr", "2019-03-14T10:22:05"),
        ("Donnerstag, 14. März 2019", "2019-03-14"),
        ("14 mars 2019 à 10h22", "2019-03-14T10:22"),
        ("25 juin 2025", "2025-06-25"),
        ("1er août 2025", "2025-08-01"),
        ("14 de marzo de 2019 10:22", "2019-03-14T10:22"),
        ("14 marzo 2019 ore 10:22", "2019-03-14T10:22"),
        ("14 maart 2019 om 10:22", "2019-03-14T10:22"),
        ("14 de março de 2019", "2019-03-14"),
        ("14 marca 2019", "2019-03-14"),
        ("14 марта 2019 г. 10:22", "2019-03-14T10:22"),
        ("2025年8月31日 07:17", "2025-08-31T07:17"),
        ("2025年8月31日（日）午後7時17分", "2025-08-31T19:17"),
        ("2025年8月31日 下午3:05", "2025-08-31T15:05"),
        ("2019-03-14T10:22:05+01:00", "2019-03-14T10:22:05+01:00"),
        ("2019-03-14 10:22:05 +0100", "2019-03-14T10:22:05+01:00"),
        ("2019-03-14T10:22:05Z", "2019-03-14T10:22:05Z"),
        ("2019/03/14", "2019-03-14"),
        ("March 14, 2019 at 10:22 AM", "2019-03-14T10:22"),
        ("Mar 14, 2019 1:05 pm", "2019-03-14T13:05"),
        ("14th March 2019, 12:00 am", "2019-03-14T00:00"),
        ("14th of March 2019 12:05 p.m.", "2019-03-14T12:05"),
        ("14-Mar-2019", "2019-03-14"),
        ("14/03/2019", "2019-03-14"),
        ("03/14/2019", "2019-03-14"),
        ("10:22 14.03.2019", "2019-03-14T10:22"),
        ("29.02.2024", "2024-02-29"),
        ("am 13.07.2025 14:02 in deinem Shop bestellt", "2025-07-13T14:02"),
    ],
)
def test_moments(text: str, expected: str) -> None:
    """A date as the mail writes it, with the time that follows or leads it."""
    found = find_moment(text, PLAIN)

    assert found is not None
    assert expected == found.text
    assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize(
    "text",
    ["", "31.02.2025", "29.02.2023", "0.0.2020", "32.01.2025", "2025-13-01", "10:22", "1042", "3,50 €", "12345 Berlin",
     "Mai", "im März", "1.2.3.4.5", "192.168.1.20", "Version 2.10", "0221/123456"],
)  # fmt: skip
def test_no_moment(text: str) -> None:
    """No day of the calendar, and numbers that only look like one."""
    assert find_moment(text, PLAIN) is None


def test_the_day_of_the_mail_decides() -> None:
    """03/04/2025 is the day on which the mail was sent, if one of both readings is; else the language decides."""
    text = "03/04/2025"

    assert "2025-04-03" == find_moment(text, Habit(date(2025, 4, 3))).text  # type: ignore[union-attr]
    assert "2025-03-04" == find_moment(text, Habit(date(2025, 3, 5))).text  # type: ignore[union-attr]
    assert "2025-03-04" == find_moment(text, Habit(None, month_first=True)).text  # type: ignore[union-attr]
    assert "2025-04-03" == find_moment(text, PLAIN).text  # type: ignore[union-attr]


def test_points_never_put_the_month_first() -> None:
    """03.04.2025 is the third of April, whatever the habit."""
    assert "2025-04-03" == find_moment("03.04.2025", Habit(date(2025, 3, 4), month_first=True)).text  # type: ignore[union-attr]


def test_the_first_date_counts() -> None:
    """Two dates in a line: the first, with its own time."""
    found = find_moment("vom 03.04.2025 10:22 bis 05.04.2025 11:00", PLAIN)

    assert found is not None
    assert "2025-04-03T10:22" == found.text


def test_a_day_alone() -> None:
    """A birth date is a day."""
    assert "1980-12-24" == find_day("24.12.1980", PLAIN)
    assert find_day("unbekannt", PLAIN) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-03-04", None),
        ("2025-03-06T23:59", None),
        ("2024-02-12", None),
        ("2025-03-07", "the order date lies after the day on which the mail was sent"),
        ("2052-03-04", "the order date lies after the day on which the mail was sent"),
        ("2023-03-04", "the order date lies long before the day on which the mail was sent"),
    ],
)
def test_a_day_far_from_the_mails_own(day: str, expected: str | None) -> None:
    """An order is confirmed when it comes: not before, and not years later."""
    assert expected == far_from(Moment(day, 0, 10), Habit(date(2025, 3, 4)))


def test_no_day_is_far_from_an_unknown_one() -> None:
    """A mail without a date of its own tells nothing."""
    assert far_from(Moment("2052-03-04", 0, 10), PLAIN) is None


def test_a_time_joined_by_a_colon() -> None:
    """'18.01.2026:09:16': the time follows at once."""
    assert "2026-01-18T09:16" == find_moment("18.01.2026:09:16", PLAIN).text  # type: ignore[union-attr]
